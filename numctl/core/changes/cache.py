"""Spans laid out in memory, changed there, and written back sorted; a part of what changes numbers or labels.

A span is loaded whole, with both its neighbours, so that joining needs no second look. What the
store holds and what the cache holds are compared at ``flush``; only the difference is written, in
the order in which spans never overlap: deletes, new ends, inserts.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.numbers.ranges import HIGHEST, adjoins, united

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numctl.core.numbers.ranges import Pair
    from numctl.core.store.connection import Connection

_first = itemgetter(-1)  # of the values of an update

ABSENT = 0  # stands for "not in the inventory" where a state's row id is asked for

_LOAD = """
SELECT first, last, {value} FROM {table}
WHERE first >= coalesce((SELECT max(first) FROM {table} WHERE first < :first), :first) AND first <= :last + 1
ORDER BY first
"""

# The same for many at once.
_AHEAD = """
SELECT DISTINCT s.first, s.last, s.{value} FROM (VALUES {asked}) AS asked
JOIN {table} AS s ON s.first <= asked.column2 + 1
AND s.first >= coalesce((SELECT max(first) FROM {table} WHERE first < asked.column1), asked.column1)
ORDER BY s.first
"""

SPANS = "span (first, more, state)"
ASKED_AT_ONCE = 500  # ranges
AT_A_TIME = 1_000  # spans read from the store at a time
_STORED = """
SELECT first, last, state FROM span
WHERE first >= coalesce((SELECT max(first) FROM span WHERE first <= :first), :first)
  AND first <= :last AND last >= :first
