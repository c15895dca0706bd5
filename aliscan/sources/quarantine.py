"""What a server has just received, before any ref names it.

While pre-receive runs, git keeps the new objects in a directory of their own and names it in the
environment (1.14). It may hold objects that none of the pushed refs reaches: whoever knows the id can
fetch those from many servers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from aliscan.finding import Blob, Gap
from aliscan.git import Git
from aliscan.sources.commits import Tally, given
from aliscan.sources.pieces import Whole

_ALTERNATES = "GIT_ALTERNATE_OBJECT_DIRECTORIES"


def unreached(git: Git, tally: Tally, whole: Whole) -> Iterator[Blob | Gap]:
    """Yield the received objects that are not in ``tally.seen`` and that the server did not have.

    Nothing outside of a quarantine. ``tally.seen`` must be a set, filled by reading what the pushed refs
    reach.
    """
    if not os.environ.get("GIT_QUARANTINE_PATH"):
        return
    seen = tally.seen or set()
    # Without the alternates git lists exactly what was received, loose or packed
    alone = Git(git.directory, git.foreign, (*git.extra, (_ALTERNATES, None)))
    received = alone.lines("cat-file", "--batch-all-objects", "--batch-check=%(objectname)", "--unordered")
    rest = [oid for oid in (line.decode("ascii") for line in received) if oid not in seen]
    if rest:
        yield from given(git, _new(git, rest), tally, whole)


def _new(git: Git, oids: list[str]) -> list[str]:
    """Those that the server's own store lacks: git copies the bases of a thin pack into the quarantine."""
    names = ("GIT_OBJECT_DIRECTORY", _ALTERNATES, "GIT_QUARANTINE_PATH")
    store = Git(git.directory, git.foreign, (*git.extra, *((name, None) for name in names)))
    out = store.run("cat-file", "--batch-check", "--buffer", stdin="".join(f"{o}\n" for o in oids).encode())
    return [line.split(b" ")[0].decode("ascii") for line in out.split(b"\n") if line.endswith(b" missing")]
