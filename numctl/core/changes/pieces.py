"""Finding the journal's pieces by the numbers they are about.

Each piece has a class of size, the smallest k with 16^k >= its count. Those that cover a number begin
within the length of their class before it, so that finding them is one short look in each class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.store.connection import Connection

CLASSES = (*((k, 16**k) for k in range(9)), (13, 16**13))
"""Each class of ``piece`` with the most numbers that a piece of it has; see the schema."""

_COVERING = """
SELECT operation, position, before, after FROM piece INDEXED BY piece_class
WHERE class = ? AND first BETWEEN ? AND ? AND last >= ?
"""
_LATER = """
SELECT DISTINCT operation FROM piece INDEXED BY piece_class
WHERE class = ? AND first BETWEEN ? AND ? AND last >= ? AND operation > ?
"""
_LABELLED = """
SELECT DISTINCT operation FROM label_piece INDEXED BY label_piece_class
WHERE class = ? AND first BETWEEN ? AND ? AND last >= ? AND operation > ?
"""


def covering(connection: Connection, number: int) -> Iterator[tuple[int, int, int | None, int | None]]:
    """Operation, position, state before and after of each piece that a number is in, in no order."""
    for size, most in CLASSES:
        yield from connection.execute(_COVERING, (size, number - most + 1, number, number))


def later(connection: Connection, first: int, last: int, operation: int) -> set[int]:
    """The operations after one that changed any number from ``first`` to ``last``."""
    found: set[int] = set()
    for size, most in CLASSES:
        rows = connection.execute(_LATER, (size, first - most + 1, last, first, operation))
        found.update(id for (id,) in rows)
    return found


def labelled_later(connection: Connection, first: int, last: int, operation: int) -> set[int]:
    """The operations after one that changed labels of any number from ``first`` to ``last``."""
    found: set[int] = set()
    for size, most in CLASSES:
        rows = connection.execute(_LABELLED, (size, first - most + 1, last, first, operation))
        found.update(id for (id,) in rows)
    return found
