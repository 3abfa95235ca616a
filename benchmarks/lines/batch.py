"""A batch of 100,000 single-number changes at random places in ten million, in one transaction."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks import stores
from benchmarks.measuring import Bench, Command
from benchmarks.report import Line, mebibytes

LINES = 100_000
TURNS = 3
RATE, SHARE, PEAK = 20_000, 0.5, 300 * 2**20


def measure(bench: Bench) -> list[Line]:
    store = stores.copied(stores.store(bench, "country"))
    peer = stores.copied(stores.rows(bench, "country"))
    *turns, last = stores.picked(bench, "country", available=LINES, turns=TURNS + 1)
    jobs: list[dict[str, Command]] = [
        {
            "ours": bench.program("inside", "batch", store, path),
            "rows": bench.program("rows", "batch", peer, path),
        }
        for path in turns
    ]
    inside = bench.inside(jobs)
    ours, theirs = LINES / inside["ours"].seconds, LINES / inside["rows"].seconds
    whole = bench.run(bench.numctl(store, "batch", str(_as_lines(bench, last))))
    for scratch in (store, peer):
        scratch.unlink()
    return [
        Line(
            "batch of 100,000 changes at random places, one transaction",
            f"{ours:,.0f}/s",
            f"{theirs:,.0f}/s",
            f"{ours / theirs:.2f}x (CPU {inside['rows'].cpu / inside['ours'].cpu:.2f}x)",
            "20,000/s",
            ours >= RATE,
        ),
        Line(
            "the same, its rate against raw SQL on rows",
            f"{ours:,.0f}/s",
            f"{theirs:,.0f}/s",
            f"{ours / theirs:.2f}",
            "0.50",
            ours / theirs >= SHARE,
        ),
        Line(
            "the same as JSON lines, whole command", f"{whole.seconds:.1f} s, {LINES / whole.seconds:,.0f}/s"
        ),
        Line("the same: peak memory", mebibytes(whole.peak), "", "", "300 MiB", whole.peak <= PEAK),
    ]


def _as_lines(bench: Bench, numbers: Path) -> Path:
    path = bench.folder / "batch.jsonl"
    with path.open("w") as lines:
        for number in numbers.read_text().split():
            lines.write(json.dumps({"action": "reserve", "numbers": [number], "tag": "batch"}) + "\n")
    return path
