"""Labels read: what there are, the runs that have some, and the labels of pieces."""

from __future__ import annotations

import json
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.changes.label_sets import LabelSets
from numctl.core.rules import labels as rules
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numctl.core.catalog.view import View
    from numctl.core.queries.slices import Span
    from numctl.core.rules.labels import Labels
    from numctl.core.store.connection import Connection, Cursor

AT_ONCE = 2_000  # spans whose labels are read together

_USED = """
SELECT label.key, label.value, max(run.first, span.first), min(run.last, span.last), state.organization
FROM label JOIN label_span AS run ON run.label_set = label.label_set
JOIN span ON span.first <= run.last AND span.last >= run.first AND span.first >= coalesce(
  (SELECT max(first) FROM span WHERE first <= run.first), run.first)
JOIN state ON state.id = span.state ORDER BY label.key, label.folded, label.value
"""
_LABELLED = """
SELECT state.organization, label.value, state.status,
  sum(min(run.last, span.last) - max(run.first, span.first) + 1)
FROM label JOIN label_span AS run ON run.label_set = label.label_set
JOIN span ON span.first <= run.last AND span.last >= run.first AND span.first >= coalesce(
  (SELECT max(first) FROM span WHERE first <= run.first), run.first)
JOIN state ON state.id = span.state WHERE label.key = ? GROUP BY 1, 2, 3
"""
_FROM = """
SELECT first, last, label_set FROM label_span
WHERE first >= coalesce((SELECT max(first) FROM label_span WHERE first <= :first), :first)
ORDER BY first LIMIT :most
"""
_ANY = "SELECT 1 FROM label_span LIMIT 1"
_OF_ONE = """
SELECT labels FROM label_set WHERE id = (
  SELECT label_set FROM label_span WHERE first <= :number AND last >= :number ORDER BY first DESC LIMIT 1
)
"""
_RUNS = "SELECT first, last FROM label_span WHERE label_set IN ({sets}) ORDER BY first {order}"


class Listed(NamedTuple):
    """A label, and how many numbers in scope have it."""

    key: str
    value: str
    count: int  # type: ignore[assignment]  # the contract's word, over a tuple's method


def labels_of(connection: Connection, number: int) -> Labels:
    """The labels of one number."""
    row = connection.execute(_OF_ONE, {"number": number}).fetchone()
    return rules.kept(row[0]) if row else rules.NONE


def any_there(connection: Connection) -> bool:
    """Whether any number has a label."""
    return connection.execute(_ANY).fetchone() is not None


def listed(view: View, key: str | None = None) -> list[Listed]:
    """Each label that numbers in scope have, by key and value."""
    counts: dict[tuple[str, str], int] = {}
    for name, value, first, last, holder in view.connection.execute(_USED):
        if holder in view.scope and key in (None, name):
            counts[name, value] = counts.get((name, value), 0) + last - first + 1
    return [Listed(name, value, n) for (name, value), n in counts.items()]


def labelled(connection: Connection, key: str) -> Iterable[tuple[int, str, str, int]]:
    """How many numbers have each value of a label, by organization (row id) and status."""
    return connection.execute(_LABELLED, (key,))


class Wanted(NamedTuple):
    """Labels asked for: the same key widens, different keys narrow; ``without`` are keys not to be there.

    A value matches whole, in any case; None is any.
    """

    having: Sequence[tuple[str, str | None]] = ()
    without: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.having or self.without)

    def values(self, key: str) -> list[str | None]:
        """Those asked for of one key."""
        return [value for name, value in self.having if name == key]


def read_wanted(having: Iterable[str], without: Iterable[str]) -> Wanted:
    """``KEY`` or ``KEY=VALUE``, and keys. Raises BadValue."""
    read = []
    for text in having:
        key, equals, value = text.partition("=")
        read.append((rules.clean_key(key), value if equals else None))
    return Wanted(tuple(read), tuple(rules.clean_key(key) for key in without))


def having(spans: Iterator[Span], runs: Iterable[Iterable[tuple[int, int]]]) -> Iterator[Span]:
    """Of some ascending spans what has all of some labels, by the ascending runs of each."""
    for one in runs:
        spans = _in_common(spans, iter(one), descending=False)
    return spans


def narrowed(
    connection: Connection, spans: Iterator[Span], wanted: Wanted, *, descending: bool
) -> Iterator[Span]:
    """Of some spans in order of their numbers, what has the labels that are wanted."""
    for key in dict.fromkeys(key for key, _ in wanted.having):
        runs = _runs(connection, key, wanted.values(key), descending=descending)
        spans = _in_common(spans, runs, descending=descending)
    for key in dict.fromkeys(wanted.without):
        spans = outside(spans, _runs(connection, key, [None], descending=descending), descending=descending)
    return spans