ORDER BY first LIMIT :most
"""


def parts(ranges: Sequence[Pair]) -> Iterator[Sequence[Pair]]:
    """As many of some ranges at a time as one question may name."""
    for start in range(0, len(ranges), ASKED_AT_ONCE):
        yield ranges[start : start + ASKED_AT_ONCE]


def places(ranges: Sequence[Pair]) -> str:
    """What stands for some ranges in a question."""
    return ", ".join(["(?, ?)"] * len(ranges))


class Piece(NamedTuple):
    """Numbers ``first`` to ``last`` in one state, ``ABSENT`` for a hole."""

    first: int
    last: int
    state: int


class Kept(NamedTuple):
    """Where runs are kept: the table, and its column of what all numbers of a run have (row ids)."""

    table: str
    value: str

    def within(self, statement: str, **words: str) -> str:
        """A statement about these."""
        return statement.format(table=self.table, value=self.value, **words)


STATES = Kept("span", "state")


class Cache:
    """The spans around what is being changed."""

    def __init__(self, connection: Connection, kept: Kept = STATES) -> None:
        self._connection = connection
        self._kept = kept
        self._one_by_one = kept.within(_LOAD)
        self._clear()

    def _clear(self) -> None:
        self._firsts: list[int] = []
        self._spans: dict[int, tuple[int, int]] = {}
        self._stored: dict[int, tuple[int, int]] = {}
        self._laid: set[Pair] = set()
        self._covered: list[Pair] = []  # the same, ascending and disjoint, but for
        self._fresh: list[Pair] = []  # the last ones

    def __len__(self) -> int:
        return len(self._firsts)

    def load(self, first: int, last: int) -> None:
        """Lay out the spans from ``first`` to ``last`` and both neighbours."""
        if (first, last) not in self._laid and not self.has((first, last)):
            self._lay(self._connection.execute(self._one_by_one, {"first": first, "last": last}))
            self._laid.add((first, last))

    def has(self, numbers: Pair) -> bool:
        """Whether a range is laid out, or is a part of one that is."""
        if numbers in self._laid:
            return True
        if self._fresh:
            self._covered, self._fresh = united(chain(self._covered, self._fresh)), []
        at = bisect_right(self._covered, (numbers[0], HIGHEST)) - 1
        return at >= 0 and self._covered[at][1] >= numbers[1]

    def missing(self, ranges: Iterable[Pair]) -> list[Pair]:
        """Those of some ranges that weren't asked for as such."""
        return [one for one in ranges if one not in self._laid]

    def ahead(self, ranges: Sequence[Pair]) -> Callable[[], None]:
        """Ask for the same for many ranges of few spans; what is given takes the answer in."""
        asked = [
            self._connection.execute(
                self._kept.within(_AHEAD, asked=places(some)), [*chain.from_iterable(some)]
            )
            for some in parts(ranges)
        ]

        def take_in() -> None:
            for found in asked:
                self._lay(found)
            self._laid.update((first, last) for first, last in ranges)
            self._fresh += ranges

        return take_in

    def _lay(self, spans: Iterable[tuple[int, int, int]]) -> None:
        fresh = []
        stored = self._stored
        for start, end, state in spans:
            if start not in stored:
                stored[start] = self._spans[start] = (end, state)
                fresh.append(start)
        if not fresh:
            return
        at = bisect_left(self._firsts, fresh[0])
        if at == len(self._firsts) or fresh[-1] < self._firsts[at]:
            self._firsts[at:at] = fresh
        else:
            self._firsts += fresh
            self._firsts.sort()

    def stored(self, first: int, last: int) -> Iterator[Piece]:
        """What ``first`` to ``last`` consists of in the store, holes included, ascending.

        It is read bit by bit: what is behind may change meanwhile.
        """
        while first <= last:
            rows = self._connection.execute(
                _STORED, {"first": first, "last": last, "most": AT_A_TIME}
            ).fetchall()
            for start, end, state in rows:
                if start > first:
                    yield Piece(first, start - 1, ABSENT)
                yield Piece(max(start, first), min(end, last), state)
                first = end + 1
            if len(rows) < AT_A_TIME:
                break
        if first <= last:
            yield Piece(first, last, ABSENT)

    def pieces(self, first: int, last: int) -> list[Piece]:
        """What ``first`` to ``last`` consists of, holes included, ascending. Load it before."""
        found = []
        position = first
        at = max(bisect_right(self._firsts, first) - 1, 0)
        while at < len(self._firsts) and self._firsts[at] <= last:
            start = self._firsts[at]
            end, state = self._spans[start]
            at += 1
            if end < first:
                continue
            if start > position:
                found.append(Piece(position, start - 1, ABSENT))
                position = start
            found.append(Piece(position, min(end, last), state))
            position = min(end, last) + 1
        if position <= last:
            found.append(Piece(position, last, ABSENT))
        return found

    def put(self, first: int, last: int, state: int) -> None:
        """Set ``first`` to ``last``, all in one other state until now, to ``state``; join with neighbours."""
        firsts, spans = self._firsts, self._spans
        low = high = bisect_right(firsts, first)  # what stands there is replaced
        new: list[Piece] = []
        rest: Piece | None = None
        if low and spans[firsts[low - 1]][0] >= first:
            low -= 1
            start = firsts[low]
            end, old = spans.pop(start)
            if start < first:
                new.append(Piece(start, first - 1, old))
            if last < end:
                rest = Piece(last + 1, end, old)
        if state != ABSENT:
            if not new and low and self._goes_on(firsts[low - 1], first, state):
                low -= 1
                first = firsts[low]
                del spans[first]
            if rest is None and high < len(firsts) and spans[firsts[high]][1] == state:
                start = firsts[high]
                if adjoins(last, start):
                    last = spans.pop(start)[0]
                    high += 1
            new.append(Piece(first, last, state))
        if rest is not None:
            new.append(rest)
        firsts[low:high] = [piece[0] for piece in new]
        for start, end, now in new:
            spans[start] = (end, now)

    def _goes_on(self, start: int, first: int, state: int) -> bool:
        """Whether the span that begins at ``start`` is in ``state`` and ends right before ``first``."""
        end, own = self._spans[start]
        return own == state and adjoins(end, first)

    def having(self, value: int, first: int, last: int) -> tuple[list[Pair], list[Pair]]:
        """The runs in memory that have something and some of these numbers: in the store, and now."""
        stored, now = (
            [(start, end) for start, (end, own) in runs.items() if own == value]
            for runs in (self._stored, self._spans)
        )
        return _meeting(stored, first, last), _meeting(now, first, last)

    def values(self) -> set[int]:
        """What the runs in memory have."""
        return {value for _, value in self._spans.values()}

    def rename(self, names: Mapping[int, int]) -> None:
        """Let other row ids stand for those named."""
        self._spans = {first: (last, names.get(value, value)) for first, (last, value) in self._spans.items()}

    def flush(self) -> None:
        """Write what differs from the store, and clear the cache."""
        gone, ends, restated, new = [], [], [], []
        for first, stored in self._stored.items():
            now = self._spans.get(first)
            if now is None:
                gone.append((first,))
            elif now[0] != stored[0]:
                ends.append((*now, first))
            elif now[1] != stored[1]:
                restated.append((now[1], first))
        for first, now in self._spans.items():
            if first not in self._stored:
                new.append((first, now[0] - first, now[1]))
        execute = self._connection.executemany
        table, value = self._kept
        execute(f"DELETE FROM {table} WHERE first = ?", sorted(gone))  # noqa: S608 - names are ours
        execute(
            f"UPDATE {table} SET more = ? - first, {value} = ? WHERE first = ?",  # noqa: S608
            sorted(ends, key=_first),
        )
        execute(f"UPDATE {table} SET {value} = ? WHERE first = ?", sorted(restated, key=_first))  # noqa: S608
        self._connection.put(f"{table} (first, more, {value})", sorted(new))
        self._clear()


def _meeting(runs: Iterable[Pair], first: int, last: int) -> list[Pair]:
    return [(start, end) for start, end in runs if start <= last and end >= first]
