"""Spans laid out in memory, changed there, and written back sorted; a part of the one door.

A span is loaded whole, with both its neighbours, so that joining needs no second look. What the
store holds and what the desk holds are compared at ``flush``; only the difference is written, in
the order in which spans never overlap: deletes, new ends, inserts.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.ranges import adjoins

if TYPE_CHECKING:
    import sqlite3

ABSENT = 0  # stands for "not in the inventory" where a state's row id is asked for

_LOAD = """
SELECT first, last, state FROM span
WHERE first >= coalesce((SELECT max(first) FROM span WHERE first < :first), :first) AND first <= :last + 1
"""


class Piece(NamedTuple):
    """Numbers ``first`` to ``last`` in one state, ``ABSENT`` for a hole."""

    first: int
    last: int
    state: int


class Desk:
    """The spans around what is being changed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._clear()

    def _clear(self) -> None:
        self._firsts: list[int] = []
        self._spans: dict[int, tuple[int, int]] = {}
        self._stored: dict[int, tuple[int, int]] = {}

    def __len__(self) -> int:
        return len(self._firsts)

    def load(self, first: int, last: int) -> None:
        """Lay out the spans from ``first`` to ``last`` and both neighbours."""
        fresh = []
        stored = self._stored
        for start, end, state in self._connection.execute(_LOAD, {"first": first, "last": last}):
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
        """Set ``first`` to ``last``, all in one state until now, to ``state``; join with neighbours."""
        at = bisect_right(self._firsts, first) - 1
        if at >= 0:
            start = self._firsts[at]
            end, old = self._spans[start]
            if end >= first:
                self._take_out(start, at)
                if start < first:
                    self._lay(start, first - 1, old)
                if last < end:
                    self._lay(last + 1, end, old)
        if state != ABSENT:
            self._lay_joined(first, last, state)

    def _lay_joined(self, first: int, last: int, state: int) -> None:
        at = bisect_left(self._firsts, first)
        if at > 0:
            start = self._firsts[at - 1]
            end, left = self._spans[start]
            if left == state and adjoins(end, first):
                self._take_out(start, at - 1)
                first, at = start, at - 1
        if at < len(self._firsts):
            start = self._firsts[at]
            end, right = self._spans[start]
            if right == state and adjoins(last, start):
                self._take_out(start, at)
                last = end
        self._firsts.insert(at, first)
        self._spans[first] = (last, state)

    def _take_out(self, first: int, at: int) -> None:
        del self._firsts[at]
        del self._spans[first]

    def _lay(self, first: int, last: int, state: int) -> None:
        insort(self._firsts, first)
        self._spans[first] = (last, state)

    def flush(self) -> None:
        """Write what differs from the store, and clear the desk."""
        gone, ends, restated, new = [], [], [], []
        for first, stored in self._stored.items():
            now = self._spans.get(first)
            if now is None:
                gone.append((first,))
            elif now[0] != stored[0]:
                ends.append((first, *now))
            elif now[1] != stored[1]:
                restated.append((first, now[1]))
        for first, now in self._spans.items():
            if first not in self._stored:
                new.append((first, *now))
        execute = self._connection.executemany
        execute("DELETE FROM span WHERE first = ?", sorted(gone))
        execute("UPDATE span SET last = ?2, state = ?3 WHERE first = ?1", sorted(ends))
        execute("UPDATE span SET state = ?2 WHERE first = ?1", sorted(restated))
        execute("INSERT INTO span (first, last, state) VALUES (?, ?, ?)", sorted(new))
        self._clear()
