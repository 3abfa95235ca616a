"""Bringing a store on a server to this numctl's schema: all of it or nothing, with the old tables kept.

Each version's tables are derived from the file's, and so is the way from one to the next: the rows go through
a file that SQLite throws away, which is upgraded as any store is.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from numctl.core.store import schema, transfer
from numctl.core.store.file_connection import FileConnection
from numctl.core.store.server import roles, tables
from numctl.core.store.server.words import quoted

if TYPE_CHECKING:
    from numctl.core.store.server.connection import ServerConnection

_THERE = "SELECT to_regprocedure($1) IS NOT NULL"
_TAKEN = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1"


def upgrade(connection: ServerConnection, patience: int) -> None:
    """Upgrade the store that a connection is at; ``patience`` is milliseconds to wait for another's lock.

    The tables as they were stay in a schema of their own, such as ``public_v2_backup``. Raises psycopg's
    errors, with nothing changed.
    """
    run = connection.driver.execute
    patience_said = f"SET LOCAL lock_timeout = {max(1, patience)}"
    connection.begin("BEGIN", patience_said, "SELECT FROM inventory FOR UPDATE")
    try:
        (version,) = run(b"SELECT version FROM numctl_schema").fetchone() or (schema.VERSION,)
        if version < schema.VERSION:  # else another was first
            with closing(sqlite3.connect("", isolation_level=None, factory=FileConnection)) as between:
                _take(connection, between, version)
                _set_aside(connection, version)
                for statement in tables.statements(connection.schema):
                    run(statement.encode())
                transfer.carry(between, connection)
                roles.renew(connection)
        connection.commit()
    except BaseException:
        connection.give_up()
        raise


def _take(connection: ServerConnection, between: FileConnection, version: int) -> None:
    """Copy all rows into a file's tables, and bring those to this version."""
    between.execute("BEGIN")
    schema.apply(between, 0, version)
    transfer.carry(connection, between, version)
    schema.apply(between, version, schema.VERSION)


def _set_aside(connection: ServerConnection, version: int) -> None:
    """Move the tables, and the functions that they use, to a schema whose name is free."""
    run = connection.driver.execute
    name, others = f"{connection.schema}_v{version}_backup", 1
    while run(_TAKEN.encode(), [name]).fetchone():
        others += 1
        name = f"{connection.schema}_v{version}_backup_{others}"
    run(f"CREATE SCHEMA {quoted(name)}".encode())
    for table in (*schema.tables(version), tables.VERSION_TABLE):
        run(f"ALTER TABLE {quoted(table)} SET SCHEMA {quoted(name)}".encode())
    for function in tables.functions():
        if run(_THERE.encode(), [function]).fetchone() == (True,):
            run(f"ALTER FUNCTION {function} SET SCHEMA {quoted(name)}".encode())
