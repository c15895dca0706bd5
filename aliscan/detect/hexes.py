"""Values of hex digits: which of them a person made up.

The tests of `aliscan.detect.placeholders` are made for 62 characters; of random hex digits they
would call one in a hundred made up. These lose about one in 10,000.
"""

from __future__ import annotations

import re

from aliscan.detect.placeholders import is_sample

_RUN = re.compile(rb"(.)\1{5}|(..)\2{3}|(...)\3{3}|(.{4})\4{2}")
_COUNT = re.compile(
    rb"012345|123456|234567|345678|456789|56789a|6789ab|567890|678901|789012|890123|901234|789abc|89abcd|9abcde"
    rb"|abcdef|bcdef0|cdef01|fedcba|987654|876543|765432|654321|543210|432109|321098|a1b2c3|1a2b3c|deadbeef"
)


def is_made_up(value: bytes) -> bool:
    """Runs, counting, few different digits, one class only, or a published sample."""
    word = value.lower()
    if len(set(word)) < 7 or word.isdigit() or word.isalpha():
        return True
    return _RUN.search(word) is not None or _COUNT.search(word) is not None or is_sample(value)
