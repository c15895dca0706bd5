"""Random credentials of the right shapes. Nothing here is, or ever was, a real key.

Every test draws its own; the repository never holds one.
"""

from __future__ import annotations

import base64
import random
import string

from aliscan.detect import hexes, placeholders

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
HEX = "0123456789abcdef"


def draw(alphabet: str, length: int, rng: random.Random | None = None) -> str:
    """A random word with lower case, upper case and digits in it, as far as the alphabet has them.

    Without ``rng``, words that look made up (one in some hundreds does) are drawn again: what that
    silence costs is measured in tests/detect/test_placeholders.py, and no other test is to fail by it.
    """
    source = rng or random.SystemRandom()
    attempts = 0
    while True:
        word = "".join(source.choice(alphabet) for _ in range(length))
        wanted = [c for c in (str.islower, str.isupper, str.isdigit) if any(map(c, alphabet))]
        if not all(any(map(c, word)) for c in wanted):
            continue
        attempts += 1
        if rng is not None or attempts > 50 or not _looks_made_up(word):
            return word


def _looks_made_up(word: str) -> bool:
    value = word.encode()
    if "xxx" in word.lower():
        return True  # also in a password or the name of a host, and in three characters of it
    if not 12 <= len(value) <= 64 or not value.isalnum():
        return False  # short words are judged by nobody; long ones hold everything by chance
    if set(word) <= set(HEX):
        return hexes.is_made_up(value)
    return any(
        placeholders.is_placeholder(v) or placeholders.is_identifier(v) for v in (value, b"5t" + value)
    )


def key_id(rng: random.Random | None = None) -> str:
    """A current AccessKey id: 24 characters."""
    return "LTAI5t" + draw(BASE58, 18, rng)


def old_key_id(rng: random.Random | None = None) -> str:
    """An AccessKey id of 2015 to 2019: 16 characters."""
    return "LTAI" + draw(BASE62, 12, rng)


def secret(rng: random.Random | None = None) -> str:
    """An AccessKey secret: 30 characters."""
    return draw(BASE62, 30, rng)


def sts_id(rng: random.Random | None = None) -> str:
    """The id of an STS credential: 29 characters."""
    return "STS.N" + draw(BASE58, 24, rng)


def sts_secret(rng: random.Random | None = None) -> str:
    """The secret of an STS credential: 44 characters."""
    return draw(BASE58, 44, rng)


def sts_token(rng: random.Random | None = None, length: int = 560) -> str:
    """A security token of today, base64 with padding."""
    head = "CAIS" + draw(BASE62, 3, rng)[:2] + "F" + "1q6Ft5B2yf" + "SjIr"
    return head + draw(BASE62 + "+/", length - len(head), rng) + "=" * (-length % 4)


def old_sts_token(rng: random.Random | None = None, length: int = 560) -> str:
    """A security token of 2015 to 2017."""
    head = "CAES" + draw(BASE62, 3, rng)[:2] + "I" + "IARKAA"
    return head + draw(BASE62 + "+/", length - len(head), rng) + "=" * (-length % 4)


def model_key(rng: random.Random | None = None) -> str:
    """A pay-as-you-go key of Model Studio: ``sk-`` and 32 hex digits."""
    return "sk-" + draw(HEX, 32, rng)


def signed_model_key(kind: str = "ws-H", rng: random.Random | None = None) -> str:
    """A workspace key (``ws-H``, URL-safe base64) or a plan key (``sp-D``, standard base64)."""
    source = rng or random.SystemRandom()
    r, s = (bytes([source.randrange(1, 128), *(source.randrange(256) for _ in range(31))]) for _ in "rs")
    body = b"\x02\x21\x00" + r + b"\x02\x20" + s
    der = base64.b64encode(b"\x30" + bytes([len(body)]) + body).decode()
    if kind.startswith("ws"):
        der = der.replace("+", "-").replace("/", "_").rstrip("=")
    return f"sk-{kind}.{draw('DEHILMPRXY', 6, rng)}.{draw(BASE62, 4, rng)}.{der}"


def password(rng: random.Random | None = None) -> str:
    """What people choose for a database: both cases, digits, a sign that needs no quoting."""
    source = rng or random.SystemRandom()
    return draw(BASE62, source.randrange(7, 12), rng) + source.choice("_!.#-") + draw(BASE62, 4, rng)


def host(label: str, domain: str, rng: random.Random | None = None) -> str:
    """A host of a managed database: ``host("rm", "mysql.rds")``."""
    return f"{label}-bp1{draw(BASE62.lower()[:36], 14, rng)}.{domain}.aliyuncs.com"
