"""``python -m tests.support.misses [--write]``: which cases of the corpus aliscan does not get right.

``--write`` renews tests/known_misses.txt and keeps the reasons that stand there.
"""

from __future__ import annotations

import sys

from fixtures.corpus import cases
from fixtures.judge import complaints
from fixtures.render import render
from tests.test_fixtures import KNOWN_MISSES, SEED, known_misses, look

HEADER = (
    "# Cases that aliscan does not get right yet, each with the reason.\n"
    "# Renew: python -m tests.support.misses --write\n"
)


def main() -> int:
    """Print every case that is wrong, with what is wrong; the exit code is 0 when none is."""
    wrong: dict[str, list[str]] = {}
    for case in cases():
        rendered = render(case, SEED)
        seen, unread = look(rendered.data, case.path)
        if found := complaints(rendered, seen) + [f"unread: {reason}" for reason in unread]:
            wrong[case.name] = found
    for name, found in wrong.items():
        print(name, *found, sep="\n    ")
    print(f"{len(wrong)} of {len(cases())} cases are wrong")
    if "--write" in sys.argv:
        reasons = known_misses()
        lines = (f"{name}: {reasons.get(name) or 'detection is being built'}\n" for name in wrong)
        KNOWN_MISSES.write_text(HEADER + "".join(lines), encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
