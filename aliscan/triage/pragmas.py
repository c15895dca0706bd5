"""Allowing a finding where it stands: a comment on its line, or alone on the line before.

Two notations, read from the bytes as they are:

* detect-secrets': ``# pragma: allowlist secret`` (or ``whitelist``, or ``-`` for the last space)
  behind one of its comment signs, anything may follow; ``# pragma: allowlist nextline secret`` at the
  start of the line before. Exactly what detect-secrets 1.5 takes (filters/allowlist.py), so that
  one comment speaks to both.
* ours: ``aliscan: allow[rule-id, rule-id] reason`` anywhere on the line, in whatever the language
  calls a comment; on a line without a word before it, it speaks of the next line. A rule must be
  named: an allow of everything hides the next, worse leak on that line.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from aliscan.record import dataclass

NATIVE = "aliscan: allow"
FOREIGN = "pragma: allowlist secret"

# Without one of these no line allows anything; in UTF-16 every second byte is NUL.
_HINT = re.compile(rb"aliscan:|pragma:|a\0l\0i\0s\0c\0a\0n\0:|p\0r\0a\0g\0m\0a\0:")
MAX_LINE = 4096  # bytes of a line, from its end, in which a comment is looked for
_REASON = 120

_ALLOW = re.compile(r"(?<![\w:/.-])aliscan:[ \t]*allow(?![\w-])(?:[ \t]*\[([^\]\r\n]*)\])?(.*)")
_SAME = re.compile(r"pragma: ?(?:allow|white)list[ -]secret")
_NEXT = re.compile(r"pragma: ?allowlist[ -]nextline[ -]secret")
# detect-secrets' comment signs: (before, after); the last must end the line
_SIGNS = (("#", ""), ("//", ""), ("/*", "*/"), ("'", ""), ("--", ""), ("<!--", "-->"))
_CLOSERS = re.compile(r"[ \t]*(?:\*/|-->|--%>|#\}|\}\}|\*\)|\"[ \t]*,?|\"\"\")[ \t]*$")


@dataclass(frozen=True, slots=True)
class Allow:
    """One comment that allows. ``line`` is where it stands, ``covers`` the line it speaks of (from 1).

    ``rules`` is empty for detect-secrets' notation, which names none. ``reason`` is text of a
    stranger with whatever looks like a credential taken out.
    """

    line: int
    covers: int
    rules: tuple[str, ...] = ()
    reason: str = ""
    native: bool = False

    def speaks_of(self, rule: str) -> bool:
        """Whether a finding of ``rule`` is meant."""
        return not self.native or rule in self.rules


def allows(data: bytes, path: bytes = b"", line: int = 1) -> tuple[Allow, ...]:
    """Every allow in ``data``, in order. ``path`` decides, as in detect-secrets, that YAML has only ``#``.

    ``line`` is the number of the first line of ``data`` (of a piece of something large). An
    ``aliscan: allow`` that names no rule is among them, with no rules: it allows nothing.
    """
    if not _HINT.search(data):
        return ()
    text = _readable(data)
    yaml = os.path.splitext(path)[1] == b".yaml"
    return tuple(a for number, raw in _candidates(text, line) for a in _on_line(number, raw, yaml))


def _readable(data: bytes) -> bytes:
    """UTF-16 as UTF-8 (lines are those of the decoded text); everything else as it is."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return data[2:].decode(encoding, "replace").encode("utf-8", "surrogatepass")
    head = data[:512]
    if b"\0" in head:
        even, odd = head[::2].count(0), head[1::2].count(0)
        if odd > 4 * even:
            return data.decode("utf-16-le", "replace").encode("utf-8", "surrogatepass")
        if even > 4 * odd:
            return data.decode("utf-16-be", "replace").encode("utf-8", "surrogatepass")
    return data


def _candidates(text: bytes, number: int) -> Iterator[tuple[int, str]]:
    """``(line number, line)`` of the lines that could hold an allow; long ones by their last part."""
    counted = 0
    for found in re.finditer(rb"aliscan:|pragma:", text):
        if found.start() < counted:
            continue  # on a line that was yielded already
        start = text.rfind(b"\n", counted, found.start()) + 1 or counted
        number += text.count(b"\n", counted, start)
        end = text.find(b"\n", found.start())
        end = len(text) if end < 0 else end
        line = text[max(start, end - MAX_LINE) : end]
        yield number, ("\0" if start < end - MAX_LINE else "") + line.decode("utf-8", "replace")
        counted, number = end + 1, number + 1


def _on_line(number: int, line: str, yaml: bool) -> Iterator[Allow]:
    line = line.rstrip("\r")
    if _foreign(line, _NEXT, yaml, first=True):
        yield Allow(number, number + 1)
    if _foreign(line, _SAME, yaml, first=False):
        yield Allow(number, number)
    for found in _ALLOW.finditer(line):
        alone = not re.search(r"\w|\0", line[: found.start()].replace("REM ", "").replace("rem ", ""))
        names = tuple(filter(None, (w.strip() for w in (found[1] or "").split(","))))
        reason = _CLOSERS.sub("", found[2])
        yield Allow(number, number + alone, names, scrub(reason.strip(" \t:-")), native=True)


def _foreign(line: str, words: re.Pattern[str], yaml: bool, *, first: bool) -> bool:
    """Whether detect-secrets' own regular expressions would match, without their backtracking."""
    end = line.rstrip(" \t")
    for found in words.finditer(line):
        before = line[: found.start()].rstrip(" ")
        for sign, close in _SIGNS[:1] if yaml else _SIGNS:
            head = before.rstrip("# \t") if sign == "<!--" else before
            if not head.endswith(sign) or (close and not end.endswith(close)):
                continue
            if close and found.end() > len(end) - len(close):
                continue
            if not first or not head[: -len(sign)].strip(" \t"):
                return True
    return False


_WORD = re.compile(r"[A-Za-z0-9+/=_.-]{12,}")


def scrub(text: str) -> str:
    """Text of a stranger as reports may show it: one short inert line, nothing like a credential in it."""
    from aliscan.git import show

    inert = show(text[:1000].encode("utf-8", "surrogatepass"))
    inert = _WORD.sub(lambda m: "****" if re.search(r"\d", m[0]) or len(m[0]) >= 24 else m[0], inert)
    return inert if len(inert) <= _REASON else inert[: _REASON - 3] + "..."
