"""One file a credential family. A family is added by one file here and its row in detect/anchors.py."""

from __future__ import annotations

import importlib
from functools import cache

from aliscan.detect.anchors import ANCHORS
from aliscan.detect.text import Family, RuleInfo

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import Any


@cache
def family(name: str) -> Family:
    """Import one rule file by its name in `ANCHORS`: only what a blob needs is ever imported."""
    found: Any = importlib.import_module(f"aliscan.detect.rules.{name}")
    rules: Family = found
    return rules


def all_rules() -> tuple[RuleInfo, ...]:
    """Every public rule, in the order of the anchor table."""
    return tuple(rule for name in ANCHORS for rule in family(name).RULES)
