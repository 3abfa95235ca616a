"""Start-up: everyday commands on a small store against a Typer program that does nothing."""

from __future__ import annotations

import sys

from benchmarks import stores
from benchmarks.measuring import Bench, Timing
from benchmarks.report import Line, compared, milliseconds, times

NUMBER = "14188980500"
# In this order each leaves the store ready for the next, and the last as it was before the first.
EVERY_DAY = (
    "search --limit 50",
    "search 8980 --limit 50",
    "search --count",
    "utilization --tree",
    f"reserve {NUMBER} --tag sales",
    f"retag {NUMBER} --tag service",
    f"unreserve {NUMBER}",
    f"move {NUMBER} --to Sales",
    f"move {NUMBER} --to Acme",
    "allocate --series 1418 --quantity 5 --to Sales",
    "withdraw --from Sales --series 1418 --quantity 5",
    "report utilization",
)
LIMIT = 1.25
UNASKED_LIMIT = 3.5  # of what runs most often unasked


def measure(bench: Bench) -> list[Line]:
    store = stores.copied(stores.store(bench, "small"))
    commands = {"pass": [sys.executable, "-c", "pass"], "idle": bench.idle()}
    commands |= {line: bench.numctl(store, *line.split()) for line in EVERY_DAY}
    unasked = {
        "`threshold check` on a small store": bench.numctl(store, "threshold", "check"),
        "completion of a command": bench.completion(store, "thr"),
        "completion of an organization": bench.completion(store, "move", NUMBER, "--to", "S"),
    }
    commands |= unasked
    timings = bench.in_turns(commands, rounds=2 * bench.rounds + 1)
    bare, idle = timings["pass"], timings["idle"]
    return [
        Line("start-up: the bare interpreter", milliseconds(bare.seconds)),
        Line(
            "start-up: a Typer program that does nothing",
            milliseconds(idle.seconds),
            milliseconds(bare.seconds),
            times(idle.seconds / bare.seconds),
        ),
        *(
            _within(
                f"`{line.replace(NUMBER, 'NUMBER')}` on a small store", timings[line], idle, LIMIT, "start-up"
            )
            for line in EVERY_DAY
        ),
        *(_within(what, timings[what], bare, UNASKED_LIMIT, "the bare interpreter") for what in unasked),
    ]


def _told(line: str) -> str:
    return f"`{line.replace(NUMBER, 'NUMBER')}` on a small store"


def _within(what: str, ours: Timing, beside: Timing, limit: float, name: str) -> Line:
    return Line(
        what,
        milliseconds(ours.seconds),
        milliseconds(beside.seconds),
        compared(ours, beside),
        f"{limit}x {name}",
        ours.seconds / beside.seconds <= limit,
    )
