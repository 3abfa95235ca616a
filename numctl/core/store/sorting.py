"""A database of no name, for sorting more than memory should hold."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager


def sorter() -> AbstractContextManager[sqlite3.Connection]:
    """A connection to an empty database in a file that SQLite throws away; within a transaction."""
    connection = sqlite3.connect("", isolation_level=None)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("BEGIN")
    return closing(connection)


@contextmanager
def arranged(rows: Iterable[tuple[Any, ...]], width: int) -> Iterator[Iterator[Any]]:
    """Rows of so many values by their first one, those of equal ones as they came."""
    columns = ", ".join(f"v{at}" for at in range(width))
    with sorter() as connection:
        connection.execute(f"CREATE TABLE row ({columns})")
        places = ", ".join("?" * width)
        connection.executemany(f"INSERT INTO row VALUES ({places})", rows)  # noqa: S608 - marks and our names
        yield connection.execute(f"SELECT {columns} FROM row ORDER BY v0, rowid")  # noqa: S608
