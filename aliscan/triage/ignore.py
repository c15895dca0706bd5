"""Path rules in gitignore's syntax, over bytes, in time linear in the path whatever the pattern says.

A rule file comes from the repository that is judged, so a pattern may be hostile: ``*a*a*a*b`` costs
a backtracking matcher exponentially or polynomially many steps. Here a pattern is a row of states, a
bit each, and every byte of a path moves all of them at once (docs/decisions/0050-path-rules.md).

What is matched follows git's wildmatch.c and dir.c, oddities included; tests/triage/test_ignore.py
compares with `git check-ignore`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aliscan.i18n import _
from aliscan.record import dataclass

MAX_PATTERN = 1024  # bytes
_SPECIAL = b"*?[\\"
_SLASH = 0x2F
_ALL = (1 << 256) - 1
_NO_SLASH = _ALL ^ (1 << _SLASH)


def _span(first: int, last: int) -> int:
    return ((1 << (last + 1)) - 1) ^ ((1 << first) - 1) if first <= last else 0


def _of(chars: bytes) -> int:
    return sum(1 << c for c in set(chars))


_LOWER, _UPPER, _DIGIT = _span(97, 122), _span(65, 90), _span(48, 57)
_GRAPH = _span(33, 126)
# POSIX classes in the C locale, as wildmatch.c has them
_CLASSES = {
    b"alnum": _LOWER | _UPPER | _DIGIT, b"alpha": _LOWER | _UPPER, b"blank": _of(b" \t"),
    b"cntrl": _span(0, 31) | 1 << 127, b"digit": _DIGIT, b"graph": _GRAPH, b"lower": _LOWER,
    b"print": _span(32, 126), b"punct": _GRAPH & ~(_LOWER | _UPPER | _DIGIT),
    b"space": _of(b" \t\n\v\f\r"), b"upper": _UPPER, b"xdigit": _DIGIT | _of(b"abcdefABCDEF"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Program:
    """The states of a pattern; bit i is "the first i tokens are matched".

    ``step[c]``: states that byte ``c`` moves on; ``stay[c]``: states that it leaves where they are;
    ``skip``: states that may be passed over when they are entered, ``free``: also later;
    ``final``: the state after the last token.
    """

    step: tuple[int, ...]
    stay: tuple[int, ...]
    skip: int
    free: int
    final: int

    def move(self, states: int, byte: int) -> int:
        """The states after one more byte."""
        stayed = states & self.stay[byte]
        return self.enter((states & self.step[byte] | stayed & self.free) << 1) | stayed

    def enter(self, states: int) -> int:
        """``states`` with everything that may be skipped from them."""
        while True:
            more = states | (states & self.skip) << 1
            if more == states:
                return states
            states = more


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of gitignore syntax. ``text`` is the line as written."""

    text: bytes
    negated: bool
    folder_only: bool
    anchored: bool
    literal: bytes  # what a path must begin with
    program: _Program | None  # of what follows; None: nothing follows

    def ends(self, path: bytes, bounds: list[int]) -> Iterator[int]:
        """The indexes of the ``bounds`` (ends of path components) at which the rule matches."""
        if self.anchored:
            yield from self._run(path, 0, bounds, 0)
            return
        start = 0
        for index, bound in enumerate(bounds):
            yield from self._run(path, start, [bound], index)
            start = bound + 1

    def _run(self, path: bytes, start: int, bounds: list[int], index: int) -> Iterator[int]:
        at = start + len(self.literal)
        if not path.startswith(self.literal, start) or at > bounds[-1]:
            return
        if self.program is None:
            if at in bounds:
                yield index + bounds.index(at)
            return
        program = self.program
        states = program.enter(1)
        for number, bound in enumerate(bounds):
            if bound < at:
                continue
            for c in path[at:bound]:
                states = program.move(states, c)
                if not states:
                    return
            at = bound
            if states & program.final:
                yield index + number


class PatternError(ValueError):
    """A line that is no pattern: one sentence."""


def rule(line: bytes) -> Rule:
    """Parse one line of gitignore syntax; raises PatternError for what cannot be meant."""
    if len(line) > MAX_PATTERN:
        raise PatternError(_("a path pattern may have at most {limit} bytes").format(limit=MAX_PATTERN))
    if any(c < 32 or c == 127 for c in line):
        raise PatternError(_("a path pattern may not hold control characters"))
    body = _trim(line)
    if body.startswith(b"#"):
        raise PatternError(_("a path pattern that begins with # is a comment; write \\#"))
    negated = body.startswith(b"!")
    body = body[negated:]
    folder_only = body.endswith(b"/")
    body = body[: len(body) - folder_only]
    if not body:
        raise PatternError(_("an empty path pattern matches nothing"))
    anchored = b"/" in body
    body = body[body.startswith(b"/") :]
    plain = next((i for i, c in enumerate(body) if c in _SPECIAL), len(body))
    rest = body[plain:]
    return Rule(line, negated, folder_only, anchored, body[:plain], _compile(rest) if rest else None)


