"""Text that may hold a key nobody looked for: a path, a ref, a message of git, an option of the user.

Values that were *found* are masked by their type (`Secret`); what is printed beside them, and in
errors, before anything was searched, is masked here by its shape alone. Shapes, not rules: a file name
that is a hash stays readable, and so does a class name with a digit in it.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

# ids, STS ids and tokens, Model Studio keys; and any long word, which `_random` then judges
_WORD = (
    r"LTAI[A-Za-z0-9]{8,}|STS\.[A-Za-z0-9]{8,}|CAIS[A-Za-z0-9+/=]{16,}|\bsk-(?:[a-z]{1,8}-)*[A-Za-z0-9]{16,}"
    r"|[A-Za-z0-9]{24,}"
)
_HEAD = r"LTAI|STS\.|CAIS|sk-(?:[a-z]{1,8}-)*"
_HEADS, _LONG = ("LTAI", "STS.", "CAIS", "sk-"), 24
_APART = {code: " " for code in range(128) if not chr(code).isalnum()}


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """Compiled when it is needed: that takes longer than to write the report of a clean change."""
    return re.compile(text)


def mask(text: str, hidden: str = "****") -> str:
    """``text`` with every key-shaped word replaced by its known beginning, ``hidden``, and its end."""
    words = text.translate(_APART).split()
    if not any(head in text for head in _HEADS) and all(len(word) < _LONG for word in words):
        return text
    return _pattern(_WORD).sub(lambda found: _masked(found[0], hidden), text)


def mask_known(text: str, hidden: str = "****") -> str:
    """The same for words whose beginning tells what they are; a random-looking one may be a mere name."""
    known = _pattern(_HEAD)
    return _pattern(_WORD).sub(lambda f: _masked(f[0], hidden) if known.match(f[0]) else f[0], text)


def _masked(word: str, hidden: str) -> str:
    head = _pattern(_HEAD).match(word)
    if head:
        return f"{head[0]}{hidden}{word[-2:]}"
    return f"{hidden}{word[-2:]}" if _random(word) else word


def _random(word: str) -> bool:
    """Whether a word of letters and digits looks drawn: all three classes (lower case, upper case, digit)
    are there and take turns. 18 changes are to be expected in a secret's 30 characters, fewer than 8 in one
    of 10,000; a class name of that length has 8 or 9."""
    classes = ["d" if c.isdigit() else "u" if c.isupper() else "l" for c in word]
    changes = sum(a != b for a, b in pairwise(classes))
    return len(set(classes)) == 3 and changes * (4 if len(word) == 30 else 3) >= len(word)
