"""SMTP passwords of Direct Mail: `alibaba-directmail-password`.

A sender's password is set in the console and stands beside the host ``smtpdm*.aliyun.com``, as a
named literal or as the second argument of a login. Seen in 2 of 10 public files that name the host.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.near import joined, lines_around
from aliscan.detect.needs import MAIL_HOST
from aliscan.detect.passwords import CALL, Literal, argument_at, assign, is_meant, named
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import PASSWORD, Confidence, Severity

MAIL = "alibaba-directmail-password"

RULES = (
    RuleInfo(MAIL, "SMTP password of Direct Mail", Severity.HIGH,
             "Whoever reads it can send mail in the name of the sender's domain."),
)  # fmt: skip

LINES = 12
REACH = 900  # bytes between the host and the password

_HOST = re.compile(MAIL_HOST)
# Another provider's host takes the passwords that are nearer to it.
_ANY_HOST = re.compile(
    rb"(?<![\w@.-])(?:smtp|mail|mx|exmail)[a-z0-9-]{0,40}(?:\.[a-z0-9-]{1,40}){1,4}\.(?:com|cn|net|org|io)(?![\w-])"
)
_LOGIN = re.compile(
    rb"(?:\blogin|PlainAuth|PasswordAuthentication|NetworkCredential|\bauth)[ \t]{0,2}\([ \t]{0,4}"
    rb"(?:[\"'][\"'],[ \t]{0,4})?@?[\"'][^\"'\r\n]{1,80}[\"'][ \t]{0,2},\s{0,12}(?=@?[\"'])"
)
# Of Postfix: "[HOST]:465 user:PASSWORD"
_LINE = re.compile(rb"\]?:\d{2,5}[ \t]{1,8}[\w.@-]{1,64}:(\S{6,128})(?=[ \t]{0,4}(?:\r?\n|\Z))")


def find(text: Text) -> Iterator[Candidate]:
    """Yield for each host the nearest literal password."""
    data = text.data
    ours = [m.span() for m in _HOST.finditer(data)]
    told = {start for start, _ in ours}
    hosts: list[tuple[int, int, bytes]] = []
    literals: dict[int, Literal] = {}
    for window in joined(lines_around(data, s, e, LINES, REACH) for s, e in ours):
        others = (m.span() for m in _ANY_HOST.finditer(data, window.start, window.end))
        hosts += ((start, end, b"mail") for start, end in others if start not in told)
        for literal in named(data, window):
            literals.setdefault(literal.start, literal)
        for m in _LOGIN.finditer(data, window.start, window.end):
            found = argument_at(data, m.end(), b"login")
            if found is not None:
                literals.setdefault(found.start, found)
    for start, end in ours:
        hosts.append((start, end, b"mail"))
        found = _behind(data, end)
        if found is not None:
            literals.setdefault(found.start, found)
    hosts.sort()
    meant = [x for _, x in sorted(literals.items()) if is_meant(data[x.start : x.end], x.quoted)]
    for host, index in assign(data, hosts, meant, LINES, REACH):
        start, end, _ = hosts[host]
        if not _HOST.fullmatch(data, start, end):
            continue
        notes = (("host", data[start:end].decode("ascii")),)
        span = (Span(PASSWORD, meant[index].start, meant[index].end),)
        yield Candidate(MAIL, Severity.HIGH, Confidence.MEDIUM, span, notes, rank=18)


def _behind(data: bytes, end: int) -> Literal | None:
    """What stands right of a host: ``NewDialer("HOST", 465, "user", "PASSWORD")``, a line of Postfix."""
    line = _LINE.match(data, end, end + 250)
    if line is not None:
        return Literal(*line.span(1), b"line", True)
    call = CALL.match(data, end, end + 500)
    return argument_at(data, call.end(), b"login") if call else None
