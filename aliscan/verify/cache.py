"""Answers kept between runs, opt-in: fingerprints and answers, never values."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from aliscan import folders
from aliscan.verify.identity import Status, Verification

HOURS = 1  # after that the question is asked again: a key may have been disabled since


@dataclass
class Cache:
    """A JSON file of mode 0600; an empty ``path`` keeps nothing. Unreadable or broken files are empty."""

    path: str = ""
    clock: Callable[[], float] = time.time
    _known: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path:
            try:
                with open(self.path, encoding="utf-8") as file:
                    known = json.load(file)
            except (OSError, ValueError, RecursionError):
                known = None
            self._known = known if isinstance(known, dict) else {}

    def get(self, key: tuple[str, ...]) -> Verification | None:
        """The answer given within the last hour, or None."""
        entry: Any = self._known.get("/".join(key))
        if not self._fresh(entry):
            return None
        try:
            return Verification(
                Status(entry["status"]), *(str(entry[k]) for k in ("reason", "kind", "account", "arn"))
            )
        except (KeyError, TypeError, ValueError):
            return None

    def _fresh(self, entry: Any) -> bool:
        try:
            return 0 <= self.clock() - float(entry["at"]) < HOURS * 3600
        except (KeyError, TypeError, ValueError, OverflowError):
            return False

    def put(self, key: tuple[str, ...], answer: Verification) -> None:
        """Keep an answer; what is unknown is asked again next time."""
        if self.path and answer.status is not Status.UNKNOWN:
            self._known["/".join(key)] = {**asdict(answer), "status": answer.status.value, "at": self.clock()}

    def save(self) -> None:
        """Write the file in one step, without old answers. A place that cannot be written costs only time."""
        if not self.path:
            return
        known = {key: entry for key, entry in self._known.items() if self._fresh(entry)}
        new = f"{self.path}.{os.getpid()}"
        try:
            folders.make(os.path.dirname(self.path))
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError:
            return
        try:
            with open(handle, "w", encoding="utf-8") as file:
                json.dump(known, file, sort_keys=True)
            os.replace(new, self.path)
        except OSError:
            with suppress(OSError):
                os.unlink(new)
