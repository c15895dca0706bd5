"""How far the scan is: a bar on a terminal, a line every few seconds elsewhere, nothing when quiet."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aliscan.history.scan import State

_EVERY = 5.0  # seconds between two lines


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[State], None]]:
    """A function to call with the state as it changes; writes to standard error."""
    if quiet:
        yield lambda _: None
    elif sys.stderr.isatty():
        with _bar() as tick:
            yield tick
    else:
        yield _lines()


def sentence(state: State) -> str:
    """The state as one line of plain text."""
    counts, seconds = state.counts, max(time.monotonic() - state.started, 1e-3)
    text = f"{counts.objects:,} of {state.announced:,} objects, {counts.bytes / 1e6:,.0f} MB"
    text += f", {counts.bytes / seconds / 1e6:,.0f} MB/s, {len(counts.hits)} to judge"
    if 0 < counts.objects < state.announced:
        text += f", about {seconds / counts.objects * (state.announced - counts.objects):.0f} s left"
    return text


def _lines() -> Callable[[State], None]:
    due = time.monotonic() + _EVERY

    def tick(state: State) -> None:
        nonlocal due
        if time.monotonic() >= due:
            due = time.monotonic() + _EVERY
            print(f"aliscan: {sentence(state)}", file=sys.stderr, flush=True)

    return tick


@contextmanager
def _bar() -> Iterator[Callable[[State], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    # No refresh thread: the workers are forked while this is shown.
    bar = Progress(
        BarColumn(bar_width=30), TextColumn("{task.percentage:>3.0f} %"), TextColumn("{task.description}",
        markup=False), console=Console(stderr=True), auto_refresh=False, transient=True,
    )  # fmt: skip
    with bar:
        task = bar.add_task("", total=None)

        def tick(state: State) -> None:
            words = {"list": "listing objects", "story": "tracing what was found"}.get(state.phase)
            bar.update(
                task,
                total=state.announced or None,
                completed=state.counts.objects,
                description=words or sentence(state),
            )
            bar.refresh()

        yield tick
