"""Unbroken blocks of numbers whatever their state; changed only by what adds or removes numbers."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from numctl.core.numbers.ranges import Range, normalize, subtract

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numctl.core.store.connection import Connection

_TOUCHED = """
SELECT first, last FROM extent
WHERE first >= coalesce((SELECT max(first) FROM extent WHERE first < :first), :first) AND first <= :last + 1
ORDER BY first
"""

_PIECES = """
SELECT before IS NULL, first, last FROM piece WHERE operation = ? AND position > ?
AND (before IS NULL OR after IS NULL) ORDER BY position
"""
AT_ONCE = 10_000  # pieces looked at together


def follow(connection: Connection, operation: int, position: int) -> None:
    """Put in or take out what an operation's pieces after ``position`` did."""
    rows = connection.execute(_PIECES, (operation, position))
    while some := rows.fetchmany(AT_ONCE):
        apply(connection, [(bool(put_in), Range(first, last)) for put_in, first, last in some])


def apply(connection: Connection, steps: Iterable[tuple[bool, Range]]) -> None:
    """Put ranges in (True) or take them out (False), in the order given."""
    for put_in, group in groupby(steps, key=lambda step: step[0]):
        ranges = normalize(range for _, range in group)
        touched = (connection.execute(_TOUCHED, range._asdict()) for range in ranges)
        before = sorted({Range(*row) for rows in touched for row in rows})
        after = normalize([*before, *ranges]) if put_in else subtract(before, ranges)
        connection.executemany("DELETE FROM extent WHERE first = ?", [(old.first,) for old in before])
        connection.executemany("INSERT INTO extent (first, last) VALUES (?, ?)", after)
