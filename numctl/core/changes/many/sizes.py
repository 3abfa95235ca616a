"""How many rows there are of some numbers: what decides whether they are changed one by one or at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numctl.core.numbers.ranges import Pair
    from numctl.core.store.connection import Connection

_CROWDED = "SELECT 1 FROM span WHERE first BETWEEN ? AND ? LIMIT 1 OFFSET ?"
_WITHIN = """
SELECT (SELECT count(*) FROM (SELECT 1 FROM span WHERE first BETWEEN :first AND :last LIMIT :most) AS s)
  + (SELECT count(*) FROM (SELECT 1 FROM detail WHERE number BETWEEN :first AND :last LIMIT :most) AS d)
"""


def is_crowded(connection: Connection, first: int, last: int, most: int) -> bool:
    """Whether more than ``most`` spans begin from ``first`` to ``last``."""
    if last - first < most:
        return False
    return connection.execute(_CROWDED, (first, last, most)).fetchone() is not None


def are_many(connection: Connection, numbers: Sequence[Pair], most: int) -> bool:
    """Whether some ranges have more than ``most`` spans and details, or are more themselves."""
    rows = len(numbers)
    for first, last in numbers:
        if rows > most:
            break
        rows += _rows_within(connection, first, last, most)
    return rows > most


def _rows_within(connection: Connection, first: int, last: int, most: int) -> int:
    """How many spans begin there, and how many numbers have details, each counted up to ``most``."""
    row = connection.execute(_WITHIN, {"first": first, "last": last, "most": most}).fetchone()
    return int(row[0])
