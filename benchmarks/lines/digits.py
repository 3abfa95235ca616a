"""Searching by digits: the first page and the exact count, against LIKE over rows, grep and others."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

from benchmarks import stores
from benchmarks.measuring import Bench, Command, Timing
from benchmarks.report import NOT_INSTALLED, Line, compared, milliseconds, skipped, times

DIGITS = ("123", "8080", "33199", "991234", "5551234")
FIRST_PAGE, EXACT_COUNT = 1.3, 1.4
PROBE = "8080"  # what the peers look for among ten million
KINDS = {"page": "first page by digits among ten million", "count": "exact count of the same"}
OURS = "numctl"
# How each is fastest on one large file.
FASTEST = {"rg": ["rg", "--no-mmap", "--no-line-number"], "grep": ["env", "LC_ALL=C", "grep"]}
Pair = dict[str, Command]  # a command for each of KINDS


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
    asked = {OURS: _ours(bench)} | _over_rows(bench) | _over_a_csv(bench)
    commands = {f"{kind}: {peer}": pair[kind] for peer, pair in asked.items() for kind in KINDS}
    # Into a file: grep stops at the first match when its output goes nowhere.
    timings = bench.in_turns(commands, rounds=3, out=bench.folder / "output.txt")
    lines = [
        _against(f"{what}: against {peer}", timings[f"{kind}: {OURS}"], timings[f"{kind}: {peer}"])
        for kind, what in KINDS.items()
        for peer in asked
        if peer != OURS
    ]
    return [*lines, *(skipped(f"search against {name}", NOT_INSTALLED) for name in _missing())]


def _missing() -> list[str]:
    programs = [name for name in ("rg", "sqlite3") if not shutil.which(name)]
    return programs if find_spec("pandas") else [*programs, "pandas"]


def _ours(bench: Bench) -> Pair:
    store = stores.store(bench, "country")
    return {
        "page": bench.numctl(store, "search", PROBE, "--limit", "50"),
        "count": bench.numctl(store, "search", PROBE, "--count"),
    }


def _over_rows(bench: Bench) -> dict[str, Pair]:
    """The peers that look through a row per number in SQLite."""
    rows = stores.rows(bench, "country")
    like = f"FROM number WHERE number LIKE '%{PROBE}%'"
    sql = {"page": f"SELECT number {like} LIMIT 50", "count": f"SELECT count(*) {like}"}
    peers: dict[str, Pair] = {
        "a row per number, LIKE": {kind: bench.program("rows", kind, rows, PROBE) for kind in KINDS}
    }
    if shell := shutil.which("sqlite3"):
        peers["sqlite3 shell"] = {kind: [shell, str(rows), sql[kind]] for kind in KINDS}
    if find_spec("sqlite_utils"):
        peers["sqlite-utils"] = {kind: bench.sqlite_utils("query", str(rows), sql[kind]) for kind in KINDS}
    return peers


def _over_a_csv(bench: Bench) -> dict[str, Pair]:
    """The peers that look through a CSV export with a line per number."""
    peers: dict[str, Pair] = {}
    for program, fastest in FASTEST.items():
        if shutil.which(program):
            table = str(stores.csv_of(bench, "country"))
            pattern = f"^[^,]*,[0-9]*{PROBE}"
            peers[f"{program} over a CSV"] = {
                "page": [*fastest, "-m", "50", pattern, table],
                "count": [*fastest, "-c", pattern, table],
            }
    if find_spec("pandas"):
        export = stores.csv_of(bench, "country")
        peers["a pandas script on a CSV"] = {
            kind: bench.program("frames", kind, export, PROBE) for kind in KINDS
        }
    return peers


def _against(what: str, ours: Timing, theirs: Timing) -> Line:
    return Line(
        what,
        milliseconds(ours.seconds),
        milliseconds(theirs.seconds),
        times(theirs.seconds / ours.seconds),
    )
