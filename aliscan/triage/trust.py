"""Whom a comment may silence in a gate: only what the base allowed already (5.10).

A pull request could bring a key and the comment that allows it in one line. A gate therefore gives
`base_allows` to aliscan.triage.policy.load: a comment counts when the same value was allowed by a
comment in the same file at the base; else the finding counts, and says that it asks to be allowed.
"""

from __future__ import annotations

from functools import cache

from aliscan.detect import detect
from aliscan.finding import AliscanError, Match, Origin
from aliscan.git import Git
from aliscan.triage.baseline import harmful
from aliscan.triage.policy import Trust, lines
from aliscan.triage.pragmas import Allow, allows
from aliscan.triage.shelf import Commit


def base_allows(git: Git, base: str) -> Trust:
    """A `Trust` that knows the comments of the commit ``base`` (a full id that the caller checked)."""
    shelf = Commit(git, base)

    @cache
    def allowed(path: bytes) -> frozenset[tuple[str, str]]:
        """``(rule, fingerprint)`` of every harmful value that a comment allows in the base's file."""
        try:
            data = shelf.read(path)
        except AliscanError:
            return frozenset()  # no plain file there: it allows nothing
        if data is None:
            return frozenset()
        comments = allows(data, path)
        return frozenset(
            (match.rule, part.fingerprint)
            for match in (detect(data, path).matches if comments else ())
            if not match.member
            and any(a.covers in lines(match) and a.speaks_of(match.rule) for a in comments)
            for part in harmful(match)
        )

    def trust(match: Match, origin: Origin, allow: Allow) -> bool:
        return bool(origin.path) and all(
            (match.rule, p.fingerprint) in allowed(origin.path) for p in harmful(match)
        )

    return trust
