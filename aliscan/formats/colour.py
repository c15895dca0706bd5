"""Colour on a terminal, plain text everywhere else."""

from __future__ import annotations

import os
import sys

from aliscan.finding import Severity
from aliscan.record import dataclass

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import TextIO

_SEVERITY = {
    Severity.CRITICAL: "1;37;41",
    Severity.HIGH: "1;31",
    Severity.MEDIUM: "1;33",
    Severity.LOW: "36",
}


@dataclass(frozen=True, slots=True)
class Paint:
    """Wraps text in colours, or does nothing at all."""

    on: bool

    def _wrap(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.on else text

    def bold(self, text: str) -> str:
        """What the eye should find first."""
        return self._wrap(text, "1")

    def dim(self, text: str) -> str:
        """What may be passed over."""
        return self._wrap(text, "2")

    def warn(self, text: str) -> str:
        """What needs care."""
        return self._wrap(text, "33")

    def severity(self, severity: Severity, text: str) -> str:
        """The word for a severity, in its colour."""
        return self._wrap(text, _SEVERITY[severity])


def paint_for(out: TextIO) -> Paint:
    """Colour when ``out`` is a terminal; NO_COLOR forbids it, FORCE_COLOR demands it (no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return Paint(False)
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return Paint(True)
    plain = os.environ.get("TERM") == "dumb" or (sys.platform == "win32" and "WT_SESSION" not in os.environ)
    return Paint(out.isatty() and not plain)
