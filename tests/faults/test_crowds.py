"""Promises 4, 5, 6 and 20: many on one store, readers that pause, locks that last, backups under load."""

from __future__ import annotations

import csv
import io
import json
import signal
import sqlite3
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic

import pytest

from tests.conftest import FULL, Promised, Shell
from tests.faults import auditing, sample
from tests.faults.conftest import Fresh
from tests.faults.launcher import Launcher, Run

PROCESSES = 16
MOST = 1_000  # searches beside one import, which ends long before


def test_no_number_is_given_out_twice(launcher: Launcher, fresh: Fresh, promised: Promised) -> None:
    rounds = 200 if FULL else 4
    store = fresh()
    add = launcher.run("--db", store, "add", "15148000000+20000", "--series", "pool")
    assert add.code == 0, add
    allocate = [
        "--db",
        store,
        "-o",
        "jsonl",
        "allocate",
        "--series",
        "pool",
        "--quantity",
        "3",
        "--to",
        "Support",
    ]
    assign = ["--db", store, "-o", "jsonl", "assign", "--series", "pool", "--user", "Someone"]
    crowd = [launcher.start(*[allocate, assign] * rounds) for _ in range(PROCESSES)]
    with promised(4) as promise:
        given: Counter[int] = Counter()
        for run in crowd:
            ended = run.wait()
            answers = [json.loads(line) for line in ended.out.splitlines()]
            for answer in answers:
                for part in answer["ranges"]:
                    given.update(range(int(part["first"]), int(part["last"]) + 1))
            promise.tried(*[str(ended)] * (ended.code != 0 or len(answers) != 2 * rounds))
        for number, times in given.items():
            promise.tried(*[f"{number} was given out {times} times"] * (times > 1))
        promise.tried(*[f"{len(given)} were given out"] * (len(given) != PROCESSES * rounds * 4))
        promise.tried(*auditing.faults(store))


def test_lists_stay_whole_while_someone_writes(
    launcher: Launcher, fresh: Fresh, tmp_path: Path, promised: Promised
) -> None:
    store = fresh()
    numbers = tmp_path / "numbers.csv"
    blocks = 2_000
    numbers.write_text("first,last\n" + "".join(f"1515{n:05}00,1515{n:05}09\n" for n in range(blocks)))
    imports = ["--db", store, "import", numbers, "--series", "new"]
    before, after = 1000, 1000 + 10 * blocks
    with promised(5) as promise:

        def searched() -> int:
            ended = launcher.run("--db", store, "search", "--all", "-o", "csv", "--ranges")
            total = sum(int(row["count"]) for row in csv.DictReader(io.StringIO(ended.out)))
            whole = ended.code == 0 and total in (before, after)
            promise.tried(*[f"{total} numbers: {ended.code} {ended.err}"] * (not whole))
            return total

        for _ in range(10 if FULL else 2):
            store.unlink()
            sample.make(store)
            assert searched() == before
            writer = launcher.start(imports)
            seen = [searched()]
            while seen[-1] == before and len(seen) < MOST:
                seen.append(searched())
            promise.tried(*[str(ended) for ended in [writer.wait()] if ended.code])
            assert seen[-1] == after


def test_a_paused_reader_holds_nobody_up(shell: Shell, fresh: Fresh, promised: Promised) -> None:
    store = fresh()
    shell("--db", store, "add", "15150000000+100000", "--series", "many", check=True)
    with promised(5) as promise:
        for format in ("csv", "tsv", "json"):
            # The pipe is full long before the list ends, and nobody reads on until the change is made.
            change = f"numctl --lock-timeout 0 series add new-{format} >/dev/null; echo $? >&2"
            reader = f"{{ read -r first; {change}; cat >/dev/null; }}"
            done = shell(
                f"numctl search --all -o {format} | {reader}", line=True, env={"NUMCTL_DB": str(store)}
            )
            promise.tried(*[f"{format}: {done}"] * (done.stderr != "0\n"))


@pytest.mark.parametrize("lock", ["IMMEDIATE", "EXCLUSIVE"])
def test_a_lock_that_lasts_is_reported(
    lock: str, launcher: Launcher, fresh: Fresh, promised: Promised
) -> None:
    store = fresh()
    with promised(6) as promise, closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute(f"BEGIN {lock}")
        lines = [["series", "add", "new"], ["series", "add", "new", "--as", "Acme"]]
        lines += [["search"], ["utilization"]] * (lock == "EXCLUSIVE")
        for line in lines:
            for timeout, most in (("1", 2.0), ("0", 1.0))[0 if FULL or line is lines[-1] else 1 :]:
                began = monotonic()
                ended = launcher.run("--db", store, "--lock-timeout", timeout, *line)
                took = monotonic() - began
                fine = ended.code == 11 and took < most and ended.err.count("\n") == 1
                promise.tried(*[f"{line} after {took:.1f} s: {ended}"] * (not fine))


@pytest.mark.parametrize("lock", ["IMMEDIATE", "EXCLUSIVE"])
def test_an_interruption_ends_the_wait(
    lock: str, launcher: Launcher, fresh: Fresh, promised: Promised
) -> None:
    store = fresh()
    with promised(6) as promise, closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute(f"BEGIN {lock}")
        for line in [["series", "add", "new"], ["search"]][: 1 + (lock == "EXCLUSIVE")]:
            run = launcher.start(["--db", store, "--lock-timeout", "300", *line])
            opened(run, store)
            began = monotonic()
            run.signal(signal.SIGINT)
            ended = run.wait()
            fine = ended.code == 130 and monotonic() - began < 1 and not ended.out + ended.err
            promise.tried(*[f"{line}: {ended}"] * (not fine))


def opened(run: Run, store: Path) -> None:
    """Return once the process has the store open: it waits for the lock now, or is about to."""
    process = Path("/proc", str(run.pid))
    while (stat := (process / "stat").read_text()) and ") Z " not in stat:
        for descriptor in (process / "fd").iterdir():
            with suppress(FileNotFoundError):
                if descriptor.readlink() == store:
                    return
    raise AssertionError("it ended without opening the store")


def test_a_backup_under_load_is_a_good_store(
    launcher: Launcher, fresh: Fresh, tmp_path: Path, promised: Promised
) -> None:
    store = fresh()
    change = [["--db", store, "reserve", sample.text(400, 449), "--tag", "x"], ["--db", store, "undo"]]
    with promised(20) as promise:
        for round in range(5 if FULL else 1):
            writers = [launcher.start(*change * 40) for _ in range(1)]
            for n in range(10):
                copy = tmp_path / f"backup{round}-{n}.db"
                done = launcher.run("--db", store, "backup", copy)
                checked = launcher.run("--db", copy, "check")
                wrong = [str(ended) for ended in (done, checked) if ended.code]
                promise.tried(*wrong, *(auditing.faults(copy) if copy.exists() else ()))
            for writer in writers:
                promise.tried(*[str(ended) for ended in [writer.wait()] if ended.code])
