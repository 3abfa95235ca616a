"""A store on a server: made, changed, read, checked, carried to a file and back, and what goes wrong."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest

from numctl import clock
from numctl.core.actions.opening import open_store
from numctl.core.errors import Failed
from numctl.core.store.file_connection import FileConnection
from numctl.core.store.places import Address
from tests import on_server
from tests.conftest import Numctl


@pytest.fixture
def made(numctl: Numctl, address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The store of the demo on a server, in use by ``numctl``."""
    monkeypatch.setenv("NUMCTL_DB", address)
    assert numctl("demo").code == 0
    return address


def exported(numctl: Numctl, *where: str) -> list[str]:
    """All that a store tells of its numbers, its catalog and its history."""
    lines = ("search --all -o csv", "org list -o csv", "series list -o csv", "user list -o csv")
    others = ("history -o jsonl", "changes -o jsonl", "report utilization -o csv", "mail list -o json")
    endings = [numctl(*where, *line.split()) for line in (*lines, *others)]
    assert [ending.code for ending in endings] == [0] * len(endings)
    return [ending.out for ending in endings]


def test_init_makes_one_and_refuses_another(numctl: Numctl, address: str, monkeypatch) -> None:
    monkeypatch.setenv("NUMCTL_DB", address)
    assert numctl("search").code == 10
    assert numctl("init", "--name", "Acme", "--dry-run").code == 0
    assert numctl("search").code == 10
    assert numctl("init", "--name", "Acme").code == 0
    assert numctl("init", "--name", "Acme").code == 6
    assert numctl("check").code == 0


def test_the_same_commands_leave_the_same_hashes_as_in_a_file(
    numctl: Numctl, made: str, tmp_path: Path, monkeypatch
) -> None:
    file = tmp_path / "file.db"
    assert numctl("copy", made, file).code == 0
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    changes = (
        "reserve --series 1418 --quantity 30 --tag fair",
        "allocate --series 1418 --quantity 50 --to Sales",
        "label 14188981150..14188981199 site=Paris",
        "org add North --parent Sales",
        "move 14188981170..14188981180 --to North",
        "assign 14188981190 --user Zoe",
        "undo",
        "remove 14188981195 --reason ported",
    )
    for line in changes:
        for place in (made, str(file)):
            ending = numctl("--db", place, *line.split())
            assert ending.code == 0, ending.err
    assert exported(numctl, "--db", made) == exported(numctl, "--db", str(file))
    heads = [numctl("--db", place, "check").out for place in (made, str(file))]
    assert heads[0] == heads[1]


def test_copy_carries_a_store_there_and_back(numctl: Numctl, made: str, tmp_path: Path) -> None:
    file, again = tmp_path / "file.db", made.replace("search_path%3D", "search_path%3Dagain_")
    (answer,) = json.loads(numctl("copy", made, file, "-o", "json").out)
    assert answer["head_from"] == answer["head_to"]
    assert answer["operations"] > 100
    assert numctl("copy", file, again).code == 0
    before = exported(numctl)
    assert exported(numctl, "--db", str(file)) == before
    assert exported(numctl, "--db", again) == before
    assert [numctl("--db", place, "check").code for place in (made, file, again)] == [0, 0, 0]
    assert numctl("copy", file, again).code == 6
    assert numctl("copy", made, file).code == 6
    assert numctl("--db", again, "org", "add", "New").code == 0


def test_a_backup_of_a_server_is_a_file(numctl: Numctl, made: str, tmp_path: Path) -> None:
    assert numctl("backup", tmp_path / "copy.db").code == 0
    assert numctl("--db", tmp_path / "copy.db", "check").out == numctl("check").out


def test_the_past_is_as_it_was(numctl: Numctl, made: str) -> None:
    before = numctl("search", "--all", "-o", "csv").out
    last = json.loads(numctl("history", "--limit", "1", "-o", "json").out)[0]["operation"]
    assert numctl("reserve", "--series", "1418", "--quantity", "9", "--tag", "later").code == 0
    assert numctl("search", "--all", "-o", "csv", "--at", f"operation:{last}").out == before
    assert numctl("search", "--all", "-o", "csv").out != before


def test_a_lock_that_lasts_is_reported_and_readers_pass(numctl: Numctl, made: str) -> None:
    with psycopg.connect(made) as other:
        other.execute("SELECT FROM inventory FOR UPDATE")
        assert numctl("--lock-timeout", "0.2", "reserve", "14188981199", "--tag", "x").code == 11
        assert numctl("search", "--limit", "1").code == 0


