"""One file a credential family. A family is added by one file here and its row in detect/anchors.py."""

from __future__ import annotations

import importlib
from functools import cache
from typing import cast

from aliscan.detect.anchors import ANCHORS
from aliscan.detect.text import Family, RuleInfo


@cache
def family(name: str) -> Family:
    """Import one rule file by its name in `ANCHORS`: only what a blob needs is ever imported."""
    return cast(Family, importlib.import_module(f"aliscan.detect.rules.{name}"))


def all_rules() -> tuple[RuleInfo, ...]:
    """Every public rule, in the order of the anchor table."""
    return tuple(rule for name in ANCHORS for rule in family(name).RULES)
