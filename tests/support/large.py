"""Containers and encoded texts that are large, with one pair at the end of what is inside."""

from __future__ import annotations

import base64
import gzip
import io
import random
import sqlite3
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.support import keys

Maker = Callable[[int], bytes]


def _pair(rng: random.Random) -> str:
    return f"aliyun\naccessKeyId={keys.key_id(rng)}\naccessKeySecret={keys.secret(rng)}\n"


def text(size: int) -> bytes:
    """Lines of a log, and a pair."""
    line = b"2024-01-01 12:00:00 INFO  the request of a user was answered with 200 in 12 ms\n"
    return line * (size // len(line)) + _pair(random.Random(1)).encode()


def noise(size: int) -> bytes:
    """Bytes that cannot be compressed."""
    return random.Random(2).randbytes(size)


def _zip(members: dict[str, bytes], how: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def _many(size: int) -> dict[str, bytes]:
    members = {f"a/{n}.class": noise(size // 60) for n in range(60)}
    return {**members, "a.properties": _pair(random.Random(3)).encode()}


def _tar(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def _sqlite(size: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        base = sqlite3.connect(path)
        base.execute("create table log (line text, ak text, sk text)")
        line = text(500).decode()[:300]
        base.executemany("insert into log (line) values (?)", ((line,) for _ in range(size // 300)))
        rng = random.Random(4)
        base.execute("insert into log (ak, sk) values (?, ?)", (keys.key_id(rng), keys.secret(rng)))
        base.commit()
        base.close()
        return path.read_bytes()


def _pdf(size: int) -> bytes:
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    shown = b"BT (" + _pair(random.Random(5)).replace("\n", " ").encode() + b") Tj ET"
    for number in range(size // 1_000_000):
        picture = noise(1_000_000)
        head = b"%d 0 obj\n<< /Subtype /Image /Length %d >>\nstream\n" % (number, len(picture))
        out.write(head + picture + b"\nendstream\nendobj\n")
    packed = zlib.compress(shown)
    head = b"9999 0 obj\n<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed)
    out.write(head + packed + b"\nendstream\nendobj\n%%EOF\n")
    return out.getvalue()


LARGE: dict[str, tuple[str, Maker]] = {
    "jar, stored": ("a.jar", lambda n: _zip(_many(n), zipfile.ZIP_STORED)),
    "jar, deflated": ("a.jar", lambda n: _zip(_many(n), zipfile.ZIP_DEFLATED)),
    "zip of one text": ("a.zip", lambda n: _zip({"a.log": text(n)}, zipfile.ZIP_DEFLATED)),
    "zip of one stored text": ("a.zip", lambda n: _zip({"a.log": text(n)}, zipfile.ZIP_STORED)),
    "zip of a jar": ("a.zip", lambda n: _zip({"a.jar": _zip(_many(n), zipfile.ZIP_DEFLATED)}, 8)),
    "docx": (
        "a.docx",
        lambda n: _zip({"word/media/1.jpeg": noise(n), "word/document.xml": text(20_000)}, 8),
    ),
    "tar": ("a.tar", lambda n: _tar({"a.log": text(n // 2), "b.bin": noise(n // 2)})),
    "tar.gz": ("a.tar.gz", lambda n: gzip.compress(_tar({"b.bin": noise(n // 2), "a.log": text(n // 2)}), 1)),
    "gzip": ("a.log.gz", lambda n: gzip.compress(text(n), 1)),
    "SQLite": ("a.db", _sqlite),
    "PDF": ("a.pdf", _pdf),
    "UTF-16": ("a.txt", lambda n: b"\xff\xfe" + text(n // 2).decode().encode("utf-16-le")),
    "base64": ("a.txt", lambda n: b"data: " + base64.b64encode(text(n // 4 * 3))),
    "wrapped base64": ("a.txt", lambda n: base64.encodebytes(text(n // 4 * 3))),
    "program": ("a.bin", lambda n: b"\x7fELF" + noise(n) + _pair(random.Random(6)).encode()),
}
