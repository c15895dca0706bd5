"""Device secrets of the IoT platform, and what is signed with them: `alibaba-iot-device-secret`.

A device logs in with product key (``a1`` and nine letters or digits), device name and device secret
(32 hex or base62); the three stand together (credential-shapes.md section 4). The console also prints
what MQTT wants: a client id with ``|securemode=``, ``NAME&KEY`` as the user, and an HMAC of both as the
password. It never ends, so most sketches hold it instead of the secret.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from aliscan.detect.hexes import is_made_up
from aliscan.detect.near import offsets, windows
from aliscan.detect.placeholders import is_hex, is_placeholder
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import TOKEN, Confidence, Severity

DEVICE = "alibaba-iot-device-secret"

RULES = (
    RuleInfo(DEVICE, "Device secret of the IoT platform", Severity.MEDIUM,
             "Whoever reads it can pose as the device, read what it is sent and send what it would."),
)  # fmt: skip

NEAR = 1000

_AFTER = rb"(?:_?\d{1,2}(?![0-9]))?(?:\[[^\]\r\n]{0,50}\])?"  # of two devices; an array of C
_NAMED = re.compile(
    rb"(?i:(device|product|dev|prd)[_.-]?secret|(?<![a-z0-9_.-])ds(?=[\"'`]?[ \t:=]))"
    + _AFTER
    + rb"[\"'`]?(?:[^A-Za-z0-9\r\n]{1,40}|[^A-Za-z0-9\r\n]{0,8}(?i:string|char|value)"
    rb"[^A-Za-z0-9\r\n]{1,16})([A-Za-z0-9]{32}|(?<=[^A-Za-z0-9])[A-Za-z0-9]{16})(?![A-Za-z0-9])"
)
_KEY = re.compile(
    rb"(?i:produc[te][_.-]?key)"
    + _AFTER
    + rb"[^A-Za-z0-9\r\n]{1,40}(?:[A-Za-z*]{1,10}[^A-Za-z0-9\r\n]{1,16}){0,2}"
    rb"[A-Za-z0-9]{11}(?![A-Za-z0-9])"
)
SIGNED = b"securemode="  # in the client id of every device that signs
_USER = re.compile(rb"(?<![\w&?%])[\w.:@-]{1,64}&(?:amp;)?[A-Za-z0-9]{11}(?![\w=])")
_HMAC = rb"([0-9a-f]{64}|[0-9A-F]{64}|[0-9a-f]{40}|[0-9A-F]{40}|[0-9a-f]{32}|[0-9A-F]{32})(?![A-Za-z0-9])"
_NEXT = re.compile(rb"[^A-Za-z0-9\r\n]{1,16}" + _HMAC)  # AT+MQTTUSERCFG=0,1,"NULL","NAME&KEY","HMAC"
_PASSWORD = re.compile(
    rb"(?i:pass(?:wd|word)?|pwd|\xe5\xaf\x86\xe7\xa0\x81)\w{0,8}(?:\.cstring)?[^A-Za-z0-9]{1,60}" + _HMAC
)
# A table: the console's export, or one in a document; the sign that stands between two cells.
_COLUMN = re.compile(rb"(?i:device[_ -]?secret)[\"'` ]{0,8}([,;\t|]|(?=\r?\n))")
_OTHER_COLUMN = re.compile(rb"(?i)product[_ -]?key|device[_ -]?name")
_CELL = re.compile(rb"[A-Za-z0-9]{32}")
_RULER = re.compile(rb"[-:| \t]+")
_LONGEST_ROW = 1000
_HOST = re.compile(rb"iot-as-mqtt|iot-amqp|iotx-|linkkit|iothub\.aliyuncs|aliyun[_-]?iot|iotkit")


def find(text: Text) -> Iterator[Candidate]:
    """Yield device secrets (and product secrets) beside a product key or the platform's host; signatures."""
    data = text.data
    made_up: dict[bytes, bool] = {}
    for start, end in _cells(data):
        if not _is_made_up(data[start:end], made_up):
            yield _candidate(start, end)
    for start, end in _signatures(data):
        if not is_made_up(data[start:end]):
            yield _candidate(start, end)
    named = list(_NAMED.finditer(data))
    around = windows([m.span() for m in named], NEAR, NEAR, len(data))
    told = sorted(m.start() for w in around for p in (_KEY, _HOST) for m in p.finditer(data, w.start, w.end))
    for m in named:
        at = bisect_left(told, m.start() - NEAR)
        if at == len(told) or told[at] > m.end() + NEAR:
            continue
        if not _is_made_up(m[2], made_up):
            yield _candidate(*m.span(2))


def _candidate(start: int, end: int) -> Candidate:
    return Candidate(DEVICE, Severity.MEDIUM, Confidence.HIGH, (Span(TOKEN, start, end),), rank=18)


def _is_made_up(value: bytes, known: dict[bytes, bool]) -> bool:
    if value not in known:
        known[value] = is_made_up(value) if is_hex(value) else is_placeholder(value)
    return known[value]


def _signatures(data: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of the passwords with which devices log in to MQTT, beside a client id and a user."""
    clients = [(at, at) for at in offsets(data, SIGNED)]
    for window in windows(clients, NEAR, NEAR, len(data)):
        users = [m.end() for m in _USER.finditer(data, window.start, window.end)]
        if not users:
            continue
        found = {m.span(1) for end in users if (m := _NEXT.match(data, end))}
        found |= {m.span(1) for m in _PASSWORD.finditer(data, window.start, window.end)}
        yield from sorted(found)


def _cells(data: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of the device secrets in the rows of tables below a line with the columns' names."""
    for m in _COLUMN.finditer(data):
        low = data.rfind(b"\n", max(0, m.start() - _LONGEST_ROW), m.start()) + 1
        high = data.find(b"\n", m.end(), m.end() + _LONGEST_ROW)
        header = data[low:high] if high >= 0 else b""
        if not _OTHER_COLUMN.search(header):
            continue
        sign = m[1] or header[: m.start() - low].rstrip(b" \"'`")[-1:]
        if sign in (b",", b";", b"\t", b"|"):
            yield from _rows(data, high + 1, sign, header[: m.start() - low].count(sign))


def _rows(data: bytes, at: int, sign: bytes, column: int) -> Iterator[tuple[int, int]]:
    """The cells of one column, row by row until a line is no row."""
    while (end := _end_of_row(data, at)) > 0:
        row = data[at:end]
        cells = row.split(sign)
        if sign not in row or len(cells) <= column or _COLUMN.search(row):
            return
        value = _CELL.search(cells[column])
        if value is not None and not _RULER.fullmatch(row):
            start = at + sum(len(c) + 1 for c in cells[:column]) + value.start()
            yield start, start + len(value[0])
        at = end + 1


def _end_of_row(data: bytes, at: int) -> int:
    """Where the row that begins at an offset ends; -1 where there is none, or it is too long."""
    if at >= len(data):
        return -1
    end = data.find(b"\n", at, at + _LONGEST_ROW)
    return end if end >= 0 else len(data) if len(data) - at <= _LONGEST_ROW else -1
