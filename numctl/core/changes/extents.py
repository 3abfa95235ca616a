"""Unbroken blocks of numbers whatever their state; changed only by what adds or removes numbers."""

from __future__ import annotations

from itertools import chain, groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING

from numctl.core.changes.cache import parts, places
from numctl.core.numbers.blocks import Blocks
from numctl.core.numbers.packed import Packed
from numctl.core.numbers.ranges import Range, normalize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numctl.core.store.connection import Connection

_TOUCHED = """
SELECT DISTINCT e.first, e.last FROM (VALUES {asked}) AS asked
JOIN extent AS e ON e.first <= asked.column2 + 1
AND e.first >= coalesce((SELECT max(first) FROM extent WHERE first < asked.column1), asked.column1)
ORDER BY e.first
"""

_PIECES = """
SELECT before IS NULL, first, last FROM piece WHERE operation = ? AND position > ?
AND (before IS NULL OR after IS NULL) ORDER BY position
"""
AT_ONCE = 10_000  # pieces looked at together


def follow(connection: Connection, operation: int, position: int) -> None:
    """Put in or take out what an operation's pieces after ``position`` did."""
    rows = connection.walk(_PIECES, (operation, position))
    while some := list(islice(rows, AT_ONCE)):
        steps = [
            (bool(comes), block)
            for comes, alike in groupby(some, key=itemgetter(0))
            for block in Packed((first, last) for _, first, last in alike).joined()
        ]
        apply(connection, steps)


def put_in(connection: Connection, ranges: Sequence[Range], *, out: bool = False) -> None:
    """Put in many ranges, or take them ``out``."""
    for start in range(0, len(ranges), AT_ONCE):
        apply(connection, [(not out, numbers) for numbers in ranges[start : start + AT_ONCE]])


def apply(connection: Connection, steps: Sequence[tuple[bool, Range]]) -> None:
    """Put ranges in (True) or take them out (False), in the order given."""
    concerned = normalize(numbers for _, numbers in steps)
    asked = [
        connection.execute(_TOUCHED.format(asked=places(some)), [*chain.from_iterable(some)])
        for some in parts(concerned)
    ]
    before = sorted({(first, last) for first, last in chain.from_iterable(asked)})
    blocks = Blocks(before)
    for comes, numbers in steps:
        (blocks.put_in if comes else blocks.take_out)(*numbers)
    after = list(blocks)
    gone, new = set(before).difference(after), set(after).difference(before)
    connection.executemany("DELETE FROM extent WHERE first = ?", [(first,) for first, _ in sorted(gone)])
    connection.put("extent (first, last)", sorted(new))
