"""What a path adds to what a text says: some keys look like everybody's, and only a name tells whose.

A history judges such a key again only under paths that `speaks` is true of. Where no name in any tree
holds one of the `WORDS` there is no such path, and nobody need ask git which paths the key had.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

from aliscan.detect.bulk import Expression, compiled
from aliscan.detect.rules import family

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import Any

# Family -> words in small letters, one of which is in every path that tells its keys from others
# (tests/detect/test_paths.py).
WORDS: dict[str, tuple[bytes, ...]] = {
    "alipay": (
        *(b"alipay", b"ali_pay", b"zhifubao", b"appprivate", b"app_private", b"apprsa", b"app_rsa"),
        *(b"merchantprivate", b"merchant_private", b"merchantrsa", b"merchant_rsa"),
        *(word.encode() for word in ("支付宝", "应用私钥")),
        *(b"\xd6\xa7\xb8\xb6\xb1\xa6", b"\xd3\xa6\xd3\xc3\xcb\xbd\xd4\xbf"),  # the same in GBK
    ),
    "cli_oauth": (b".aliyun", b".alibabacloud"),
    "model_studio": (
        *(b"dashscope", b"dash_scope", b"bailian", b"bai_lian", b"tongyi", b"tong_yi", b"qwen", b"aliyun"),
        *(b"alibaba", b"modelstudio", b"model-studio", b"cosyvoice", b"paraformer", b"wanx"),
        *(word.encode() for word in ("百炼", "通义", "千问", "阿里")),
    ),
    "yunxiao": (b"yunxiao", b"codeup", b"devops.cn", b"devops.aliyun", b"openapi-rdc", "云效".encode()),
}

# A partner's number is a word of Alipay too: expressions that `re` and hyperscan read alike
_NUMBERS = {"alipay": b"2088[0-9]{12}"}

# Which of some families some names speak of
Listener = Callable[[bytes, Collection[str]], set[str]]


def listener(engine: str = "auto") -> Listener:
    """Prepare to look for the `WORDS` in any bytes with names in them; ``engine`` as for
    `aliscan.detect.bulk.gate`."""
    if engine != "python":
        try:
            return _hyperscan()
        except ImportError:
            if engine != "auto":
                raise
    return _python


def _python(names: bytes, families: Collection[str]) -> set[str]:
    small = names.lower()
    found = {name for name in families if any(word in small for word in WORDS[name])}
    numbers = {name for name in _NUMBERS if b"2088" in small and re.search(_NUMBERS[name], small)}
    return found | numbers.intersection(families)


def _hyperscan() -> Listener:
    owners = [name for name, words in WORDS.items() for _ in words] + list(_NUMBERS)
    words = [b"(?i)" + re.escape(word) for words in WORDS.values() for word in words]
    database = compiled(None, [Expression(word) for word in (*words, *_NUMBERS.values())])

    def listen(names: bytes, families: Collection[str]) -> set[str]:
        met: list[int] = []
        database.scan(names, match_event_handler=lambda number, *_: met.append(number))
        return {owners[number] for number in met}.intersection(families)

    return listen


def families_of(rules: Iterable[str]) -> tuple[str, ...]:
    """The families of some rules, if a path can tell the keys of all of them from others; else none."""
    owner = {rule.id: name for name in WORDS for rule in family(name).RULES}
    found = {owner.get(rule, "") for rule in rules}
    return () if "" in found else tuple(sorted(found))


def speaks(path: bytes, families: Iterable[str]) -> bool:
    """Whether `aliscan.detect.detect` may find anything of these families under a path that it does not find
    under none."""
    said: list[Any] = [family(name) for name in families]
    return any(rules.PATH.search(path) for rules in said)
