"""A million numbers of which 60 % have a user of their own, and as many with a label of their own.

By the processor's time where nothing else is said: whole commands, start-up included.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks import server, stores
from benchmarks.measuring import Bench, Run
from benchmarks.report import Line, mebibytes, skipped
from benchmarks.subscribers import FIRST

COUNT = 1_000_000
SHARE, BYTES, PEAK = 0.6, 140, 150 * 2**20
UNDONE, CHECKED, LISTED, COMPARED = 120_000, 200_000, 600_000, 250_000
LABELLED = 0.5
USED = 100_000


def measure(bench: Bench) -> list[Line]:
    return [*_users(bench), *_pages(bench), *_labels(bench)]


def _users(bench: Bench) -> list[Line]:
    source = listed(bench, "users")
    store, run = imported(bench, source)
    lines = [*_beside(bench, source, store, run), _peak("the same: peak memory", run)]
    return [*lines, *_afterwards(bench, store)]


def _beside(bench: Bench, source: Path, store: Path, run: Run) -> list[Line]:
    """The import, against what makes a row of each number."""
    rows = bench.folder / "subscribers-rows.db"
    theirs = bench.run(bench.program("subscribers", "read", source, rows))
    inserted = _by_sqlite_utils(bench, source)
    share = theirs.cpu / run.cpu
    size, as_rows = store.stat().st_size / COUNT, rows.stat().st_size / COUNT
    rows.unlink()
    return [
        Line(
            "import a million numbers, 60 % with a user of their own",
            _rate(run),
            f"{_rate(theirs)} (a script: a row per number, users, history)",
            f"{share:.2f}",
            f"{SHARE:.2f}",
            share >= SHARE,
        ),
        Line(
            "the same, against sqlite-utils insert and its index on users, without history",
            _rate(run),
            _rate(inserted),
            f"{inserted.cpu / run.cpu:.2f}",
        ),
        _beside_copy(bench, source, run),
        Line("the same: bytes a number", f"{size:.0f}", f"{as_rows:.0f}", "", str(BYTES), size <= BYTES),
    ]


def _afterwards(bench: Bench, store: Path) -> list[Line]:
    """What is done with what was imported, which is kept for ``_pages``; the last takes it back."""
    changed = listed(bench, "users", changed=5)
    check = bench.run(bench.numctl(store, "check"))
    csv = bench.run(bench.numctl(store, "search", "--all", "-o", "csv"), bench.folder / "listed.csv")
    diff = bench.run(bench.numctl(store, "diff", str(changed), "-o", "csv"))
    synced = stores.copied(store)
    sync = bench.run(bench.numctl(synced, "sync", str(changed), "--force"))
    synced.unlink()
    stores.copy(store, bench.folder / "subscribers-kept.db")
    undo = bench.run(bench.numctl(store, "undo"))
    store.unlink()
    return [
        _at_rate("undo of it", undo, UNDONE),
        _peak("the same: peak memory", undo),
        _at_rate("check of it", check, CHECKED),
        _at_rate("list it as CSV", csv, LISTED),
        _at_rate("diff it with a list, 5 % changed", diff, COMPARED),
        _at_rate("sync it to that list", sync, COMPARED),
    ]


def _beside_copy(bench: Bench, source: Path, run: Run) -> Line:
    """By the clock: the server works for whoever copies, and isn't seen."""
    what = "the same, by the clock, against PostgreSQL's COPY with the same indexes, without history"
    if lacking := server.missing():
        return skipped(what, lacking)
    with server.started() as address:
        copied = bench.run(bench.program("subscribers", "copy", source, f"{address}subscribers"))
    ours, theirs = COUNT / run.seconds, COUNT / copied.seconds
    return Line(what, f"{ours:,.0f}/s", f"{theirs:,.0f}/s", f"{ours / theirs:.2f}")


def _by_sqlite_utils(bench: Bench, source: Path) -> Run:
    """A row per number, its user indexed: what comes at hand."""
    rows = bench.folder / "subscribers-utils.db"
    rows.unlink(missing_ok=True)
    put_in = bench.run(
        bench.sqlite_utils("insert", str(rows), "number", str(source), "--csv", "--pk", "number")
    )
    indexed = bench.run(bench.sqlite_utils("create-index", str(rows), "number", "user"))
    rows.unlink()
    return Run(put_in.seconds + indexed.seconds, put_in.cpu + indexed.cpu, put_in.peak)


