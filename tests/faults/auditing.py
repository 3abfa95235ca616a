"""Looks at a store from outside, with nothing but SQLite: what it says, and whether it is sound.

Written apart from ``numctl check`` on purpose: the one is held against the other.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from numctl.core.store.file_connection import FileConnection
from tests import on_server

# What differs between two runs of the same command on the same store.
VOLATILE = {
    "operation": {"at", "hash"},
    "message": {"at", "message_id"},
    "request": {"at"},
    "inventory": {"created_at"},
    "_sqlite_migrations": {"applied_at"},
}

Picture = dict[str, list[tuple[Any, ...]]]


def picture(path: Path) -> Picture:
    """All rows of all tables, but for what differs from run to run."""
    with opened(path) as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
            )
        ]
        found: Picture = {}
        for table in tables:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            kept = ", ".join(column for column in columns if column not in VOLATILE.get(table, ()))
            found[table] = sorted(connection.execute(f"SELECT {kept} FROM {table}").fetchall(), key=repr)
    return found


def rows(path: Path, statement: str) -> list[tuple[Any, ...]]:
    """What a statement gives, or does, whatever the rules of the domain."""
    with opened(path) as connection:
        return connection.execute(statement).fetchall()


class opened(FileConnection):
    """A connection that is closed at the end of its context."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"file:{on_server.filed(path)}?mode=rw", uri=True, isolation_level=None, timeout=30)

    def __exit__(self, *_: object) -> None:  # type: ignore[override]
        self.close()


def faults(path: Path) -> list[str]:
    """What is wrong with a store: nothing, in a sound one."""
    with opened(path) as connection:
        connection.execute("BEGIN")
        said = [text for (text,) in connection.execute("PRAGMA integrity_check") if text != "ok"]
        said += [f"foreign key: {row}" for row in connection.execute("PRAGMA foreign_key_check")]
        if not said:
            for look in (spans, counts, extents, details, replay, chain):
                said += look(connection)
        return said


def spans(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT first, last, state FROM span ORDER BY first").fetchall()
    said = []
    for (first, last, state), (start, _, other) in pairwise(rows):
        if start <= last:
            said.append(f"spans overlap at {start}")
        if start == last + 1 and state == other and len(str(start)) == len(str(first)):
            said.append(f"spans not joined at {start}")
    return said


def counts(connection: sqlite3.Connection) -> list[str]:
    held: Counter[tuple[int, int, str]] = Counter()
    for organization, series, status, n in connection.execute(
        "SELECT organization, series, status, last - first + 1 FROM span JOIN state ON state.id = state"
    ):
        held[organization, series, status] += n
    told = {
        row[:3]: row[3]
        for row in connection.execute("SELECT organization, series, status, n FROM tally")
        if row[3]
    }
    return [] if told == held else [f"counts: told {told}, held {dict(held)}"]


def extents(connection: sqlite3.Connection) -> list[str]:
    blocks: list[list[int]] = []
    for first, last in connection.execute("SELECT first, last FROM span ORDER BY first"):
        if blocks and blocks[-1][1] + 1 == first and len(str(first)) == len(str(blocks[-1][0])):
            blocks[-1][1] = last
        else:
            blocks.append([first, last])
    told = [list(row) for row in connection.execute("SELECT first, last FROM extent ORDER BY first")]
    return [] if told == blocks else [f"extents: told {told[:5]}, held {blocks[:5]}"]


def details(connection: sqlite3.Connection) -> list[str]:
    said = []
    with_user = 0
    for number, user, forward_to, status in connection.execute(
        "SELECT number, user, forward_to, status FROM detail"
        " LEFT JOIN span ON number <= last"
        "   AND span.first = (SELECT max(first) FROM span WHERE first <= number)"
        " LEFT JOIN state ON state.id = span.state"
    ):
        with_user += user is not None
        if (user is not None) != (status in ("assigned", "in-use")) or (forward_to and status != "reserved"):
            said.append(f"{number} is {status}, has user {user}, forwarding {forward_to}")
    (busy,) = connection.execute(
        "SELECT coalesce(sum(n), 0) FROM tally WHERE status IN ('assigned', 'in-use')"
    ).fetchone()
    return said if busy == with_user else [*said, f"{busy} numbers with users, {with_user} users"]


def replay(connection: sqlite3.Connection) -> list[str]:
    """The journal's pieces laid one over the other give the inventory."""
    said = []
    states: dict[int, int] = {}  # number -> state: the stores of these tests are small
    for operation, first, last, before, after in connection.execute(
        "SELECT operation, first, last, before, after FROM piece ORDER BY operation, position"
    ):
        for number in range(first, last + 1):
            if states.get(number) != before:
                said.append(f"operation {operation} found {number} in {states.get(number)}, says {before}")
            states[number] = after
    held = {
        number: state
        for first, last, state in connection.execute("SELECT first, last, state FROM span")
        for number in range(first, last + 1)
    }
    if {number: state for number, state in states.items() if state is not None} != held:
        said.append("the journal's replay is not the inventory")
    users: dict[int, tuple[int | None, int | None]] = defaultdict(lambda: (None, None))
    for number, user, forward_to in connection.execute(
        "SELECT number, user_after, forward_after FROM detail_change ORDER BY operation, position"
    ):
        users[number] = (user, forward_to)
    told = {number: row for number, row in users.items() if row != (None, None)}
    if told != {row[0]: row[1:] for row in connection.execute("SELECT number, user, forward_to FROM detail")}:
        said.append("the journal's replay is not what is true of single numbers")
    return said[:5]


def chain(connection: FileConnection) -> list[str]:
    from numctl.core.changes.journal import digest

    # An older store has no such tables: what is hashed of them is nothing then.
    for table, columns in {
        "catalog_change": "operation, position, line, kind, row, before, after",
        "label_piece": "operation, position, line, first, last, before, after",
        "label_set": "id, labels",
    }.items():
        connection.execute(f"CREATE TEMP TABLE {table} ({columns})")
        there = connection.execute("SELECT 1 FROM main.sqlite_schema WHERE name = ?", (table,)).fetchone()
        if there:
            connection.execute(f"DROP TABLE temp.{table}")
    said, previous, expected = [], b"", 1
    for id, hash in connection.execute("SELECT id, hash FROM operation ORDER BY id").fetchall():
        if id != expected or digest(connection, id, previous) != hash:
            said.append(f"the chain breaks at operation {id}")
        previous, expected = hash, id + 1
    return said
