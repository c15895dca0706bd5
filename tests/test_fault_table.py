"""Every test that docs/fault-table.md names exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_named_test_exists() -> None:
    text = (ROOT / "docs/fault-table.md").read_text(encoding="utf-8")
    missing = []
    for row in text.splitlines():
        file = "end_to_end/test_surroundings.py" if "`::" in row and ".py" not in row else ""
        for path, test in re.findall(
            r"`([\w/]+\.py)?(?:::(\w+)(?:\[[^\]]*\])?)?`", row.rsplit("|", 2)[-2] if "|" in row else ""
        ):
            file = path or file
            source = (
                (ROOT / "tests" / file).read_text(encoding="utf-8")
                if (ROOT / "tests" / file).is_file()
                else ""
            )
            if (path or test) and (not source or (test and f"def {test}(" not in source)):
                missing.append((file, test))
    assert not missing
    assert re.findall(r"^\| (F\d\d) ", text, re.MULTILINE) == [f"F{n:02}" for n in range(1, 41)]
