"""A scan of files is judged by the policy of the repository that each file lies in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from aliscan.detect import Limits
from aliscan.finding import Blob, Clean, Finding, Gap, Match, Origin, Report
from aliscan.record import replace
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
        self._folders = Folders()
        self._top: dict[bytes, bytes] = {}
        self._first = self._of_folder(self._roots[0])

    def judge(self, blob: Blob, match: Match) -> Finding:
        """See `Policy.judge`."""
        return self._of(blob).judge(blob, match)

    def limits(self) -> Limits:
        """The limits of the first path's policy."""
        return self._first.limits

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
        top = self._top.get(folder)
        if top is None:
            top = self._top[folder] = self._find(folder)
        policy = self._policies.get(top)
        if policy is None:
            policy = load(Disk(top), self._choices, locate=self._below(top))
            self._policies[top] = policy
        return policy

    def _find(self, folder: bytes) -> bytes:
        start = self._folders.real(folder)
        above = [r for r in self._roots if start == r or start.startswith(os.path.join(r, b""))]
        return self._folders.top(start) or max(above, key=len, default=start)

    def _below(self, top: bytes) -> Callable[[bytes], bytes]:
        """From a path as a source gives it to the path below ``top``, with forward slashes."""
        inside = os.path.join(top, b"")

        def locate(path: bytes) -> bytes:
            if not path:
                return b""
            folder, name = os.path.split(path)
            whole = os.path.join(self._folders.real(folder), name)
            below = whole[len(inside) :] if whole.startswith(inside) else os.path.relpath(whole, top)
            return below.replace(b"\\", b"/") if os.sep == "\\" else below

        return locate


class Folders:
    """Where folders really are, and what repository they are in; the disk is asked twice a folder."""

    def __init__(self) -> None:
        self._real: dict[bytes, bytes] = {}
        self._top: dict[bytes, bytes | None] = {}

    def real(self, folder: bytes) -> bytes:
        """`os.path.realpath` of a folder: that of the folder above, which is known, and one more name."""
        unknown = []
        while folder not in self._real:
            above, name = os.path.split(folder)
            if not name or name in (b".", b"..") or above == folder:
                self._real[folder] = os.path.realpath(folder or b".")
                break
            unknown.append((folder, name))
            folder = above
        found = self._real[folder]
        for path, name in reversed(unknown):
            found = os.path.join(found, name)
            found = os.path.realpath(found) if os.path.islink(found) else found
            self._real[path] = found
        return found

    def top(self, folder: bytes) -> bytes | None:
        """The nearest folder from ``folder`` (a real path) upwards that holds ``.git``, or None."""
        passed = []
        at = folder
        while at not in self._top:
            if os.path.lexists(os.path.join(at, b".git")):
                self._top[at] = at
                break
            passed.append(at)
            above = os.path.dirname(at)
            if above == at:
                self._top[at] = None
                break
            at = above
        found = self._top[at]
        self._top.update(dict.fromkeys(passed, found))
        return found


def top_of(folder: bytes) -> bytes | None:
    """The real path of the nearest folder from ``folder`` upwards that holds ``.git``, or None."""
    return Folders().top(os.path.realpath(folder))


def _folder(path: bytes) -> bytes:
    real = os.path.realpath(path)
    return real if os.path.isdir(real) else os.path.dirname(real)
