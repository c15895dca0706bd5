"""Logins of Container Registry: `alibaba-container-registry-password`.

In commands (docker, podman, skopeo, helm, kubectl ...), in docker's config.json, in CI steps. The
host tells whose registry it is: ``registry*.aliyuncs.com``, ``*.cr.aliyuncs.com`` (section 4, 9a.6).
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from bisect import bisect_left
from collections.abc import Iterator

from aliscan.detect.near import Window, holds, joined, lines_around, windows
from aliscan.detect.near import hosts as hosts_of
from aliscan.detect.passwords import Literal, assign, is_meant, literal_at, named
from aliscan.detect.placeholders import count_digits
from aliscan.detect.tables import cell_beside
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import PASSWORD, Confidence, Severity

REGISTRY = "alibaba-container-registry-password"

RULES = (
    RuleInfo(REGISTRY, "Password of a container registry", Severity.HIGH,
             "Whoever reads it can pull private images and push changed ones."),
)  # fmt: skip

LINES = 4
LIMIT = 900  # bytes on each side of a host in which its login may stand
_RANK = 18

_HOST = re.compile(
    rb"(?:[a-z0-9.-]{1,80}[.-])?(?:registry|crpi)[a-z0-9.-]{0,80}|[a-z0-9.-]{3,80}\.cr\.aliyuncs\.com"
)
_COMMAND = re.compile(
    rb"(?:docker|podman|skopeo|buildah|nerdctl|crane|helm|oras|kubectl|img|ctr|regctl|sealos)\b[^\r\n|;&]{0,80}?(?:login|docker-registry)\b|--(?:src|dest)?-?creds"
)
_VARIABLE = re.compile(
    rb"\b(?:docker|podman|nerdctl|skopeo|buildah|helm)[^\r\n|;&$]{0,60}\blogin[ \t][^\r\n|;&]{1,300}"
    rb"[ \t][\"']?\$[({]?\w{1,40}[)}]?[\"']?[ \t]{0,8}(?=[\r\n|;&]|\Z)"
)
_FLAG = re.compile(rb"(?<![\w-])(?:-p|--password|--docker-password)(?:[ \t]{1,4}|=)(?!-)(?=\S)")
_GLUED = re.compile(rb"(?<![\w-])-p(?=[\"']?[^\s=\"'$-])")
_PORTS = re.compile(rb"(?:\d{1,3}(?:\.\d{1,3}){3}:)?\d{1,5}(?::\d{1,5})+(?:/\w{3,4})?|\d{1,5}")
_CREDS = re.compile(rb"--(?:src-|dest-)?creds?(?:[ \t]{1,4}|=)[\"']?[^\s:\"']{1,80}:(?=\S)")
_PIPE = re.compile(rb"(?:echo|printf)[ \t]{1,4}(?:-n[ \t]{1,4})?(?:[\"']?%s[\"']?[ \t]{1,4})?(?=\S)")
# What makes a few lines around a host a login: 镜像 is "image".
_BLOCK = re.compile(
    rb"(?i)docker|registry[\"']?[ \t]{0,4}[:=]|registry_?address|auths|image_?pull|\"username\""
    rb"|username[ \t]{0,4}[:=|]|<username>|\xe9\x95\x9c\xe5\x83\x8f"
)
_TEMPORARY = re.compile(rb"[\"']?(eyJpbnN0YW5jZUlkIjoi[A-Za-z0-9+/=_-]{20,2000}(?::[0-9a-f]{20,80})?)")
# Jib and Docker plugins of Maven and Gradle: the login is an element of its own below the image.
_PLUGIN = re.compile(
    rb"(?:<auth(?:Config)?>|\bauth[ \t]{0,3}\{)(?:(?!</auth|password)[^{}]){0,240}"
    rb"(?:<password>|\bpassword[ \t]{0,3}=?[ \t]{0,3})(?=[^\s>=])"
)
_AUTH = re.compile(rb"\\?\"auth\\?\"[ \t]{0,4}:[ \t\r\n]{0,8}\\?\"([A-Za-z0-9+/]{8,4000}={0,2})\\?\"")


# A call that logs in: the host, the user, the password.
_CALL = re.compile(rb"(?i:login|auth|cred|docker|registry)[\w.]{0,40}\([^()]{0,120}?[\"'](?:https?://)?\Z")
_ARGUMENTS = re.compile(rb"/?[\"']\s{0,4},\s{0,12}[\"'][^\"'\r\n]{1,64}[\"']\s{0,4},\s{0,12}(?=[\"'])")

_Host = tuple[int, int, bytes]  # start, end, text


def find(text: Text) -> Iterator[Candidate]:
    """Yield the literal password of each login at one of the vendor's registries.

    Windows around the hosts are joined before they are searched: no byte is read twice.
    """
    data = text.data
    names: dict[bytes, bool] = {}
    hosts = []
    for host in hosts_of(data):
        name = host[2]
        if name not in names:
            names[name] = _HOST.fullmatch(name) is not None
        if names[name]:
            hosts.append(host)
    if not hosts:
        return
    starts = [start for start, _, _ in hosts]
    spans: dict[int, Span] = {}
    for window in joined(_command_line(data, host) for host in hosts):
        for span in _commands(data, window):
            spans.setdefault(span.start, span)
    for window in _by_variable(data, hosts):
        for span in _commands(data, window):
            spans.setdefault(span.start, span)
    for span in _auths(data, hosts, starts):
        spans.setdefault(span.start, span)
    for span in _plugins(data, hosts):
        spans.setdefault(span.start, span)
    for span in _beside(data, hosts):
        spans.setdefault(span.start, span)
    for span in _fields(data, hosts, set(spans)):
        spans.setdefault(span.start, span)
    plain = {data[s.start : s.end] for s in spans.values() if s.value is None}
    for start in sorted(spans):
        if spans[start].value in plain:
            continue  # docker writes both: "password" and the same in "auth"
        at = bisect_left(starts, start)
        near = min(hosts[max(0, at - 1) : at + 1], key=lambda h: _apart(h, start))
        yield _candidate(data, near[2], spans[start])


def _apart(host: _Host, at: int) -> int:
    """Bytes between a host and a value."""
    return host[0] - at if host[0] > at else at - host[1]


def _candidate(data: bytes, host: bytes, span: Span) -> Candidate:
    value = data[span.start : span.end] if span.value is None else span.value
    temporary = value.startswith(b"eyJpbnN0YW5jZUlkIjoi") or holds(
        data, b"cr_temp_user", max(0, span.start - 200), span.end + 200
    )
    severity = Severity.LOW if temporary else Severity.HIGH
    notes = (("host", host.decode("ascii", "replace")),)
    return Candidate(REGISTRY, severity, Confidence.HIGH, (span,), notes, _RANK)


def _command_line(data: bytes, host: _Host) -> tuple[int, int]:
    """The command around a host, continued lines and a piped password before it included."""
    high = data.find(b"\n", host[1], host[1] + LIMIT)
    return _line(data, host[0]), min(len(data), host[1] + LIMIT) if high < 0 else high


def _commands(data: bytes, window: Window) -> Iterator[Span]:
    """``docker login -u X -p Y HOST``, on one line or continued with a backslash; ``echo Y | ...``."""
    if not any(holds(data, word, *window) for word in (b"login", b"creds", b"docker-reg")):
        return
    if _COMMAND.search(data, window.start, window.end) is None:
        return
    for pattern in (_FLAG, _CREDS):
        for m in pattern.finditer(data, window.start, window.end):
            yield from _meant(data, m.end())
    for m in _GLUED.finditer(data, window.start, window.end):
        if _is_login(data, window.start, m.start()):
            yield from (s for s in _meant(data, m.end()) if count_digits(data[s.start : s.end]))
    if holds(data, b"--password-stdin", *window):
        for m in _PIPE.finditer(data, window.start, window.end):
            yield from _meant(data, m.end())


def _is_login(data: bytes, low: int, at: int) -> bool:
    """Whether the command that goes on at an offset is a login: ``-p8080`` of ``docker run`` is a port."""
    low = max(low, at - LIMIT)
    low = max(low, *(data.rfind(stop, low, at) + 1 for stop in (b"&", b"|", b";")))
    return holds(data, b"login", low, at)


def _line(data: bytes, at: int) -> int:
    """Where the command that holds the offset starts: its line, and those before that end in a backslash."""
    low = at
    for _ in range(6):
        found = data.rfind(b"\n", max(0, at - LIMIT * 3), low)
        if found < 0:
            return max(0, at - LIMIT * 3)
        low = found
        if not data[max(0, found - 2) : found].endswith((b"\\", b"\\\r")):
            return found + 1
    return low


def _meant(data: bytes, at: int) -> Iterator[Span]:
    temporary = _TEMPORARY.match(data, at)
    if temporary:
        yield Span(PASSWORD, temporary.start(1), temporary.end())
        return
    literal = literal_at(data, at)
    if literal is None:
        return
    value = data[literal.start : literal.end].rstrip(b"\"'`)")
    if is_meant(value) and not _PORTS.fullmatch(value):
        yield Span(PASSWORD, literal.start, literal.start + len(value))


def _by_variable(data: bytes, hosts: list[_Host]) -> Iterator[Window]:
    """Login commands near a host that stands in a variable: ``docker login -p Y $REGISTRY``.

    A login that names no registry at all is one at Docker Hub.
    """
    if b"login" not in data:
        return
    for window in windows([(start, end) for start, end, _ in hosts], LIMIT, 3 * LIMIT, len(data)):
        for m in _VARIABLE.finditer(data, window.start, window.end):
            yield Window(*m.span())


def _auths(data: bytes, hosts: list[_Host], starts: list[int]) -> Iterator[Span]:
    """docker's config.json: ``"HOST": {"auth": "base64 of user:password"}``."""
    for window in joined((end, end + LIMIT) for _, end, _ in hosts):
        for m in _AUTH.finditer(data, window.start, window.end):
            host = hosts[bisect_left(starts, m.start()) - 1]
            if holds(data, b"}", host[1], m.start()):
                continue
            try:
                user, colon, password = b64decode(m[1]).partition(b":")
            except Error:
                continue
            if colon and user and is_meant(password):
                yield Span(PASSWORD, m.start(1), m.end(1), password)


