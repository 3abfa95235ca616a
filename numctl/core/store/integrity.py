"""What the engine itself knows of a store's soundness: its file, its tables, what they refer to."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from numctl.core.store import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.store.connection import Connection

_REFERRING = 'SELECT "from", "table" FROM pragma_foreign_key_list(?)'
_IDS = """
SELECT (SELECT min(id) FROM "{parent}" NOT INDEXED), (SELECT max(id) FROM "{parent}" NOT INDEXED),
  (SELECT count(*) FROM "{parent}" NOT INDEXED)
"""


def file(connection: Connection) -> Iterator[str]:
    """What SQLite finds wrong with the file; a server looks after its own."""
    if not isinstance(connection, sqlite3.Connection):
        return
    for (said,) in connection.execute("PRAGMA integrity_check"):
        for line in said.splitlines():
            if line != "ok" and not line.startswith("***"):
                yield f"SQLite finds the file damaged: {line}."


def references(connection: Connection) -> Iterator[str]:
    """Rows that name others that aren't there."""
    if not isinstance(connection, sqlite3.Connection):
        from numctl.core.store.server import soundness

        yield from soundness.references(connection)
        return
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    if all(_names_within(connection, name) for (name,) in names):
        return
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        named = f"Row {row}" if row is not None else "A row"
        yield f"{named} of {table} names one of {parent} that isn't there."


def _names_within(connection: sqlite3.Connection, table: str) -> bool:
    """Whether all that a table's rows name is there, told by the ranges of ids: mostly they have no holes.

    False says nothing, but that each row must be looked at. No index is asked, which may be damaged.
    """
    outside, bounds = [], []
    for column, parent in connection.execute(_REFERRING, (table,)).fetchall():
        lowest, highest, count = connection.execute(_IDS.format(parent=parent)).fetchone()
        if count and highest - lowest + 1 != count:
            return False
        outside.append(f'"{column}" NOT BETWEEN ? AND ?')
        bounds += [lowest, highest] if count else [1, 0]
    if not outside:
        return True
    statement = f'SELECT 1 FROM "{table}" NOT INDEXED WHERE {" OR ".join(outside)} LIMIT 1'  # noqa: S608
    return connection.execute(statement, bounds).fetchone() is None


def tables(connection: Connection) -> Iterator[str]:
    """Where the tables are not those of this version."""
    if not isinstance(connection, sqlite3.Connection):
        from numctl.core.store.server import soundness

        yield from soundness.tables(connection)
        return
    there = {(kind, name): sql for kind, name, sql in connection.execute(schema.PARTS)}
    for (kind, name), sql in sorted(schema.parts().items()):
        if (kind, name) not in there:
            yield f"The {kind} {name} is missing."
        elif there[kind, name] != sql:
            yield f"The {kind} {name} is not what it should be."


@contextmanager
def apart(connection: Connection) -> Iterator[None]:
    """Within, an error of a statement spoils nothing that comes after: a server needs to be told."""
    if isinstance(connection, sqlite3.Connection):
        yield
        return
    connection.execute("SAVEPOINT apart")
    try:
        yield
    except Exception:
        connection.execute("ROLLBACK TO apart")
        raise
    connection.execute("RELEASE apart")


def rebuild_indexes(connection: Connection) -> None:
    """Make a file's indexes anew."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("REINDEX")


def wipe(connection: Connection) -> None:
    """From here on, what is overwritten doesn't stay in a file; on a server, its next vacuum removes it."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA secure_delete = ON")
