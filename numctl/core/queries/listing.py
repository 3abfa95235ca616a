"""What a search shows: numbers in any order of rows, read whole and packed, then told piece by piece.

Nothing here holds the store while output is written: ``Listing.read`` runs inside a snapshot, and
everything after works from the buffer.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from numctl.core.numbers.ranges import adjoins
from numctl.core.queries import slices
from numctl.core.queries.buffer import Buffer
from numctl.core.queries.ordering import Order, ordered
from numctl.core.queries.pieces import Pieces, Row
from numctl.core.queries.slices import Slice, SpanSlice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numctl.core.catalog.view import View
    from numctl.core.queries.search import Search
    from numctl.core.queries.slices import Piece, PieceRow

FIELDS = (
    "series",
    "number",
    "organization",
    "status",
    "reserved_tag",
    "reserved_until",
    "user",
    "forwarded_to",
    "labels",
)
OWN = "user"  # the first of the two fields that are a number's own
RANGE_FIELDS = ("series", "first", "last", "count", *FIELDS[2:])


class Listing:
    """Found pieces with all that is shown of them."""

    def __init__(self) -> None:
        self._buffer = Buffer()
        self._backwards = False
        self.rows: Mapping[str, Row] = {}  # what the numbers of a piece share, by its key
        self.count = 0  # numbers, where there is a limit

    @classmethod
    def read(
        cls, view: View, search: Search, order: Order, *, limit: int | None = None, ranges: bool = False
    ) -> Listing:
        """Read what ``search`` finds, in order: all of it, or ``limit`` numbers (with ``ranges``: runs)."""
        listing = cls()
        listing._backwards = order == Order("number", descending=True)
        spans = ordered(view, search, order, page=limit is not None)
        if limit is not None and not ranges:
            spans = _cut_off(spans, limit, listing._backwards)
        pieces = Pieces(view, backwards=listing._backwards)
        found = pieces.of(spans)
        if ranges:  # a run is whole when another begins, however many spans it is found in
            runs = islice(_joined(slices.pieces(found)), limit)
            for chunk in slices.in_parts(runs, slices.growing()):
                listing._buffer.put(chunk)
        for some in () if ranges else found:
            listing._buffer.put(some.packed())
            if limit is not None:
                listing.count += some.numbers
        listing.rows = pieces.rows
        return listing

    def slices(self) -> Iterator[Slice]:
        """What was found, cut where users or forwarding differ.

        Numbers that are told downwards come one by one.
        """
        found = map(Slice.unpacked, self._buffer.chunks())
        return _one_by_one(found) if self._backwards else found

    def ranges(self) -> Iterator[Piece]:
        """What was found of one that was read with ``ranges``: unbroken runs of which the same is shown."""
        return iter(self._buffer)

    def ranged(self, piece: Piece) -> tuple[object, ...]:
        """A run's row, with ``first``, ``last`` and ``count`` in the number's place: ``RANGE_FIELDS``."""
        first, last, key, user, forward_to = piece
        row = self.rows[key]
        return (row[0], str(first), str(last), last - first + 1, *row[2:6], user, forward_to, row[8])


def _one_by_one(found: Iterable[Slice]) -> Iterator[Slice]:
    for some in found:
        if some.lasts is some.firsts:
            yield some
        else:
            yield from slices.of_rows(_each_number(some))


def _each_number(some: Slice) -> Iterator[PieceRow]:
    for row in zip(*some, strict=True):
        first, last, *own = row
        if first == last:
            yield row
        else:
            for number in range(int(last), int(first) - 1, -1):
                digits = str(number)
                yield digits, digits, *own  # type: ignore[misc]  # three more


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    begin = end = -1
    shown: tuple[str, str | None, str | None] | None = None
    for first, last, key, user, forward_to in pieces:
        same = (key, user, forward_to) == shown
        if same and adjoins(end, first):
            end = last
        elif same and adjoins(last, begin):
            begin = first
        else:
            if shown is not None:
                yield begin, end, *shown
            begin, end, shown = first, last, (key, user, forward_to)
    if shown is not None:
        yield begin, end, *shown


def _cut_off(spans: Iterable[SpanSlice], limit: int, backwards: bool) -> Iterator[SpanSlice]:
    """The first ``limit`` numbers of some spans."""
    for some in spans:
        if some.lasts is some.firsts and len(some.firsts) < limit:
            limit -= len(some.firsts)
            yield some
            continue
        kept = []
        for first, last, state in some.rows():
            n = min(last - first + 1, limit)
            kept.append((last - n + 1, last, state) if backwards else (first, first + n - 1, state))
            limit -= n
            if not limit:
                break
        yield SpanSlice.of(kept)
        if not limit:
            return
