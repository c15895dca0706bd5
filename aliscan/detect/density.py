"""Long texts: which are full of what may be found, and which stretches of others are read in every view."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aliscan.detect.anchors import ANCHORS, SHORT
from aliscan.detect.engines import clusters
from aliscan.detect.near import windows
from aliscan.detect.needles import base64_forms
from aliscan.detect.reading import Edit

_IDS = (b"LTAI", b"sk-ws-", b"sk-sp-", b"U2FsdGVkX1", b"1q6Ft5B2")


def is_plain(data: bytes, names: Iterable[str]) -> bool:
    """Whether a text is long and only speaks of the vendor, without an id, a token or an encoded anchor.

    It is read as it is: bundles of scripts and SDKs are such texts, and each view of megabytes costs seconds.
    """
    return len(data) > SHORT and "encoded" not in names and not any(word in data for word in _IDS)


DENSE = 512 << 10  # each claim in a piece takes a kilobyte
_AROUND = 16 << 10  # farther than a secret may be from its id (aliscan.detect.pairs.FAR)


def far_from_ids(data: bytes) -> Iterator[Edit]:
    """Edits that leave out what is not near any id."""
    places = sorted(place for word in _IDS for place in clusters(data, word, _AROUND))
    done = 0
    for start, end in (*windows(places, _AROUND, _AROUND, len(data)), (len(data), len(data))):
        if start > done:
            yield Edit(done, start, b"\n")
        done = end


# What stands in nearly all findings that are short: ids, also in base64, keys, names of hosts and users,
# calls; the beginning of packed bytes in base64; the length of a secret before it
_FREQUENT = (
    *(b"LTAI", b"STS.", b"sk-", b"aliyun", b"likafka", b"ecret", b"ppcode", b"token", b"Client"),
    *base64_forms(b"LTAI"),
    *(b"H4sI", b"\x1e"),
)
_MANY = 5_000


def is_text(names: Iterable[str]) -> bool:
    """Whether anything but a container was met."""
    return any(name in ANCHORS or name == "encoded" for name in names)


def is_dense(data: bytes) -> bool:
    """Whether a text is full of what may be findings: it is searched in pieces of `DENSE` bytes."""
    return sum(data.count(word) for word in _FREQUENT) > _MANY
