"""The byte strings without which no rule can match: the fast path.

Almost every blob holds none of them; `families` says which rule files are worth importing for a
blob. A text in which a family's rules can find something holds at least one of that family's
anchors (tests/detect/test_anchors.py holds that over all fixtures).
"""

from __future__ import annotations

# family (a module of aliscan.detect.rules) -> its anchors
ANCHORS: dict[str, tuple[bytes, ...]] = {
    "access_key": (b"LTAI", b"liyun", b"LIYUN", b"libaba", b"LIBABA", b"licloud", b"LICLOUD"),
}


def families(data: bytes) -> tuple[str, ...]:
    """The names of the families that could find something in ``data``, in order of the table."""
    return tuple(name for name, anchors in ANCHORS.items() if any(a in data for a in anchors))