def _trim(line: bytes) -> bytes:
    """Without trailing spaces, unless a backslash keeps them (as dir.c does)."""
    end = None
    i = 0
    while i < len(line):
        if line[i] == 0x20:
            end = i if end is None else end
        else:
            end = None
            i += line[i] == 0x5C  # the next byte is escaped
        i += 1
    return line if end is None else line[:end]


def _compile(pattern: bytes) -> _Program:
    """Tokens to states: each token is ``(accepts, stays, may be skipped)``, sets of bytes as bits."""
    tokens = list(_tokens(pattern))
    step, stay, skip, free = [0] * 256, [0] * 256, 0, 0
    for i, (accepts, stays, skipped) in enumerate(tokens):
        bit = 1 << i
        skip |= bit if skipped else 0
        free |= bit if skipped and not accepts else 0  # a star ends anywhere, "**/" only at a slash
        for c in range(256):
            if accepts >> c & 1:
                step[c] |= bit
            if stays >> c & 1:
                stay[c] |= bit
    return _Program(tuple(step), tuple(stay), skip, free, 1 << len(tokens))


_NEVER = (0, 0, False)


def _tokens(p: bytes) -> Iterator[tuple[int, int, bool]]:
    i = 0
    while i < len(p):
        c = p[i]
        if c == 0x2A:
            end = i
            while end < len(p) and p[end] == 0x2A:
                end += 1
            whole = end - i > 1 and (i == 0 or p[i - 1] == _SLASH)
            if whole and end == len(p):
                yield 0, _ALL, True  # "/**" at the end: everything below
            elif whole and p[end] == _SLASH:
                yield 1 << _SLASH, _ALL, True  # "**/": nothing, or anything up to a slash
                end += 1
            elif whole and p[end : end + 2] == b"\\/":
                yield 0, _ALL, True
            else:
                yield 0, _NO_SLASH, True
            i = end
        elif c == 0x3F:
            yield _NO_SLASH, 0, False
            i += 1
        elif c == 0x5B:
            found = _bracket(p, i + 1)
            if found is None:
                yield _NEVER  # wildmatch gives up on it: the rule matches nothing
                return
            accepts, i = found
            yield accepts & _NO_SLASH, 0, False
        elif c == 0x5C:
            yield (1 << p[i + 1], 0, False) if i + 1 < len(p) else _NEVER
            i += 2
        else:
            yield 1 << c, 0, False
            i += 1


def _bracket(p: bytes, i: int) -> tuple[int, int] | None:
    """The set of a bracket expression whose inside begins at ``i``, and where it ends; None: malformed."""
    negated = p[i : i + 1] in (b"!", b"^")
    i += negated
    accepts = previous = 0
    first = True
    while True:
        if i >= len(p):
            return None
        c = p[i]
        if c == 0x5D and not first:
            return (_ALL ^ accepts if negated else accepts), i + 1
        first = False
        if c == 0x5C:
            i += 1
            if i >= len(p):
                return None
            previous = p[i]
            accepts |= 1 << previous
        elif c == 0x2D and previous and i + 1 < len(p) and p[i + 1] != 0x5D:
            i += 1
            if p[i] == 0x5C:
                i += 1
                if i >= len(p):
                    return None
            accepts |= _span(previous, p[i])
            previous = 0
        elif c == 0x5B and p[i + 1 : i + 2] == b":":
            end = p.find(b"]", i + 2)
            if end < 0:
                return None
            if end - (i + 2) < 1 or p[end - 1] != 0x3A:
                accepts |= 1 << c  # no ":]": a set with "[" and ":" in it
                previous = c
            else:
                named = _CLASSES.get(p[i + 2 : end - 1])
                if named is None:
                    return None
                accepts |= named
                previous = 0
                i = end
        else:
            accepts |= 1 << c
            previous = c
        i += 1


class Rules:
    """A list of rules, the last that matches wins; an excluded folder excludes all below it."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)

    def __bool__(self) -> bool:
        return bool(self._rules)

    def match(self, path: bytes) -> Rule | None:
        """The rule that covers a file's path (relative to the top, with slashes), or None."""
        bounds = [i for i, c in enumerate(path) if c == _SLASH] + [len(path)]
        leaf = len(bounds) - 1
        decided: dict[int, Rule] = {}
        for candidate in self._rules:
            for index in candidate.ends(path, bounds):
                if not (candidate.folder_only and index == leaf):
                    decided[index] = candidate
        for index in sorted(decided):
            if not decided[index].negated:
                return decided[index]
        return None