def _pages(bench: Bench) -> list[Line]:
    """Everyday questions to the same inventory, against a program that does nothing; usage of a day of it."""
    store = bench.folder / "subscribers-kept.db"
    asked = {
        "`user list --limit 50`": bench.numctl(store, "user", "list", "--limit", "50"),
        "`show NUMBER`": bench.numctl(store, "show", str(FIRST + COUNT // 2)),
        "`search --limit 50`": bench.numctl(store, "search", "--limit", "50"),
    }
    part = bench.numctl(store, "search", "--user", "4242", "--count")
    timings = bench.in_turns({"idle": bench.idle(), "part": part, **asked})
    ratios = {what: timings[what].cpu / timings["idle"].cpu for what in asked}
    records = bench.folder / "subscribers-usage.csv"
    bench.run(bench.program("subscribers", "usage", records, str(COUNT)))
    booked = bench.run(bench.numctl(store, "usage", "import", str(records)))
    period = ("--from", "2026-01-05", "--to", "2026-01-05")
    told = bench.run(bench.numctl(store, "report", "consumption", *period, "-o", "csv"))
    store.unlink()
    return [
        *(
            Line(
                f"{what} among a million", f"{timings[what].cpu * 1000:.0f} ms", "", f"{ratio:.2f}x start-up"
            )
            for what, ratio in ratios.items()
        ),
        Line("any part of a user's name among 600,000", f"{timings['part'].seconds:.2f} s", "", "", "2 s"),
        _at_rate("`usage import` of a day of a million", booked, USED),
        _peak("the same: peak memory", booked),
        Line("`report consumption` of that day", f"{told.cpu:.2f} s"),
    ]


def _labels(bench: Bench) -> list[Line]:
    times, sizes = {}, {}
    for kind in ("run", "labels", "users", "both"):
        store, times[kind] = imported(bench, listed(bench, kind))
        sizes[kind] = store.stat().st_size / COUNT
        store.unlink()
    alone = times["run"].cpu / times["labels"].cpu
    both = times["users"].cpu / times["both"].cpu
    return [
        Line(
            "import a million numbers with a label of their own, against one run without",
            _rate(times["labels"]),
            _rate(times["run"]),
            f"{alone:.2f}",
            f"{LABELLED:.2f}",
            alone >= LABELLED,
        ),
        Line("the same: bytes a number", f"{sizes['labels']:.0f}"),
        Line(
            "import a million subscribers with a label of their own, against those without",
            _rate(times["both"]),
            _rate(times["users"]),
            f"{both:.2f}",
            f"{LABELLED:.2f}",
            both >= LABELLED,
        ),
    ]


def listed(bench: Bench, kind: str, *, count: int = COUNT, changed: int = 0) -> Path:
    """A list of that kind of ``subscribers.KINDS``, kept; ``changed`` per cent of its users are others."""
    path = bench.folder / f"subscribers-{kind}-{count}-{changed}.csv"
    if not path.exists():
        bench.run(bench.program("subscribers", "write", path, str(count), kind, str(changed)))
    return path


def imported(bench: Bench, source: Path) -> tuple[Path, Run]:
    """A new store with what a list has, and what the import took."""
    empty = bench.folder / "subscribers-empty.db"
    if not empty.exists():
        bench.run(bench.numctl(empty, "init", "--name", "Acme"))
        for name in ("Sales", "Support"):
            bench.run(bench.numctl(empty, "org", "add", name))
    store = bench.folder / "subscribers.db"
    stores.copy(empty, store)
    return store, bench.run(bench.numctl(store, "import", str(source)))


def _rate(run: Run) -> str:
    return f"{COUNT / run.cpu:,.0f}/s"


def _at_rate(what: str, run: Run, reach: int) -> Line:
    return Line(what, _rate(run), "", "", f"{reach:,}/s", COUNT / run.cpu >= reach)


def _peak(what: str, run: Run) -> Line:
    return Line(what, mebibytes(run.peak), "", "", mebibytes(PEAK), run.peak <= PEAK)
