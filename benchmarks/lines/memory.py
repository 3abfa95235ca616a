"""Peak memory of what reads, at every size."""

from __future__ import annotations

from pathlib import Path

from benchmarks import stores
from benchmarks.measuring import Bench
from benchmarks.report import Line, mebibytes

COMMANDS = (
    "search --all -o csv",
    "search --sort organization --desc --all -o csv",
    "search --ranges -o csv",
    "search 8080 --all -o csv",
    "search 8080 --count",
    "search --status reserved --count",
    "utilization --tree -o csv",
    "report utilization",
)
PEAK = 80 * 2**20


def measure(bench: Bench) -> list[Line]:
    places: dict[str, Path | None] = {
        "ten million, a million used": stores.store(bench, "country"),
        "two million, every second used": stores.store(bench, "alternating"),
        "France": stores.france(bench),
    }
    lines = []
    for place, store in places.items():
        if store is None:
            continue
        everything = [c for c in COMMANDS if place != "France" or "8080 --all" in c or "--all" not in c]
        peaks = {command: bench.run(bench.numctl(store, *command.split())).peak for command in everything}
        worst = max(peaks, key=lambda command: peaks[command])
        lines.append(
            Line(
                f"peak memory of {len(peaks)} reading commands, {place}: `{worst}`",
                mebibytes(peaks[worst]),
                "",
                "",
                "80 MiB",
                peaks[worst] <= PEAK,
            )
        )
    return lines
