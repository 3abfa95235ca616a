"""What an operation did on the whole: for each stretch of numbers, the state before and after.

A batch may change a number several times; then its pieces overlap, and the earliest state before
and the latest state after count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core.changes.pieces import net_pieces
from numctl.core.rules.model import Detail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

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
_ANY = "SELECT 1 FROM {} WHERE operation = ? LIMIT 1 OFFSET ?"
_ANY_LATER = "SELECT 1 FROM detail_change WHERE operation > ? AND operation < ? LIMIT 1"
FEW = 1_000  # pieces, or changes of single numbers, that are read at once


class Net(NamedTuple):
    """Numbers ``first`` to ``last`` went from one state to another (row ids, 0 for not there).

    ``details`` are, by number, the detail that the operation left and the one that was there before.
    """

    first: int
    last: int
    before: int
    after: int
    details: dict[int, tuple[Detail, Detail]]


class Extent(NamedTuple):
    """How much an operation did: whether anything at all, and more than is read at once.

    ``watched``: users or forwardings were changed since.
    """

    has_pieces: bool
    has_labels: bool
    is_large: bool
    watched: bool


def ask_extent(connection: Connection, operation: int, own: int) -> Callable[[], Extent]:
    """Ask how much an operation did, and whether others up to ``own`` came after; what is given tells."""
    asked = [
        connection.execute(_ANY.format(table), (operation, before))
        for table, before in (("piece", 0), ("label_piece", 0), ("piece", FEW), ("detail_change", FEW))
    ]
    later = connection.execute(_ANY_LATER, (operation, own))

    def take_in() -> Extent:
        pieces, labels, *many = (answer.fetchone() is not None for answer in asked)
        return Extent(pieces, labels, any(many), later.fetchone() is not None)

    return take_in


def of(connection: Connection, operation: int, *, is_large: bool) -> Iterator[Net]:
    """What an operation did, ascending, no two of them overlapping."""
    read = connection.walk if is_large else connection.execute
    changes, pieces = read(_DETAILS, (operation,)), read(_PIECES, (operation,))
    details = _net_details(changes)
    waiting = next(details, None)
    for first, last, before, after in net_pieces(pieces):
        here: dict[int, tuple[Detail, Detail]] = {}
        while waiting is not None and waiting[0] <= last:
            here[waiting[0]] = waiting[1]
            waiting = next(details, None)
        yield Net(first, last, before, after, here)


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
