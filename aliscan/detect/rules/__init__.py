"""One file a credential family. A family is added by one file here and its row in detect/anchors.py."""

from __future__ import annotations

from functools import cache

from aliscan.detect.anchors import ANCHORS
from aliscan.detect.text import Family, RuleInfo

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import Any


@cache
def family(name: str) -> Family:
    """Import one rule file by its name in `ANCHORS`: only what a blob needs is ever imported."""
    # not importlib, which would import warnings
    found: Any = __import__(f"aliscan.detect.rules.{name}", fromlist=["find"])
    rules: Family = found
    return rules


def all_rules() -> tuple[RuleInfo, ...]:
    """Every public rule, in the order of the anchor table."""
    return tuple(rule for name in ANCHORS for rule in family(name).RULES)
