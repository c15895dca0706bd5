"""Something large, read piece by piece: no size of it takes more memory, and nothing hides on a border."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from aliscan.cuts import ENDS, PIECE, Ends, chained, cut
from aliscan.finding import Blob, Gap, IncompleteError, Origin
from aliscan.i18n import N_, said

WHOLE = PIECE  # what is not larger is one piece
MAX_BYTES = 512 << 20  # of a container: more takes too long to be opened

Whole = Callable[[bytes], bool]  # says of first and last bytes whether what they are of is a container


def pieces(read: Callable[[int], bytes], origin: Origin) -> Iterator[Blob]:
    """Blobs of bounded size that overlap (`aliscan.cuts`). ``read`` gives so many bytes as it is asked for,
    fewer at the end.

    Each piece owns a stretch (`Blob.owned`), and around that sees half of the overlap on both sides;
    the stretches are the whole, each byte once.
    """
    for data, start, line, column, own, upto in cut(read):
        yield Blob(origin, data, start, line, partial=True, column=column, owned=(own, upto))
        del data  # before the next is read


def streamed(
    read: Callable[[int], bytes], origin: Origin, whole: Whole, size: int = 0
) -> Iterator[Blob | Gap]:
    """Something large that can be read once only: a container as it goes by (`Blob.stored`), anything else
    as `pieces`. ``size`` is its size where that is known.

    ``whole`` says of first and last bytes whether they are a container's. A container that is larger
    than MAX_BYTES is a gap, and so is one that shows only at the end of what went by in pieces: a zip
    behind a program.
    """
    begin = read(ENDS)
    if not whole(begin):
        ends = Ends(chained(begin, read))
        yield from pieces(ends.read, origin)
        if whole(ends.begin + ends.end):
            yield Gap(origin, BEHIND)
    elif size > MAX_BYTES:
        yield too_large(origin)
    else:
        from aliscan.stored import Passing

        passing = Passing(chained(begin, read), size, MAX_BYTES, (OSError, IncompleteError))
        yield Blob(origin, b"", stored=passing)
        if passing.is_cut:
            yield too_large(origin)
        if passing.error is not None:
            raise passing.error


BEHIND = N_("a zip archive behind a large program was not opened; scan the file itself: aliscan scan FILE")


def too_large(origin: Origin) -> Gap:
    """What is said of a container that is not opened, or not to its end."""
    return Gap(origin, said("a container larger than {limit} MiB", limit=MAX_BYTES >> 20))
