"""What the tests of all rule files share."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from aliscan.detect import detect
from aliscan.detect.rules import family
from aliscan.detect.text import Candidate, Text
from aliscan.finding import Match


def candidates(name: str, text: str | bytes, path: bytes = b"") -> list[Candidate]:
    """What the rules of one family see in a text."""
    data = text.encode() if isinstance(text, str) else text
    return list(family(name).find(Text(data, path)))


def values(name: str, text: str | bytes, path: bytes = b"") -> list[tuple[str, ...]]:
    """The same, as the values of each candidate, in the order of its spans."""
    data = text.encode() if isinstance(text, str) else text
    return [
        tuple((data[s.start : s.end] if s.value is None else s.value).decode() for s in c.spans)
        for c in candidates(name, data, path)
    ]


def found(text: str | bytes, path: bytes = b"") -> list[tuple[str, ...]]:
    """What `detect` as a whole finds: rule and values, in reading order."""
    return [(m.rule, *(p.secret.reveal().decode() for p in m.parts)) for m in matches(text, path)]


def matches(text: str | bytes, path: bytes = b"") -> tuple[Match, ...]:
    """What `detect` as a whole finds."""
    return detect(text.encode() if isinstance(text, str) else text, path).matches


def growth(name: str, unit: str, count: int = 150) -> float:
    """How much more work eight times the text is: about 8 for linear code, 64 for quadratic.

    Work is counted, not timed: lines of Python run, plus bytes that regular expressions and
    ``bytes.find`` were asked to read.
    """
    small = work(name, (unit * count).encode())
    return work(name, (unit * (count * 8)).encode()) / max(small, len(unit) * count)


def work(name: str, data: bytes) -> int:
    """Steps that one family spends on a text; see `growth`."""
    counter = _Counter()
    with_patterns = [
        module
        for module in map(importlib.import_module, (f"aliscan.detect.rules.{name}", *_HELPERS))
        if module is not None
    ]
    saved = [(m, k, v) for m in with_patterns for k, v in vars(m).items() if isinstance(v, re.Pattern)]
    for module, key, pattern in saved:
        setattr(module, key, _CountedPattern(pattern, counter))
    text = Text(_CountedBytes(data))
    _CountedBytes.counter = counter
    previous = sys.gettrace()
    sys.settrace(counter.trace)
    try:
        for _ in family(name).find(text):
            pass
    finally:
        sys.settrace(previous)
        for module, key, pattern in saved:
            setattr(module, key, pattern)
    return counter.steps


_HELPERS = ("aliscan.detect.near", "aliscan.detect.passwords")


class _Counter:
    steps = 0

    def trace(self, frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
        if "aliscan" not in frame.f_code.co_filename:
            return None
        self.steps += event == "line"
        return self.trace


class _CountedPattern:
    """A compiled pattern that counts the bytes between where it starts and where it stops."""

    def __init__(self, pattern: re.Pattern[bytes], counter: _Counter) -> None:
        self._pattern, self._counter = pattern, counter

    def _count(self, m: re.Match[bytes] | None, pos: int, limit: int) -> re.Match[bytes] | None:
        self._counter.steps += 1 + (m.end() if m else limit) - pos
        return m

    def search(self, data: bytes, pos: int = 0, end: int = sys.maxsize) -> re.Match[bytes] | None:
        pos = max(0, min(pos, len(data)))
        return self._count(self._pattern.search(data, pos, end), pos, max(pos, min(end, len(data))))

    def match(self, data: bytes, pos: int = 0, end: int = sys.maxsize) -> re.Match[bytes] | None:
        return self._count(self._pattern.match(data, pos, end), pos, pos)

    def fullmatch(self, data: bytes, pos: int = 0, end: int = sys.maxsize) -> re.Match[bytes] | None:
        return self._count(self._pattern.fullmatch(data, pos, end), pos, pos)

    def finditer(self, data: bytes, pos: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[bytes]]:
        self._counter.steps += max(0, min(end, len(data)) - pos)
        return self._pattern.finditer(data, pos, end)

    def findall(self, data: bytes, pos: int = 0, end: int = sys.maxsize) -> list[Any]:
        self._counter.steps += max(0, min(end, len(data)) - pos)
        return self._pattern.findall(data, pos, end)

    def sub(self, new: bytes, data: bytes) -> bytes:
        self._counter.steps += len(data)
        return self._pattern.sub(new, data)

    def split(self, data: bytes) -> list[Any]:
        self._counter.steps += len(data)
        return self._pattern.split(data)


class _CountedBytes(bytes):
    """Bytes that count how much of them `find` and `rfind` have to read."""

    counter = _Counter()

    def find(self, sub: Any, start: Any = 0, end: Any = None) -> int:
        at = super().find(sub, start, end)
        stop = len(self) if end is None else min(end, len(self))
        self.counter.steps += max(0, (at if at >= 0 else stop) - start)
        return at

    def rfind(self, sub: Any, start: Any = 0, end: Any = None) -> int:
        at = super().rfind(sub, start, end)
        stop = len(self) if end is None else min(end, len(self))
        self.counter.steps += max(0, stop - (at if at >= 0 else start))
        return at

    def count(self, sub: Any, start: Any = 0, end: Any = None) -> int:
        stop = len(self) if end is None else min(end, len(self))
        self.counter.steps += max(0, stop - start)
        return super().count(sub, start, end)
