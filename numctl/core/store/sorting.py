"""A database of no name, for sorting more than memory should hold."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


def sorter() -> AbstractContextManager[sqlite3.Connection]:
    """A connection to an empty database in a file that SQLite throws away; within a transaction."""
    connection = sqlite3.connect("", isolation_level=None)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("BEGIN")
    return closing(connection)
