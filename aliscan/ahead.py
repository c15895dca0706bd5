"""What a scan of files can begin before it knows its policy: git lists, and a process loads what looks.

The process leads others (`aliscan.workers`) as soon as it is told the files and the limits.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from aliscan import expressions, folders, kept, workers
from aliscan.finding import AliscanError
from aliscan.process import processors
from aliscan.sources import files

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from aliscan.detect import Limits
    from aliscan.detect.bulk import Gate

WORTH = 256  # fewer files are done before the workers have begun
MANY = 1024  # from here on hyperscan pays, even if it must be prepared
BATCH = 32


class Ahead:
    """What was begun, with the usual limits. A context: at its end nothing of it is left."""

    def __init__(self, tree: files.Tree | None, team: workers.Team | None) -> None:
        self.tree, self.team = tree, team

    def __enter__(self) -> Ahead:
        return self

    def __exit__(self, *_: object) -> None:
        if self.team is not None:
            self.team.end()
        if self.tree is not None:
            self.tree.__exit__()


NOTHING = Ahead(None, None)


def begin(paths: Sequence[str], jobs: int = 0) -> Ahead:
    """Begin what `aliscan.sweep.walk` of the same arguments needs; to be used as a context."""
    folder = files.only_folder(paths)
    if folder is None:
        return NOTHING
    count = jobs or processors()
    # First the process, which has more to do than git
    team = gather(count) if count > 1 and sys.platform == "linux" else None
    tree = files.Tree(os.fsencode(folder))
    begun = Ahead(tree, team)
    if team is not None:
        try:
            listing = tree.tracked()
        except AliscanError:
            return begun  # said by who needs it
        except BaseException:
            begun.__exit__()
            raise
        if len(listing) >= WORTH:
            team.order(orders(listing))
    return begun


def gather(count: int) -> workers.Team:
    """So many processes that look at files; `orders` is what they wait for."""
    loaded = expressions.load(_kept_expressions())  # here, not there: this process has use for some, too
    return workers.gather(count, lambda: prepare(loaded), obey)


def _kept_expressions() -> kept.Folder:
    return kept.Folder(folders.cache("expressions"))


def prepare(loaded: int) -> None:
    """Load what many files need, in the process that will start the others. ``loaded``: see `gather`."""
    # Some of so many files are read closely; what that takes is loaded once, not by every worker
    from aliscan import glance  # noqa: F401
    from aliscan.detect import names, placeholders, search, views  # noqa: F401
    from aliscan.detect.rules import all_rules, family

    family("access_key")
    with suppress(ImportError):
        import hyperscan  # noqa: F401
    if not loaded:
        all_rules()
    expressions.save(_kept_expressions(), loaded)


def orders(listing: Sequence[bytes], limits: Limits | None = None) -> bytes:
    """What to look at: paths, and how far."""
    numbers = [repr(getattr(limits, name)) for name in limits.__match_args__] if limits else []
    return b"\0".join((" ".join(numbers).encode(), *listing))


def obey(given: bytes) -> tuple[Sequence[Sequence[bytes]], workers.Look]:
    """The batches of some `orders`, and what looks at one."""
    from aliscan.detect import Limits
    from aliscan.glance import Files

    head, *listing = given.split(b"\0")
    limits = Limits(*(float(word) if b"." in word else int(word) for word in head.split()))  # type: ignore[arg-type]
    return batches(listing), Files(limits, gate() if len(listing) >= MANY else None).look


def batches(listing: Sequence[bytes]) -> list[Sequence[bytes]]:
    """The same for those who order and for those who obey."""
    return [listing[i : i + BATCH] for i in range(0, len(listing), BATCH)]


def gate() -> Gate | None:
    """The first look that is worth its preparation for very many files; None without hyperscan."""
    from aliscan.kept import gate

    try:
        return gate("hyperscan")
    except ImportError:
        return None
