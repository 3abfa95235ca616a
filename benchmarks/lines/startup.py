"""Start-up: everyday commands on a small store against a Typer program that does nothing."""

from __future__ import annotations

import sys

from benchmarks import stores
from benchmarks.measuring import Bench
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
    bare, idle = timings["pass"].seconds, timings["idle"].seconds
    lines = [
        Line("start-up: the bare interpreter", milliseconds(bare)),
        Line(
            "start-up: a Typer program that does nothing",
            milliseconds(idle),
            milliseconds(bare),
            times(idle / bare),
        ),
    ]
    for line in EVERY_DAY:
        ratio = timings[line].seconds / idle
        lines.append(
            Line(
                f"`{line.replace(NUMBER, 'NUMBER')}` on a small store",
                milliseconds(timings[line].seconds),
                milliseconds(idle),
                compared(timings[line], timings["idle"]),
                f"{LIMIT}x start-up",
                ratio <= LIMIT,
            )
        )
    for what in unasked:
        ratio = timings[what].seconds / bare
        lines.append(
            Line(
                what,
                milliseconds(timings[what].seconds),
                milliseconds(bare),
                compared(timings[what], timings["pass"]),
                f"{UNASKED_LIMIT}x the bare interpreter",
                ratio <= UNASKED_LIMIT,
            )
        )
    return lines
