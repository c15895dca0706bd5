"""Which id belongs to which secret.

In 64 of 64 counted leaks an id had its secret on the same line or within a few; in 51 of 51 it came
first (credential-shapes.md 5.5, 9a.10). The rest is files with several keys, in either order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aliscan.record import NamedTuple

NEAR = 400  # bytes between id and secret of a firm pair
NEAR_LINES = 6
FAR = 10 << 10  # a secret whose name is clear may stand this far away


class Item(NamedTuple):
    """An id or a secret on its way into a pair. ``named``: the name beside it says what it is."""

    start: int
    end: int
    is_id: bool
    named: bool


def join(data: bytes, items: Sequence[Item]) -> list[tuple[Item, Item, bool]]:
    """Pair ids with secrets: ``(id, secret, firm)``. ``items`` is sorted by start.

    Each item is in one pair at most. Work is linear in the number of items.
    """
    pairs: list[tuple[Item, Item, bool]] = []
    used: set[Item] = set()
    for stage in (_same_line, _cluster):
        for group in _groups(data, [i for i in items if i not in used], stage is _same_line):
            for pair in stage(group):
                pairs.append((*pair, True))
                used.update(pair)
    for pair in _far([i for i in items if i not in used]):
        pairs.append((*pair, False))
    return pairs


def _groups(data: bytes, items: list[Item], by_line: bool) -> list[list[Item]]:
    groups: list[list[Item]] = []
    for item in items:
        if groups and _together(data, groups[-1][-1], item, by_line):
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def _together(data: bytes, before: Item, after: Item, by_line: bool) -> bool:
    if after.start - before.end > NEAR:
        return False
    lines = data.count(b"\n", before.end, after.start)
    return lines == 0 if by_line else lines <= NEAR_LINES


def _same_line(group: list[Item]) -> list[tuple[Item, Item]]:
    """One id and one secret on a line belong together, whatever the lines around hold (CSV)."""
    ids = [i for i in group if i.is_id]
    secrets = [i for i in group if not i.is_id]
    named = [s for s in secrets if s.named]
    if len(named) == 1:
        secrets = named
    return [(ids[0], secrets[0])] if len(ids) == len(secrets) == 1 else []


def _cluster(group: list[Item]) -> list[tuple[Item, Item]]:
    """Items near each other: each id takes the next secret, or each the one before, or first to first."""
    ids = [i for i in group if i.is_id]
    if not ids:
        return []
    named = [i for i in group if not i.is_id and i.named]
    kept = [i for i in group if i.is_id or i.named] if len(named) >= len(ids) else group
    secrets = [i for i in kept if not i.is_id]
    forward = _alternate(kept)
    backward = [(i, s) for s, i in _alternate(kept, first_is_id=False)]
    best = max((forward, backward), key=lambda found: (len(found), -_distance(found)))
    if len(best) < min(len(ids), len(secrets)) and (
        ids[-1].start < secrets[0].start or secrets[-1].start < ids[0].start
    ):
        return list(zip(ids, secrets))  # noqa: B905 - a column of ids, then one of secrets
    return best


def _alternate(items: list[Item], first_is_id: bool = True) -> list[tuple[Item, Item]]:
    found = []
    waiting: Item | None = None
    for item in items:
        if item.is_id is first_is_id:
            waiting = item
        elif waiting is not None:
            found.append((waiting, item))
            waiting = None
    return found


def _distance(pairs: list[tuple[Item, Item]]) -> int:
    return sum(abs(a.start - b.start) for a, b in pairs)


def _far(items: list[Item]) -> list[tuple[Item, Item]]:
    """What is left over: an id and the next named secret in the same part of the file."""
    kept = [i for i in items if i.is_id or i.named]
    near: Callable[[tuple[Item, Item]], bool] = lambda p: abs(p[0].start - p[1].start) <= FAR  # noqa: E731
    forward = list(filter(near, _alternate(kept)))
    taken = {i for pair in forward for i in pair}
    rest = [i for i in kept if i not in taken]
    return forward + [(i, s) for s, i in _alternate(rest, first_is_id=False) if near((i, s))]
