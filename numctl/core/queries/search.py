"""Finding numbers: what matches, in order, and how many there are.

Digits need no index. A search without digits walks the spans of the states that the filter picked; one
with digits meets them with the runs of matching numbers within the extents, each side leaping to where
the other is. Counts are arithmetic.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from copy import copy
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING

from numctl.core.numbers.automaton import Automaton, contains, intersect, matching
from numctl.core.numbers.parsing import digits_alone
from numctl.core.queries.idleness import unused
from numctl.core.queries.labels import Wanted, narrowed
from numctl.core.queries.selection import Filter, Spans, States, states_of
from numctl.core.queries.slices import spans_of
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numctl.core.catalog.view import View
    from numctl.core.queries.slices import Span, SpanSlice

_CHUNK = 10_000  # spans counted at a time, so that millions take no memory
PATIENCE = 16  # spans or runs looked at one by one before leaping


class Search:
    """A filter, read: which states it picks, and which digits or users it asks for.

    ``states`` are those whose numbers must match ``digits`` (None: all of them do); numbers of
    ``by_tag`` (states whose tag holds the text) need match only ``pattern``.
    """

    def __init__(self, view: View, wanted: Filter) -> None:
        """Raises NotFound, Ambiguous or OutOfScope for a name, BadValue for a pattern."""
        self._view = view
        self._users = [fold(user.strip()) for user in wanted.users]
        self._likeness = wanted.likeness
        self._labels = [wanted.labels] if wanted.labels else []
        self._idle = wanted.idle
        picked = states_of(view, wanted)
        self.pattern = matching(wanted.matching) if wanted.matching else None
        self.digits = self.pattern
        self.states = picked
        self.by_tag: States | None = None
        self.picked = picked
        if not wanted.text:
            return
        digits = digits_alone(wanted.text)
        tagged = picked.narrowed(wanted.likeness, fold(digits or wanted.text.strip()))
        if digits is None:
            self.states = self.picked = tagged
            return
        number = wanted.written or digits
        text = matching(f"^{number}$") if wanted.exact else contains(number)
        self.digits = intersect(text, self.pattern) if self.pattern else text
        if _any(view, tagged):
            self.by_tag = tagged
            self.states = picked.narrowed(f"NOT ({wanted.likeness})", fold(digits))

    def found(self, states: States | None = None, *, descending: bool = False) -> Iterator[Span]:
        """Runs of matching numbers in order, each with its state; within ``states`` if given."""
        plain, tagged = self.states, self.by_tag
        if states is not None:
            plain = plain.narrowed(states.condition, *states.values)
            tagged = tagged.narrowed(states.condition, *states.values) if tagged else None
        streams = [self._met(plain, self.digits, descending)]
        if tagged is not None:
            streams.append(self._met(tagged, self.pattern, descending))
        found = merge(*streams, reverse=descending) if len(streams) > 1 else streams[0]
        for labels in self._labels:
            found = narrowed(self._view.connection, found, labels, descending=descending)
        if self._idle is not None:
            found = unused(self._view.connection, found, self._idle, descending=descending)
        return found

    def slices(self, *, descending: bool = False) -> Iterator[SpanSlice]:
        """The same, some together."""
        if self.digits or self._users or self._labels or self._idle or self.by_tag:
            return spans_of(self.found(descending=descending))
        return Spans(self._view.connection, self.states, descending=descending).slices()

    def labelled(self, wanted: Wanted) -> Search:
        """The same search for what has, or has not, more labels."""
        other = copy(self)
        other._labels = [*self._labels, wanted]
        return other

    def _met(self, states: States, automaton: Automaton | None, descending: bool) -> Iterator[Span]:
        spans = Spans(self._view.connection, states, descending=descending)
        if self._users:
            return _meet(spans, _Listed(self._numbers_of_users(automaton), descending), descending)
        if automaton is None:
            return spans.all()
        if spans.few:
            return _within(spans.all(), automaton, descending)
        return _meet(spans, _Matching(self._view, automaton, descending), descending)

    def _numbers_of_users(self, automaton: Automaton | None) -> array[int]:
        either = " OR ".join(self._likeness for _ in self._users)
        theirs = f"SELECT id FROM user WHERE folded <> '' AND ({either})"  # noqa: S608 - conditions are ours
        rows = self._view.connection.execute(
            f"SELECT number FROM detail WHERE user IN ({theirs}) ORDER BY number",  # noqa: S608
            self._users,
        )
        return array("q", (number for (number,) in rows if automaton is None or automaton.matches(number)))

    def count(self) -> int:
        """How many numbers match."""
        if self._users or self._labels or self._idle:
            return sum(last - first + 1 for first, last, _ in self.found())
        count = self._count(self.states, self.digits)
        return count + self._count(self.by_tag, self.pattern) if self.by_tag else count

    def _count(self, states: States, automaton: Automaton | None) -> int:
        connection = self._view.connection
        if automaton is None:
            source = (
                f"SELECT sum(n) FROM tally WHERE {states.condition or 'TRUE'}"  # noqa: S608 - conditions are ours
                if states.counted
                else f"SELECT sum(last - first + 1) FROM span WHERE state IN ({states.query})"  # noqa: S608
            )
            return int(connection.execute(source, states.values).fetchone()[0] or 0)
        blocks: Iterator[tuple[int, ...]] = (
            connection.execute("SELECT first, last FROM extent")
            if states.everything
            else Spans(connection, states).all()
        )
        count = 0
        while chunk := list(islice(blocks, _CHUNK)):
            count += automaton.count_many([block[0] for block in chunk], [block[1] for block in chunk])
        return count


def _any(view: View, states: States) -> bool:
    return view.connection.execute(f"{states.query} LIMIT 1", states.values).fetchone() is not None


def _within(spans: Iterable[Span], automaton: Automaton, descending: bool) -> Iterator[Span]:
    for first, last, state in spans:
        for run in automaton.runs(first, last, descending):
            yield run.first, run.last, state


class _Matching:
    """The runs of an automaton's matches within the extents."""

    def __init__(self, view: View, automaton: Automaton, descending: bool) -> None:
        extents = view.connection.execute("SELECT first, last FROM extent ORDER BY first").fetchall()
        self._extents = [extent for extent in extents if automaton.possible(len(str(extent[0])))]
        self._automaton = automaton
        self._descending = descending
        if descending:
            self._extents.reverse()

    def beyond(self, number: int | None) -> Iterator[tuple[int, int]]:
        """The runs from ``number`` on, in order; all of them for None."""
        for first, last in self._extents:
            if number is not None:
                if self._descending:
                    last = min(last, number)
                else:
                    first = max(first, number)
            if first <= last:
                yield from self._automaton.runs(first, last, self._descending)


