"""Files on disk, as they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from aliscan.finding import Blob
from aliscan.sources import files


def content(path: Path) -> bytes:
    first = next(files.read(os.fsencode(path)))
    assert isinstance(first, Blob)
    return first.data


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 3_000_001])
def test_every_byte(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    (tmp_path / "f").write_bytes(data)
    assert content(tmp_path / "f") == data


def test_a_file_that_tells_no_size() -> None:
    place = Path("/proc/self/status")
    if not place.exists():
        pytest.skip("needs /proc")
    assert place.stat().st_size == 0
    assert b"VmPeak" in content(place)
