"""Text in the columns of a terminal, where a Chinese character takes two."""

from __future__ import annotations

import re

_PIECE = r"\s+|[!-~]+|."  # compiled for the first text that is wrapped
_NOT_FIRST = "，。；：、）？！》」"


def width(text: str) -> int:
    """How many columns a terminal gives to ``text``."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, columns: int) -> str:
    """``text`` filled with spaces to a number of columns."""
    return text + " " * (columns - width(text))


def wrap(text: str, columns: int) -> list[str]:
    """``text`` in lines of at most ``columns``: broken at spaces, and between Chinese characters.

    A word that is longer stands alone; a line never begins with a closing mark.
    """
    lines = [""]
    for piece in re.findall(_PIECE, text):
        over = width(lines[-1]) + width(piece) > columns
        if over and piece not in _NOT_FIRST and lines[-1].strip():
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        if lines[-1] or not piece.isspace():
            lines[-1] += " " if piece.isspace() else piece
    lines[-1] = lines[-1].rstrip()
    return lines if lines[-1] or len(lines) == 1 else lines[:-1]
