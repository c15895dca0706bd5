"""What a text holds, in detect-secrets' terms: values by line, as its lines are counted.

detect-secrets goes through a file line by line; an id and its secret rarely stand on one line. So the
whole file is read once, at the first of its lines, and each line then gets what belongs to it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from aliscan.detect import detect

if TYPE_CHECKING:
    from detect_secrets.util.code_snippet import CodeSnippet

MAX_BYTES = 64 << 20
_NEWLINE = re.compile(rb"\r\n?|\n")  # what Python's text mode, and so detect-secrets, takes for one


class Value(str):
    """A credential, as the text that detect-secrets hashes and hands to its filters: one of ours.

    Pickled (to and from worker processes) it is plain text.
    """

    __slots__ = ()

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)


@dataclass(frozen=True, slots=True)
class Hit:
    """One value of one finding. ``line`` counts as detect-secrets does, from 1."""

    rule: str
    line: int
    value: Value


@dataclass(frozen=True, slots=True)
class Found:
    """What one file holds. ``lines`` are the lines that detect-secrets will show us, ends stripped."""

    lines: tuple[str, ...]
    hits: tuple[Hit, ...]

    def shows(self, number: int, line: str) -> bool:
        """Whether ``line`` is line ``number`` of this file, and not of a diff or of another reading."""
        return 0 < number <= len(self.lines) and self.lines[number - 1] == line.rstrip()

    def holds(self, line: str) -> bool:
        """Whether some line of this text, holding a value, reads like ``line``."""
        return any(self.shows(hit.line, line) for hit in self.hits)

    def at(self, number: int) -> Iterator[Hit]:
        """What to report at a line; at the last one also what stands behind all lines shown.

        (detect-secrets rewrites YAML and INI files before it looks, and loses comments at the end.)
        """
        for hit in self.hits:
            if hit.line == number or (number == len(self.lines) and hit.line > number):
                yield hit


def in_file(path: str) -> Found | None:
    """What a file holds; None when it holds nothing, is no text or cannot be read."""
    try:
        info = os.stat(path)
    except (OSError, ValueError):
        return None
    if info.st_size > MAX_BYTES:
        return None
    return _in_file(path, info.st_mtime_ns, info.st_size, info.st_ino)


@lru_cache(maxsize=16)
def _in_file(path: str, mtime: int, size: int, inode: int) -> Found | None:
    try:
        with open(path, "rb") as file:
            data = file.read()
        hits = tuple(_hits(data, os.fsencode(path)))
        return Found(_shown(path), hits) if hits else None
    except (OSError, UnicodeDecodeError):
        return None


def _shown(path: str) -> tuple[str, ...]:
    from detect_secrets.transformers import get_transformed_file

    with open(path) as file:  # as detect-secrets opens it, in the encoding of the locale
        lines = get_transformed_file(file) or file.readlines()
    return tuple(line.rstrip() for line in lines)


def in_snippet(line: str, context: CodeSnippet | None) -> Iterator[Hit]:
    """What a line holds when there is no file behind it: a diff, or a string from the command line."""
    lines = list(context) if context is not None else [line]
    number = context.target_index + 1 if context is not None else 1
    data = "\n".join(text.rstrip("\r\n") for text in lines).encode("utf-8", "surrogateescape")
    return (hit for hit in _hits(data) if hit.line == number)


def _hits(data: bytes, path: bytes = b"") -> Iterator[Hit]:
    """The values that a baseline must know: of an id with its secret, the secret (as `aliscan baseline`)."""
    from aliscan.finding import IDENTIFIER_KINDS

    for match in detect(data, path).matches:
        parts = [p for p in match.parts if p.kind not in IDENTIFIER_KINDS] or match.parts
        for part in parts:
            value = part.secret.reveal().decode("utf-8", "replace")
            yield Hit(match.rule, _line(data, part.start), Value(value))


def _line(data: bytes, offset: int) -> int:
    return sum(1 for _ in _NEWLINE.finditer(data, 0, offset)) + 1


def rules(hits: Iterable[Hit]) -> frozenset[str]:
    """The rules among some hits."""
    return frozenset(hit.rule for hit in hits)
