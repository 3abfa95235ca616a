"""Listing ten million numbers as CSV, against the sqlite3 shell on a row per number."""

from __future__ import annotations

import shutil

from benchmarks import stores
from benchmarks.measuring import Bench, Command, Timing
from benchmarks.report import NOT_INSTALLED, Line, mebibytes, skipped, times

ROWS = 10_000_000
RATE, PEAK = 2_000_000, 80 * 2**20


def measure(bench: Bench) -> list[Line]:
    commands: dict[str, Command] = {"ours": _listing(bench, "country")}
    if shell := shutil.which("sqlite3"):
        everything = "SELECT * FROM number ORDER BY number"
        commands["shell"] = [shell, "-csv", str(stores.rows(bench, "country")), everything]
    timings = bench.once_each([commands] * 2)
    ours = timings["ours"]
    lines = [
        _used(ours, timings.get("shell")),
        Line("the same: peak memory", mebibytes(ours.peak), "", "", "80 MiB", ours.peak <= PEAK),
        _hardly_used(bench),
    ]
    return lines if shell else [*lines, skipped("list against the sqlite3 shell", NOT_INSTALLED)]


def _listing(bench: Bench, *store: str) -> Command:
    return bench.numctl(stores.store(bench, *store), "search", "--all", "-o", "csv")


def _used(ours: Timing, shell: Timing | None) -> Line:
    rate = ROWS / ours.seconds
    return Line(
        "list ten million numbers as CSV, a million of them used, whole command",
        _rate(rate),
        f"{_rate(ROWS / shell.seconds)} (sqlite3 shell)" if shell else "",
        times(shell.seconds / ours.seconds) if shell else "",
        "2 million rows/s",
        rate >= RATE,
    )


def _hardly_used(bench: Bench) -> Line:
    rate = ROWS / bench.run(_listing(bench, "grown", str(ROWS), "1000")).seconds
    what = "the same, a thousand of them used"
    return Line(what, _rate(rate), "", "", "2 million rows/s", rate >= RATE)


def _rate(rows: float) -> str:
    return f"{rows / 1e6:.2f} million rows/s"
