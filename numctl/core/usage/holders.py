"""Who held a number when, by the journal; for many numbers at once.

The journal's pieces are read for a window of numbers at a time, by their classes of size, and only those
that brought a number to another organization. So a few numbers cost a few looks in a journal of millions
of pieces, a million numbers one pass over it, and the memory is that of a window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core.changes.pieces import CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numctl.core.store.connection import Connection

WINDOW = 1_000  # numbers

_SIZES = ", ".join(f"({size}, {most - 1})" for size, most in CLASSES)
_HANDED_OVER = f"""
WITH size (class, reach) AS (VALUES {_SIZES})
SELECT piece.first, piece.last, operation.at, now.organization
FROM size CROSS JOIN piece INDEXED BY piece_class
  ON piece.class = size.class AND piece.first BETWEEN :first - reach AND :last AND piece.last >= :first
JOIN state AS now ON now.id = piece.after
LEFT JOIN state AS was ON was.id = piece.before
JOIN operation ON operation.id = piece.operation
WHERE coalesce(was.organization, 0) <> now.organization
ORDER BY piece.operation, piece.position
"""  # noqa: S608 - the classes of pieces


class Holding(NamedTuple):
    """From ``since`` (RFC 3339, UTC) an organization (its row id) held the number."""

    since: str
    organization: int


def holdings(connection: Connection, numbers: Iterable[int]) -> Iterator[tuple[int, Sequence[Holding]]]:
    """Each of the numbers, which ascend, with who held it, the earliest first.

    Empty for a number that the store never knew. That a number left the inventory is not told: who
    held it last goes on standing for it.
    """
    window: list[int] = []
    for number in numbers:
        window.append(number)
        if len(window) == WINDOW:
            yield from _within(connection, window)
            window = []
    if window:
        yield from _within(connection, window)


def holder_at(holdings: Sequence[Holding], moment: str) -> int:
    """Who held a number right before a moment; its first holder for a time before the store knew it."""
    holder = holdings[0].organization
    for since, organization in holdings:
        if since >= moment:
            break
        holder = organization
    return holder


def _within(connection: Connection, numbers: Sequence[int]) -> Iterator[tuple[int, Sequence[Holding]]]:
    ends = {"first": numbers[0], "last": numbers[-1]}
    pieces = [
        (first, last, order, Holding(at, organization))
        for order, (first, last, at, organization) in enumerate(connection.execute(_HANDED_OVER, ends))
    ]
    pieces.sort()
    covering: list[tuple[int, int, Holding]] = []  # order, last number, holding
    found: list[Holding] = []
    upcoming, over = 0, -1  # the next piece; the first number at which one that covers is over
    for number in numbers:
        changed = bool(covering) and number >= over
        if changed:
            covering = [piece for piece in covering if piece[1] >= number]
        while upcoming < len(pieces) and pieces[upcoming][0] <= number:
            _, last, order, holding = pieces[upcoming]
            upcoming += 1
            if last >= number:
                covering.append((order, last, holding))
                changed = True
        if changed:
            covering.sort()
            found = [holding for _, _, holding in covering]
            over = min((last for _, last, _ in covering), default=number) + 1
        yield number, found
