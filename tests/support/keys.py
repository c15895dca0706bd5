"""Random credentials of the right shapes. Nothing here is, or ever was, a real key.

Every test draws its own; the repository never holds one.
"""

from __future__ import annotations

import random
import string

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
HEX = "0123456789abcdef"


def draw(alphabet: str, length: int, rng: random.Random | None = None) -> str:
    """A random word with lower case, upper case and digits in it, as far as the alphabet has them."""
    source = rng or random.SystemRandom()
    while True:
        word = "".join(source.choice(alphabet) for _ in range(length))
        wanted = [c for c in (str.islower, str.isupper, str.isdigit) if any(map(c, alphabet))]
        if all(any(map(c, word)) for c in wanted):
            return word


def key_id(rng: random.Random | None = None) -> str:
    """A current AccessKey id: 24 characters."""
    return "LTAI5t" + draw(BASE58, 18, rng)


def old_key_id(rng: random.Random | None = None) -> str:
    """An AccessKey id of 2015 to 2019: 16 characters."""
    return "LTAI" + draw(BASE62, 12, rng)


def secret(rng: random.Random | None = None) -> str:
    """An AccessKey secret: 30 characters."""
    return draw(BASE62, 30, rng)
