"""A standby that repeats a primary at once: what it answers, and its promotion while others go on writing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from numctl.core.actions.opening import open_store
from numctl.core.store.places import Address
from tests import on_server
from tests.conftest import FULL, Numctl, Promised
from tests.faults import auditing
from tests.faults.launcher import Launcher, Run
from tests.server import errands
from tests.server.errands import Errand

READS = """
search --all -o csv
search --count
show 14188980100
utilization --tree -o csv
org list -o csv
history -o jsonl
changes -o jsonl
history --verify
check
mail list -o json
search --all -o csv --at operation:60
utilization --tree -o csv --at operation:40
org list -o csv --at operation:30
report utilization --months 3 -o csv
""".strip().splitlines()
WRITERS = 4
FIRST = 15148000000


class Pair(NamedTuple):
    """A primary that answers a change once the standby has repeated it, and that standby."""

    primary: on_server.Server
    standby: on_server.Server

    @property
    def either(self) -> str:
        """The address of whichever takes changes."""
        both = f"host={self.primary.folder},{self.standby.folder}"
        address = self.primary.address("postgres")
        return f"{address.partition('?')[0]}?{both}&target_session_attrs=read-write"


@contextmanager
def paired() -> Iterator[Pair]:
    if on_server.programs() is None:
        pytest.skip("needs PostgreSQL: initdb")
    with ExitStack() as stack:
        primary = on_server.Server()
        stack.callback(primary.stop)
        standby = on_server.Server(primary)
        stack.callback(standby.stop)
        with psycopg.connect(primary.address("postgres"), autocommit=True) as driver:
            driver.execute(b"ALTER SYSTEM SET synchronous_commit = remote_apply")
            driver.execute(b"ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (*)'")
            driver.execute(b"SELECT pg_reload_conf()")
            waits = b"SELECT 1 FROM pg_stat_replication, pg_sleep(0.05) WHERE sync_state = 'sync'"
            while driver.execute(waits).fetchone() is None:
                pass
        yield Pair(primary, standby)


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """Two for the tests that leave them as they are."""
    with paired() as pair:
        yield pair


@pytest.fixture(scope="module")
def addresses(pair: Pair) -> tuple[str, str]:
    """The store of the demo on the primary, and on the standby."""
    from numctl.cli import program

    there, copied = (server.address("postgres") for server in pair)
    assert program.main(["--quiet", "--db", there, "demo"]) == 0
    return there, copied


def test_a_standby_answers_what_reads(numctl: Numctl, addresses: tuple[str, str], tmp_path: Path) -> None:
    there, copied = addresses
    for line in READS:
        ending = numctl("--db", copied, *line.split())
        assert ending == numctl("--db", there, *line.split())
        assert (ending.code, ending.err) == (0, ""), line
    assert numctl("--db", copied, "backup", tmp_path / "copy.db").code == 0
    assert numctl("--db", tmp_path / "copy.db", "check").out == numctl("--db", there, "check").out


def test_a_standby_repeats_a_change_before_it_is_answered(numctl: Numctl, addresses: tuple[str, str]) -> None:
    there, copied = addresses
    for n in range(20):
        assert numctl("--db", there, "reserve", "14188981190", "--tag", f"tag {n}").code == 0
        assert f"tag {n}" in numctl("--db", copied, "search", "14188981190").out
        assert numctl("--db", there, "unreserve", "14188981190").code == 0


CHANGES = """
reserve 14188981190 --tag x
org add North
undo
reserve 14188981190 --tag x --dry-run
demo
""".strip().splitlines()


def test_a_change_on_a_standby_is_refused_by_that_name(numctl: Numctl, addresses: tuple[str, str]) -> None:
    before = numctl("--db", addresses[0], "check")
    for line in CHANGES:
        ending = numctl("--db", addresses[1], *line.split())
        assert (ending.code, ending.out, ending.err.count("\n")) == (1, "", 1), ending
        assert "it is a standby" in ending.err
        assert "Nothing was changed" in ending.err
    assert numctl("--db", addresses[0], "check") == before


def test_no_store_is_made_on_a_standby(numctl: Numctl, addresses: tuple[str, str]) -> None:
    ending = numctl("--db", f"{addresses[1]}&options=-csearch_path%3Dother", "init", "--name", "Acme")
    assert ending.code == 1
    assert "it is a standby" in ending.err


def test_holds_that_a_standby_can_t_end_keep_nobody_from_reading(
    numctl: Numctl, addresses: tuple[str, str]
) -> None:
    there, copied = addresses
    with psycopg.connect(there, autocommit=True) as driver:
        driver.execute(b"UPDATE inventory SET due = '2026-01-01'")
    ending = numctl("--db", copied, "search", "--count")
    assert (ending.code, "Some holds have ended" in ending.err) == (0, True)
    assert numctl("--db", there, "search", "--count").out == ending.out  # and ends them
    assert numctl("--db", copied, "search", "--count").err == ""


def test_whoever_sits_at_a_terminal_is_told_that_it_is_one(
    numctl: Numctl, addresses: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    there, copied = addresses
    with open_store(Address(there)) as primary, open_store(Address(copied)) as standby:
        assert primary.hint == ""
        assert "standby" in standby.hint
    monkeypatch.setattr("numctl.output.messages.is_terminal", lambda stream: stream is sys.stderr)
    assert "standby" in numctl("--db", copied, "search", "--count").err
    assert "standby" not in numctl("--db", there, "search", "--count").err


@pytest.mark.parametrize("round", range(5 if FULL else 1))
def test_a_promotion_under_load_loses_and_doubles_nothing(
    round: int, launcher: Launcher, numctl: Numctl, tmp_path: Path, promised: Promised
) -> None:
    each = 40 if FULL else 10
    with paired() as pair:
        lines = ("init --name Acme", f"add {FIRST}+{WRITERS * each} --series pool")
        assert [numctl("--db", pair.either, *line.split()).code for line in lines] == [0, 0]
        writers = [
            Errand(
                pair.either,
                [["reserve", str(FIRST + writer * each + n), "--tag", f"{writer}"] for n in range(each)],
                f"writer {writer}",
            )
            for writer in range(WRITERS)
        ]

        def fail_over(runs: list[Run]) -> None:
            errands.until_done(pair.primary.address("postgres"), (round + 1) / 6, writers, runs)
            pair.primary.kill()
            pair.standby.promote()

        copy = tmp_path / "copy.db"
        with promised(2) as kept, promised(15) as once:
            kept.tried(*errands.run(launcher, writers, [fail_over]))
            assert numctl("--db", pair.either, "backup", copy).code == 0
            kept.tried(*errands.lost_or_doubled(copy, writers), *auditing.faults(copy))
            sound = [numctl("--db", pair.either, *line) for line in (("check",), ("history", "--verify"))]
            kept.tried(*[str(ending) for ending in sound if ending.code])
            made = errands.operations(pair.either) - len(lines)
            once.tried(*[f"{made} operations"] * (made != WRITERS * each))
        assert any(writer.starts > 1 for writer in writers), "nobody was struck"
