"""Which objects: all of them, or what some commits reach; and whether any that should be here is not."""

from __future__ import annotations

import time
from collections.abc import Iterator

from aliscan.finding import AliscanError, Gap, Origin
from aliscan.git import Git, show
from aliscan.hardened import TREES_ONLY
from aliscan.i18n import _, said
from aliscan.record import dataclass
from aliscan.sources.filed import Filed
from aliscan.sources.store import Store


@dataclass(frozen=True, slots=True)
class Narrow:
    """What narrows a scan: only what refs reach, what some branches reach, since a date, not from others."""

    reachable: bool = False
    branches: tuple[str, ...] = ()
    since: str = ""
    without: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return not (self.reachable or self.branches or self.since or self.without)


def narrowed(git: Git, narrow: Narrow, gaps: list[Gap]) -> list[str] | None:
    """The ids that a narrowed scan looks at; None for all. Missing ones go to ``gaps``.

    Raises AliscanError (exit 2) for a name that is no commit here.
    """
    if narrow.everything:
        return None
    tips = [_commit(git, name) for name in narrow.branches]
    tips += [f"^{_commit(git, name)}" for name in narrow.without]
    arguments = ["--objects", "--no-object-names", "--missing=print", "--stdin"]
    if not narrow.branches:
        arguments.insert(0, "--all")
    if narrow.since:
        arguments.insert(0, _after(git, narrow.since))
    ids = []
    for line in git.lines("rev-list", *arguments, stdin="".join(f"{t}\n" for t in tips).encode() or b"\n"):
        if line.startswith(b"?"):
            gaps.append(missing_object(line[1:].decode("ascii", "replace")))
        else:
            ids.append(line.decode("ascii"))
    return ids


def _after(git: Git, since: str) -> str:
    """``--max-age=…``. What git does not understand it takes for now (date.c), and nothing is after that."""
    now = int(time.time())
    age = git.run("rev-parse", f"--since={since}").strip()
    if not 0 <= int(age.partition(b"=")[2]) < now:
        raise AliscanError(
            _("--since {date}: this is no date in the past that git understands, as 2024-01-31 is.").format(
                date=show(since.encode("utf-8", "surrogateescape"))
            )
        )
    return age.decode("ascii")


def _commit(git: Git, name: str) -> str:
    oid = git.resolve(f"{name}^{{commit}}")
    if oid is None:
        raise AliscanError(
            _("{name} is not a branch or commit here.").format(
                name=show(name.encode("utf-8", "surrogateescape"))
            )
        )
    return oid


def missing_object(oid: str) -> Gap:
    """What is said of an object (by its id, hexadecimal) that others need and that is not here."""
    return Gap(Origin("object", oid=oid), "missing: the history needs it, and it is not in this repository")


class Connected(Filed):
    """Asks git, beside the scan, whether everything that the refs reach is here (4.5, 4.6).

    Listing all objects cannot tell: an object that is not there is not listed. Nothing is fetched.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store.git, "rev-list", "--objects", "--all", "--missing=print", "--quiet",
                         flags=TREES_ONLY)  # fmt: skip

    def gaps(self) -> Iterator[Gap]:
        """Wait for the answer; what is missing, each id once."""
        with self.answer() as (output, status, said_by_git):
            for line in output:
                if line.startswith(b"?"):
                    yield missing_object(line[1:].strip().decode("ascii", "replace"))
        complaints = [line for line in said_by_git.split(b"\n") if line.strip()]
        complaints = [line for line in complaints if b"uses promisor remotes" not in line]
        for line in complaints:
            yield Gap(Origin("object"), f"git: {show(line)}")
        if status and not complaints:
            yield Gap(Origin("object"), said("git rev-list ended with status {status}", status=status))
