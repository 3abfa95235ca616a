"""How what is done with subscribers grows from a million to ten: time and memory, in one picture.

By the processor's time. Each is done once: ten million take minutes.
"""

from __future__ import annotations

from benchmarks.lines.subscribers import imported, listed
from benchmarks.measuring import ROOT, Bench, Run
from benchmarks.picture import Panel, draw
from benchmarks.report import Line, mebibytes, progress

MILLION = 1_000_000
SIZES = (1, 3, 10)  # millions
PEAK = 150 * 2**20
PICTURE = ROOT / "docs" / "figures-subscribers.svg"


def measure(bench: Bench) -> list[Line]:
    by_size = [_at(bench, millions) for millions in SIZES]
    runs = {name: [done[name] for done in by_size] for name in by_size[0]}
    PICTURE.write_text(_picture(runs), encoding="utf-8")
    return [line for name, each in runs.items() for line in _lines(name, each)]


def _at(bench: Bench, millions: int) -> dict[str, Run]:
    """Everything at one size, the last taking the first back; each is told when it is done."""
    source, out = listed(bench, "users", count=millions * MILLION), bench.folder / "listed.csv"
    store, first = imported(bench, source)
    done = {"import": first}
    _tell(millions, "import", first)
    for name, words, into in (
        ("list", ("search", "--all", "-o", "csv"), out),
        ("check", ("check",), None),
        ("undo", ("undo",), None),
    ):
        done[name] = bench.run(bench.numctl(store, *words), into)
        _tell(millions, name, done[name])
    for made in (source, out, store):
        made.unlink()
    return done


def _tell(millions: int, name: str, run: Run) -> None:
    progress(f"  {millions} million, {name}: {run.cpu:.1f} s, {mebibytes(run.peak)}")


def _each(runs: list[Run]) -> list[float]:
    """Microseconds of a processor for each number, at each size."""
    return [run.cpu / millions for run, millions in zip(runs, SIZES, strict=True)]


def _picture(runs: dict[str, list[Run]]) -> str:
    labels = [f"{millions} million" for millions in SIZES]
    time = {name: _each(each) for name, each in runs.items()}
    memory = {name: [run.peak / 2**20 for run in each] for name, each in runs.items()}
    return draw(
        [
            Panel("of a processor for each number", labels, time, "microseconds"),
            Panel("peak memory", labels, memory, "MiB"),
        ]
    )


def _lines(name: str, runs: list[Run]) -> list[Line]:
    sizes = f"{', '.join(map(str, SIZES[:-1]))} and {SIZES[-1]} million subscribers"
    each, peak = _each(runs), max(run.peak for run in runs)
    return [
        Line(
            f"{name}, {sizes}: a processor's time for each number",
            f"{', '.join(f'{one:.1f}' for one in each)} \u00b5s",
            "",
            f"{each[-1] / each[0]:.2f}x",
        ),
        Line(
            "the same: peak memory",
            ", ".join(mebibytes(run.peak) for run in runs),
            "",
            f"{runs[-1].peak / runs[0].peak:.2f}x",
            mebibytes(PEAK),
            peak <= PEAK,
        ),
    ]
