"""Private keys of Alipay applications: `alibaba-alipay-private-key`.

Alipay's samples and tools hand the key around as bare base64 of DER, without PEM armour
(credential-shapes.md section 4). Many things are base64 of DER: the structure tells a private RSA key
from certificates and public keys, the words around it whose key it is.
"""

from __future__ import annotations

import re
from base64 import b64decode
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from aliscan.detect.near import Window, beginning, offsets, windows
from aliscan.detect.placeholders import is_sample
from aliscan.detect.text import Candidate, RuleInfo, Span, Text
from aliscan.finding import PRIVATE_KEY, Confidence, Severity

ALIPAY = "alibaba-alipay-private-key"

RULES = (
    RuleInfo(ALIPAY, "Private key of an Alipay application", Severity.HIGH,
             "Whoever reads it can sign in the application's name: refunds, transfers, orders."),
)  # fmt: skip

NEAR = 4000  # bytes: the public key often stands between the private one and the word that tells

# Lines of 64 or 76 characters, as people paste them; a key of 512 bits has about 450, one of 4096 3,200.
_KEY = re.compile(
    rb"(?<![A-Za-z0-9+/])MII[A-Za-z0-9+/]{57,}"
    rb"(?:(?:\\n|\r?\n)[ \t]{0,16}[A-Za-z0-9+/]{1,80}(?=[\s\"'=\\<,;]|\Z))*={0,2}"
)
_OURS = re.compile(
    rb"(?i)alipay|ali_pay|zhifubao|(?:merchant|app)_?(?:rsa_?)?private_?key"
    rb"|\xe6\x94\xaf\xe4\xbb\x98\xe5\xae\x9d|\xe5\xba\x94\xe7\x94\xa8\xe7\xa7\x81\xe9\x92\xa5"
    rb"|\xd6\xa7\xb8\xb6\xb1\xa6|\xd3\xa6\xd3\xc3\xcb\xbd\xd4\xbf|(?<![0-9])2088[0-9]{12}(?![0-9])"
)  # 支付宝, 应用私钥 in UTF-8 and GBK; a partner's number
PATH = _OURS  # what a path may say
# In small letters, and 微信: an expression that ignores case runs at a tenth of the speed of finds
_THEIRS = (
    *(b"wechat", b"weixin", b"wxpay", b"wx_pay", b"unionpay", b"apiclient", b"jwt", b"ssh", b"tls"),
    *(b"https_key", "微信".encode()),
)
# One of these is in all that is ours, in small letters: expressions that ignore case are slow
_SIGNS = (
    *(b"alipay", b"ali_pay", b"zhifubao", b"merchant", b"appprivate", b"app_private", b"apprsa", b"app_rsa"),
    *(
        "支付宝".encode(),
        "应用私钥".encode(),
        b"\xd6\xa7\xb8\xb6\xb1\xa6",
        b"\xd3\xa6\xd3\xc3\xcb\xbd\xd4\xbf",
        b"2088",
    ),
)
_LONGEST = 8000
_VERSION = b"IBA"  # the 0 that a private key begins with, behind its length; a certificate has none
_RSA_OID = bytes.fromhex("06092a864886f70d010101")


def find(text: Text) -> Iterator[Candidate]:
    """Yield every bare or armoured RSA private key whose nearest word is Alipay's."""
    data = text.data
    words = beginning(data, b"MII", _KEY)
    keys = [m for m in words if m[0].startswith(_VERSION, 6) and is_private_key(m[0][:_LONGEST])]
    if not keys:
        return
    around = windows([m.span() for m in keys], NEAR, NEAR, len(data))
    small = [data[window.start : window.end].lower() for window in around]
    has_signs = any(sign in stretch for stretch in small for sign in _SIGNS)
    speaks = list(_ours(data, around)) if has_signs else []
    if not speaks and not _OURS.search(text.path):
        return
    for window, stretch in zip(around, small, strict=True):
        speaks += ((window.start + at, False) for at in _of_others(stretch))
    speaks.sort()
    for m in keys:
        if _is_ours(text.path, speaks, *m.span()):
            yield Candidate(ALIPAY, Severity.HIGH, Confidence.HIGH, (Span(PRIVATE_KEY, *m.span()),), rank=18)


def _ours(data: bytes, around: Iterable[Window]) -> Iterator[tuple[int, bool]]:
    """Where our words begin; true: they are ours."""
    for window in around:
        for m in _OURS.finditer(data, window.start, window.end):
            yield m.start(), True


def _of_others(small: bytes) -> Iterator[int]:
    """Where words of others begin in a text in small letters; of two that overlap, the first."""
    done = 0
    for start, end in sorted((at, at + len(word)) for word in _THEIRS for at in offsets(small, word)):
        if start >= done:
            yield start
            done = end


def _is_ours(path: bytes, words: list[tuple[int, bool]], start: int, end: int) -> bool:
    at = bisect_left(words, (start, False))
    near = [(start - place, ours) for place, ours in words[max(0, at - 1) : at]]
    after = bisect_left(words, (end, False))
    near += [(2 * (place - end), ours) for place, ours in words[after : after + 1]]
    near = [(distance, ours) for distance, ours in near if distance <= NEAR]
    return min(near)[1] if near else _OURS.search(path) is not None


def is_private_key(word: bytes) -> bool:
    """Whether base64 (with line breaks, plain or escaped) holds a whole RSA private key.

    PKCS#1 is SEQUENCE { INTEGER 0, INTEGER modulus, ... }; PKCS#8 is SEQUENCE { INTEGER 0, SEQUENCE
    { OID rsaEncryption, ... }, OCTET STRING }. A cut key is no key.
    """
    body = re.sub(rb"\\n|\s", b"", word)
    body = body.rstrip(b"=")
    if len(body) % 4 == 1:
        return False
    der = b64decode(body + b"=" * (-len(body) % 4))
    if len(der) < 300 or is_sample(word):
        return False
    if not der.startswith(b"\x30\x82") or not der.startswith(b"\x02\x01\x00", 4):
        return False  # 300 bytes are no shorter form of a sequence
    size = 4 + int.from_bytes(der[2:4], "big")
    if not size <= len(der) <= size + 2:
        return False
    return der.startswith(b"\x02", 7) or (der.startswith(b"\x30", 7) and _RSA_OID in der[7:27])
