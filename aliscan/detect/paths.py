"""What a path adds to what a text says: some keys look like everybody's, and only a name tells whose."""

from __future__ import annotations

from aliscan.detect.rules import alipay, cli_oauth, model_studio, yunxiao

_FAMILIES = (alipay, cli_oauth, model_studio, yunxiao)

# The rules that a path can tell from those of others.
RULES = frozenset(rule.id for family in _FAMILIES for rule in family.RULES)


def speaks(path: bytes) -> bool:
    """Whether `aliscan.detect.detect` may find anything of the `RULES` under this path that it does not find
    under none."""
    return any(family.PATH.search(path) for family in _FAMILIES)
