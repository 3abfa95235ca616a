"""Rows put in many at a time: a hundred with a statement take a third of the time of one by one."""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numctl.core.store.connection import Connection

AT_ONCE = 100  # rows with one statement


def insert(connection: Connection, into: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Put rows into a table: ``into`` is its name with its columns, in the order of a row's values."""
    if (stream := getattr(connection, "put", None)) is not None and len(rows) >= AT_ONCE:
        stream(into, rows)
        return
    whole = len(rows) - len(rows) % AT_ONCE
    if whole:
        groups = (rows[start : start + AT_ONCE] for start in range(0, whole, AT_ONCE))
        values = (tuple(chain.from_iterable(group)) for group in groups)
        connection.executemany(_statement(into, len(rows[0]), AT_ONCE), values)
    if whole < len(rows):
        connection.executemany(_statement(into, len(rows[0]), 1), rows[whole:])


@lru_cache
def _statement(into: str, width: int, many: int) -> str:
    row = f"({', '.join('?' * width)})"
    return f"INSERT INTO {into} VALUES {', '.join([row] * many)}"  # noqa: S608 - a constant of the caller