def _plugins(data: bytes, hosts: list[_Host]) -> Iterator[Span]:
    """``<image>HOST/...</image> ... <auth> ... <password>Y`` of a build file, and the same in Gradle."""
    for window in joined((end, end + LIMIT) for _, end, _ in hosts):
        for m in _PLUGIN.finditer(data, window.start, window.end):
            yield from _meant(data, m.end())


def _beside(data: bytes, hosts: list[_Host]) -> Iterator[Span]:
    """``login("HOST", "user", "Y")``, and the column of passwords in a table that holds the host."""
    for start, end, _ in hosts:
        arguments = _ARGUMENTS.match(data, end, end + 200)
        if arguments and _CALL.search(data, max(0, start - 200), start):
            yield from _meant(data, arguments.end())
        cell = cell_beside(data, start, end)
        if cell is not None and cell.start < cell.end:
            yield Span(PASSWORD, cell.start, cell.end)


def _fields(data: bytes, hosts: list[_Host], seen: set[int]) -> Iterator[Span]:
    """``password: Y`` in the same block of a configuration: nearest first, below before above."""
    literals: list[Literal] = []
    for window in joined(lines_around(data, s, e, LINES, LIMIT) for s, e, _ in hosts):
        if _BLOCK.search(data, window.start, window.end):
            literals += (
                x
                for x in named(data, window)
                if x.start not in seen
                and not x.name.startswith(b"-")  # a flag: of another command, which names no registry of ours
                and is_meant(data[x.start : x.end], x.quoted)
            )
    marked = [(start, end, b"registry") for start, end, _ in hosts]
    for _, index in assign(data, marked, literals, LINES, LIMIT):
        yield Span(PASSWORD, literals[index].start, literals[index].end)
