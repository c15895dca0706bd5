"""Ways in which a file that is kept between runs may be damaged."""

from __future__ import annotations

from pathlib import Path

FAULTS = ("flipped", "cut", "empty", "foreign", "a folder")


def damage(file: Path, fault: str) -> None:
    """Do one of the ``FAULTS`` to a file."""
    data = bytearray(file.read_bytes())
    if fault == "flipped":
        data[len(data) // 2] ^= 1
    elif fault == "cut":
        del data[-100:]
    elif fault == "empty":
        data.clear()
    elif fault == "foreign":
        data[:] = b"not what it was\n" * 99
    file.write_bytes(data)
    if fault == "a folder":
        file.unlink()
        file.mkdir()
