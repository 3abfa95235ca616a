"""Which states a filter picks, and their spans in order, forwards or backwards, from any number on."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.catalog import series as series_table
from numctl.core.numbers.ranges import HIGHEST
from numctl.core.queries.labels import Wanted
from numctl.core.queries.slices import SpanSlice, growing, spans_of
from numctl.core.rules.model import Status
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numctl.core.catalog.view import View
    from numctl.core.dates import Period
    from numctl.core.queries.slices import Span
    from numctl.core.store.connection import Connection

TALLIED = ("organization", "series", "status")  # what numbers are counted by
FEW = 2_000  # spans that are fetched by their state; more are found by walking the numbers

_SLICE = """
SELECT group_concat(CAST(first AS TEXT), ','), group_concat(CAST(last AS TEXT), ','),
  group_concat(CAST(state AS TEXT), ',')
FROM (SELECT first, last, state FROM span WHERE {condition} ORDER BY first {order} LIMIT ?) AS part
"""
_UP = (
    "first >= coalesce((SELECT first FROM span WHERE first <= ? ORDER BY first DESC LIMIT 1), ?)"
    " AND last >= ?"
)
_DOWN = "first <= ?"


class Filter(NamedTuple):
    """What to search for. Repeated values widen, different fields narrow; empty means any.

    ``text`` is digits or a part of a tag, ``matching`` a pattern of digits. ``organizations`` are meant
    alone, with ``below`` with all that is under them; without any, the acting one and what is below.
    With ``exact`` text, tags and users match as wholes. ``until_before`` is a date. ``written`` are the
    digits of ``text`` as numbers are kept, where a region reads them otherwise than they are written;
    ``labels`` those that numbers have, or have not; ``idle`` days on which numbers in use had no usage.
    """

    text: str = ""
    series: Sequence[str] = ()
    organizations: Sequence[str] = ()
    below: bool = False
    statuses: Sequence[str] = ()
    tags: Sequence[str] = ()
    users: Sequence[str] = ()
    matching: str = ""
    exact: bool = False
    until_before: str = ""
    written: str = ""
    labels: Wanted = Wanted()
    idle: Period | None = None

    @property
    def likeness(self) -> str:
        """The condition by which a folded name is compared with a text: as a whole, or as a part."""
        return "folded = ?" if self.exact else "instr(folded, ?) > 0"


class States(NamedTuple):
    """A set of states, as a condition on the ``state`` table; an empty condition is all of them."""

    condition: str
    values: tuple[str, ...]
    counted: bool = True  # the condition speaks of nothing that ``tally`` lacks

    def narrowed(self, condition: str, *values: str, counted: bool = False) -> States:
        joined = f"{self.condition} AND {condition}" if self.condition else condition
        return States(joined, (*self.values, *values), self.counted and counted)

    def among(self, column: str, values: Sequence[int] | Sequence[str]) -> States:
        """Those of them with one of the values, however many, in a column."""
        from json import dumps

        one = "atom" if column == "status" else "value"  # a text, a whole number
        condition = f"{column} IN (SELECT {one} FROM json_each(?))"  # noqa: S608 - columns are ours
        return self.narrowed(condition, dumps(list(values)), counted=column in TALLIED)

    @property
    def everything(self) -> bool:
        return not self.condition

    @property
    def query(self) -> str:
        """SQL for the row ids."""
        return f"SELECT id FROM state WHERE {self.condition or 'TRUE'}"  # noqa: S608 - conditions are ours


EVERY = States("", ())


def states_of(view: View, wanted: Filter) -> States:
    """The states that a filter's series, organizations, statuses and tags leave, within scope.

    Raises NotFound, Ambiguous or OutOfScope for a name.
    """
    picked = EVERY
    organizations = _organizations(view, wanted)
    if organizations is not None:
        picked = picked.among("organization", sorted(organizations))
    if wanted.series:
        ids = sorted({series_table.find(view, name) for name in wanted.series})
        picked = picked.among("series", ids)
    if wanted.statuses:
        picked = picked.among("status", wanted.statuses)
    if wanted.idle:
        picked = picked.among("status", [Status.IN_USE])
    if wanted.tags:
        either = " OR ".join(wanted.likeness for _ in wanted.tags)
        picked = picked.narrowed(f"({either})", *(fold(tag.strip()) for tag in wanted.tags))
    if wanted.until_before:
        picked = picked.narrowed("until <> '' AND until < ?", wanted.until_before)
    return picked


def _organizations(view: View, wanted: Filter) -> set[int] | frozenset[int] | None:
    if not wanted.organizations:
        return None if view.sees_all else view.scope
    named = [view.organization(text) for text in wanted.organizations]
    if not wanted.below:
        return set(named)
    return {id for top in named for id in view.tree.below(top)}


class Spans:
    """The spans of some states, ascending or descending, with leaps to any number."""

    def __init__(self, connection: Connection, states: States, *, descending: bool = False) -> None:
        self._connection = connection
        self._states = states
        self._descending = descending
        self._few = self._fetch_if_few()

    def _fetch_if_few(self) -> list[Span] | None:
        if self._states.everything:
            return None
        rows = self._connection.execute(
            f"SELECT first, last, state FROM span WHERE state IN ({self._states.query}) LIMIT ?",  # noqa: S608
            (*self._states.values, FEW + 1),
        ).fetchall()
        return sorted(rows, reverse=self._descending) if len(rows) <= FEW else None

    @property
    def few(self) -> bool:
        """Whether they are so few that all of them are at hand."""
        return self._few is not None

    def all(self) -> Iterator[Span]:
        """Every span, in order."""
        if self._few is not None:
            return iter(self._few)
        if self._states.everything:
            return self._walk("TRUE")
        # The plus keeps the planner from going by the states' index.
        return self._walk(f"+state IN ({self._states.query})", *self._states.values)

    def slices(self) -> Iterator[SpanSlice]:
        """Every span, in order, some together."""
        if self._few is not None:
            yield from spans_of(self._few)
            return
        beyond, order, at = (
            ("first < ?", "DESC", HIGHEST + 1) if self._descending else ("first > ?", "ASC", 0)
        )
        if not self._states.everything:
            picked = f"SELECT 1 FROM state WHERE id = span.state AND {self._states.condition}"  # noqa: S608
            beyond += f" AND EXISTS ({picked})"
        statement = _SLICE.format(condition=beyond, order=order)
        for size in growing():
            values = (at, *self._states.values, size)
            begins, ends, states = self._connection.execute(statement, values).fetchone()
            if begins is None:
                return
            firsts = begins.split(",")
            lasts = firsts if begins == ends else ends.split(",")
            low, high = (firsts[-1], lasts[0]) if self._descending else (firsts[0], lasts[-1])
            yield SpanSlice(firsts, lasts, states.split(","), int(low), int(high))
            if len(firsts) < size:
                return
            at = int(firsts[-1])

    def beyond(self, number: int) -> Iterator[Span]:
        """From the span that holds ``number`` on (downwards when descending), in order."""
        if self._few is not None:
            if self._descending:
                return (span for span in self._few if span[0] <= number)
            return (span for span in self._few if span[1] >= number)
        spans = self._walk(_DOWN, number) if self._descending else self._walk(_UP, number, number, number)
        if self._states.everything:
            return spans
        picked = self._picked
        return (span for span in spans if span[2] in picked)

    @cached_property
    def _picked(self) -> frozenset[int]:
        """The states' row ids: those who leap often would have SQLite pick them at each leap."""
        rows = self._connection.execute(self._states.query, self._states.values)
        return frozenset(id for (id,) in rows)

    def _walk(self, condition: str, *values: int | str) -> Iterator[Span]:
        order = "DESC" if self._descending else "ASC"
        return self._connection.walk(
            f"SELECT first, last, state FROM span WHERE {condition} ORDER BY first {order}",  # noqa: S608
            values,
        )
