"""The address of aliscan is a placeholder, the same everywhere, and explained in one place."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
FORMS = re.compile(
    r"https://example\.com/OWNER/aliscan(?:\.git@0{40})?(?![\w.@-])"
    r"|uses: OWNER/aliscan@0{40}(?!\w)"
    r"|`OWNER/aliscan@COMMIT`"  # the explanation
    r"|in place of OWNER and the zeros"
)


def test_every_placeholder_is_of_one_form() -> None:
    files = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("integrations/*"), ROOT / "action.yml"]
    seen = 0
    for path in files:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            count = line.count("OWNER")
            assert len(FORMS.findall(line)) == count, f"{path.name}:{number}: {line.strip()}"
            seen += count
    assert seen > 8
    assert "## The address of aliscan" in (ROOT / "docs/install.md").read_text(encoding="utf-8")
