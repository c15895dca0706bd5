"""What the encodings make of an anchor: byte patterns that say "decode this and look again".

A text can hold a credential and no anchor: base64 of a whole file, ``\\u004c\\u0054...``, an id cut
into two string literals. Each `Needle` is one pattern that such a text holds. Both engines of
`aliscan.detect.engines` look for exactly these patterns, so that they give the same answer.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Iterator

from aliscan.record import dataclass

# The pseudo families that anchors.families may name beside the families of the table.
ENCODED = "encoded"
FORM = "form"  # `encoded` if it is not chance: aliscan.detect.chance
CONTAINER = "container"

# Bytes that survive in the thin text of the python engine: about 6 % of source code.
LOUD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
QUIET = bytes(set(range(256)) - set(LOUD))


@dataclass(frozen=True, slots=True)
class Needle:
    """One thing to look for: a literal or a regular expression.

    ``names``: what it speaks for. ``hints``: what the thin text of a match holds, one of them at least.
    A ``literal`` beside a ``pattern`` is what every match of it holds, and is looked for first.
    ``alternatives`` are together the pattern: hyperscan finds many small ones faster.
    """

    names: frozenset[str]
    literal: bytes = b""
    pattern: bytes = b""
    hints: tuple[bytes, ...] = ()
    alternatives: tuple[bytes, ...] = ()

    @property
    def expressions(self) -> tuple[bytes, ...]:
        """The same as regular expressions that `re` and hyperscan read alike."""
        return self.alternatives or (self.pattern or re.escape(self.literal),)


def _any_of(alternatives: list[bytes], hints: tuple[bytes, ...]) -> Needle:
    return Needle(frozenset((ENCODED,)), b"", b"|".join(alternatives), hints, tuple(alternatives))


def thin(text: bytes) -> bytes:
    """What is left of a text in the thin text."""
    return text.translate(None, QUIET)


_ID = b"LTAI"

# An escape of one character; %s is its value. Bounded repetitions: linear, and hyperscan reads them.
_HEX = (
    rb"\\{1,8}u00%s", rb"\\{1,8}u\{0{0,4}%s\}", rb"\\{1,8}x%s", rb"%%%s", rb"%%25%s", rb"=%s",
    rb"&(?:amp;)?#[xX]0{0,2}%s;?", b"%s", rb"%s00", rb"0[xX]%s[,;: \t\r\n]{0,8}", rb"%s[ :,-]",
)  # fmt: skip
_OCTAL = rb"\\{1,8}0?%o"
_DECIMAL = rb"&(?:amp;)?#0{0,2}%d;?"

# What may stand between two characters of an id without belonging to it: the joint of two string
# literals, a line continuation, a soft line break of quoted-printable. Without capitals and digits.
_SPACE = rb"[ \t\r\n]{0,40}"
_OPERATOR = rb"(?:(?:[+.&,~]|\|\|)" + _SPACE + rb")?"
_JOINTS = (
    rb"[\"'`]" + _SPACE + _OPERATOR + rb"(?:[_\\]" + _SPACE + rb")?" + _OPERATOR + rb"[@$rbuf]?[\"'`]",
    rb"=\r?\n", rb"\\\r?\n[ \t]{0,40}", rb"<[^<>A-Z0-9]{1,200}>",
)  # fmt: skip
# An id with one joint at least (a whole one is found as it is). What the other joints are is not asked:
# hyperscan needs a tenth of a second to compile them.
_CUT = [
    form.replace(b"%1", joint).replace(b"%b", b"[^A-Z0-9]{0,99}")
    for form in (rb"L(?:%1)T%bA%bI", rb"LT(?:%1)A%bI", rb"LTA(?:%1)I")
    for joint in _JOINTS
]


def _hex(c: int) -> bytes:
    return b"".join(b"[%c%c]" % (d, d ^ 32) if d > 57 else b"%c" % d for d in b"%02x" % c)


def _escaped() -> Iterator[bytes]:
    for form in _HEX:
        yield b"".join(form % _hex(c) for c in _ID)
    yield b"".join(_OCTAL % c for c in _ID)
    yield b"".join(_DECIMAL % c for c in _ID)
    yield rb"[,;: \t\r\n]{1,8}".join(b"%d" % c for c in _ID)


# Pieces that many hints share: one search for all of them.
CORES = (b"TAI", b"4149", b"41049", b"410049", b"412549")


def escapes() -> Iterator[Needle]:
    """An id in escapes: all of its prefix, its first character alone, or cut by a joint."""
    four = [(b"4C", b"54", b"41", b"49"), (b"4", b"54", b"41", b"49")]
    hints = {b"".join(before + c for c in form) for form in four for before in (b"", b"0", b"00", b"25")}
    hints |= {b"00".join(form) for form in four}
    hints |= {b"114124101111", b"0114012401010111", b"76846573", b"076084065073", b"0076008400650073"}
    yield _any_of(list(_escaped()), tuple(hints))
    first = [form % _hex(_ID[0]) for form in _HEX if form[:2] not in (b"%s", b"0[")]
    first += [_OCTAL % _ID[0], _DECIMAL % _ID[0]]
    yield _any_of([form + b"TAI" for form in first], (b"4TAI", b"4CTAI", b"114TAI", b"76TAI"))
    yield _any_of(_CUT, (_ID,))


def _base64(text: bytes) -> bytes:
    return b2a_base64(text, newline=False)


def base64_forms(text: bytes) -> tuple[bytes, ...]:
    """The characters that every base64 text holding ``text`` has in common, for the three alignments."""
    forms = []
    for before in range(3):
        coded = _base64(b"\0" * before + text + b"\0\0")
        first = -(-before * 8 // 6)
        last = (before + len(text)) * 8 // 6
        forms.append(coded[first:last])
    return tuple(forms)


def base32_forms(text: bytes) -> tuple[bytes, ...]:
    """The same for base32 and its five alignments."""
    forms = []
    for before in range(5):
        coded = _base32(b"\0" * before + text + b"\0" * 5)
        forms.append(coded[-(-before * 8 // 5) : (before + len(text)) * 8 // 5])
    return tuple(forms)


def _base32(text: bytes) -> bytes:
    """The whole characters of five bits of a text; importing base64 costs half a millisecond."""
    bits = int.from_bytes(text, "big") << 4
    last = len(text) * 8 // 5
    spare = len(text) * 8 % 5 + 4
    return bytes(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[bits >> spare + 5 * n & 31] for n in range(last))[::-1]


_LINE_END = rb"(?:\r?\n[ \t>*#]{0,40})?"  # of wrapped base64


def escaped() -> tuple[Needle, ...]:
    """An id that is escaped, cut, or value by value in base64: such texts have no long words."""
    return (*escapes(), *wrapped(_ID))


def wrapped(word: bytes) -> Iterator[Needle]:
    """A word in base64, whose lines may end inside it."""
    for form in base64_forms(word):
        pattern = _LINE_END.join(re.escape(form[i : i + 1]) for i in range(len(form)))
        yield Needle(_speaks_for(form), pattern=pattern, hints=(thin(form),))


_SHORT = 5  # characters that ten megabytes of random words hold


def _speaks_for(form: bytes) -> frozenset[str]:
    return frozenset((FORM if len(form) <= _SHORT else ENCODED,))


MAGIC = (b"H4sI", b"UEsDB")

# What a text says that is worth to be decoded, besides ids and "aliyun".
_IN_BASE64 = tuple(
    b"ALIYUN alibaba ALIBABA alicloud ALICLOUD ashscope DASHSCOPE qwen QWEN ailian sk-ws- sk-sp-"
    b" SecurityToken STS.N 1q6Ft5B2yfSj U2FsdGVkX1 alikafka APPCODE ppcode ppCode alipay ALIPAY dingtalk.com"
    b" merchant_private_key eviceSecret EVICE_SECRET evice_secret unxiao UNXIAO ccessKeySecret"
    b' ccess_key_secret CCESS_KEY_SECRET Ali_Secret oauth_access_token "auths"'.split()
)


def encoded() -> tuple[Needle, ...]:
    """What long words of base64 and base32 (`aliscan.detect.words`) hold, of an id or the vendor's name."""
    words = (b"L\0T\0A\0I\0", *_IN_BASE64)
    literals = {form for word in words for form in base64_forms(word)}
    literals |= {*base64_forms(_ID), *base32_forms(_ID)}
    literals |= {twice for once in base64_forms(_ID) for twice in base64_forms(once)}
    # gzip and zip in base64, and once more (the releases of Helm): containers inside a text
    literals |= {*MAGIC, _base64(b"H4sI")[:5], _base64(b"UEsDB")[:6]}
    return (*(Needle(_speaks_for(literal), literal) for literal in sorted(literals)), *wrapped(b"aliyun"))
