"""Listing ten million numbers as CSV, against the sqlite3 shell on a row per number."""

from __future__ import annotations

import shutil

from benchmarks import stores
from benchmarks.measuring import Bench
from benchmarks.report import Line, mebibytes, skipped, times

ROWS = 10_000_000
RATE, PEAK = 2_000_000, 80 * 2**20


def measure(bench: Bench) -> list[Line]:
    store = stores.store(bench, "country")
    commands = {"ours": bench.numctl(store, "search", "--all", "-o", "csv")}
    if shell := shutil.which("sqlite3"):
        commands["shell"] = [
            shell,
            "-csv",
            str(stores.rows(bench, "country")),
            "SELECT * FROM number ORDER BY number",
        ]
    timings = bench.once_each([commands] * 2)
    ours = ROWS / timings["ours"].seconds
    peer = ROWS / timings["shell"].seconds if shell else 0
    lines = [
        Line(
            "list ten million numbers as CSV, a million of them used, whole command",
            f"{ours / 1e6:.2f} million rows/s",
            f"{peer / 1e6:.2f} million rows/s (sqlite3 shell)" if shell else "",
            times(ours / peer) if shell else "",
            "2 million rows/s",
            ours >= RATE,
        ),
        Line(
            "the same: peak memory",
            mebibytes(timings["ours"].peak),
            "",
            "",
            "80 MiB",
            timings["ours"].peak <= PEAK,
        ),
    ]
    plain = stores.store(bench, "grown", str(ROWS), "1000")
    seconds = bench.run(bench.numctl(plain, "search", "--all", "-o", "csv")).seconds
    rate = ROWS / seconds
    lines.append(
        Line(
            "the same, a thousand of them used",
            f"{rate / 1e6:.2f} million rows/s",
            "",
            "",
            "2 million rows/s",
            rate >= RATE,
        )
    )
    return lines if shell else [*lines, skipped("list against the sqlite3 shell", "it is not installed")]
