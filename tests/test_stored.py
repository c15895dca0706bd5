"""Bytes on disk, cut and read as if they were in memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aliscan.stored import Stored, opened

DATA = bytes(range(256)) * 600


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stored]:
    path: Path = tmp_path_factory.mktemp("stored") / "a"
    path.write_bytes(DATA + b"behind what counts")
    file = os.open(path, os.O_RDONLY)
    yield Stored(file, len(DATA))
    os.close(file)


OFFSET = st.one_of(st.none(), st.integers(-10, len(DATA) + 10), st.integers(65_530, 65_540))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(start=OFFSET, end=OFFSET)
def test_slices_are_those_of_bytes(stored: Stored, start: int | None, end: int | None) -> None:
    assert stored[start:end] == DATA[start:end]


def test_it_is_like_bytes(stored: Stored) -> None:
    assert (len(stored), stored[300], stored[:]) == (len(DATA), 44, DATA)
    assert stored.startswith(b"\0\1")
    assert stored.startswith((b"abc", b"\0"))
    assert not stored.startswith(b"\1")


def test_files_of_it_do_not_disturb_each_other(stored: Stored) -> None:
    one, two = opened(stored), opened(stored)
    one.seek(-100, os.SEEK_END)
    assert one.read(60) + two.read(70) + one.read() == DATA[-100:-40] + DATA[:70] + DATA[-40:]
    assert (two.tell(), two.seek(5, os.SEEK_CUR), two.read(1)) == (70, 75, DATA[75:76])
    with pytest.raises(ValueError, match="beginning"):
        one.seek(-len(DATA) - 1, os.SEEK_END)
    one.close()
    assert stored[:2] == DATA[:2]


def test_a_file_that_became_shorter_ends_earlier(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    file = os.open(path, os.O_RDONLY)
    assert opened(Stored(file, 1000)).read() == b"abc"
    os.close(file)
