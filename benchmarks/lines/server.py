"""A store on a PostgreSQL server of this machine beside one in a file, and a row per number on that server.

By the clock, whole commands: what the server works isn't seen by whoever starts them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from benchmarks import server, stores
from benchmarks.lines.subscribers import listed
from benchmarks.measuring import Bench, Command, Timing
from benchmarks.report import Line, milliseconds, skipped, times

FIRST, MILLION = 14_000_000_000, 1_000_000
TURNS = 3
PLACES, RUN = 100_000, 10  # of the scattered million, every second run of so many numbers
BATCH, STEP = 10_000, 97
# Where the numbers of each job begin, and how many millions they all are.
SCATTERED, SINGLE, MILLIONS = FIRST + TURNS * MILLION, FIRST + 3 * TURNS * MILLION, 3 * TURNS + 1
CLOSE = 0.25  # seconds behind the file, for what is done every day
BLOCK, MANY = 2, 4  # times as long as in a file
FRANCE = 521_000_000
LISTS = "server-"  # how files of numbers begin that commands and jobs are given
EVERY_DAY = {
    "search --limit 5": ("page",),
    "utilization": ("utilization",),
    f"show {FIRST + 5}": ("one", str(FIRST + 5)),
    "reserve --series 1418 --quantity 1 --tag bench": ("lowest",),
}
"""What is done every day, and the job of ``server_rows`` that does it."""


class Sides(NamedTuple):
    """Where the same numbers are: in a file, in a store on the server, a row each on that server."""

    file: Path
    there: str
    rows: str

    def doing(self, bench: Bench, words: Iterable[str], job: Iterable[str]) -> dict[str, Command]:
        """One command on both stores, and the job that does the same with rows."""
        name, *rest = job
        return {
            "file": bench.numctl(self.file, *words),
            "server": bench.numctl(self.there, *words),
            "rows": bench.program("server_rows", name, self.rows, *rest),
        }


def measure(bench: Bench) -> list[Line]:
    if lacking := server.missing():
        return [skipped("a store on a server", lacking)]
    with server.started() as address:
        sides = Sides(bench.folder / "scratch-server.db", f"{address}many", f"{address}rows")
        filled = _fill(bench, sides)
        lines = [*_many(bench, sides), *_register(bench, address, filled), _subscribers(bench, address)]
        bench.run(bench.program("server_rows", "settle", sides.rows))
        lines = [*_every_day(bench, sides), *lines]
    for scratch in (sides.file, *bench.folder.glob(f"{LISTS}*")):
        scratch.unlink()
    return lines


def _fill(bench: Bench, sides: Sides) -> Timing:
    """The same available numbers everywhere; what it took to write a row for each."""
    sides.file.unlink(missing_ok=True)
    count = str(MILLIONS * MILLION)
    for store in (sides.file, sides.there):
        for line in ("init --name Acme", "series add 1418", f"add {FIRST}+{count} --series 1418"):
            bench.run(bench.numctl(store, *line.split()))
    filled = Timing([bench.run(bench.program("server_rows", "fill", sides.rows, str(FIRST), count))])
    bench.run(bench.program("server_rows", "settle", sides.rows))
    return filled


def _every_day(bench: Bench, sides: Sides) -> list[Line]:
    """Among all of these numbers, as the jobs before have left them."""
    lines = []
    for command, job in EVERY_DAY.items():
        took = bench.in_turns(sides.doing(bench, command.split(), job))
        behind = took["server"].seconds - took["file"].seconds
        lines.append(
            Line(
                f"`{command.replace(str(FIRST + 5), 'NUMBER')}` on a server, whole command by the clock",
                milliseconds(took["server"].seconds),
                _peers(took),
                f"+{milliseconds(behind)}",
                f"+{milliseconds(CLOSE)} to the file",
                behind <= CLOSE,
            )
        )
    return lines


def _many(bench: Bench, sides: Sides) -> list[Line]:
    """Blocks of a million, scattered millions, batches: each turn has numbers of its own."""
    blocks, places, batches = [], [], []
    for turn in range(TURNS):
        first = FIRST + turn * MILLION
        block = ("reserve", f"{first}+{MILLION}", "--tag", "bench")
        blocks.append(sides.doing(bench, block, ("block", str(first), str(MILLION))))
        spans, single = _scattered(bench.folder, SCATTERED + 2 * turn * MILLION)
        in_places = ("reserve", "--from-file", str(spans), "--tag", "bench")
        places.append(sides.doing(bench, in_places, ("scattered", str(single))))
        lines, few = _batch(bench.folder, SINGLE + turn)
        batches.append(sides.doing(bench, ("batch", str(lines)), ("scattered", str(few))))
    return [
        _against("reserve a block of a million", bench.once_each(blocks), BLOCK),
        _against(f"reserve a million numbers in {PLACES:,} places", bench.once_each(places), MANY),
        _against(f"a batch of {BATCH:,} lines", bench.once_each(batches), MANY),
    ]


def _scattered(folder: Path, start: int) -> tuple[Path, Path]:
    """A million numbers, every second ten: a file of their runs, and one of each."""
    firsts = range(start, start + 2 * MILLION, 2 * RUN)
    runs, single = folder / f"{LISTS}{start}-runs.txt", folder / f"{LISTS}{start}-each.txt"
    runs.write_text("".join(f"{first}..{first + RUN - 1}\n" for first in firsts))
    single.write_text("".join(f"{first + at}\n" for first in firsts for at in range(RUN)))
    return runs, single


def _batch(folder: Path, start: int) -> tuple[Path, Path]:
    """Numbers of which no two are neighbours: a line of a batch for each, and a file of them."""
    wanted = range(start, start + BATCH * STEP, STEP)
    lines, each = folder / f"{LISTS}{start}.jsonl", folder / f"{LISTS}{start}-each.txt"
    steps = ({"action": "reserve", "numbers": [str(one)], "tag": "bench"} for one in wanted)
    lines.write_text("".join(json.dumps(step) + "\n" for step in steps))
    each.write_text("".join(f"{one}\n" for one in wanted))
    return lines, each


def _register(bench: Bench, address: str, filled: Timing) -> list[Line]:
    what = "import France's register"
    source = stores.register()
    if source is None:
        return [skipped(f"{what}, on a server", stores.NO_REGISTER)]
    file = bench.folder / "scratch-register.db"
    words = ["import", str(source), "--profile", "arcep-majnum", "--create-orgs"]
    took = {"file": Timing(), "server": Timing()}
    for turn in range(TURNS):
        file.unlink(missing_ok=True)
        for name, store in (("file", file), ("server", f"{address}register{turn}")):
            bench.run(bench.numctl(store, "init", "--name", "ARCEP"))
            took[name].runs.append(bench.run(bench.numctl(store, *words)))
    file.unlink()
    whole = filled.seconds * FRANCE / (MILLIONS * MILLION)
    beside = f"some {whole / 60:.0f} min (rows there; {milliseconds(filled.seconds)} for {MILLIONS} million)"
    return [_against(what, took, MANY, beside)]


def _subscribers(bench: Bench, address: str) -> Line:
    """A list of a million of which 60 % have a user, once; beside it COPY into a table, without history."""
    source, file = listed(bench, "users"), bench.folder / "scratch-subscribers.db"
    file.unlink(missing_ok=True)
    took = {}
    for name, store in (("file", file), ("server", f"{address}subscribers")):
        for line in ("init --name Acme", "org add Sales", "org add Support"):
            bench.run(bench.numctl(store, *line.split()))
        took[name] = Timing([bench.run(bench.numctl(store, "import", str(source)))])
    file.unlink()
    copied = bench.run(bench.program("subscribers", "copy", source, f"{address}copied"))
    beside = f"{milliseconds(copied.seconds)} (COPY there, without history)"
    return _against("import a million numbers, 60 % with a user of their own", took, MANY, beside)


def _against(what: str, took: dict[str, Timing], most: int, beside: str = "") -> Line:
    ratio = took["server"].seconds / took["file"].seconds
    return Line(
        f"{what}, on a server, whole command by the clock",
        milliseconds(took["server"].seconds),
        f"{_peers(took)}{beside and f', {beside}'}",
        times(ratio),
        f"{most}x the file",
        ratio <= most,
    )


def _peers(took: dict[str, Timing]) -> str:
    names = {"file": "in a file", "rows": "a row per number there"}
    return ", ".join(f"{milliseconds(took[at].seconds)} ({name})" for at, name in names.items() if at in took)
