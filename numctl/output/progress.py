"""How far long work is, drawn on a terminal once it has lasted long enough to wonder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE = 0.5
"""Seconds before anything is drawn: loading rich would make short work longer."""


@contextmanager
def none() -> Iterator[Callable[[int], None]]:
    """Show nothing."""
    yield lambda steps: None


@contextmanager
def shown(total: int | None, what: str, stream: TextIO, colour: bool) -> Iterator[Callable[[int], None]]:
    """Show a bar, the share done and the time left, and take them away at the end."""
    began = monotonic()
    drawing: Progress | None = None
    done = 0

    def advance(steps: int) -> None:
        nonlocal drawing, done
        done += steps
        if drawing is not None:
            drawing.update(drawing.task_ids[0], completed=done)
        elif monotonic() - began >= PATIENCE:
            drawing = _drawing(stream, colour)
            drawing.add_task(what, total=total, completed=done)
            drawing.start()

    try:
        yield advance
    finally:
        if drawing is not None:
            drawing.stop()


def _drawing(stream: TextIO, colour: bool) -> Progress:
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    from numctl.output.tables import console

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn("{task.percentage:>3.0f}%", markup=False),
        TimeRemainingColumn(),
        console=console(stream, colour),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
