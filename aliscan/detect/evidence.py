"""What a text holds of the needs of each family: the first look, at every byte of everything.

Three passes: capitals and digits (`aliscan.detect.engines`), a few words in small letters, long words
(`aliscan.detect.words`). Measured by bench/anchors.py, decided in docs/decisions/0030-anchors.md.
"""

from __future__ import annotations

from functools import cache

from aliscan.detect import engines
from aliscan.detect.needles import encoded, escaped
from aliscan.detect.needs import BESIDE_LONG_WORDS, NEEDS
from aliscan.detect.words import base64_words, family_of, long_words, parts


def evidence(data: bytes, named: bool = True) -> set[str]:
    """The families (and ``encoded``) of whose needs at least one is in ``data``.

    Necessary for a find, wherever it stands: what is in no set is found by no rule. ``named`` is false
    for what is left of UTF-16 without its zeros: names in Chinese cannot be read there.
    """
    everywhere, beside, inside = _looks()
    found = everywhere(data)
    long = [(start, data[start:end]) for start, end in base64_words(data)]
    if long:
        found |= beside(data)
        if "encoded" not in found:
            found |= inside(b"\n".join([word for _, word in long]))
    for start, word in long:
        for low, high in ((0, len(word)),) if word.isalnum() else parts(word):
            found.add(family_of(data, start + low, start + high, named))
    found.discard("")
    return found


def of_words(data: bytes, start: int, end: int, named: bool = True) -> bool:
    """Whether a long word between two offsets may be anybody's value."""
    return any(family_of(data, low, high, named) for low, high in long_words(data, start, end))


def fixed(data: bytes) -> set[str]:
    """The same without long words: names of files have many, which say nothing."""
    everywhere, beside, inside = _looks()
    return everywhere(data) | beside(data) | inside(data)


@cache
def _looks() -> tuple[engines.Scan, engines.Scan, engines.Scan]:
    everywhere, beside, inside = [*NEEDS, *escaped()], BESIDE_LONG_WORDS, encoded()
    return engines.python(everywhere), engines.python(beside), engines.python(inside)
