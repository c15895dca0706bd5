"""The byte strings without which no rule can match: the fast path.

Almost every blob holds none of them; `families` says which rule files are worth importing for a
blob, and whether it is encoded or a container. A text in which a family's rules can find something
holds at least one of that family's anchors (tests/detect/test_anchors.py holds that over all
fixtures).

How fast an anchor is: capitals and digits cost nearly nothing (three or more of them in one anchor,
the rest is compared afterwards); an anchor without any costs a pass over the text of its own,
cheap when one of its letters is rare (z j q x k w v y b).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

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
    "registry": (b"liyuncs",),
    "ram_login": (b"naliyun",),
    "serverless_devs": (b"U2FsdGVkX1",),
    "app_code": (b"APPCODE", b"ppcode", b"ppCode", b"AppCode", b"APP_CODE"),
    "dingtalk": (
        *(b"ingtalk", b"ingTalk", b"INGTALK", b"DD_BOT", b"ING_TOKEN"),
        "钉钉".encode(),
        "加签".encode(),
    ),
    "yunxiao": (b"unxiao", b"UNXIAO", b"odeup", b"CODEUP", "云效".encode()),
    "iot": (b"eviceSecret", b"evice_secret", b"DEVICE_SECRET", b"DeviceSecret", b"roductSecret"),
    "cli_oauth": (b"oauth_access_token", b"bearer_token", b"cloud_sso_sign_in_url", b"key_pair_name"),
}


# Files that detect opens although no anchor shows from outside; see aliscan.detect.containers.
_MAGIC = (
    b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00", b"\x5d\x00\x00",
    b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda",
    b"\x28\xb5\x2f\xfd", b"%PDF-", b"SQLite format 3\x00", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
)  # fmt: skip
_EXECUTABLE = (b"MZ", b"\x7fELF", b"#!")  # may carry a zip at their end
_TAIL = 22 + (1 << 16)  # the end record of a zip and its longest comment

_BIG = 32 << 20  # from here on hyperscan, if installed, is worth the quarter of a second it prepares


def families(data: bytes) -> tuple[str, ...]:
    """What could be found in ``data``: families in order of the table, then ``encoded``, ``container``.

    Empty: `aliscan.detect.detect` finds nothing, and need not be called. Uses the engine ``python``,
    for big data ``auto``; both give the same answer.
    """
    return matcher("auto" if len(data) >= _BIG else "python")(data)


@cache
def matcher(engine: str = "auto") -> Callable[[bytes], tuple[str, ...]]:
    """Prepare `families` once for a process that asks it for very many blobs.

    ``engine``: ``python``; ``hyperscan`` (raises ImportError without the extra ``fast``); ``auto``:
    hyperscan where it is installed, else python. The result maps bytes to the same tuple as
    `families`, keeps no state and is not to be shared between threads.
    """
    from aliscan.detect import engines
    from aliscan.detect.needles import CONTAINER, Needle, encoded

    needles = [Needle(frozenset((name,)), anchor) for name, row in ANCHORS.items() for anchor in row]
    needles += encoded()
    if engine == "python":
        scan = engines.python(needles)
    else:
        try:
            scan = engines.hyperscan(needles)
        except ImportError:
            if engine != "auto":
                raise
            return matcher("python")

    order = {name: number for number, name in enumerate((*ANCHORS, *{n for x in encoded() for n in x.names}))}

    def find(data: bytes) -> tuple[str, ...]:
        found = scan(data)
        if b"\0" in data:  # UTF-16, whole or in parts
            found |= scan(data.translate(None, b"\0"))
        names = sorted(found, key=order.__getitem__) if found else []
        if is_container(data):
            names.append(CONTAINER)
        return tuple(names)

    return find


def is_container(data: bytes) -> bool:
    """Whether the first bytes are those of a container, or the last those of a zip behind a program."""
    if data.startswith(_MAGIC) or data[257:262] == b"ustar":
        return True
    return data.startswith(_EXECUTABLE) and data.rfind(b"PK\x05\x06", max(0, len(data) - _TAIL)) >= 0
