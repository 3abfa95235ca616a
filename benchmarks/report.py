"""The table of figures: printed, and as Markdown for the manual."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from collections.abc import Mapping, Sequence
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


def page_of_all(parts: Mapping[str, Sequence[Line]], *, load: float, rounds: int) -> str:
    """The page ``docs/figures.md``: a section for each part, headed by the command that measures it."""
    sections = "\n".join(
        f"## `python -m benchmarks {name}`\n\n{table(lines)}" for name, lines in parts.items()
    )
    return f"""# Figures

Made by `make bench`; each section is printed by the command that heads it. Every figure is the median of
several runs, in turns with its peer ({rounds} rounds for whole commands that can be repeated, 2 or 3 for the
long ones, a million subscribers once). "CPU" compares what a processor worked, which other programs disturb
less.

{measured_on(load)}

"Whole command" is a process from start to end, as a shell sees it; "transaction" is the work inside one
process, from BEGIN to the end of COMMIT. "Start-up" is a Typer program with as many commands as numctl that
does nothing. "A row per number" is SQLite through Python's standard library with a covering index, one
transaction and a large cache, doing the same job: check the status, change it, note before and after; "a row
per number there" is the same in PostgreSQL, each job one statement, however many numbers it is done to.
"A pandas script" works on a CSV with a row per number: it reads no more than it needs, into columns of
fitting types, and to change something it writes the file anew, without a history.

{sections}
![Time of everyday commands by the size of the inventory](figures.svg)

From one to ten million subscribers: [figures of their own](figures-subscribers.md).
"""


def page_of(name: str, lines: Sequence[Line], *, load: float) -> str:
    """The page of a part that is run by its name alone, with the picture that it draws."""
    page = name.partition("-")[0]
    return f"""# Figures of {page}

Made by `python -m benchmarks {name}`, each once.

{measured_on(load)}

{table(lines)}
![By the size of the inventory](figures-{page}.svg)
"""


def measured_on(load: float) -> str:
    return f"Measured on: {machine()}; the load average was {load:.1f} when it began."


def table(lines: Sequence[Line]) -> str:
    """The lines as a table of Markdown."""
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(line.cells() for line in lines)]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in rows)


def progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
