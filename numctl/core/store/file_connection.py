"""A connection to a file of SQLite, as the core knows one."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

AT_ONCE = 100  # rows put in with one statement, which takes a third of the time of one by one


class FileConnection(sqlite3.Connection):
    """SQLite's own, and what a server does in another way."""

    def walk(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Iterator[Any]:
        """Rows that may be many, fetched as they are asked for."""
        return iter(self.execute(statement, values))

    def put(self, into: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Put rows into a table; ``into`` is its name with its columns, in the order of a row's values."""
        whole = len(rows) - len(rows) % AT_ONCE
        if whole:
            groups = (rows[start : start + AT_ONCE] for start in range(0, whole, AT_ONCE))
            values = (tuple(chain.from_iterable(group)) for group in groups)
            self.executemany(_insertion(into, len(rows[0]), AT_ONCE), values)
        if whole < len(rows):
            self.executemany(_insertion(into, len(rows[0]), 1), rows[whole:])

    def weigh(self, *tables: str) -> None:
        """Nothing is planned by how many rows there are."""

    @contextmanager
    def laid_over(self) -> Iterator[None]:
        """Within, names can stand for other than the store's tables: what is laid is gone afterwards."""
        self.execute("SAVEPOINT laid")
        try:
            yield
        finally:
            self.execute("ROLLBACK TO laid")
            self.execute("RELEASE laid")

    def lay_rows(self, name: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
        """Lay rows under a name that is free; ``columns`` with their types, as a table is declared."""
        self.execute(f"CREATE TEMP TABLE {name} ({columns})")
        places = ", ".join("?" * len(columns.split(",")))
        self.executemany(f"INSERT INTO temp.{name} VALUES ({places})", rows)  # noqa: S608 - names are ours

    def lay(self, name: str, query: str) -> None:
        """Let the name of a table stand for a query, which says ``main.`` where it means the store's own."""
        self.execute(f"DROP VIEW IF EXISTS temp.{name}")
        self.execute(f"CREATE TEMP VIEW {name} AS {query}")


@lru_cache
def _insertion(into: str, width: int, many: int) -> str:
    row = f"({', '.join('?' * width)})"
    return f"INSERT INTO {into} VALUES {', '.join([row] * many)}"  # noqa: S608 - a constant of the caller
