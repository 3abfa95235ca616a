"""Finding the journal's pieces by the numbers they are about, and what several of them did on the whole.

Each piece has a class of size, the smallest k with 16^k >= its count. Those that cover a number begin
within the length of their class before it, so that finding them is one short look in each class.
"""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import chain, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numctl.core.store.connection import Connection

Covering = tuple[int, int, int | None, int | None]  # operation, position, before, after
Row = tuple[int, int, int, int, int]  # first, last, position, before, after

CLASSES = (*((k, 16**k) for k in range(9)), (13, 16**13))
"""Each class of ``piece`` with the most numbers that a piece of it has; see the schema."""

_COVERING = """
SELECT operation, position, before, after FROM piece INDEXED BY piece_class
WHERE class = ? AND first BETWEEN ? AND ? AND last >= ? AND operation <= (SELECT max(id) FROM operation)
"""
_LATER = """
SELECT DISTINCT operation FROM piece INDEXED BY piece_class
WHERE class = ? AND first BETWEEN ? AND ? AND last >= ? AND operation > ?
"""
_LABELLED = """
SELECT DISTINCT operation FROM label_piece INDEXED BY label_piece_class
WHERE class = ? AND first BETWEEN ? AND ? AND last >= ? AND operation > ?
"""


def covering(connection: Connection, number: int) -> Iterator[Covering]:
    """Operation, position, state before and after of each piece that a number is in, in no order."""
    asked = [(size, number - most + 1, number, number) for size, most in CLASSES]
    looks = [connection.execute(_COVERING, values) for values in asked]
    return chain.from_iterable(looks)  # asked for together


def later(connection: Connection, first: int, last: int, operation: int) -> set[int]:
    """The operations after one that changed any number from ``first`` to ``last``."""
    return _in_classes(connection, _LATER, first, last, operation)


def labelled_later(connection: Connection, first: int, last: int, operation: int) -> set[int]:
    """The operations after one that changed labels of any number from ``first`` to ``last``."""
    return _in_classes(connection, _LABELLED, first, last, operation)


def _in_classes(connection: Connection, statement: str, first: int, last: int, operation: int) -> set[int]:
    asked = [(size, first - most + 1, last, first, operation) for size, most in CLASSES]
    looks = [connection.execute(statement, values) for values in asked]  # all before one is waited for
    return {id for (id,) in chain.from_iterable(looks)}


def net_pieces(rows: Iterable[Row]) -> Iterator[tuple[int, int, int, int]]:
    """First, last, before and after of each stretch, from pieces sorted by their first number."""
    cluster: list[Row] = []
    reach = -1
    for row in rows:
        if row[0] > reach and cluster:
            yield from _netted(cluster)
            cluster = []
        cluster.append(row)
        reach = max(reach, row[1])
    yield from _netted(cluster)


def _netted(cluster: list[Row]) -> Iterator[tuple[int, int, int, int]]:
    """The same for pieces that overlap in a chain, so that there is no hole between them."""
    if len(cluster) == 1:
        first, last, _, before, after = cluster[0]
        yield first, last, before, after
        return
    borders = sorted({border for first, last, *_ in cluster for border in (first, last + 1)})
    coming = iter(cluster)
    following = next(coming, None)
    earliest: list[tuple[int, int, int]] = []  # position, last, before
    latest: list[tuple[int, int, int]] = []  # -position, last, after
    for start, end in pairwise(borders):
        while following is not None and following[0] == start:
            _, last, position, before, after = following
            heappush(earliest, (position, last, before))
            heappush(latest, (-position, last, after))
            following = next(coming, None)
        for heap in (earliest, latest):
            while heap[0][1] < start:
                heappop(heap)
        yield start, end - 1, earliest[0][2], latest[0][2]
