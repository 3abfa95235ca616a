"""The table of figures: printed, and as Markdown for the README."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring import Timing

HEADINGS = ("what", "ours", "peer", "ratio", "reach", "reached")
NOT_INSTALLED = "it is not installed"


@dataclass(frozen=True)
class Line:
    """One line of the table. ``reached`` is None where there is nothing to reach or it was skipped."""

    what: str
    ours: str
    peer: str = ""
    ratio: str = ""
    reach: str = ""
    reached: bool | None = None

    def cells(self) -> tuple[str, ...]:
        verdict = {True: "yes", False: "no", None: ""}[self.reached]
        return (self.what, self.ours, self.peer, self.ratio, self.reach, verdict)


def skipped(what: str, why: str) -> Line:
    """A line that could not be measured here, said by name."""
    return Line(what, f"skipped: {why}")


def milliseconds(seconds: float) -> str:
    """A time as people read it."""
    if seconds < 0.01:
        return f"{seconds * 1e3:.2f} ms"
    return f"{seconds * 1e3:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def mebibytes(size: float) -> str:
    return f"{size / 2**20:.0f} MiB"


def times(ratio: float) -> str:
    return f"{ratio:,.2f}x" if ratio < 10 else f"{ratio:,.0f}x"


def compared(above: Timing, below: Timing) -> str:
    """How many times as long one took, by the clock and by the processor."""
    return f"{times(above.seconds / below.seconds)} (CPU {times(above.cpu / below.cpu)})"


def plain(lines: Sequence[Line]) -> str:
    """The lines as columns of text."""
    rows = [HEADINGS, *(line.cells() for line in lines)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def machine() -> str:
    """The machine in one sentence."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"{_processor()}, {cores} cores, {platform.system()}; Python {platform.python_version()}"
        f" with SQLite\n{sqlite3.sqlite_version}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next(
        (line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine()
    )


def markdown(lines: Iterable[Line], *, load: float, rounds: int) -> str:
    """The page ``docs/figures.md``."""
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(line.cells() for line in lines)]
    table = "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows)
    return f"""# Figures

Made by `make bench`; every figure is the median of several runs, in turns with its peer ({rounds} rounds
for whole commands that can be repeated, 2 or 3 for the long ones). "CPU" compares what a processor worked,
which other programs disturb less. Measured on: {machine()}; the load average was {load:.1f} when it began.

"Whole command" is a process from start to end, as a shell sees it; "transaction" is the work inside one
process, from BEGIN to the end of COMMIT. "Start-up" is a Typer program with as many commands as numctl that
does nothing. "A row per number" is SQLite through Python's standard library with a covering index, one
transaction and a large cache, doing the same job: check the status, change it, note before and after.
"A pandas script" works on a CSV with a row per number: it reads no more than it needs, into columns of
fitting types, and to change something it writes the file anew, without a history.

{table}

![Time of everyday commands by the size of the inventory](figures.svg)
"""


def progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
