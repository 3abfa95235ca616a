"""A store of an older schema on a server is brought to this one: whole or not at all, the old tables kept."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from numctl import clock
from numctl.core.store import transfer
from numctl.core.store.file_connection import FileConnection
from numctl.core.store.places import Address
from numctl.core.store.server import tables
from numctl.core.store.server.connection import ServerConnection
from tests.conftest import Numctl

OLDER = Path(__file__).parents[1] / "stores" / "v2.db"


@pytest.fixture
def older(address: str) -> tuple[str, str]:
    """The address of a store as version 2 kept it, and the name of its schema."""
    name = address.rpartition("%3D")[2]
    with (
        closing(ServerConnection(Address(address).whole)) as connection,
        closing(sqlite3.connect(OLDER, factory=FileConnection)) as file,
        connection.driver.transaction(),
    ):
        connection.driver.execute(f"CREATE SCHEMA {name}".encode())
        for statement in tables.statements(name, 2):
            connection.driver.execute(statement.encode())
        connection.schema = name
        transfer.carry(file, connection, 2)
    return address, name


def test_it_is_upgraded_with_history_and_hashes_whole(
    numctl: Numctl, older: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, name = older
    moment = clock.now()
    file = tmp_path / "file.db"
    file.write_bytes(OLDER.read_bytes())
    for line in (("search", "--all", "-o", "csv"), ("history", "-o", "jsonl"), ("check",)):
        there, here = numctl("--db", address, *line), numctl("--db", file, *line)
        assert (there.code, there.out) == (here.code, here.out)
    heads = []
    for place in (address, str(file)):
        monkeypatch.setattr(clock, "now", lambda: moment)
        assert numctl("--db", place, "org", "add", "New").code == 0
        heads.append(numctl("--db", place, "check").out)
    assert heads[0] == heads[1]
    with psycopg.connect(address) as driver:
        driver.execute(f"SET search_path = {name}_v2_backup".encode())
        kept = driver.execute(b"SELECT version FROM numctl_schema").fetchone()
        count = driver.execute(b"SELECT count(*) FROM operation").fetchone()
    assert kept == (2,)
    assert count is not None
    assert count[0] > 10


def test_it_is_as_it_was_where_that_fails(numctl: Numctl, older: tuple[str, str]) -> None:
    address, name = older
    with pytest.MonkeyPatch.context() as patch:

        def carry(*given: object) -> None:
            raise psycopg.OperationalError("the connection is lost")

        patch.setattr(transfer, "carry", carry)
        assert numctl("--db", address, "search").code == 1
    with psycopg.connect(address) as driver:
        names = driver.execute(b"SELECT nspname FROM pg_namespace WHERE nspname LIKE '%backup%'").fetchall()
        version = driver.execute(b"SELECT version FROM numctl_schema").fetchone()
    assert version == (2,)
    assert (f"{name}_v2_backup",) not in names
    assert numctl("--db", address, "check").code == 0


def test_one_that_a_newer_numctl_wrote_is_left_alone(numctl: Numctl, older: tuple[str, str]) -> None:
    address, _ = older
    with psycopg.connect(address, autocommit=True) as driver:
        driver.execute(b"UPDATE numctl_schema SET version = version + 7")
    ending = numctl("--db", address, "search")
    assert ending.code == 12
    assert "newer numctl" in ending.err


def test_roles_read_on_in_the_new_tables(numctl: Numctl, older: tuple[str, str]) -> None:
    address, _ = older
    with psycopg.connect(address, autocommit=True) as owner:
        owner.execute(b"CREATE ROLE r_before LOGIN")
        owner.execute(b"CREATE TABLE numctl_role (name TEXT PRIMARY KEY, organization BIGINT, made BIGINT)")
        owner.execute(
            b"INSERT INTO numctl_role SELECT 'r_before', id, 1 FROM organization WHERE parent = 1 LIMIT 1"
        )
        assert numctl("--db", address, "org", "add", "New").code == 0
        (listed,) = json.loads(numctl("--db", address, "role", "list", "-o", "json").out)
        its = numctl("--db", address.replace("numctl_tests@", "r_before@"), "search", "--all", "-o", "csv")
        assert its.code == 0, its.err
        assert (
            its.out
            == numctl("--db", address, "--as", listed["organization"], *["search", "--all", "-o", "csv"]).out
        )
        assert numctl("--db", address, "role", "remove", "r_before").code == 0
        assert owner.execute(b"SELECT 1 FROM pg_roles WHERE rolname = 'r_before'").fetchone() is None