class _Listed:
    """Single numbers, ascending, as runs."""

    def __init__(self, numbers: Sequence[int], descending: bool) -> None:
        self._numbers = numbers
        self._descending = descending

    def beyond(self, number: int | None) -> Iterator[tuple[int, int]]:
        """The numbers from ``number`` on, in order; all of them for None."""
        if self._descending:
            at = len(self._numbers) if number is None else bisect_right(self._numbers, number)
            some = range(at - 1, -1, -1)
        else:
            some = range(0 if number is None else bisect_left(self._numbers, number), len(self._numbers))
        return ((self._numbers[at], self._numbers[at]) for at in some)


def _meet(spans: Spans, runs: _Matching | _Listed, descending: bool) -> Iterator[Span]:
    """What spans and runs have in common, in order; whoever lags behind for long leaps."""
    run_source = runs.beyond(None)
    run = next(run_source, None)
    if run is None:
        return
    span_source = spans.beyond(run[1] if descending else run[0])
    span = next(span_source, None)
    idle = 0
    while run is not None and span is not None:
        first, last = max(run[0], span[0]), min(run[1], span[1])
        if first <= last:
            idle = 0
            yield first, last, span[2]
        else:
            idle += 1
        span_is_behind = span[0] > run[0] if descending else span[1] < run[1]
        if span_is_behind:
            if idle > PATIENCE:
                span_source, idle = spans.beyond(run[1] if descending else run[0]), 0
            span = next(span_source, None)
        else:
            if idle > PATIENCE:
                run_source, idle = runs.beyond(span[1] if descending else span[0]), 0
            run = next(run_source, None)
