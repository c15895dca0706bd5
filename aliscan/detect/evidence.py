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


def evidence(data: bytes, named: bool = True) -> set[str]:
    """The families (and ``encoded``) of whose needs at least one is in ``data``.

    Necessary for a find, wherever it stands: what is in no set is found by no rule. ``named`` is false
    for what is left of UTF-16 without its zeros: names in Chinese cannot be read there.
    """
    everywhere, beside, inside = _looks()
    found = everywhere(data)
    long: list[bytes] = []
    found |= of_words(data, 0, len(data), named, long)
    if long:
        found |= beside(data)
        if "encoded" not in found:
            found |= inside(b"\n".join(long))
    return found


def of_words(
    data: bytes, start: int, end: int, named: bool = True, words: list[bytes] | None = None
) -> set[str]:
    """The families whose value a long word between two offsets may be; ``words`` collects them all."""
    found: set[str] = set()
    for low, high in long_words(data, start, end):
        text = data[low:high]
        if words is not None:
            words.append(text)
        for at, stop in ((low, high),) if text.isalnum() else pieces(data, low, high):
            name = family_of(data, at, stop, named)
            if name:
                found.add(name)
    return found


def fixed(data: bytes) -> set[str]:
    """The same without long words: names of files have many, which say nothing."""
    everywhere, beside, inside = _looks()
    return everywhere(data) | beside(data) | inside(data)


@cache
def _looks() -> tuple[engines.Scan, engines.Scan, engines.Scan]:
    everywhere, beside, inside = [*NEEDS, *escaped()], BESIDE_LONG_WORDS, encoded()
    return engines.python(everywhere), engines.python(beside), engines.python(inside)
