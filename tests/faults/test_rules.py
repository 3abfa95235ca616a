"""Promise 10: illegal rows can't be written, even by hand; what SQLite can't refuse, ``check`` finds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from numctl.core.check import plain, replay
from numctl.core.store.file_connection import FileConnection
from tests.conftest import Promised
from tests.faults import auditing, sample
from tests.faults.conftest import Fresh
from tests.faults.launcher import Launcher

FIRST = sample.FIRST
WRONG_TYPES = {"INTEGER": "'x'", "TEXT": "x'00'", "BLOB": "'x'"}  # text takes in numbers, as text

RESERVED = (
    "INSERT INTO state (series, organization, status, tag, folded, until) SELECT 1, 1, 'reserved', * FROM"
)

# One for each rule of the schema beside types, NULLs and references.
REFUSED = [
    "UPDATE organization SET basis = 'above'",
    "UPDATE organization SET aging = -1",
    "UPDATE organization SET intermediate = 2",
    "UPDATE series SET aging = 3651",
    "UPDATE series SET retired = 2",
    "INSERT INTO state (series, organization, status) VALUES (1, 1, 'aging')",
    "INSERT INTO state (series, organization, status, tag, until, folded)"
    " VALUES (1, 1, 'aging', 'x', '2099-01-01', 'x')",
    "UPDATE catalog_change SET kind = 'lost'",
    "UPDATE label SET written = ''",
    f"UPDATE label SET written = '{'x' * 257}'",
    f"INSERT INTO label_span VALUES ({FIRST + 9}, 3, 1)",
    "UPDATE label_span SET more = -1",
    "UPDATE label_piece SET before = NULL, after = NULL",
    "UPDATE catalog_change SET before = NULL, after = NULL",
    "INSERT INTO inventory (id, created_at) VALUES (2, '')",
    "UPDATE organization SET name = ''",
    "UPDATE organization SET name = 'a/b'",
    "UPDATE organization SET folded = ''",
    "UPDATE organization SET threshold = 101",
    "UPDATE organization SET threshold = -1",
    "UPDATE organization SET retired = 2",
    "UPDATE organization SET parent = id",
    "UPDATE organization SET retired = 1 WHERE parent IS NULL",
    "INSERT INTO organization (parent, name, folded) VALUES (NULL, 'Second', 'second')",
    "INSERT INTO organization (parent, name, folded) SELECT parent, name, folded FROM organization",
    "INSERT INTO administrator VALUES (1, 7, 'no-at-sign')",
    "INSERT INTO administrator VALUES (1, 0, 'twice@acme.example')",
    "UPDATE series SET name = ''",
    "UPDATE series SET folded = ''",
    "INSERT INTO series (name, folded) VALUES ('1418', '1418')",
    "INSERT INTO state (series, organization, status) VALUES (1, 1, 'lost')",
    "INSERT INTO state (series, organization, status) VALUES (1, 1, 'reserved')",
    "INSERT INTO state (series, organization, status, tag, folded) VALUES (1, 1, 'available', 'x', 'x')",
    "INSERT INTO state (series, organization, status, tag) VALUES (1, 1, 'reserved', 'x')",
    f"{RESERVED} (VALUES ('{'x' * 65}', 'x', ''))",
    f"{RESERVED} (VALUES ('x', 'x', '2026-02-30'))",
    f"{RESERVED} (VALUES ('x', 'x', 'soon'))",
    "INSERT INTO state (series, organization, status, until) VALUES (1, 1, 'available', '2026-02-01')",
    "INSERT INTO state (series, organization, status) SELECT series, organization, status FROM state",
    "UPDATE state SET tag = 'other' WHERE tag <> ''",
    "INSERT INTO span VALUES (99, 0, 1)",
    "INSERT INTO span VALUES (1000000000000000, 0, 1)",
    "INSERT INTO span VALUES (9990, 20, 1)",
    "INSERT INTO span VALUES (5002, -1, 1)",
    f"INSERT INTO span VALUES ({FIRST + 999}, 2, 1)",
    f"INSERT INTO span VALUES ({FIRST - 1}, 1, 1)",
    f"INSERT INTO span VALUES ({FIRST + 301}, 1, 1)",
    f"INSERT INTO span VALUES ({FIRST - 5}, 2005, 1)",
    f"UPDATE span SET more = 999 WHERE first = {FIRST}",
    f"UPDATE span SET more = more - 1, first = first + 1 WHERE first = {FIRST}",
    "UPDATE extent SET last = first - 1",
    "UPDATE extent SET last = last * 10",
    "UPDATE tally SET n = -1",
    "UPDATE tally SET status = 'lost'",
    "INSERT INTO tally SELECT * FROM tally",
    "UPDATE user SET name = '', folding = 'x'",
    "UPDATE user SET folding = ''",
    "INSERT INTO user (organization, name, folding) SELECT organization, name, folding FROM user",
    "UPDATE detail SET user = NULL WHERE user IS NOT NULL",
    "UPDATE detail SET forward_to = 3999 WHERE user IS NOT NULL",
    "UPDATE detail SET forward_to = number WHERE forward_to IS NOT NULL",
    "UPDATE detail SET forward_to = 99 WHERE forward_to IS NOT NULL",
    "UPDATE operation SET action = ''",
    "UPDATE operation SET count = -1",
    "UPDATE operation SET op_key = 'same'",
    "UPDATE piece SET more = -1",
    "UPDATE piece SET before = NULL, after = NULL",
    "INSERT INTO piece (operation, position, first, more, after) VALUES (6, 1, 3999, 0, 1)",
    "UPDATE message SET kind = 'junk'",
    "UPDATE message SET state = 'lost'",
    "UPDATE message SET state = 'sent'",
    "UPDATE message SET sent_at = '2026-01-01'",
    "UPDATE message SET attempts = -1",
    "UPDATE message SET message_id = 'same'",
    "UPDATE request SET quantity = 0",
    "UPDATE usage SET day = '2026-13-01'",
    "UPDATE usage SET data = -1",
    "UPDATE usage SET messages_sent = -1",
    "UPDATE usage SET messages_received = -1",
    "UPDATE usage SET voice_incoming = -1",
    "UPDATE usage SET voice_outgoing = -1",
    "INSERT INTO usage SELECT * FROM usage",
]

# What `check` must find; written without foreign keys, as a careless hand would.
FOUND = [
    "UPDATE message SET subject = 'other' WHERE operation IS NOT NULL",
    """UPDATE message SET recipients = '["x@y.example"]'""",
    "DELETE FROM message",
    "UPDATE organization SET threshold = 81 WHERE id = 2",
    "UPDATE organization SET aging = 5 WHERE id = 2",
    "UPDATE administrator SET email = 'other@acme.example'",
    "INSERT INTO administrator VALUES (3, 0, 'new@acme.example')",
    "UPDATE series SET description = 'other'",
    "UPDATE series SET aging = 3 WHERE id = 1",
    "UPDATE catalog_change SET after = replace(after, 'Sales', 'Lab')",
    "DELETE FROM catalog_change",
    "UPDATE span SET state = 99 WHERE first = (SELECT min(first) FROM span)",
    "UPDATE span SET state = (SELECT max(id) FROM state) WHERE first = (SELECT min(first) FROM span)",
    "DELETE FROM span WHERE first = (SELECT min(first) FROM span)",
    "UPDATE span SET more = more - 1 WHERE more > 0",
    "INSERT INTO span VALUES (3999, 0, 1)",
    "UPDATE span SET more = more - 1 WHERE first = (SELECT max(first) FROM span);"
    " INSERT INTO span SELECT last + 1, 0, state FROM span ORDER BY first DESC LIMIT 1",
    "UPDATE tally SET n = n + 1",
    "DELETE FROM tally",
    "INSERT INTO tally VALUES (4, 1, 'in-use', 5)",
    "DELETE FROM extent",
    "UPDATE extent SET last = last - 1",
    "INSERT INTO extent VALUES (3999, 3999)",
    "DELETE FROM detail WHERE user IS NOT NULL",
    "DELETE FROM detail WHERE forward_to IS NOT NULL",
    f"INSERT INTO detail VALUES ({FIRST + 500}, 1, NULL)",
    "INSERT INTO detail VALUES (3999, 1, NULL)",
    "UPDATE detail SET user = 99 WHERE user IS NOT NULL",
    f"INSERT INTO detail VALUES ({FIRST + 300}, NULL, {FIRST + 301}), ({FIRST + 301}, NULL, {FIRST + 300})",
    "UPDATE organization SET parent = 3 WHERE id = 2",
    "UPDATE organization SET parent = 99 WHERE id = 3",
    "UPDATE organization SET retired = 1 WHERE id = 2",
    "UPDATE organization SET folded = 'other' WHERE id = 2",
    "DELETE FROM organization WHERE id = 3",
    "DELETE FROM series WHERE id = 2",
    "UPDATE operation SET message = 'edited' WHERE id = 7",
    "UPDATE operation SET actor = 'edited' WHERE id = 1",
    "UPDATE operation SET count = count + 1 WHERE id = 7",
    "UPDATE operation SET hash = x'00' WHERE id = 9",
    "UPDATE operation SET undone_by = 3 WHERE id = 7",
    "UPDATE operation SET acting_as = 99 WHERE id = 7",
    "DELETE FROM operation WHERE id = 6",
    "DELETE FROM operation",
    "DELETE FROM piece WHERE operation = 7",
    "UPDATE piece SET more = more - 1 WHERE operation = 7",
    "UPDATE piece SET after = before WHERE operation = 7",
    "UPDATE piece SET ahead = 5 - position WHERE operation = 7",
    "DELETE FROM detail_change",
    "UPDATE detail_change SET user_after = 99 WHERE user_after IS NOT NULL",
    "UPDATE message SET operation = 99",
    "UPDATE message SET recipients = 'not json'",
    "UPDATE message SET facts = '{'",
    "UPDATE operation SET facts = '[' WHERE id = 15",
    "DELETE FROM inventory",
    "DROP TRIGGER span_insert",
    "DROP INDEX span_state",
    "DROP TABLE request",
]


@pytest.fixture
def filled(fresh: Fresh) -> Path:
    """A store with a row in every table."""
    store = fresh()
    auditing.rows(
        store, "INSERT INTO request (at, organization, quantity) VALUES ('2026-01-05T08:00:00Z', 1, 5)"
    )
    auditing.rows(store, f"INSERT INTO usage VALUES ('2026-01-05', {FIRST + 10}, 1, 1, 1, 1, 1, 1)")
    for statement in (
        "INSERT INTO label_set (id, checksum, labels) VALUES (1, 0, '{}')",
        "INSERT INTO label (label_set, key, written, folded) VALUES (1, 'site', 'Paris', 'paris')",
        f"INSERT INTO label_span VALUES ({FIRST}, 9, 1)",
        f"INSERT INTO label_piece (operation, position, first, more, after) VALUES (6, 1, {FIRST}, 9, 1)",
    ):
        auditing.rows(store, statement)
    return store


def columns(connection: sqlite3.Connection) -> Iterator[tuple[str, str, str, bool]]:
    """Each column that holds something: its table, name, type, and whether it must not be NULL."""
    tables = [name for (name,) in connection.execute("SELECT name FROM pragma_table_list WHERE strict = 1")]
    for table in tables:
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0], table
        for _, name, kind, strictly, *_ in connection.execute(f"PRAGMA table_info({table})").fetchall():
            yield table, name, kind, bool(strictly)


def refusals(connection: sqlite3.Connection, statement: str) -> list[str]:
    """Nothing where SQLite refuses the statement; the statement where it does not."""
    connection.execute("SAVEPOINT before")
    try:
        connection.execute(statement)
    except sqlite3.IntegrityError:
        return []
    finally:
        connection.execute("ROLLBACK TO before")
    return [f"not refused: {statement}"]


def test_illegal_rows_are_refused(filled: Path, promised: Promised) -> None:
    with promised(10) as promise, closing(sqlite3.connect(filled, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        for table, name, kind, strictly in list(columns(connection)):
            promise.tried(*refusals(connection, f"UPDATE {table} SET {name} = {WRONG_TYPES[kind]}"))
            if strictly:
                promise.tried(*refusals(connection, f"UPDATE {table} SET {name} = NULL"))
        for table in {table for table, *_ in columns(connection)}:
            for reference in connection.execute(f"PRAGMA foreign_key_list({table})").fetchall():
                promise.tried(*refusals(connection, f"UPDATE {table} SET {reference[3]} = 9999"))
        for statement in REFUSED:
            promise.tried(*refusals(connection, statement))


def test_what_sqlite_can_not_refuse_is_found(launcher: Launcher, fresh: Fresh, promised: Promised) -> None:
    with promised(10) as promise:
        assert launcher.run("--db", fresh(), "check").code == 0
        for statement in FOUND:
            store = fresh()
            with closing(sqlite3.connect(store)) as connection:
                connection.executescript(statement)
            ended = launcher.run("--db", store, "check")
            found = ended.code == 12 and "Traceback" not in ended.err
            promise.tried(*[f"{statement}: {ended}"] * (not found))


REPLAYS = (replay.inventory, replay.details, replay.labels)


def test_what_is_left_to_replay_is_told_as_all_of_it(fresh: Fresh, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is damaged: the pieces that aren't plain, with what lies over them, or every piece."""
    shorter = 0
    words = ("piece", "span", "detail")
    for statement in ["SELECT 1", *(one for one in FOUND if any(word in one for word in words))]:
        with closing(sqlite3.connect(fresh(), factory=FileConnection)) as connection:
            connection.executescript(statement)
            few = [list(look(connection)) for look in REPLAYS]
            shorter += plain.left_of(connection, plain.SPANS) is not None
            with monkeypatch.context() as patch:
                patch.setattr(plain, "MOST", -1)
                assert plain.details_left(connection) is None
                assert few == [list(look(connection)) for look in REPLAYS], statement
    assert shorter > 5
