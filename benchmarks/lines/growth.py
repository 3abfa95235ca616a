"""How the time of everyday commands grows with the numbers, and with how many of them are used."""

from __future__ import annotations

from benchmarks import stores
from benchmarks.measuring import ROOT, Bench
from benchmarks.picture import Panel, draw
from benchmarks.report import Line, milliseconds

BY_NUMBERS = ((10**4, 10**3), (10**6, 10**3), (10**8, 10**3))
BY_USED = ((10**8, 10**3), (10**8, 10**4), (10**8, 10**5), (10**8, 10**6))
COMMANDS = {
    "search": "search 808 --limit 50",
    "count": "search 808 --count",
    "utilization": "utilization --tree",
    "allocate": "allocate --series 331 --quantity 100 --to Sales",
}
PICTURE = ROOT / "docs" / "figures.svg"


def _panel(title: str, points: dict[str, dict[str, float]]) -> Panel:
    lines = {name: [point[name] for point in points.values()] for name in COMMANDS}
    return Panel(title, list(points), lines)


def measure(bench: Bench) -> list[Line]:
    seconds: dict[tuple[int, int], dict[str, float]] = {}
    for size in dict.fromkeys(BY_NUMBERS + BY_USED):
        store = stores.copied(stores.store(bench, "grown", str(size[0]), str(size[1])))
        commands = {name: bench.numctl(store, *line.split()) for name, line in COMMANDS.items()}
        timings = bench.in_turns(commands, rounds=5)
        seconds[size] = {name: timing.seconds * 1e3 for name, timing in timings.items()}
        store.unlink()
    panels = [
        _panel("by numbers (1,000 of them used)", {f"{size[0]:,}": seconds[size] for size in BY_NUMBERS}),
        _panel("by how many are used, of 100 million", {f"{size[1]:,}": seconds[size] for size in BY_USED}),
    ]
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(draw(panels), encoding="utf-8")
    smallest, largest = seconds[BY_NUMBERS[0]], seconds[BY_USED[-1]]
    return [
        Line(
            f"`{name}` at 10,000 numbers and at 100 million, a million of them used",
            milliseconds(largest[name] / 1e3),
            milliseconds(smallest[name] / 1e3),
            f"{largest[name] / smallest[name]:.2f}x",
        )
        for name in COMMANDS
    ]
