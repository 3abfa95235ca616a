"""Searching by digits: the first page and the exact count, against LIKE over rows, grep and others."""

from __future__ import annotations

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from benchmarks import stores
from benchmarks.measuring import Bench, Command
from benchmarks.report import Line, compared, milliseconds, skipped, times

DIGITS = ("123", "8080", "33199", "991234", "5551234")
FIRST_PAGE, EXACT_COUNT = 1.3, 1.4
PROBE = "8080"  # what the peers look for among ten million


def measure(bench: Bench) -> list[Line]:
    store = stores.france(bench)
    lines = (
        _on_france(bench, store) if store else [skipped("search in France's register", stores.NO_REGISTER)]
    )
    return [*lines, *_on_ten_million(bench)]


def _on_france(bench: Bench, store: Path) -> list[Line]:
    commands: dict[str, Command] = {"idle": bench.idle()}
    for digits in DIGITS:
        commands[f"page {digits}"] = bench.numctl(store, "search", digits, "--limit", "50")
        commands[f"count {digits}"] = bench.numctl(store, "search", digits, "--count")
    timings = bench.in_turns(commands)
    idle = timings["idle"].seconds
    lines = []
    for kind, what, limit in (
        ("page", "first page of a search by digits, France", FIRST_PAGE),
        ("count", "exact count of the same", EXACT_COUNT),
    ):
        worst = max(DIGITS, key=lambda digits: timings[f"{kind} {digits}"].seconds)
        seconds = timings[f"{kind} {worst}"].seconds
        lines.append(
            Line(
                f"{what} (the slowest of {len(DIGITS)}: {worst})",
                milliseconds(seconds),
                milliseconds(idle),
                compared(timings[f"{kind} {worst}"], timings["idle"]),
                f"{limit}x start-up",
                seconds / idle <= limit,
            )
        )
    return lines


def _on_ten_million(bench: Bench) -> list[Line]:
    store, rows = stores.store(bench, "country"), stores.rows(bench, "country")
    like = f"FROM number WHERE number LIKE '%{PROBE}%'"
    page, count = f"SELECT number {like} LIMIT 50", f"SELECT count(*) {like}"
    commands: dict[str, Command] = {
        "numctl page": bench.numctl(store, "search", PROBE, "--limit", "50"),
        "numctl count": bench.numctl(store, "search", PROBE, "--count"),
        "rows page": bench.program("rows", "page", rows, PROBE),
        "rows count": bench.program("rows", "count", rows, PROBE),
    }
    names = {"rows": "a row per number, LIKE"}
    if shell := shutil.which("sqlite3"):
        names["shell"] = "sqlite3 shell"
        commands |= {"shell page": [shell, str(rows), page], "shell count": [shell, str(rows), count]}
    if find_spec("sqlite_utils"):
        names["sqlite-utils"] = "sqlite-utils"
        run = [sys.executable, "-m", "sqlite_utils", "query", str(rows)]
        commands |= {"sqlite-utils page": [*run, page], "sqlite-utils count": [*run, count]}
    for program in ("rg", "grep"):
        if found := shutil.which(program):
            table = str(stores.csv_of(bench, "country"))
            pattern = f"^[^,]*,[0-9]*{PROBE}"
            names[program] = f"{program} over a CSV"
            commands[f"{program} page"] = [found, "-m", "50", pattern, table]
            commands[f"{program} count"] = [found, "-c", pattern, table]
    # Into a file: grep stops at the first match when its output goes nowhere.
    timings = bench.in_turns(commands, rounds=3, out=bench.folder / "output.txt")
    lines = []
    for kind, what in (
        ("page", "first page by digits among ten million"),
        ("count", "exact count of the same"),
    ):
        ours = timings[f"numctl {kind}"].seconds
        for peer, name in names.items():
            theirs = timings[f"{peer} {kind}"].seconds
            lines.append(
                Line(
                    f"{what}: against {name}", milliseconds(ours), milliseconds(theirs), times(theirs / ours)
                )
            )
    missing = [name for name in ("rg", "sqlite3") if not shutil.which(name)]
    return [*lines, *(skipped(f"search against {name}", "it is not installed") for name in missing)]
