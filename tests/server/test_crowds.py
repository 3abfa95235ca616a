"""Promises 1, 2, 4, 5, 6 and 15 on a server at the end of a slow line.

Many at once, who are killed and cut off, and whose server falls; and a commit whose answer never came.
"""

from __future__ import annotations

import csv
import io
import json
import random
import signal
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from tests import on_server
from tests.conftest import FULL, Numctl, Promised
from tests.faults import auditing
from tests.faults.launcher import Launcher, Run
from tests.server import errands
from tests.server.errands import Errand
from tests.server.line import Line

PROCESSES = 16
POOL = 20_000  # numbers
FAR = 0.02  # seconds there and back
EACH = 12 if FULL else 2  # changes of a process
ROUNDS = 3 if FULL else 1  # of each disturbance
ALLOCATE = ["allocate", "--series", "pool", "--quantity", "3", "--to", "Support"]
ASSIGN = ["assign", "--series", "pool", "--user", "Someone"]


@pytest.fixture
def pool(numctl: Numctl, address: str) -> str:
    """The address of a store with a pool of numbers."""
    lines = ("init --name Acme", "org add Support", f"add 15148000000+{POOL} --series pool")
    assert [numctl("--db", address, *line.split()).code for line in lines] == [0, 0, 0]
    return address


@pytest.fixture
def far(pool: str, line: Line, server: on_server.Server) -> str:
    """The same at the other end of a slow line."""
    line.delay = FAR
    return pool.replace(str(server.folder), str(line.folder))


def test_a_crowd_that_is_struck_loses_and_doubles_nothing(
    launcher: Launcher,
    numctl: Numctl,
    pool: str,
    far: str,
    server: on_server.Server,
    tmp_path: Path,
    promised: Promised,
) -> None:
    crowd = [Errand(far, [ALLOCATE, ASSIGN] * (EACH // 2), f"client {n}") for n in range(PROCESSES)]
    strikes = _Strikes(launcher, pool, far, server, crowd)
    copy = tmp_path / "copy.db"
    with ExitStack() as promises:
        whole, kept, single, lists, once = [promises.enter_context(promised(n)) for n in (1, 2, 4, 5, 15)]
        wrong = errands.run(launcher, crowd, strikes.all * ROUNDS)
        single.tried(*wrong)
        assert numctl("--db", pool, "backup", copy).code == 0
        whole.tried(*auditing.faults(copy))
        whole.tried(*[str(ending) for ending in [numctl("--db", pool, "check")] if ending.code])
        kept.tried(*errands.lost_or_doubled(copy, crowd))
        (made,) = auditing.rows(copy, "SELECT count(*) FROM operation WHERE op_key IS NOT NULL")[0]
        once.tried(*[f"{made} operations"] * (made != PROCESSES * EACH))
        given = errands.given(crowd)
        single.tried(*[f"{number} {times} times" for number, times in given.items() if times > 1])
        single.tried(*[f"{len(given)} were given out"] * (len(given) != PROCESSES * EACH * 2))
        lists.tried(*strikes.torn)
    assert sum(client.starts > 1 for client in crowd) > PROCESSES // 4, "hardly anybody was struck"


class _Strikes:
    """What happens to a crowd, each when a third of what is left has been done; meanwhile others read."""

    def __init__(
        self, launcher: Launcher, near: str, far: str, server: on_server.Server, crowd: list[Errand]
    ) -> None:
        self._launcher, self._near, self._far, self._server, self._crowd = launcher, near, far, server, crowd
        self._dice = random.Random(7)  # noqa: S311 - a throw of the dice, the same each time
        self.all = [self._struck(one) for one in (self._kill_and_cut_off, self._fall)]
        self.torn: list[str] = []

    def _struck(self, strike: Callable[[list[Run]], None]) -> errands.Disturbance:
        def disturb(runs: list[Run]) -> None:
            search = ["--db", self._far, "search", "--all", "-o", "csv", "--ranges"]
            readers = [self._launcher.start(search) for _ in range(2)]
            errands.until_done(self._near, 1 / 3, self._crowd, runs)
            strike(runs)
            for ended in [reader.wait() for reader in readers]:
                total = sum(int(row["count"]) for row in csv.DictReader(io.StringIO(ended.out)))
                refused = ended.code == 1 and not ended.out and errands.EXPECTED.search(ended.err)
                if not refused and (ended.code, total) != (0, POOL):
                    self.torn.append(f"{total} numbers: {ended.code} {ended.err}")

        return disturb

    def _kill_and_cut_off(self, runs: list[Run]) -> None:
        for run in self._dice.sample(runs, len(runs) // 3):
            run.signal(signal.SIGKILL)
        with psycopg.connect(self._near, autocommit=True) as connection:
            connection.execute(
                b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                b" WHERE application_name = 'numctl' AND pid % 2 = 0"
            )

    def _fall(self, _: list[Run]) -> None:
        self._server.fall()
        self._server.start()


def test_a_lock_that_lasts_is_reported_over_a_slow_line(
    launcher: Launcher, pool: str, far: str, promised: Promised
) -> None:
    with promised(6) as promise, psycopg.connect(pool) as other:
        other.execute(b"SELECT FROM inventory FOR UPDATE")
        for timeout in ("0", "0.5"):
            for line in (ALLOCATE, ["series", "add", "new"]):
                ended = launcher.run("--db", far, "--lock-timeout", timeout, *line)
                promise.tried(*[f"{line}: {ended}"] * (ended.code != 11 or ended.err.count("\n") != 1))
        ended = launcher.run("--db", far, "search", "--count")
        promise.tried(*[str(ended)] * (ended.out != f"{POOL}\n"))


@pytest.mark.parametrize(("breaks", "was_done"), [("asked", 0), ("answered", 1)])
@pytest.mark.parametrize("command", ["allocate", "batch", "org add"])
def test_a_commit_whose_answer_never_came_may_have_been_done(
    command: str,
    breaks: str,
    was_done: int,
    launcher: Launcher,
    pool: str,
    far: str,
    line: Line,
    tmp_path: Path,
    promised: Promised,
) -> None:
    steps = tmp_path / "steps.jsonl"
    steps.write_text('{"action": "reserve", "numbers": ["15148000001"], "tag": "t"}\n')
    lines = {"allocate": ALLOCATE, "batch": ["batch", str(steps)], "org add": ["org", "add", "North"]}
    keyed = ["--db", far, "-o", "json", *lines[command], "--op-key", "once"]
    before = errands.operations(pool)
    with promised(2) as kept, promised(15) as once:
        line.breaks = breaks
        ended = launcher.run(*keyed)
        fine = (ended.code, ended.out) == (1, "") and "may have been done" in ended.err
        kept.tried(*[str(ended)] * (not fine or "Traceback" in ended.err))
        assert line.breaks == "", "the line did not break"
        again = [launcher.run(*keyed) for _ in range(2)]
        done = errands.operations(pool) - before
        once.tried(*[str(ended) for ended in again if ended.code], *[f"{done} operations"] * (done != 1))
        (first,), (second,) = (json.loads(ended.out) for ended in again)
        once.tried(*["the answers differ"] * (first["operation"] != second["operation"]))
