"""A whole store carried over between a server and a file: the same tables, row by row, ids and all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numctl.core.store import schema
from numctl.core.store.connection import walk
from numctl.core.store.server.tables import tables_of

if TYPE_CHECKING:
    import sqlite3

    from numctl.core.store.connection import Connection


def to_file(source: Connection, target: sqlite3.Connection) -> None:
    """Make a whole store in an empty file, within the caller's snapshot of the source."""
    target.execute("BEGIN")
    schema.migrate(target)
    target.execute("PRAGMA defer_foreign_keys = ON")  # within one table, rows refer to later ones
    for table in tables_of():
        columns = _columns(target, table)
        names = ", ".join(f'"{name}"' for name in columns)
        places = ", ".join("?" * len(columns))
        rows: Any = walk(source, f'SELECT {names} FROM "{table}" ORDER BY 1, 2')  # noqa: S608 - names are ours
        target.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', rows)  # noqa: S608
    target.execute("COMMIT")


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    """The columns of a table that are written: not the computed ones."""
    return [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