def _runs(
    connection: Connection, key: str, values: Sequence[str | None], *, descending: bool
) -> Iterator[tuple[int, int]]:
    return iter(ask_runs(connection, key, values, descending=descending).fetchall())


def ask_runs(
    connection: Connection, key: str, values: Iterable[str | None], *, descending: bool = False
) -> Cursor:
    """Ask for the runs of numbers that have a label, in order of their numbers; None is any value."""
    values = list(values)
    if None in values:
        sets, parameters = "SELECT label_set FROM label WHERE key = ?", (key,)
    else:
        folded = json.dumps([fold(value.strip()) for value in values if value is not None])
        sets = "SELECT label_set FROM label WHERE key = ? AND folded IN (SELECT atom FROM json_each(?))"
        parameters = (key, folded)  # type: ignore[assignment]
    statement = _RUNS.format(sets=sets, order="DESC" if descending else "ASC")
    return connection.execute(statement, parameters)


def _in_common(spans: Iterator[Span], runs: Iterator[tuple[int, int]], *, descending: bool) -> Iterator[Span]:
    run = next(runs, None)
    for first, last, state in spans:
        while run is not None and (run[0] > last if descending else run[1] < first):
            run = next(runs, None)
        while run is not None and run[0] <= last and run[1] >= first:
            yield max(first, run[0]), min(last, run[1]), state
            if (run[0] <= first) if descending else (run[1] >= last):
                break  # the next span may meet it, too
            run = next(runs, None)


def outside(spans: Iterator[Span], runs: Iterator[tuple[int, int]], *, descending: bool) -> Iterator[Span]:
    """Of some spans in order, what lies in none of the runs, which are in the same order."""
    run = next(runs, None)
    for first, last, state in spans:
        low, high = first, last
        while run is not None and (run[0] > high if descending else run[1] < low):
            run = next(runs, None)
        while run is not None and run[0] <= high and run[1] >= low:
            if descending:
                if run[1] < high:
                    yield run[1] + 1, high, state
                high = run[0] - 1
                over = run[0] <= first
            else:
                if run[0] > low:
                    yield low, run[0] - 1, state
                low = run[1] + 1
                over = run[1] >= last
            if over:
                break
            run = next(runs, None)
        if low <= high:
            yield low, high, state


class LabelsOf:
    """The labels of numbers, looked up run by run; those of neighbours are read together."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sets = LabelSets(connection)
        self._asked = connection.execute(_ANY)
        self._firsts: list[int] = []
        self._runs: list[tuple[int, int, int]] = []
        self._known = (0, -1)  # the numbers of which all runs are at hand

    @cached_property
    def any(self) -> bool:
        """Whether any number has a label."""
        return self._asked.fetchone() is not None

    def __getitem__(self, id: int) -> Labels:
        return self._sets[id]

    def text(self, id: int) -> str:
        """A set of labels as it is kept."""
        return self._sets.text(id)

    def texts(self, ids: Iterable[int]) -> dict[int, str]:
        """Sets of labels as they are kept, by row id."""
        return self._sets.texts(ids)

    def within(self, first: int, last: int) -> Iterator[tuple[int, int, int]]:
        """First, last and set (a row id, 0 for none) of what ``first`` to ``last`` consists of, ascending."""
        while first <= last:
            if not self._known[0] <= first <= self._known[1]:
                self.ahead(first)()
            end = min(last, self._known[1])
            yield from self._at_hand(first, end)
            first = end + 1

    def _at_hand(self, first: int, last: int) -> Iterator[tuple[int, int, int]]:
        at = first
        place = max(bisect_right(self._firsts, first) - 1, 0)
        for index in range(place, len(self._runs)):
            start, end, id = self._runs[index]
            if start > last:
                break
            low, high = max(start, first), min(end, last)
            if high < low:
                continue
            if low > at:
                yield at, low - 1, 0
            yield low, high, id
            at = high + 1
        if at <= last:
            yield at, last, 0

    def ahead(self, first: int) -> Callable[[], None]:
        """Ask for the runs from a number on; what is given has them at hand."""
        asked = self._connection.execute(_FROM, {"first": first, "most": AT_ONCE})

        def take_in() -> None:
            rows = asked.fetchall()
            self._runs, self._firsts = rows, [row[0] for row in rows]
            self._known = (first, rows[-1][1] if len(rows) == AT_ONCE else 10**15)

        return take_in
