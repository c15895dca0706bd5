"""What a text holds of the needs of each family: the first look, at every byte of everything.

Three passes: capitals and digits (`aliscan.detect.engines`), a few words in small letters, long words
(`aliscan.detect.words`). Measured by bench/anchors.py, decided in docs/decisions/0030-anchors.md.
"""

from __future__ import annotations

from functools import cache

from aliscan.detect import engines
from aliscan.detect.needles import encoded, escaped
from aliscan.detect.needs import BESIDE_LONG_WORDS, NEEDS
from aliscan.detect.words import family_of, long_words, pieces


def evidence(data: bytes) -> set[str]:
    """The families (and ``encoded``) of whose needs at least one is in ``data``.

    Necessary for a find, wherever it stands: what is in no set is found by no rule.
    """
    everywhere, beside, inside = _looks()
    found = everywhere(data)
    long: list[bytes] = []
    for word in long_words(data):
        start, end = word
        text = data[start:end]
        long.append(text)
        for low, high in (word,) if text.isalnum() else pieces(data, start, end):
            name = family_of(data, low, high)
            if name:
                found.add(name)
    if long:
        found |= beside(data)
        if "encoded" not in found:
            found |= inside(b"\n".join(long))
    return found


def fixed(data: bytes) -> set[str]:
    """The same without long words: names of files have many, which say nothing."""
    everywhere, beside, inside = _looks()
    return everywhere(data) | beside(data) | inside(data)


@cache
def _looks() -> tuple[engines.Scan, engines.Scan, engines.Scan]:
    everywhere, beside, inside = [*NEEDS, *escaped()], BESIDE_LONG_WORDS, encoded()
    return engines.python(everywhere), engines.python(beside), engines.python(inside)
