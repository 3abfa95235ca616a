"""``python -m benchmarks [LINE...]``: measure, print the table, and write it to ``docs/figures.md``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from time import perf_counter

from benchmarks import report, stores
from benchmarks.lines import LINES
from benchmarks.measuring import ROOT, Bench, Failed

PAGE = ROOT / "docs" / "figures.md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("lines", nargs="*", metavar="LINE", help=f"only these: {', '.join(LINES)}")
    parser.add_argument("--rounds", type=int, default=7, help="how often each command is run (default: 7)")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench", help="where stores are kept")
    parser.add_argument("--fresh", action="store_true", help="make the stores anew")
    given = parser.parse_args()
    if unknown := set(given.lines) - set(LINES):
        parser.error(f"there is no line {', '.join(sorted(unknown))}; they are {', '.join(LINES)}")
    load = os.getloadavg()[0]
    bench = Bench(given.folder.resolve(), given.rounds)
    stores.forget(bench, always=given.fresh)
    measured, broken = [], False
    for name in given.lines or LINES:
        start = perf_counter()
        try:
            measured += LINES[name](bench)
        except Failed as error:
            broken = True
            measured.append(report.skipped(name, "it failed, see above"))
            report.progress(str(error))
        report.progress(f"{name}: {perf_counter() - start:.0f} s")
    print(report.plain(measured))
    if not given.lines and not broken:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(report.markdown(measured, load=load, rounds=given.rounds), encoding="utf-8")
        report.progress(f"written: {PAGE.relative_to(ROOT)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
