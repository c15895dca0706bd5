"""Something large, read piece by piece: no size of it takes more memory, and nothing hides on a border."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO

from aliscan.cuts import PIECE, cut
from aliscan.finding import Blob, Gap, Origin
from aliscan.i18n import N_, said
from aliscan.record import replace

WHOLE = PIECE  # what is not larger is one piece
MAX_BYTES = 512 << 20  # of a container: it must be in memory to be opened
ENDS = 66 << 10  # bytes of both ends by which a container is told

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
    read: Callable[[int], bytes], origins: Sequence[Origin], whole: Whole, size: int = 0
) -> Iterator[Blob | Gap]:
    """Something large that can be read once only, for each of its ``origins``: of a container its bytes,
    of anything else `pieces`. ``size`` is its size where that is known.

    ``whole`` says of first and last bytes whether they are a container's. A container that is larger
    than MAX_BYTES is a gap, and so is one that shows only at the end of what went by in pieces: a zip
    behind a program.
    """
    begin = read(ENDS)
    if whole(begin):
        data = BytesIO()  # grows in its place: joining parts would hold all of it twice
        while begin and size <= MAX_BYTES:
            size = max(size, data.tell() + len(begin))
            data.write(begin)
            begin = read(min(PIECE, MAX_BYTES + 1 - data.tell()))
        for origin in origins:
            yield too_large(origin) if size > MAX_BYTES else Blob(origin, data.getvalue())
        return
    end, ahead = b"", begin

    def noted(length: int) -> bytes:
        nonlocal end, ahead
        part, ahead = ahead[:length], ahead[length:]
        part += read(length - len(part))
        end = (end + part[-ENDS:])[-ENDS:]
        return part

    for piece in pieces(noted, origins[0]):
        for origin in origins:
            yield replace(piece, origin=origin)
    if whole(begin + end):
        for origin in origins:
            yield Gap(origin, BEHIND)


BEHIND = N_("a zip archive behind a large program was not opened; scan the file itself: aliscan scan FILE")


def too_large(origin: Origin) -> Gap:
    """What is said of a container that would not fit into memory."""
    return Gap(origin, said("a container larger than {limit} MiB", limit=MAX_BYTES >> 20))
