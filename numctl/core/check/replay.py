"""The journal's replay held against the inventory: each number's pieces must follow from one another,
begin with nothing, and end in the state that the number is in now.

Pieces and spans are read sorted by their first number and swept over once from the lowest number to
the highest, so that the cost grows with how many there are, not with how often they overlap.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.check import plain
from numctl.core.numbers.ranges import Range
from numctl.core.rules.model import NO_DETAIL, Detail

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numctl.core.check.plain import Change, Map, Piece, Run
    from numctl.core.store.connection import Connection

_PIECES = """
SELECT first, last, operation, position, coalesce(before, 0), coalesce(after, 0) FROM {journal} ORDER BY first
"""
_RUNS = "SELECT first, last, {value} FROM {runs} ORDER BY first"
_CHANGES = """
SELECT number, operation, user_before, forward_before, user_after, forward_after FROM detail_change
ORDER BY number, operation, position
"""
_DETAILS = "SELECT number, user, forward_to FROM detail ORDER BY number"

Key = tuple[int, int]  # operation, position


class _Laid(NamedTuple):
    """A piece that lies over the numbers at hand."""

    before: int
    after: int


class _Sweep:
    """Where the sweep stands: the pieces over the numbers at hand, in the order they were made."""

    def __init__(self, pieces: Iterator[Piece], spans: Iterator[Run]) -> None:
        self._pieces, self._spans = pieces, spans
        self._piece = next(self._pieces, None)
        self._ahead = next(self._pieces, None)
        self._span = next(self._spans, None)
        self._order: list[Key] = []
        self._laid: dict[Key, _Laid] = {}
        self._ends: list[tuple[int, Key]] = []

    def run(self) -> Iterator[str]:
        at = self._next_border(-1)
        while at is not None:
            if not self._ends and self._pass_plain():
                at = self._next_border(-1)
                continue
            changed = self._take_off(at) + self._lay(at)
            while self._span is not None and self._span[1] < at:
                self._span = next(self._spans, None)
            border = self._next_border(at)
            yield from self._broken_links(at, changed)
            yield from self._difference(at, border)
            at = border

    def _pass_plain(self) -> bool:
        """Pass over pieces that lie over no others and are a whole span, or the beginning of one, now.

        Most are; gives whether there was one.
        """
        piece, ahead, span = self._piece, self._ahead, self._span
        coming, spans = self._pieces, self._spans
        while piece is not None and span is not None:
            first, last, _, _, before, after = piece
            if before or after != span[2] or first != span[0] or (ahead is not None and ahead[0] <= last):
                break
            if last == span[1]:
                span = next(spans, None)
            elif last < span[1] and ahead is not None and ahead[0] == last + 1:
                span = (last + 1, span[1], span[2])
            else:
                break
            piece, ahead = ahead, next(coming, None)
        passed = piece is not self._piece
        self._piece, self._ahead, self._span = piece, ahead, span
        return passed

    def _next_border(self, at: int) -> int | None:
        """The next number from which something else is true."""
        coming = []
        if self._piece is not None:
            coming.append(self._piece[0])
        if self._ends:
            coming.append(self._ends[0][0] + 1)
        if self._span is not None:
            coming.append(self._span[0] if self._span[0] > at else self._span[1] + 1)
        return min(coming, default=None)

    def _take_off(self, at: int) -> list[Key]:
        ended = []
        while self._ends and self._ends[0][0] < at:
            _, key = heappop(self._ends)
            del self._order[bisect_left(self._order, key)]
            del self._laid[key]
            ended.append(key)
        return ended

    def _lay(self, at: int) -> list[Key]:
        begun = []
        while self._piece is not None and self._piece[0] <= at:
            _, last, operation, position, before, after = self._piece
            key = (operation, position)
            insort(self._order, key)
            self._laid[key] = _Laid(before, after)
            heappush(self._ends, (last, key))
            begun.append(key)
            self._piece, self._ahead = self._ahead, next(self._pieces, None)
        return begun

    def _broken_links(self, at: int, changed: list[Key]) -> Iterator[str]:
        """Where a piece that came or went leaves two that don't follow from one another."""
        looked = set()
        for key in changed:
            place = bisect_left(self._order, key)
            for later in (place, place + 1):
                if later >= len(self._order) or later in looked:
                    continue
                looked.add(later)
                earlier = self._laid[self._order[later - 1]].after if later else 0
                if earlier != self._laid[self._order[later]].before:
                    operation = self._order[later][0]
                    yield f"The journal's operation {operation} found {at} otherwise than it was left before."

    def _difference(self, at: int, border: int | None) -> Iterator[str]:
        replayed = self._laid[self._order[-1]].after if self._order else 0
        held = self._span[2] if self._span is not None and self._span[0] <= at else 0
        if replayed != held and border is not None:
            numbers = Range(at, border - 1)
            yield f"{numbers} is in {_state(held)}, but by the journal it is in {_state(replayed)}."


def _state(id: int) -> str:
    return f"state {id}" if id else "no state (not in the inventory)"


def inventory(connection: Connection) -> Iterator[str]:
    """Sentences on where the journal's replay is not the inventory, lowest number first."""
    return _swept(connection, plain.SPANS)


def labels(connection: Connection) -> Iterator[str]:
    """The same for the map of labels."""
    return (f"Of the labels: {said}" for said in _swept(connection, plain.LABELS))


def _swept(connection: Connection, map: Map) -> Iterator[str]:
    left = plain.left_of(connection, map)
    if left is not None:
        pieces, runs = left
        return _Sweep(iter(pieces), iter(runs)).run()
    names = map._asdict()
    return _Sweep(connection.walk(_PIECES.format(**names)), connection.walk(_RUNS.format(**names))).run()


def details(connection: Connection) -> Iterator[str]:
    """The same for what is true of single numbers: users and forwarding."""
    few = plain.details_left(connection)
    changes = iter(few[0]) if few is not None else connection.walk(_CHANGES)
    held = iter(few[1]) if few is not None else connection.walk(_DETAILS)
    here = next(held, None)
    for number, left, broken in _replayed_details(changes):
        if broken:
            yield f"The journal's operation {broken} found {number} with another user or forwarding number."
        while here is not None and here[0] < number:
            yield f"{here[0]} has a user or forwarding number that the journal doesn't know."
            here = next(held, None)
        now = NO_DETAIL
        if here is not None and here[0] == number:
            now = Detail(here[1], here[2])
            here = next(held, None)
        if now != left:
            yield f"{number} has another user or forwarding number than the journal says."
    while here is not None:
        yield f"{here[0]} has a user or forwarding number that the journal doesn't know."
        here = next(held, None)


def _replayed_details(changes: Iterable[Change]) -> Iterator[tuple[int, Detail, int]]:
    """Each number with the detail left at last, and the first operation that found another (else 0)."""
    current, left, broken = None, NO_DETAIL, 0
    for number, operation, user_before, forward_before, user, forward in changes:
        if number != current:
            if current is not None:
                yield current, left, broken
            current, left, broken = number, NO_DETAIL, 0
        if not broken and left != (user_before, forward_before):
            broken = operation
        left = Detail(user, forward)
    if current is not None:
        yield current, left, broken
