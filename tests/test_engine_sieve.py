"""Looking for anchors in many blobs at once finds exactly what looking one by one finds."""

from __future__ import annotations

import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from aliscan.detect.anchors import families
from aliscan.engine import Sifted, sieve, sift
from aliscan.finding import Blob, Gap, Origin
from tests.support import keys


def packed(name: str, text: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, text)
    return out.getvalue()


TEXTS = [
    b"", b"\0", b"nothing", b"LTAI", b"LT", b"AI", b'"LT', b'" + "AI"', b"my_secret", b"\\u004c", b"\\u0054",
    b"L\0T\0A\0I\0", b"aliyun", b"secret", b"alibaba secret",
    packed("x", b"nothing"), b"x" * 70_000, b"sk-ws-", b"\xff\xfe",
]  # fmt: skip


@given(st.lists(st.sampled_from(TEXTS) | st.binary(max_size=40), max_size=60))
def test_no_blob_is_lost(texts: list[bytes]) -> None:
    blobs = [Blob(Origin("blob", b"%d" % n), text) for n, text in enumerate(texts)]
    passed = {b.origin.path for b in sieve(blobs)}
    assert {b.origin.path for b in blobs if families(b.data)} <= passed
    assert [b for b in blobs if b.origin.path in passed] == list(sieve(blobs))


def test_hits_are_those_of_each_blob_alone() -> None:
    leak = f"id={keys.key_id()} secret={keys.secret()}".encode()
    items: list[Blob | Gap] = []
    for n in range(500):
        data = leak if n in (0, 137, 499) else packed("a.txt", leak) if n == 250 else b"clean %d" % n
        items.append(Blob(Origin("blob", b"%d" % n), data))
    items.insert(20, Gap(Origin("blob", b"gone"), "missing"))
    into = Sifted()
    sift(items, into)
    assert [h.origin.path for h in into.hits] == [b"0", b"137", b"250", b"499"]
    assert [g.origin.path for g in into.gaps] == [b"gone"]
    assert into.blobs == 500
