"""What an operation did on the whole: for each stretch of numbers, the state before and after.

A batch may change a number several times; then its pieces overlap, and the earliest state before
and the latest state after count.
"""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.rules.model import Detail

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

from numctl.core.store.connection import Connection

# Both are read sorted, so that neither has to fit into memory.
_PIECES = """
SELECT first, last, position, coalesce(before, 0), coalesce(after, 0) FROM piece
WHERE operation = ? ORDER BY first, position
"""
_DETAILS = """
SELECT number, user_before, forward_before, user_after, forward_after FROM detail_change
WHERE operation = ? ORDER BY +number, position
"""

Row = tuple[int, int, int, int, int]  # first, last, position, before, after


class Net(NamedTuple):
    """Numbers ``first`` to ``last`` went from one state to another (row ids, 0 for not there).

    ``details`` are, by number, the detail that the operation left and the one that was there before.
    """

    first: int
    last: int
    before: int
    after: int
    details: dict[int, tuple[Detail, Detail]]


def of(connection: Connection, operation: int) -> Iterator[Net]:
    """What an operation did, ascending, no two of them overlapping."""
    details = _net_details(connection.execute(_DETAILS, (operation,)))
    waiting = next(details, None)
    for first, last, before, after in net_pieces(connection.execute(_PIECES, (operation,))):
        here: dict[int, tuple[Detail, Detail]] = {}
        while waiting is not None and waiting[0] <= last:
            here[waiting[0]] = waiting[1]
            waiting = next(details, None)
        yield Net(first, last, before, after, here)


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


def _net_details(
    rows: Iterable[tuple[int, int | None, int | None, int | None, int | None]],
) -> Iterator[tuple[int, tuple[Detail, Detail]]]:
    """Each number with the detail left and the one before, from changes sorted by number."""
    current: int | None = None
    before = left = Detail()
    for number, user_before, forward_before, user_after, forward_after in rows:
        if number != current:
            if current is not None:
                yield current, (left, before)
            current, before = number, Detail(user_before, forward_before)
        left = Detail(user_after, forward_after)
    if current is not None:
        yield current, (left, before)
