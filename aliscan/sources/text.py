"""Bytes that somebody hands over: standard input, a commit message."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from aliscan.finding import Blob, Origin


def stdin() -> Iterator[Blob]:
    """Everything on standard input, as one blob without a path."""
    yield Blob(Origin("stdin"), sys.stdin.buffer.read())
