"""A store on a PostgreSQL server of this machine beside one in a file, and a row per number on that server.

By the clock, whole commands: what the server works isn't seen by whoever starts them.
"""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks import server, stores
from benchmarks.lines import subscribers
from benchmarks.measuring import Bench, Command, Run
from benchmarks.report import Line, milliseconds, skipped, times

FIRST, MILLION, BATCH = 14_000_000_000, 1_000_000, 10_000
CLOSE = 0.25  # seconds behind the file, for what is done every day
BLOCK, MANY = 2, 4  # times as long as in a file
EVERY_DAY = {
    "search --limit 5": "a page of a search",
    "utilization": "utilization",
    f"show {FIRST + 5}": "show of a number",
    "reserve --series 1418 --quantity 1 --tag bench": "a reservation",
}


def measure(bench: Bench) -> list[Line]:
    if server.programs() is None:
        return [skipped("a store on a server", "PostgreSQL isn't installed")]
    with server.started() as address:
        return [
            *_every_day(bench, address),
            *_many(bench, address),
            *_register(bench, address),
            *_subscribers(bench, address),
        ]


def _every_day(bench: Bench, address: str) -> list[Line]:
    file = stores.copied(stores.store(bench, "small"))
    there = f"{address}small"
    bench.run(bench.numctl(file, "copy", str(file), there))
    lines = []
    for command, what in EVERY_DAY.items():
        words = command.replace(str(FIRST + 5), _some(bench, file)).split()
        took = bench.in_turns(
            {"file": bench.numctl(file, *words), "server": bench.numctl(there, *words)},
        )
        behind = took["server"].seconds - took["file"].seconds
        lines.append(
            Line(
                f"{what}, on a server, whole command",
                milliseconds(took["server"].seconds),
                f"{milliseconds(took['file'].seconds)} (in a file)",
                f"+{milliseconds(behind)}",
                f"+{milliseconds(CLOSE)}",
                behind <= CLOSE,
            )
        )
    file.unlink()
    return lines


def _some(bench: Bench, file: Path) -> str:
    """A number that is there."""
    out = bench.folder / "answer.json"
    bench.run(bench.numctl(file, "search", "--limit", "1", "-o", "json"), out)
    return str(json.loads(out.read_text())[0]["number"])


def _many(bench: Bench, address: str) -> list[Line]:
    """Two blocks of a million, a million single numbers, a batch: each once, in a file and on both tables."""
    file, there, rows = bench.folder / "scratch-server.db", f"{address}many", f"{address}rows"
    file.unlink(missing_ok=True)
    for store in (file, there):
        for line in ("init --name Acme", "series add 1418", f"add {FIRST}+{5 * MILLION} --series 1418"):
            bench.run(bench.numctl(store, *line.split()))
    bench.run(bench.program("server_rows", "fill", rows, str(FIRST), str(5 * MILLION)))
    single, lines = bench.folder / "single.txt", bench.folder / "single.jsonl"
    starts = range(FIRST + 2 * MILLION, FIRST + 4 * MILLION, 20)  # 100,000 spans of ten
    spans = bench.folder / "spans.txt"
    spans.write_text("".join(f"{first}..{first + 9}\n" for first in starts))
    single.write_text("".join(f"{first + at}\n" for first in starts for at in range(10)))
    wanted = [FIRST + 4 * MILLION + 97 * at for at in range(BATCH)]
    lines.write_text(
        "".join(json.dumps({"action": "reserve", "numbers": [one], "tag": "bench"}) + "\n" for one in wanted)
    )
    few = bench.folder / "few.txt"
    few.write_text("".join(f"{one}\n" for one in wanted))
    jobs: dict[str, tuple[list[str], list[str], int]] = {
        "reserve a block of a million": (
            ["reserve", f"{FIRST}+{MILLION}", "--tag", "bench"],
            ["block", rows, str(FIRST), str(MILLION)],
            BLOCK,
        ),
        "reserve a million numbers in 100,000 places": (
            ["reserve", "--from-file", str(spans), "--tag", "bench"],
            ["scattered", rows, str(single)],
            MANY,
        ),
        "a batch of 10,000 lines": (["batch", str(lines)], ["scattered", rows, str(few)], MANY),
    }
    found = []
    for what, (words, job, most) in jobs.items():
        took = {name: bench.run(command) for name, command in _three(bench, file, there, words, job).items()}
        found.append(_against(f"{what}, on a server", took, most))
    file.unlink()
    return found


def _three(bench: Bench, file: Path, there: str, words: list[str], job: list[str]) -> dict[str, Command]:
    return {
        "file": bench.numctl(file, *words),
        "server": bench.numctl(there, *words),
        "rows": bench.program("server_rows", *job),
    }


def _against(what: str, took: dict[str, Run], most: int) -> Line:
    ratio = took["server"].seconds / took["file"].seconds
    rows = f", {milliseconds(took['rows'].seconds)} (a row per number there)" if "rows" in took else ""
    return Line(
        what,
        milliseconds(took["server"].seconds),
        f"{milliseconds(took['file'].seconds)} (in a file){rows}",
        times(ratio),
        times(most),
        ratio <= most,
    )


def _register(bench: Bench, address: str) -> list[Line]:
    what = "import France's register, on a server"
    source = stores.register()
    if source is None:
        return [skipped(what, stores.NO_REGISTER)]
    file, there = bench.folder / "scratch-register.db", f"{address}register"
    file.unlink(missing_ok=True)
    words = ["import", str(source), "--profile", "arcep-majnum", "--create-orgs"]
    took = {}
    for name, store in (("file", file), ("server", there)):
        bench.run(bench.numctl(store, "init", "--name", "ARCEP"))
        took[name] = bench.run(bench.numctl(store, *words))
    file.unlink()
    return [_against(what, took, MANY)]


def _subscribers(bench: Bench, address: str) -> list[Line]:
    """A list of a million with users, and the same by COPY into a table with the same indexes, no history."""
    source = subscribers.written(bench, "users")
    file, there = bench.folder / "scratch-subscribers.db", f"{address}subscribers"
    file.unlink(missing_ok=True)
    took = {}
    for name, store in (("file", file), ("server", there)):
        for line in ("init --name Acme", "org add Sales", "org add Support"):
            bench.run(bench.numctl(store, *line.split()))
        took[name] = bench.run(bench.numctl(store, "import", str(source)))
    file.unlink()
    took["rows"] = bench.run(bench.program("server_rows", "take_in", f"{address}copied", str(source)))
    return [_against("import a million numbers, 60 % with a user of their own, on a server", took, MANY)]
