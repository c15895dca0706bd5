"""Which families could find something in a text: the fast path.

A rule needs the shape of its value (`aliscan.detect.evidence`) and a word that says whose it is: one
of the family's anchors, anywhere in the text. Almost every blob lacks the first, so it is asked first.
Over all fixtures, whatever a rule finds has both (tests/test_fixtures.py).
"""

from __future__ import annotations

from collections.abc import Callable

from aliscan.detect.evidence import evidence
from aliscan.detect.needles import CONTAINER, ENCODED
from aliscan.detect.needs import NAMED, NEEDS
from aliscan.detect.zeros import without_zeros

Evidence = Callable[[bytes, bool], set[str]]

# family (a module of aliscan.detect.rules) -> its anchors
ANCHORS: dict[str, tuple[bytes, ...]] = {
    # ids; names of secrets; the vendor, for secrets with other names
    "access_key": (
        b"LTAI",
        b"ecret",
        b"ECRET",
        b"liyun",
        b"LIYUN",
        b"libaba",
        b"LIBABA",
        b"licloud",
        b"LICLOUD",
        b"OSS_ACCESS",
        "阿里".encode(),
        b"\xb0\xa2\xc0\xef",  # the same in GBK, whose codec takes a millisecond to load
    ),
    "sts": (b"STS.", b"1q6Ft5B2yfSj", b"IARKAA"),
    "model_studio": (
        *(b"sk-ws-", b"sk-sp-", b"ashscope", b"ashScope", b"ASHSCOPE", b"qwen", b"Qwen", b"QWEN", b"ailian"),
        *(b"AILIAN", b"ongyi", b"ONGYI", b"liyun", b"LIYUN", b"libaba", b"LIBABA"),
        *("阿里".encode(), "百炼".encode(), "通义".encode(), "千问".encode()),
    ),
    "vod_auth": (b"eyJTZWN1cml0eVRva2VuIjoi",),
    "databases": (b"liyun",),
    "alipay": (b"MIIC", b"MIIE", b"MIIJ", b"MIIB"),
    "kafka": (b"likafka",),
    "directmail": (b"liyun",),
    "message_queue": (b"amqp", b"rmq", b"Signature|"),
    "packages": (b"packages.aliyun.com",),
    "pai_eas": (b"pai-eas",),
    "registry": (b"liyuncs",),
    "ram_login": (b"naliyun",),
    "serverless_devs": (b"U2FsdGVkX1",),
    "app_code": (b"CODE", b"code", b"Code"),
    "api_gateway": (
        *(b"licloudapi", b"loudapi", b"ateway", b"ATEWAY", b"X-Ca-", b"x-ca-", b"CODE", b"code", b"Code"),
        *(b"com.aliyun.api", b"aliyun.iotx", "API网关".encode(), "云市场".encode()),
    ),
    "dingtalk": (
        *(b"ingtalk", b"ingTalk", b"INGTALK", b"ingding", b"ingDing", b"INGDING", b"DD_BOT", b"ING_TOKEN"),
        *(b"dinger", b"SEC"),
        "钉钉".encode(),
        "加签".encode(),
    ),
    "yunxiao": (b"unxiao", b"UNXIAO", b"odeup", b"CODEUP", "云效".encode()),
    "iot": (b"ecret", b"ECRET", b"securemode="),
    "cli_oauth": (b"oauth_access_token", b"bearer_token", b"cloud_sso_sign_in_url", b"key_pair_name"),
}


VENDOR = (b"liyun", b"LIYUN", b"libaba", b"LIBABA", b"licloud", b"LICLOUD", "阿里".encode())
SHORT = 32 << 10  # a view of more costs seconds in a tree full of scripts; aliscan.detect.search

# Files that detect opens although no anchor shows from outside; see aliscan.detect.containers.
_MAGIC = (
    b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00", b"\x5d\x00\x00",
    b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda",
    b"\x28\xb5\x2f\xfd", b"%PDF-", b"SQLite format 3\x00", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
)  # fmt: skip
_EXECUTABLE = (b"MZ", b"\x7fELF", b"#!")  # may carry a zip at their end
_FIRST = frozenset(word[0] for word in (*_MAGIC, *_EXECUTABLE))
_TAIL = 22 + (1 << 16)  # the end record of a zip and its longest comment


def families(data: bytes, context: bool = True, evidence: Evidence = evidence) -> tuple[str, ...]:
    """What could be found in ``data``: families in order of the table, then ``encoded``, ``container``.

    Empty: `aliscan.detect.detect` finds nothing, and need not be called. ``context``: also ``encoded``
    for a short text that speaks of the vendor and of a secret, which may be written in any way.
    ``evidence`` is who looks, with the same answer as `aliscan.detect.evidence.evidence` or more.
    """
    found, text = _evidence(data, evidence)
    names = [name for name in ANCHORS if name in found and any(anchor in text for anchor in ANCHORS[name])]
    if ENCODED in found or (context and NAMED in found and len(text) <= SHORT and _speaks(text)):
        names.append(ENCODED)
    if is_container(data):
        names.append(CONTAINER)
    return tuple(names)


def is_silent(data: bytes, evidence: Evidence = evidence) -> bool:
    """Whether `families` names nothing for any text that is a part of ``data``.

    For texts of any number joined by line ends; a container among them must be told apart before.
    """
    return loudness(data, evidence) == Loudness.SILENT


class Loudness:
    """What `loudness` says of a text."""

    SILENT, NAMED, LOUD = range(3)


def loudness(data: bytes, evidence: Evidence = evidence) -> int:
    """As `is_silent`; NAMED: only ``encoded`` is named, for parts of which `may_be_written` is true."""
    found, text = _evidence(data, evidence)
    if not found or (found == {NAMED} and not _speaks(text)):
        return Loudness.SILENT
    return Loudness.NAMED if found == {NAMED} and text is data else Loudness.LOUD


def may_be_written(data: bytes) -> bool:
    """Whether a text speaks of the vendor and of a secret, and is short: it may be written in any way."""
    return len(data) <= SHORT and any(word in data for word in _NAMES) and _speaks(data)


def _evidence(data: bytes, evidence: Evidence) -> tuple[set[str], bytes]:
    """The evidence in ``data`` and in what of it is UTF-16, and the text to look for words in."""
    found, text = evidence(data, True), without_zeros(data)
    if text is None:
        return found, data
    found = found | evidence(text, False)
    # The words around a value may stand elsewhere
    return found, data.translate(None, b"\0") if found else text


_NAMES = tuple(need.literal for need in NEEDS if NAMED in need.names)


def _speaks(data: bytes) -> bool:
    return any(word in data for word in VENDOR)


def is_container(data: bytes | bytearray, start: int = 0, end: int | None = None) -> bool:
    """Whether the first bytes are those of a container, or the last those of a zip behind a program.

    ``start`` and ``end`` say where in ``data`` it is."""
    if end is None:
        end = len(data)
    if start < end and data[start] in _FIRST:  # nearly all texts end here
        if data.startswith(_MAGIC, start, end):
            return True
        end_record = max(start, end - _TAIL)
        if data.startswith(_EXECUTABLE, start, end) and data.rfind(b"PK\x05\x06", end_record, end) >= 0:
            return True
    return data.startswith(b"ustar", start + 257, end)


def may_contain(begin: bytes) -> bool:
    """Whether something that begins so may be a container; of a program only its end says it."""
    return is_container(begin) or begin.startswith(_EXECUTABLE)
