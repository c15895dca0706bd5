"""Logins of Container Registry: `alibaba-container-registry-password`.

In commands (docker, podman, skopeo, helm, kubectl ...), in docker's config.json, in CI steps. The
host tells whose registry it is: ``registry*.aliyuncs.com``, ``*.cr.aliyuncs.com`` (section 4, 9a.6).
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator

from aliscan.detect.near import lines_around
from aliscan.detect.passwords import is_meant, literal_at, named
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import PASSWORD, Confidence, Severity

REGISTRY = "alibaba-container-registry-password"

RULES = (
    RuleInfo(REGISTRY, "Password of a container registry", Severity.HIGH,
             "Whoever reads it can pull private images and push changed ones."),
)  # fmt: skip

LIMIT = 900  # bytes on each side of a host in which its login may stand
_RANK = 18

_HOST = re.compile(
    rb"registry[a-z0-9.-]{0,60}\.aliyuncs\.com|[a-z0-9.-]{3,80}\.cr\.aliyuncs\.com|crpi-[a-z0-9.-]{5,80}\.aliyuncs\.com"
)
_COMMAND = re.compile(
    rb"(?:docker|podman|skopeo|buildah|nerdctl|crane|helm|oras|kubectl|img|ctr|regctl)\b[^\r\n|;&]{0,80}?(?:login|docker-registry)\b|--(?:src|dest)?-?creds"
)
_FLAG = re.compile(rb"(?<![\w-])(?:-p|--password|--docker-password)(?:[ \t]{1,4}|=)(?!-)(?=\S)")
_CREDS = re.compile(rb"--(?:src-|dest-)?creds?(?:[ \t]{1,4}|=)[\"']?[^\s:\"']{1,80}:(?=\S)")
_PIPE = re.compile(rb"(?:echo|printf)[ \t]{1,4}(?:-n[ \t]{1,4})?(?:[\"']?%s[\"']?[ \t]{1,4})?(?=\S)")
# What makes a few lines around a host a login: 镜像 is "image".
_BLOCK = re.compile(
    rb"(?i)docker|registry[\"']?[ \t]{0,4}[:=]|auths|image_?pull|\"username\"|username[ \t]{0,4}[:=]"
    rb"|\xe9\x95\x9c\xe5\x83\x8f"
)
_TEMPORARY = re.compile(rb"[\"']?(eyJpbnN0YW5jZUlkIjoi[A-Za-z0-9+/=_-]{20,2000}(?::[0-9a-f]{20,80})?)")
_AUTH = re.compile(rb"\\?\"auth\\?\"[ \t]{0,4}:[ \t\r\n]{0,8}\\?\"([A-Za-z0-9+/]{8,4000}={0,2})\\?\"")


def find(text: Text) -> Iterator[Candidate]:
    """Yield the literal password of each login at one of the vendor's registries."""
    data = text.data
    seen: set[int] = set()
    done = 0
    for host in _HOST.finditer(data):
        for span in (*_command(data, host), *_auth(data, host, done), *_fields(data, host)):
            if span.start in seen:
                continue
            seen.add(span.start)
            yield _candidate(data, host, span)
        done = host.end()


def _candidate(data: bytes, host: re.Match[bytes], span: Span) -> Candidate:
    value = data[span.start : span.end] if span.value is None else span.value
    temporary = (
        value.startswith(b"eyJpbnN0YW5jZUlkIjoi")
        or b"cr_temp_user" in data[max(0, span.start - 200) : span.end + 200]
    )
    severity = Severity.LOW if temporary else Severity.HIGH
    notes = (("host", host[0].decode("ascii", "replace")),)
    return Candidate(REGISTRY, severity, Confidence.HIGH, (span,), notes, _RANK)


def _command(data: bytes, host: re.Match[bytes]) -> Iterator[Span]:
    """``docker login -u X -p Y HOST``, on one line or continued with a backslash."""
    low = _line(data, host.start())
    high = data.find(b"\n", host.end(), host.end() + LIMIT)
    high = min(len(data), host.end() + LIMIT) if high < 0 else high
    command = _COMMAND.search(data, low, high)
    if command is None:
        return
    for pattern in (_FLAG, _CREDS):
        for m in pattern.finditer(data, low, high):
            yield from _meant(data, m.end())
    pipe = _PIPE.search(data, max(0, command.start() - 2500), command.start())
    if pipe and b"\n" not in data[pipe.start() : command.start()] and b"--password-stdin" in data[low:high]:
        yield from _meant(data, pipe.end())


def _line(data: bytes, at: int) -> int:
    """Where the command that holds the offset starts: its line, and those before that end in a backslash."""
    low = at
    for _ in range(6):
        found = data.rfind(b"\n", max(0, at - LIMIT * 3), low)
        if found < 0:
            return max(0, at - LIMIT * 3)
        low = found
        if not data[:found].endswith((b"\\", b"\\\r")) if found < 4096 else data[found - 1 : found] != b"\\":
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
    if is_meant(value):
        yield Span(PASSWORD, literal.start, literal.start + len(value))


def _auth(data: bytes, host: re.Match[bytes], done: int) -> Iterator[Span]:
    """docker's config.json: ``"HOST": {"auth": "base64 of user:password"}``."""
    m = _AUTH.search(data, host.end(), host.end() + LIMIT)
    if m is None or b"}" in data[host.end() : m.start()]:
        return
    try:
        user, colon, password = b64decode(m[1], validate=True).partition(b":")
    except Error:
        return
    if colon and user and is_meant(password):
        yield Span(PASSWORD, m.start(1), m.end(1), password)


def _fields(data: bytes, host: re.Match[bytes]) -> Iterator[Span]:
    """``password: Y`` in the same block of a configuration: nearest first, below before above."""
    window = lines_around(data, host.start(), host.end(), 4, LIMIT)
    if not _BLOCK.search(data, window.start, window.end):
        return
    found = [x for x in named(data, window) if is_meant(data[x.start : x.end], x.quoted)]
    found.sort(key=lambda x: x.start - host.end() if x.start > host.end() else 2 * (host.start() - x.start))
    yield from (Span(PASSWORD, x.start, x.end) for x in found[:1])
