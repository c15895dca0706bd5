"""A scan of files is judged by the policy of the repository that each file lies in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from aliscan.detect import Limits
from aliscan.finding import Blob, Clean, Finding, Gap, Match, Origin, Report
from aliscan.triage.policy import Choices, Policy, load
from aliscan.triage.shelf import Disk


class Tops:
    """The policies of all tops that the paths of one scan touch.

    The top of a file is the nearest folder above it that holds ``.git``; outside of repositories it
    is the scanned folder. ``paths`` are those of the command line; the first one's policy is loaded at
    once, so that a broken configuration is said before anything is scanned.
    """

    def __init__(self, paths: Iterable[str], choices: Choices) -> None:
        """Raises AliscanError when the first path's policy cannot be used."""
        self._choices = choices
        self._roots = [_folder(os.fsencode(p)) for p in paths if p != "-"] or [os.getcwdb()]
        self._policies: dict[bytes, Policy] = {}
        self._top = lru_cache(maxsize=4096)(self._find)
        self._first = self._of_folder(self._roots[0])

    def judge(self, blob: Blob, match: Match) -> Finding:
        """See `Policy.judge`."""
        return self._of(blob).judge(blob, match)

    def limits(self) -> Limits:
        """The limits of the first path's policy."""
        return self._first.limits

    @property
    def wants_data(self) -> bool:
        """Whether `watch` must see the bytes of every file, also of those in which nothing was found."""
        return self._first.strict

    def watch(self, items: Iterable[Blob | Gap | Clean]) -> Iterator[Blob | Gap | Clean]:
        """The items, each noted by its policy on its way (`Policy.note`)."""
        for item in items:
            if isinstance(item, Blob):
                self._of(item).note(item)
            elif isinstance(item, Clean) and self._first.known:
                for path in item.paths:
                    blob = Blob(Origin("file", path), b"")
                    self._of(blob).note(blob)
            yield item

    def finish(self, report: Report) -> Report:
        """See `Policy.finish`; of several thresholds the lowest counts."""
        for policy in self._policies.values():
            report = policy.finish(report)
        return replace(report, threshold=min(p.threshold for p in self._policies.values()))

    def _of(self, blob: Blob) -> Policy:
        path = blob.origin.path
        return self._of_folder(os.path.dirname(path)) if path else self._first

    def _of_folder(self, folder: bytes) -> Policy:
        top = self._top(folder)
        if top not in self._policies:
            self._policies[top] = load(Disk(top), self._choices, locate=_below(top))
        return self._policies[top]

    def _find(self, folder: bytes) -> bytes:
        start = os.path.realpath(folder or b".")
        above = [r for r in self._roots if start == r or start.startswith(os.path.join(r, b""))]
        return top_of(start) or max(above, key=len, default=start)


def top_of(folder: bytes) -> bytes | None:
    """The real path of the nearest folder from ``folder`` upwards that holds ``.git``, or None."""
    at = os.path.realpath(folder)
    while not os.path.lexists(os.path.join(at, b".git")):
        parent = os.path.dirname(at)
        if parent == at:
            return None
        at = parent
    return at


def _folder(path: bytes) -> bytes:
    real = os.path.realpath(path)
    return real if os.path.isdir(real) else os.path.dirname(real)


def _below(top: bytes) -> Callable[[bytes], bytes]:
    """From a path as a source gives it to the path below ``top``, with forward slashes."""
    real = lru_cache(maxsize=4096)(os.path.realpath)

    def locate(path: bytes) -> bytes:
        if not path:
            return b""
        folder, name = os.path.split(path)
        below = os.path.relpath(os.path.join(real(folder or b"."), name), top)
        return below.replace(b"\\", b"/") if os.sep == "\\" else below

    return locate
