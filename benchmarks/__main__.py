"""``python -m benchmarks [LINE...]``: measure, print a table, and write the whole to ``docs/figures.md``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from benchmarks import report, stores
from benchmarks.lines import LINES, LONG
from benchmarks.measuring import ROOT, Bench, Failed
from benchmarks.report import Line

PAGES = ROOT / "docs"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parts = LINES | LONG
    told = (
        f"only these: {', '.join(LINES)}; by name alone, as it takes a quarter of an hour: {', '.join(LONG)}"
    )
    parser.add_argument("lines", nargs="*", metavar="LINE", help=told)
    parser.add_argument("--rounds", type=int, default=7, help="how often each command is run (default: 7)")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench", help="where stores are kept")
    parser.add_argument("--fresh", action="store_true", help="make the stores anew")
    given = parser.parse_args()
    if unknown := set(given.lines) - set(parts):
        parser.error(f"there is no line {', '.join(sorted(unknown))}; they are {', '.join(parts)}")
    load = os.getloadavg()[0]
    bench = Bench(given.folder.resolve(), given.rounds)
    stores.forget(bench, always=given.fresh)
    measured = {name: _measured(bench, name, parts[name]) for name in given.lines or LINES}
    whole = {name: lines for name, lines in measured.items() if lines is not None}
    print(report.plain([line for lines in whole.values() for line in lines]))
    if not given.lines and whole == measured:
        _write("figures.md", report.page_of_all(whole, load=load, rounds=given.rounds))
    for name in whole.keys() & LONG.keys():
        _write(f"figures-{name.partition('-')[0]}.md", report.page_of(name, whole[name], load=load))
    return 0 if whole == measured else 1


def _measured(bench: Bench, name: str, measure: Callable[[Bench], list[Line]]) -> list[Line] | None:
    """The lines of one part, None where a command that was to be measured failed."""
    start = perf_counter()
    try:
        return measure(bench)
    except Failed as error:
        report.progress(f"{name} failed: {error}")
        return None
    finally:
        report.progress(f"{name}: {perf_counter() - start:.0f} s")


def _write(name: str, page: str) -> None:
    (PAGES / name).write_text(page, encoding="utf-8")
    report.progress(f"written: docs/{name}")


if __name__ == "__main__":
    sys.exit(main())
