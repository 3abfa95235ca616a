"""Peak memory of what reads, at every size, and of changes to hundreds of thousands of ranges."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchmarks import stores
from benchmarks.measuring import Bench, Command
from benchmarks.report import Line, mebibytes

COMMANDS = (
    "search --all -o csv",
    "search --all -o json",
    "search --sort organization --desc --all -o csv",
    "search --sort reserved_tag --all -o json",
    "search --ranges -o csv",
    "search 8080 --all -o csv",
    "search 8080 --count",
    "search --status reserved --count",
    "user list",
    "utilization --tree -o csv",
    "report utilization",
)
PEAK, PEAK_OF_CHANGES = 80 * 2**20, 300 * 2**20


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
        commands = {command: bench.numctl(store, *command.split()) for command in everything}
        lines.append(_worst(bench, f"reading commands, {place}", commands, PEAK))
    return [*lines, _changes(bench)]


def _changes(bench: Bench) -> Line:
    store = stores.copied(stores.store(bench, "country"))
    free = bench.folder / "available.txt"
    bench.run(bench.numctl(store, "search", "--status", "available", "-o", "ranges"), free)
    count = len(free.read_text().splitlines())
    reserve = "reserve --tag x -o json"
    commands = {
        reserve: bench.numctl(store, *reserve.split(), "--from-file", str(free)),
        "undo": bench.numctl(store, "undo"),
    }
    line = _worst(bench, f"changes, {count:,} ranges from a file", commands, PEAK_OF_CHANGES)
    store.unlink()
    return line


def _worst(bench: Bench, what: str, commands: Mapping[str, Command], allowed: int) -> Line:
    peaks = {name: bench.run(command).peak for name, command in commands.items()}
    worst = max(peaks, key=lambda name: peaks[name])
    return Line(
        f"peak memory of {len(peaks)} {what}: `{worst}`",
        mebibytes(peaks[worst]),
        "",
        "",
        mebibytes(allowed),
        peaks[worst] <= allowed,
    )
