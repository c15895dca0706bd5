"""What a text holds of the needs of each family: the first look, at every byte of everything.

Three passes: capitals and digits (`aliscan.detect.engines`), a few words in small letters, long words
(`aliscan.detect.words`). Measured by bench/anchors.py, decided in docs/decisions/0030-anchors.md.
"""

from __future__ import annotations

from functools import cache

from aliscan.detect import engines
from aliscan.detect.needles import ENCODED, FORM, encoded, escaped
from aliscan.detect.needs import BESIDE_LONG_WORDS, LETTERS_OF_ID, NEEDS
from aliscan.detect.words import (
    LENGTHS,
    LETTERS,
    base64_words,
    families_of,
    parts,
    stretches,
    values,
    word_around,
    word_before,
)

AT_END = frozenset(b"%c" % c for c in LETTERS + b"+/")  # a word may end with the text


def evidence(data: bytes, named: bool = True) -> set[str]:
    """The families (and ``encoded``) of whose needs at least one is in ``data``.

    Necessary for a find, wherever it stands: what is in no set is found by no rule. ``named`` is false
    for what is left of UTF-16 without its zeros: names in Chinese cannot be read there.
    """
    found = _everywhere()(data)
    some = False
    for first, last in stretches(data):
        long = [(start, data[start:end]) for start, end in base64_words(data, first, last)]
        if not long:
            continue
        if not some:
            found |= _beside()(data)
            some = True
        if ENCODED not in found:
            found |= _of_base64([word for _, word in long])
        places = (
            (start + low, start + high)
            for start, word in long
            for low, high in (((0, len(word)),) if word.isalnum() else parts(word))
            if high - low in LENGTHS
        )
        found = families_of(data, places, named, found)
    return settled(found, data)


def settled(found: set[str], data: bytes) -> set[str]:
    """The same without what chance may have put into a text: ``encoded`` instead, if it is not chance."""
    if FORM not in found and LETTERS_OF_ID not in found:
        return found
    from aliscan.detect import chance  # few texts hold a form, and hooks start without it

    if LETTERS_OF_ID in found:
        found = found - {LETTERS_OF_ID}
        if "access_key" not in found and chance.holds_id(data):
            found.add("access_key")
        if FORM not in found:
            return found
    rest = found - {FORM}
    return rest if ENCODED in rest or not chance.id_is_meant(data) else rest | {ENCODED}


def _of_base64(words: list[bytes]) -> set[str]:
    text = b"\n".join(words)
    found = _inside()(text)
    if FORM not in found:
        return found
    from aliscan.detect import chance

    return {ENCODED} if ENCODED in found or chance.words_are_meant(text) else set()


def of_words(data: bytes, named: bool = True) -> set[str]:
    """The families (and ``encoded``) whose value a long word may be."""
    places = (place for first, last in stretches(data) for place in values(data, first, last))
    return families_of(data, places, named)


def of_words_at(data: bytes, ends: list[int], named: bool = True) -> set[str]:
    """The same, of words in which `aliscan.detect.words.WITH_DIGITS` matched, and, below zero, WITHOUT."""
    if not ends and data[-1:] not in AT_END:
        return set()
    found = {word_before(data, end) if end > 0 else word_around(data, -end) for end in ends}
    found.add(word_before(data, len(data)))
    return families_of(data, sorted((a, b) for a, b in found if b - a in LENGTHS), named)


def inside_words(data: bytes) -> set[str]:
    """What is encoded in the long words of a text."""
    found: set[str] = set()
    for first, last in stretches(data):
        if ENCODED not in found:
            found |= _of_base64([data[start:end] for start, end in base64_words(data, first, last)])
    return found


def fixed(data: bytes) -> set[str]:
    """The same without long words: names of files have many, which say nothing."""
    return _everywhere()(data) | _beside()(data) | _inside()(data)


# Each is prepared when the first text needs it: most small commits have no long word.
@cache
def _everywhere() -> engines.Scan:
    return engines.python([*NEEDS, *escaped()])


@cache
def _beside() -> engines.Scan:
    return engines.python(BESIDE_LONG_WORDS)


@cache
def _inside() -> engines.Scan:
    return engines.python(encoded())