def test_a_writer_that_is_killed_leaves_nothing(numctl: Numctl, made: str) -> None:
    line = "import os, signal, numctl.core.changes.operation as it\n"
    line += "it.Operation.finish = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
    line += "from numctl.cli.program import main; main(['reserve', '14188981199', '--tag', 'x'])"
    killed = subprocess.run([sys.executable, "-c", line], env={**os.environ}, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert "available" in numctl("search", "14188981199").out
    assert numctl("reserve", "14188981199", "--tag", "x").code == 0
    assert numctl("check").code == 0


def test_nobody_at_the_address_is_said_without_the_password(numctl: Numctl, tmp_path: Path) -> None:
    ending = numctl("--db", f"postgresql://jo:canary@/numbers?host={tmp_path}&password=canary2", "search")
    assert ending.code == 1
    assert "could not be reached" in ending.err
    assert "canary" not in ending.err


def test_a_change_that_the_server_gave_up_is_not_acknowledged(numctl: Numctl, made: str) -> None:
    with (
        open_store(Address(made)) as store,
        pytest.raises(Failed, match="did not keep the change"),
        store.writing() as connection,
        contextlib.suppress(psycopg.Error),
    ):
        connection.execute("SELECT nothing FROM nowhere").fetchone()
    assert numctl("check").code == 0


def test_a_copy_that_lacks_something_is_not_kept(numctl: Numctl, made: str, tmp_path: Path) -> None:
    real = FileConnection.put

    def put(connection: FileConnection, into: str, rows: Sequence[tuple[Any, ...]]) -> None:
        real(connection, into, rows[:-1] if into.startswith('"span"') else rows)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(FileConnection, "put", put)
        ending = numctl("copy", made, tmp_path / "copy.db")
    assert ending.code == 1, ending.err
    assert "Nothing was kept" in ending.err
    assert not [*tmp_path.glob("copy.db*")]


def test_a_lost_connection_is_no_bug(numctl: Numctl, made: str, server: on_server.Server) -> None:
    from numctl.core.actions import inventory

    real = inventory.add

    def add(*these: Any) -> None:
        with psycopg.connect(server.address("postgres"), autocommit=True) as other:
            named = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'numctl'"
            other.execute(named.encode())
        real(*these)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(inventory, "add", add)
        ending = numctl("add", "14188990000+10", "--series", "1418")
    assert ending.code == 1, ending.err
    assert numctl("search", "14188990000", "--count").out.strip() == "0"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE span SET more = more + 1 WHERE first = 14188980150", "overlap"),
        ("UPDATE tally SET n = n + 1 WHERE n > 100", "count"),
        ("UPDATE operation SET message = 'x' WHERE id = 5", "its hash differs"),
        (
            "UPDATE span SET state = 99999 WHERE first = (SELECT max(first) FROM span)",
            "state that isn't there",
        ),
        ("DROP INDEX span_state", "The index span_state is missing."),
        ("DROP TABLE label_piece", "Labels can't be read"),
        ("ALTER TABLE extent ADD COLUMN more bigint", "The table extent is not what it should be."),
    ],
)
def test_check_finds_what_was_done_by_hand(numctl: Numctl, made: str, statement: str, said: str) -> None:
    with psycopg.connect(made, autocommit=True) as driver:
        driver.execute(statement.encode())
    ending = numctl("check")
    assert ending.code == 12
    assert said.lower() in (ending.out + ending.err).lower()


def test_tests_that_name_a_file_can_have_it_on_a_server(server: on_server.Server, tmp_path: Path) -> None:
    """What ``make test-server`` goes by: no store is in a file then."""
    script = (
        "import os, sys\n"
        "from tests import on_server\n"
        "on_server.take_over()\n"
        "from numctl.cli import program\n"
        "from pathlib import Path\n"
        "path = Path(sys.argv[1])\n"
        "program.main(['--db', str(path), 'init', '--name', 'Acme', '--quiet'])\n"
        "print(on_server.has(path), path.exists())\n"
    )
    env = {**os.environ, on_server.SOCKET: str(server.folder), "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", script, str(tmp_path / "inventory.db")]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split()[-2:] == ["True", "False"]
