"""A batch of 100,000 single-number changes at random places in ten million, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
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
    jobs: list[dict[str, Command]] = []
    for at, numbers in enumerate(turns):
        path = bench.folder / f"batch-{at}.txt"
        path.write_text("\n".join(map(str, numbers)))
        jobs.append(
            {
                "ours": bench.program("inside", "batch", store, path),
                "rows": bench.program("rows", "batch", peer, path),
            }
        )
    inside = bench.inside(jobs)
    ours, theirs = LINES / inside["ours"].seconds, LINES / inside["rows"].seconds
    seconds, peak = bench.run(bench.numctl(store, "batch", str(_as_lines(bench, last))))
    for scratch in (store, peer):
        scratch.unlink()
    return [
        Line(
            "batch of 100,000 changes at random places, one transaction",
            f"{ours:,.0f}/s",
            f"{theirs:,.0f}/s",
            f"{ours / theirs:.2f}",
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
        Line("the same as JSON lines, whole command", f"{seconds:.1f} s, {LINES / seconds:,.0f}/s"),
        Line("the same: peak memory", mebibytes(peak), "", "", "300 MiB", peak <= PEAK),
    ]


def _as_lines(bench: Bench, numbers: Sequence[int]) -> Path:
    path = bench.folder / "batch.jsonl"
    with path.open("w") as lines:
        for number in numbers:
            lines.write(json.dumps({"action": "reserve", "numbers": [str(number)], "tag": "batch"}) + "\n")
    return path
