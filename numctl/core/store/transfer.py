"""All rows of a store carried into the empty tables of another, ids and all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING

from numctl.core.store import schema

if TYPE_CHECKING:
    from numctl.core.store.connection import Connection

AT_ONCE = 10_000  # rows


def carry(source: Connection, target: Connection, version: int = schema.VERSION) -> None:
    """Fill the empty tables of a store from another's, within the caller's transactions on both.

    ``version`` is that of the schema of both.
    """
    if isinstance(target, sqlite3.Connection):
        target.execute("PRAGMA defer_foreign_keys = ON")  # rows may name later ones of their own table
    else:
        target.execute("SET CONSTRAINTS ALL DEFERRED")
    for table, columns in _columns(version).items():
        names = ", ".join(f'"{name}"' for name in columns)
        rows = source.walk(f'SELECT {names} FROM "{table}" ORDER BY 1, 2')  # noqa: S608 - names are ours
        while some := list(islice(rows, AT_ONCE)):
            target.put(f'"{table}" ({names})', some)


def _columns(version: int) -> dict[str, list[str]]:
    """The columns of each table, but for computed ones; each table after those that it refers to."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        schema.apply(fresh, 0, version)
        return {
            table: [row[1] for row in fresh.execute(f'PRAGMA table_info("{table}")')]
            for table in schema.tables(version)
        }
