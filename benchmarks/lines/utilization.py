"""Utilization of the whole tree of France's 424 organizations, and at ten times the numbers."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from benchmarks import stores
from benchmarks.measuring import Bench, Command, Timing
from benchmarks.report import NOT_INSTALLED, Line, compared, milliseconds, skipped, times

WHAT = "utilization of the whole tree, 424 organizations"
COUNTS = "counts for 1,000 organizations with ten million numbers, without start-up"
OVER_A_CSV = "the same, against a pandas script that reads a CSV"
LIMIT = 1.3
ALIKE = 1.1  # noise


def measure(bench: Bench) -> list[Line]:
    store, tenfold = stores.france(bench), stores.france(bench, "tenfold")
    lines = _on_france(bench, store, tenfold) if store and tenfold else [skipped(WHAT, stores.NO_REGISTER)]
    return [*lines, *_on_ten_million(bench)]


def _on_france(bench: Bench, store: Path, tenfold: Path) -> list[Line]:
    timings = bench.in_turns(
        {
            "idle": bench.idle(),
            "ours": bench.numctl(store, "utilization", "--tree"),
            "tenfold": bench.numctl(tenfold, "utilization", "--tree"),
        }
    )
    return [
        _within(WHAT, timings["ours"], timings["idle"], "1.3x start-up", LIMIT),
        _within("the same at ten times the numbers", timings["tenfold"], timings["ours"], "the same", ALIKE),
    ]


def _within(what: str, ours: Timing, beside: Timing, reach: str, limit: float) -> Line:
    return Line(
        what,
        milliseconds(ours.seconds),
        milliseconds(beside.seconds),
        compared(ours, beside),
        reach,
        ours.seconds / beside.seconds <= limit,
    )


def _on_ten_million(bench: Bench) -> list[Line]:
    """The work inside one process: the interpreter and pandas are loaded before."""
    commands: dict[str, Command] = {
        "ours": bench.program("inside", "tree", stores.store(bench, "country")),
        "rows": bench.program("rows", "utilization", stores.rows(bench, "country")),
    }
    if find_spec("pandas"):
        commands["pandas"] = bench.program("frames", "utilization", stores.csv_of(bench, "country"))
    inside = bench.inside([commands] * 3)
    lines = [_against(COUNTS, inside["ours"], inside["rows"])]
    if "pandas" in inside:
        return [*lines, _against(OVER_A_CSV, inside["ours"], inside["pandas"])]
    return [*lines, skipped(OVER_A_CSV, NOT_INSTALLED)]


def _against(what: str, ours: Timing, theirs: Timing) -> Line:
    ratio = times(theirs.seconds / ours.seconds)
    return Line(what, milliseconds(ours.seconds), milliseconds(theirs.seconds), ratio)
