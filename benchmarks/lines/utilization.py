"""Utilization of the whole tree of France's 424 organizations, and at ten times the numbers."""

from __future__ import annotations

from benchmarks import stores
from benchmarks.measuring import Bench
from benchmarks.report import Line, compared, milliseconds, skipped, times

WHAT = "utilization of the whole tree, 424 organizations"
LIMIT = 1.3
ALIKE = 1.1  # noise


def measure(bench: Bench) -> list[Line]:
    store, tenfold = stores.france(bench), stores.france(bench, "tenfold")
    lines = [skipped(WHAT, stores.NO_REGISTER)]
    if store and tenfold:
        timings = bench.in_turns(
            {
                "idle": bench.idle(),
                "ours": bench.numctl(store, "utilization", "--tree"),
                "tenfold": bench.numctl(tenfold, "utilization", "--tree"),
            }
        )
        idle, ours, ten = (timings[name].seconds for name in ("idle", "ours", "tenfold"))
        lines = [
            Line(
                WHAT,
                milliseconds(ours),
                milliseconds(idle),
                compared(timings["ours"], timings["idle"]),
                "1.3x start-up",
                ours / idle <= LIMIT,
            ),
            Line(
                "the same at ten times the numbers",
                milliseconds(ten),
                milliseconds(ours),
                compared(timings["tenfold"], timings["ours"]),
                "the same",
                ten / ours <= ALIKE,
            ),
        ]
    country, rows = stores.store(bench, "country"), stores.rows(bench, "country")
    inside = bench.inside(
        [
            {
                "ours": bench.program("inside", "tree", country),
                "rows": bench.program("rows", "utilization", rows),
            }
        ]
        * 3
    )
    mine, theirs = inside["ours"].seconds, inside["rows"].seconds
    what = "counts for 1,000 organizations with ten million numbers, without start-up"
    return [*lines, Line(what, milliseconds(mine), milliseconds(theirs), times(theirs / mine))]
