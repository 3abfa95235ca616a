"""A million numbers of which 60 % have a user of their own, and as many with a label of their own.

By the processor's time: whole commands, start-up included.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks import stores
from benchmarks.measuring import Bench, Run
from benchmarks.report import Line, mebibytes
from benchmarks.subscribers import FIRST

COUNT = 1_000_000
SHARE, BYTES, PEAK = 0.6, 140, 150 * 2**20
UNDONE, CHECKED, LISTED, COMPARED = 120_000, 200_000, 600_000, 250_000
LABELLED = 0.5
USED = 100_000


def measure(bench: Bench) -> list[Line]:
    return [*_users(bench), *_pages(bench), *_labels(bench)]


def _users(bench: Bench) -> list[Line]:
    source = written(bench, "users")
    peer = bench.folder / "subscribers-rows.db"
    theirs = bench.run(bench.program("subscribers", "read", source, peer))
    store, imported = _imported(bench, source)
    size, rows = store.stat().st_size / COUNT, peer.stat().st_size / COUNT
    peer.unlink()
    share = theirs.cpu / imported.cpu
    inserted = _by_sqlite_utils(bench, source)
    return [
        Line(
            "import a million numbers, 60 % with a user of their own",
            _rate(imported),
            f"{_rate(theirs)} (a script: a row per number, users, history)",
            f"{share:.2f}",
            f"{SHARE:.2f}",
            share >= SHARE,
        ),
        Line(
            "the same, against sqlite-utils insert and its index on users, without history",
            _rate(imported),
            _rate(inserted),
            f"{inserted.cpu / imported.cpu:.2f}",
        ),
        Line("the same: bytes a number", f"{size:.0f}", f"{rows:.0f}", "", str(BYTES), size <= BYTES),
        _peak("the same: peak memory", imported),
        *_with_it(bench, store),
    ]


def _with_it(bench: Bench, store: Path) -> list[Line]:
    """What is done with the inventory that was imported, which is gone then but for a copy."""
    changed = written(bench, "users", 5)
    checked = bench.run(bench.numctl(store, "check"))
    listed = bench.run(bench.numctl(store, "search", "--all", "-o", "csv"), bench.folder / "listed.csv")
    compared = bench.run(bench.numctl(store, "diff", str(changed), "-o", "csv"))
    copy = stores.copied(store)
    synced = bench.run(bench.numctl(copy, "sync", str(changed), "--force"))
    copy.unlink()
    shutil.copyfile(store, bench.folder / "subscribers-kept.db")
    undone = bench.run(bench.numctl(store, "undo"))
    store.unlink()
    return [
        _at_rate("undo of it", undone, UNDONE),
        _peak("the same: peak memory", undone),
        _at_rate("check of it", checked, CHECKED),
        _at_rate("list it as CSV", listed, LISTED),
        _at_rate("diff it with a list, 5 % changed", compared, COMPARED),
        _at_rate("sync it to that list", synced, COMPARED),
    ]


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
    times = {}
    for kind in ("run", "labels", "users", "both"):
        store, times[kind] = _imported(bench, written(bench, kind))
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
        Line(
            "import a million subscribers with a label of their own, against those without",
            _rate(times["both"]),
            _rate(times["users"]),
            f"{both:.2f}",
            f"{LABELLED:.2f}",
            both >= LABELLED,
        ),
    ]


def written(bench: Bench, kind: str, changed: int = 0) -> Path:
    """The list of a kind (see ``subscribers.KINDS``), with some per cent of its users changed."""
    path = bench.folder / f"subscribers-{kind}-{changed}.csv"
    if not path.exists():
        bench.run(bench.program("subscribers", "write", path, str(COUNT), kind, str(changed)))
    return path


def _imported(bench: Bench, source: Path) -> tuple[Path, Run]:
    empty = bench.folder / "subscribers-empty.db"
    if not empty.exists():
        bench.run(bench.numctl(empty, "init", "--name", "Acme"))
        for name in ("Sales", "Support"):
            bench.run(bench.numctl(empty, "org", "add", name))
    store = bench.folder / "subscribers.db"
    shutil.copyfile(empty, store)
    return store, bench.run(bench.numctl(store, "import", str(source)))


def _rate(run: Run) -> str:
    return f"{COUNT / run.cpu:,.0f}/s"


def _at_rate(what: str, run: Run, reach: int) -> Line:
    return Line(what, _rate(run), "", "", f"{reach:,}/s", COUNT / run.cpu >= reach)


def _peak(what: str, run: Run) -> Line:
    return Line(what, mebibytes(run.peak), "", "", mebibytes(PEAK), run.peak <= PEAK)
