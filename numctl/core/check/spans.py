"""What ``check`` looks for in spans: none overlap, neighbours are joined, their unbroken blocks are listed.

First it is asked whether all is well, which takes no row for each; only where it isn't, what is wrong.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from numctl.core.numbers.packed import Packed
from numctl.core.numbers.ranges import Range, adjoins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.store.connection import Connection

_SPANS = "SELECT first, last, state FROM span ORDER BY first"
_AMISS = """
SELECT 1 FROM span WHERE more <> 0 AND (
  more < 0 OR length(first + more) <> length(first)
  OR EXISTS (SELECT 1 FROM span AS other WHERE other.first > span.first AND other.first <= span.last)
) LIMIT 1
"""
_MEETING = """
SELECT span.last, other.first FROM span
CROSS JOIN span AS other ON other.first = span.last + 1 AND other.state = span.state ORDER BY other.first
"""
_OUTSIDE = """
SELECT 1 WHERE (SELECT coalesce(sum(last - first + 1), 0) FROM extent) <>
  (SELECT coalesce(sum(more + 1), 0) FROM span)
OR (SELECT count(*) FROM extent CROSS JOIN span AS held ON held.first BETWEEN extent.first AND extent.last) <>
  (SELECT count(*) FROM span)
OR EXISTS (SELECT 1 FROM span WHERE more > 0 AND coalesce(
  (SELECT last FROM extent WHERE first <= span.first ORDER BY first DESC LIMIT 1), 0) < span.last)
"""


def overlaps(connection: Connection) -> Iterator[str]:
    if connection.execute(_AMISS).fetchone() is None:
        return
    before = -1
    for first, last, _ in connection.walk(_SPANS):
        if before >= first:
            yield f"Spans overlap at {Range(first, min(last, before))}."
        if last != first and (last < first or len(str(first)) != len(str(last))):
            yield f"The span {first}..{last} is no range of numbers of one length."
        before = last


def unjoined(connection: Connection) -> Iterator[str]:
    for last, first in connection.execute(_MEETING):
        if adjoins(last, first):
            yield f"The spans that meet at {first} are in one state and not joined."


def extents(connection: Connection) -> Iterator[str]:
    extents = connection.execute("SELECT first, last FROM extent ORDER BY first").fetchall()
    apart = all(
        before[1] < after[0] and not adjoins(before[1], after[0]) for before, after in pairwise(extents)
    )
    if apart and connection.execute(_OUTSIDE).fetchone() is None:
        return
    told, held = set(extents), set(blocks(connection))
    for first, last in sorted(told - held):
        yield f"The block {first}..{last} is listed, but the inventory has no such unbroken block."
    for first, last in sorted(held - told):
        yield f"The unbroken block {first}..{last} of the inventory is not listed."


def blocks(connection: Connection) -> Packed:
    """The unbroken blocks of numbers that spans make up."""
    return Packed(connection.execute("SELECT first, last FROM span ORDER BY first")).joined()
