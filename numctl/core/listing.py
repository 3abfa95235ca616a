"""What a search shows: numbers in any order of rows, read whole into packed arrays, then told row by row.

Nothing here holds the store while output is written: ``Listing.read`` runs inside a snapshot, and
everything after works from memory.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from numctl.core.model import Status
from numctl.core.ranges import adjoins
from numctl.core.selection import States
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numctl.core.search import Search
    from numctl.core.selection import Span
    from numctl.core.view import View

COLUMNS = ("series", "number", "organization", "status", "reserved_tag")
FIELDS = (
    "series",
    "number",
    "organization",
    "status",
    "reserved_tag",
    "reserved_until",
    "user",
    "forwarded_to",
)
RANGE_FIELDS = ("series", "first", "last", "count", *FIELDS[2:])

_SINGLY = 1_000  # rows looked up one by one; more are read in one go

Row = tuple[str | None, ...]  # a number's fields but for the number itself, which is None


class Order(NamedTuple):
    """How to sort: a column of ``COLUMNS``, and whether backwards. Ties go by number, upwards."""

    column: str = "number"
    descending: bool = False


class Listing:
    """Found runs with all that is shown of them."""

    def __init__(self) -> None:
        self._firsts, self._lasts, self._states = array("q"), array("q"), array("i")
        self._numbers, self._users, self._forwards = array("q"), array("i"), array("q")
        self._rows: dict[int, Row] = {}  # by state
        self._detailed: set[int] = set()  # states whose numbers may have a user or forwarding
        self._names: dict[int, str] = {}
        self._backwards = False
        self._limit: int | None = None
        self.count = 0  # numbers

    @classmethod
    def read(
        cls, view: View, search: Search, order: Order, *, limit: int | None = None, ranges: bool = False
    ) -> Listing:
        """Read what ``search`` finds, in order: all of it, or ``limit`` numbers (with ``ranges``: runs)."""
        listing = cls()
        listing._backwards = order == Order("number", descending=True)
        listing._limit = limit
        for first, last, state in _ordered(view, search, order):
            listing._append(first, last, state, None if ranges else limit)
            if limit is not None and (len(listing._firsts) if ranges else listing.count) >= limit:
                break
        listing._read_rows(view)
        listing._read_details(view)
        return listing

    def _append(self, first: int, last: int, state: int, limit: int | None) -> None:
        missing = last - first + 1 if limit is None else min(limit - self.count, last - first + 1)
        if self._backwards:
            first = last - missing + 1
        else:
            last = first + missing - 1
        self._firsts.append(first)
        self._lasts.append(last)
        self._states.append(state)
        self.count += missing

    def _read_rows(self, view: View) -> None:
        series = dict(view.connection.execute("SELECT id, name FROM series"))
        for id in set(self._states):
            of, holder, status, tag, until = view.connection.execute(
                "SELECT series, organization, status, tag, until FROM state WHERE id = ?", (id,)
            ).fetchone()
            self._rows[id] = (
                series[of],
                None,
                view.tree.path(holder),
                status,
                tag or None,
                until or None,
                None,
                None,
            )
            if status != Status.AVAILABLE:
                self._detailed.add(id)

    def _read_details(self, view: View) -> None:
        runs = [at for at, state in enumerate(self._states) if state in self._detailed]
        if len(runs) > _SINGLY:
            found: Iterable[tuple[int, int | None, int | None]] = view.connection.execute(
                "SELECT number, user, forward_to FROM detail ORDER BY number"
            )
        else:
            found = sorted(
                row
                for at in runs
                for row in view.connection.execute(
                    "SELECT number, user, forward_to FROM detail WHERE number BETWEEN ? AND ?",
                    (self._firsts[at], self._lasts[at]),
                )
            )
        for number, user, forward_to in found:
            self._numbers.append(number)
            self._users.append(user or 0)
            self._forwards.append(forward_to or 0)
        users = set(self._users)
        if len(users) > _SINGLY:
            self._names = {
                id: name for id, name in view.connection.execute("SELECT id, name FROM user") if id in users
            }
        else:
            for id in users:
                for (name,) in view.connection.execute("SELECT name FROM user WHERE id = ?", (id,)):
                    self._names[id] = name

    def runs(self) -> Iterator[tuple[Row, int, int]]:
        """Each run as (row, first, last), cut where users or forwarding differ.

        Numbers that are told downwards come one by one.
        """
        for at in range(len(self._firsts)):
            pieces = self._pieces(self._firsts[at], self._lasts[at], self._states[at])
            if not self._backwards:
                yield from pieces
                continue
            for row, first, last in reversed(list(pieces)):
                for number in range(last, first - 1, -1):
                    yield row, number, number

    def ranges(self) -> Iterator[tuple[Row, int, int]]:
        """Unbroken runs of equal rows as (row, first, last)."""
        return self._limited(self._joined())

    def _limited(self, runs: Iterator[tuple[Row, int, int]]) -> Iterator[tuple[Row, int, int]]:
        return runs if self._limit is None else islice(runs, self._limit)

    def _joined(self) -> Iterator[tuple[Row, int, int]]:
        held: tuple[Row, int, int] | None = None
        for at in range(len(self._firsts)):
            pieces = self._pieces(self._firsts[at], self._lasts[at], self._states[at])
            for row, first, last in reversed(list(pieces)) if self._backwards else pieces:
                if held is not None and held[0] == row and adjoins(held[2], first):
                    held = (row, held[1], last)
                elif held is not None and held[0] == row and adjoins(last, held[1]):
                    held = (row, first, held[2])
                else:
                    if held is not None:
                        yield held
                    held = (row, first, last)
        if held is not None:
            yield held

    def _pieces(self, first: int, last: int, state: int) -> Iterator[tuple[Row, int, int]]:
        row = self._rows[state]
        if state in self._detailed:
            at = bisect_left(self._numbers, first)
            while at < len(self._numbers) and self._numbers[at] <= last:
                number = self._numbers[at]
                if first < number:
                    yield row, first, number - 1
                yield self._detailed_row(row, at), number, number
                first = number + 1
                at += 1
        if first <= last:
            yield row, first, last

    def _detailed_row(self, row: Row, at: int) -> Row:
        forward_to = self._forwards[at]
        return (*row[:6], self._names.get(self._users[at]) or None, str(forward_to) if forward_to else None)


def ranged(row: Row, first: int, last: int) -> tuple[str | int | None, ...]:
    """A run's row with ``first``, ``last`` and ``count`` in the number's place: ``RANGE_FIELDS``."""
    return (row[0], str(first), str(last), last - first + 1, *row[2:])


def _ordered(view: View, search: Search, order: Order) -> Iterator[Span]:
    if order.column == "number":
        yield from search.found(descending=order.descending)
        return
    groups: dict[str, list[int]] = {}
    key = _key(view, order.column)
    for id, *values in view.connection.execute(
        f"SELECT id, series, organization, status, folded FROM state WHERE id IN ({search.picked.query})"  # noqa: S608
        " AND EXISTS (SELECT 1 FROM span WHERE span.state = state.id)",
        search.picked.values,
    ):
        groups.setdefault(key(values), []).append(id)
    without = groups.pop("", None)
    ordered = [groups[value] for value in sorted(groups, reverse=order.descending)]
    for ids in [*ordered, without] if without else ordered:
        yield from search.found(States("", ()).among("id", ids))


def _key(view: View, column: str) -> Callable[[list[Any]], str]:
    if column == "series":
        folded = dict(view.connection.execute("SELECT id, folded FROM series"))
        return lambda values: folded[values[0]]
    if column == "organization":
        return lambda values: fold(view.tree.path(values[1]))
    return lambda values: str(values[2] if column == "status" else values[3])
