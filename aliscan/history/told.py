"""Where the hits of a repository were the last time, for a scan of one that has not changed since.

Nothing needs to be listed or compared then: the few objects that held something are read and judged
again, because policies change, and what the commits say of them is remembered. No value is kept.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from hashlib import sha256

from aliscan.history.cache import Cache
from aliscan.history.look import Hit
from aliscan.record import Protocol, dataclass, field
from aliscan.sources.lineage import Held, Spot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MAGIC = b"aliscan hits 2\n"


class Stories(Protocol):
    """What the commits say of hits; see `aliscan.sources.lineage.Lineage`."""

    def spots(self) -> list[Spot]:
        """Every spot that some commit ever held, oldest first."""

    def held(self, groups: Sequence[Collection[Spot]]) -> list[Held]:
        """For each group of spots what is known of them together."""


@dataclass(slots=True)
class Told:
    """``hits`` are worth a second look, ``bytes`` how much they are, ``clean`` how many other objects
    there are, ``missing`` ids of objects that are not here; the rest is what the stories are made of."""

    hits: list[Hit]
    bytes: int
    clean: int
    missing: list[str]
    places: list[Spot] = field(default_factory=list)
    known: dict[str, Held] = field(default_factory=dict)

    def spots(self) -> list[Spot]:
        """See `Stories.spots`."""
        return list(self.places)

    def held(self, groups: Sequence[Collection[Spot]]) -> list[Held]:
        """See `Stories.held`. Raises KeyError for a group that was not asked for the last time."""
        return [self.known[_key(group)] for group in groups]


class Listener:
    """Passes on what others tell, and remembers it."""

    def __init__(self, stories: Stories) -> None:
        self._stories = stories
        self.known: dict[str, Held] = {}

    def spots(self) -> list[Spot]:
        """See `Stories.spots`."""
        return self._stories.spots()

    def held(self, groups: Sequence[Collection[Spot]]) -> list[Held]:
        """See `Stories.held`."""
        results = self._stories.held(groups)
        self.known.update((_key(group), held) for group, held in zip(groups, results, strict=True))
        return results


def _key(group: Collection[Spot]) -> str:
    spots = sorted(f"{spot.oid} {_text(spot.path)}" for spot in group)
    return sha256("\0".join(spots).encode("utf-8", "surrogateescape")).hexdigest()


def save(cache: Cache, told: Told) -> str | None:
    """Keep it; returns what went wrong, if anything."""
    document = {
        "hits": told.hits,
        "bytes": told.bytes,
        "clean": told.clean,
        "missing": told.missing,
        "places": [(spot.oid, _text(spot.path)) for spot in told.places],
        "known": {key: _plain(held) for key, held in told.known.items()},
    }
    return cache.write(_MAGIC, json.dumps(document).encode())


def load(cache: Cache) -> Told | None:
    """What was kept, None where it is not whole."""
    data = cache.read(_MAGIC)
    if data is None:
        return None
    found = json.loads(data)
    return Told(
        hits=[Hit(oid, kind, tuple(unread), tuple(named)) for oid, kind, unread, named in found["hits"]],
        bytes=found["bytes"],
        clean=found["clean"],
        missing=found["missing"],
        places=[Spot(oid, _raw(path)) for oid, path in found["places"]],
        known={key: _held(value) for key, value in found["known"].items()},
    )


def _plain(held: Held) -> list[Any]:
    refs, tips = ([_text(name) for name in sorted(names)] for names in (held.refs, held.tips))
    return [held.first, held.last, held.gone, held.commits, refs, tips]


def _held(value: list[Any]) -> Held:
    first, last, gone, commits, refs, tips = value
    return Held(
        first=tuple(first) if first else None,
        last=tuple(last) if last else None,
        gone=gone,
        commits=commits,
        refs={_raw(name) for name in refs},
        tips={_raw(name) for name in tips},
    )


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def _raw(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
