"""Passwords of managed databases: `alibaba-rds-password`, `-mongodb-password`, `-redis-password`.

Names of hosts say whose database it is, so a literal password nearby is one of Alibaba Cloud; what
stands in the same call, URL or command is sure, what stands within a few lines is matched by
distance. Facts: credential-shapes.md section 4 and 9a.6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aliscan.detect.near import Window, holds, joined, lines_around
from aliscan.detect.near import hosts as hosts_of
from aliscan.detect.passwords import (
    CALL,
    Literal,
    argument_at,
    assign,
    flags,
    in_url,
    is_meant,
    literal_at,
    named,
)
from aliscan.detect.placeholders import count_digits
from aliscan.detect.tables import cell_beside
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import PASSWORD, Confidence, Severity
from aliscan.record import NamedTuple

RDS = "alibaba-rds-password"
MONGODB = "alibaba-mongodb-password"
REDIS = "alibaba-redis-password"

RULES = (
    RuleInfo(RDS, "Password of an RDS, PolarDB or AnalyticDB instance", Severity.HIGH,
             "The host stands beside it: whoever reads both can read and change the data."),
    RuleInfo(MONGODB, "Password of an ApsaraDB for MongoDB instance", Severity.HIGH,
             "The host stands beside it: whoever reads both can read and change the data."),
    RuleInfo(REDIS, "Password of a Redis, Tair or Memcache instance", Severity.HIGH,
             "The host stands beside it: whoever reads both can read and change the data."),
)  # fmt: skip

LINES = 8
REACH = 700  # bytes between a host and its password
_RANK = 18
_KINDS = {b"mongodb": MONGODB, b"redis": REDIS, b"rds": RDS}

_HOST = re.compile(
    rb"([A-Za-z0-9][A-Za-z0-9-]{2,62})((?:\.[a-z0-9-]{1,30}){0,4}"
    rb"\.(?:[a-z0-9-]{0,20}rds|kvstore|[a-z0-9-]{0,10}drds|polarx|polardb|ads|gpdb|lindorm|oceanbase|clickhouse"
    rb"|selectdb|elasticsearch|hologres|ocs|tsdb|milvus))\.aliyuncs\.com"
)
_NO_HOST = re.compile(
    rb"(?i)x{3}|your|example|\A(?:rm|r|rr|pc|dds|pgm|host|instance|test|demo)-?\Z|abcdef|123456"
)
_REDIS_HOST = re.compile(rb"(?:\A|\.)(?:redis|kvstore|tair|memcache|ocs)")
_COMMAND = re.compile(
    rb"(?<![\w.-])(?:mysql\w{0,10}|mongo\w{0,10}|mycli|psql|influx|pg_dump|redis-cli|mycat|sqlcmd)(?=[ \t])"
)
# Right of a host of Redis: its port, perhaps a time-out and a database, the password.
_NUMBERS = re.compile(
    rb"[\"'`]\s{0,4}(?:,\s{0,12}(?:\d{1,6}|[A-Za-z_][\w.]{0,39})\s{0,4}){1,4},\s{0,12}(?=@?[\"'])"
)
# Left of a host: the user and the password of the same call, perhaps other options.
_ARGUMENTS = re.compile(
    rb"(?:[\"'`][^\"'`\r\n]{0,64}[\"'`]|\$?[A-Za-z_][\w.]{0,39})\s{0,4},\s{0,12}@?([\"'`])([^\"'`\s]{6,64})\1\s{0,4},"
    rb"\s{0,12}(\{[^{}]{0,240}?[\"']?host[\"']?\s{0,3}:\s{0,3})?@?[\"'`]\Z"
)
_NAME = re.compile(
    rb"(?i)utf-?8\w{0,20}|utf-?16|latin1|gb\w{2,5}|[a-z]{1,30}[_.:/-].*|/.*|.*[:/].*|v?[\d.]+|[a-z]{2,20}\d{1,2}"
)
# Of PostgreSQL's password file, and of notes: the host, a user and the password on one line.
_LINE_OF = re.compile(
    rb"(?::\d{2,5}:[^:\s]{1,64}:[^:\s]{1,64}:"
    rb"|(?::\d{2,5})?[ \t]{1,8}[A-Za-z][\w-]{1,31}/(?=\D{0,64}\d)(?!\S{1,64}\.[a-z]{2,4}\s))"
    rb"([^\s:/,;\"'`<>|)]{6,64})(?=[ \t]{0,8}(?:\r?\n|\Z))"
)
# Engines and functions of ClickHouse: a database, perhaps a table, the user, the password.
_ENGINE = re.compile(rb"(?i:(?:materializ\w{1,3})?(?:mysql|postgresql))\(\s{0,4}'[^'\r\n]{0,20}\Z")
_FOREIGN_TABLE = re.compile(rb"[^'\r\n]{0,10}'(?:\s{0,4},\s{0,4}'[^'\r\n]{0,64}'){2,3}\s{0,4},\s{0,4}(?=')")
_DRIVER = re.compile(
    rb"(?:getConnection|DriverManager|connect|PDO|mysqli|createConnection)\s{0,3}\(\s{0,8}\$?[\w.]{1,40}\s{0,4},\s{0,8}"
    rb"(?:@?[\"'][^\"'\r\n]{0,64}[\"']|\$?[\w.]{1,40})\s{0,4},\s{0,8}(?=@?[\"'])"
)
_AUTH = re.compile(
    rb"(?i:(?<![A-Za-z0-9])(?:(?:mysql|redis|rds|db|mongo(?:db)?|cache)_?)?auth)[\"']?"
    rb"[ \t]{0,4}(?:\([ \t]{0,3}|=>[ \t]{0,3}|[:=][ \t]{0,3})(?=[\"'])"
    rb"|\bAUTH[ \t]{1,3}(?=[^\s\"'])|\bREDISCLI_AUTH=(?=\S)"
)
# Elasticsearch takes user and password side by side, or as a header of HTTP.
_BASIC = re.compile(
    rb"(?i:(?:basic|http)_?auth|UsernamePasswordCredentials|NetworkCredential|\bauth)[\"']?[ \t]{0,4}"
    rb"[=:(]{1,2}[ \t]{0,4}[\[(]?[ \t]{0,4}@?[\"'][^\"'\r\n:]{1,64}[\"'][ \t]{0,2},\s{0,12}(?=@?[\"'])"
    rb"|(?i:\bbasic)[ \t]{1,4}[\w.@-]{1,64}:(?=\S)"
)
# Milvus takes both as one token.
_PAIR = re.compile(rb"(?i:token)[\"']?[ \t]{0,4}(?:=>|[:=(,])[ \t]{0,4}[\"'][\w.-]{1,32}:(?=[^\"'\s])")
_REST = re.compile(rb"[^\"'\s]{1,128}(?=[\"'])")
_MYSQL = re.compile(rb"(?<![\w.-])mysql\w{0,10}(?=[ \t])")
_APART = re.compile(rb"-p[ \t]{1,4}[\"']?\Z")
_SQLCMD = re.compile(rb"(?<![\w-])-P[ \t]{0,4}(?=\S)")
_USER = re.compile(rb"(?<![\w-])(?:-u|--user)(?:[ \t]{1,4}|=)[\"']?[\w.@-]{1,64}:(?=[^\s\"'])")
_INSTANCE = re.compile(rb"r-[a-z0-9]{10,24}:")


_ESCAPE = re.compile(rb"%([2-7][0-9A-Fa-f])")


class _Host(NamedTuple):
    start: int
    end: int
    kind: bytes  # a key of _KINDS


def find(text: Text) -> Iterator[Candidate]:
    """Yield a password for each host that has a literal one in its call, URL, command or neighbourhood."""
    data = text.data
    hosts = list(_hosts(data))
    if not hosts:
        return
    sure: dict[int, Literal] = {}
    for number, host in enumerate(hosts):
        literal = _attached(data, host)
        if literal is not None:
            sure[number] = literal
    lonely = [h for n, h in enumerate(hosts) if n not in sure]
    seen: set[int] = set()
    for number, literal in sorted(sure.items()):
        if literal.start not in seen and is_meant(data[literal.start : literal.end], literal.quoted):
            seen.add(literal.start)
            yield _candidate(data, hosts[number], literal, Confidence.HIGH)
    literals = _literals(data, lonely, seen)
    for h, index in assign(data, lonely, literals, LINES, REACH):
        yield _candidate(data, lonely[h], literals[index], Confidence.MEDIUM)


def _hosts(data: bytes) -> Iterator[_Host]:
    kinds: dict[bytes, bytes] = {}
    for start, end, name in hosts_of(data):
        kind = kinds.get(name)
        if kind is None:
            kind = kinds[name] = _kind(name)
        if kind:
            yield _Host(start, end, kind)


def _kind(name: bytes) -> bytes:
    """Whose host it is, a key of ``_KINDS``; empty for a made-up host and for other services."""
    m = _HOST.fullmatch(name)
    if m is None or _NO_HOST.search(m[1]):
        return b""
    return b"mongodb" if b".mongodb" in m[2] else b"redis" if _REDIS_HOST.search(m[2]) else b"rds"


def _attached(data: bytes, host: _Host) -> Literal | None:
    """The literal that belongs to this host beyond doubt: user:password@ before it, the call around it."""
    literal = in_url(data, host.start)
    if literal is not None:
        return literal
    line = _LINE_OF.match(data, host.end, host.end + 400)
    if line is not None:
        return Literal(*line.span(1), b"line", True)
    before = _before(data, host.start)
    if before is not None:
        return before
    engine = _ENGINE.search(data, max(0, host.start - 60), host.start)
    call = (_FOREIGN_TABLE if engine else CALL).match(data, host.end, host.end + 500)
    if call is None and host.kind == b"redis":
        call = _NUMBERS.match(data, host.end, host.end + 300)
        found = argument_at(data, call.end(), b"call") if call else None
        if found and holds(data, b":", found.start, found.end):
            return None  # a key of the cache
    if call:
        return argument_at(data, call.end(), b"call")
    cell = cell_beside(data, host.start, host.end)
    return cell if cell and cell.start < cell.end else None


def _before(data: bytes, host: int) -> Literal | None:
    """The argument before a host, or before options that hold it: ``("app", "PASSWORD", "HOST"``."""
    if data[host - 1 : host] not in (b'"', b"'", b"`"):
        return None
    m = _ARGUMENTS.search(data, max(0, host - 400), host)
    if m is None or not (m[3] or _like_a_secret(m[2])):
        return None
    floor = max(0, m.start() - 200)
    if data.rfind(b"(", floor, m.start()) <= max(data.rfind(sign, floor, m.start()) for sign in (b"[", b"{")):
        return None  # a list, an object
    return Literal(*m.span(2), b"call", True)


def _like_a_secret(value: bytes) -> bool:
    """Whether an argument without a name may be a password: no name, address or set of characters."""
    return count_digits(value) > 0 and not value.isdigit() and _NAME.fullmatch(value) is None


def _literals(data: bytes, hosts: list[_Host], seen: set[int]) -> list[Literal]:
    """Everything near the hosts that could be a password, in reading order, each once."""
    found: dict[int, Literal] = {}
    around = [lines_around(data, h.start, h.end, LINES, REACH) for h in hosts]
    for window in joined(around):
        for literal in named(data, window):
            found.setdefault(literal.start, literal)
        for m in _DRIVER.finditer(data, window.start, window.end):
            _add(found, argument_at(data, m.end(), b"call"))
        if holds(data, b"auth", *window) or holds(data, b"AUTH", *window):
            for m in _AUTH.finditer(data, window.start, window.end):
                name = m[0].lower()
                _add(found, literal_at(data, m.end(), b"redis auth" if name.startswith(b"auth") else name))
    for login in (*_searches(data, hosts), *_pairs(data, hosts)):
        _add(found, login)
    for host in hosts:
        _add(found, _with_instance(data, host))
    for window in _commands(data, hosts):
        letters = b"a" if holds(data, b"redis-cli", *window) else b"p"
        for literal in flags(data, window, letters):
            if not _asks(data, window.start, literal.start):
                found.setdefault(literal.start, literal)
        if holds(data, b"sqlcmd", *window):
            for m in _SQLCMD.finditer(data, window.start, window.end):
                _add(found, literal_at(data, m.end(), b"flag"))
    meant = (x for x in found.values() if x.start not in seen and is_meant(data[x.start : x.end], x.quoted))
    return sorted(meant, key=lambda x: x.start)


def _with_instance(data: bytes, host: _Host) -> Literal | None:
    """``"instance:password"`` near a Redis host whose first label is the instance."""
    if host.kind != b"redis":
        return None
    label = data[host.start : data.find(b".", host.start)] + b":"
    window = lines_around(data, host.start, host.end, LINES, REACH)
    at = data.find(label, window.start, window.end)
    quoted = data.endswith((b'"', b"'", b"`"), 0, max(0, at))
    return literal_at(data, at - 1, b"redis auth") if quoted else None


def _searches(data: bytes, hosts: list[_Host]) -> Iterator[Literal | None]:
    """What logs in at Elasticsearch: the second of two arguments, a header, ``curl -u user:password``."""
    around = [
        lines_around(data, h.start, h.end, LINES, REACH)
        for h in hosts
        if holds(data, b".elasticsearch.", h.start, h.end)
    ]
    for window in joined(around):
        for m in _BASIC.finditer(data, window.start, window.end):
            yield argument_at(data, m.end(), b"call")
        if holds(data, b"curl", *window):
            for m in _USER.finditer(data, window.start, window.end):
                yield literal_at(data, m.end(), b"flag")


def _pairs(data: bytes, hosts: list[_Host]) -> Iterator[Literal]:
    """The password of ``token="user:password"`` near a host of Milvus."""
    vectors = [h for h in hosts if holds(data, b".milvus.", h.start, h.end)]
    for window in joined(lines_around(data, h.start, h.end, LINES, REACH) for h in vectors):
        for m in _PAIR.finditer(data, window.start, window.end):
            rest = _REST.match(data, m.end())
            if rest is not None:
                yield Literal(*rest.span(), b"token", True)


def _add(found: dict[int, Literal], literal: Literal | None) -> None:
    if literal is not None:
        found.setdefault(literal.start, literal)


def _commands(data: bytes, hosts: list[_Host]) -> Iterator[Window]:
    """The lines that hold a host and a database's command."""
    for window in joined(lines_around(data, h.start, h.end, 0, REACH) for h in hosts):
        if _COMMAND.search(data, window.start, window.end):
            yield window


def _asks(data: bytes, low: int, start: int) -> bool:
    """Whether it is ``-p NAME`` of a MySQL command: they ask for the password, and NAME is a database."""
    apart = _APART.search(data, max(low, start - 12), start)
    if apart is None:
        return False
    line = data.rfind(b"\n", low, start) + 1 or low
    return _MYSQL.search(data, line, start) is not None


def _written(value: bytes, literal: Literal) -> bytes | None:
    """What a password of a URL stands for; None where that is what is written there."""
    if literal.name != b"url" or _ESCAPE.search(value) is None:
        return None
    return _ESCAPE.sub(lambda m: bytes.fromhex(m[1].decode()), value)


def _candidate(data: bytes, host: _Host, literal: Literal, confidence: Confidence) -> Candidate:
    start = literal.start
    if host.kind == b"redis":  # the form instance:password
        name = data[host.start : data.find(b".", host.start)] + b":"
        instance = _INSTANCE.match(data, start, literal.end)
        if instance:
            start = instance.end()
        elif data.startswith(name, start, literal.end):
            start += len(name)
    notes = (("host", data[host.start : host.end].decode("ascii")),)
    spans = (Span(PASSWORD, start, literal.end, _written(data[start : literal.end], literal)),)
    return Candidate(_KINDS[host.kind], Severity.HIGH, confidence, spans, notes, _RANK)
