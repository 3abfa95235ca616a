"""The one way that labels change: runs of numbers with one set of labels, journaled like their states.

A second map beside the spans: what is done to numbers doesn't touch it. No other code writes
``label_span``.
"""

from __future__ import annotations

from contextlib import nullcontext
from itertools import islice
from operator import eq
from typing import TYPE_CHECKING

from numctl.core.changes.label_sets import AT_ONCE, AtHand, LabelSets
from numctl.core.changes.many import labels as many
from numctl.core.numbers.ranges import adjoins
from numctl.core.rules.labels import Labels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numctl.core.numbers.ranges import Pair
    from numctl.core.store.connection import Connection

MANY = 10_000  # runs of an operation; more are given back at once

_WITHIN = """
SELECT first, last, label_set FROM label_span
WHERE last >= :first
AND first BETWEEN coalesce((SELECT max(first) FROM label_span WHERE first <= :first), :first) AND :last
ORDER BY first
"""
_JOINED = """
SELECT first, last, label_set FROM label_span WHERE first = ?
OR first = (SELECT max(first) FROM label_span WHERE first < ?)
ORDER BY first
"""
_CLOSE_BY = """
SELECT 1 FROM (SELECT last FROM label_span WHERE first <= ? ORDER BY first DESC LIMIT 1) AS latest
WHERE last >= ?
"""
_PIECES = "label_piece (operation, position, ahead, first, more, before, after)"
_RUNS = "label_span (first, more, label_set)"
Labelled = tuple[int, int, str, int]  # first, last, labels as they are kept, line of a file
Run = tuple[int, int, int]  # first, last, label_set (a row id, 0 for none)


class LabelWriter:
    """Changes labels within one operation; ``line`` is that of a batch or file."""

    def __init__(self, connection: Connection, operation: int) -> None:
        self._connection = connection
        self._operation = operation
        self.sets = LabelSets(connection)
        self.positions = 0
        self.count = 0  # numbers changed
        self.line = 0
        self._new: list[Labelled] = []
        self._at_hand = AtHand(connection)
        self._pieces: list[tuple[int, int | None, int, int, int, int]] = []

    def ahead(self, ranges: Sequence[Pair]) -> Callable[[], None]:
        """Ask for the labels of numbers that are changed one after another; what is given takes them in."""
        if len(self._at_hand) + len(ranges) > AT_ONCE:
            self._write_at_hand()
        return self._at_hand.ahead(ranges)

    def change(self, ranges: Iterable[Pair], after: Callable[[Labels], Labels]) -> int:
        """Give the numbers of some ranges other labels, by those they have; give how many changed.

        Raises what ``after`` raises.
        """
        before = self.count
        ranges = list(ranges)
        if self._at_hand.has(ranges):
            for change in self._at_hand.change(ranges, after):
                self._note(*change)
            return self.count - before
        self._write_at_hand()
        followed: dict[int, int] = {}
        for first, last in ranges:
            while first <= last:
                runs = list(islice(self.runs(first, last), AT_ONCE))
                if len(followed) >= AT_ONCE:
                    followed.clear()
                followed |= self.sets.followed({id for _, _, id in runs} - followed.keys(), after)
                changed = [(*run, followed[run[2]]) for run in runs if followed[run[2]] != run[2]]
                if changed:
                    self._put(changed)
                first = runs[-1][1] + 1
        return self.count - before

    def add(self, numbers: Pair, labels: str) -> None:
        """Give labels, as they are kept, to numbers that are new, ascending; ``flush`` writes them."""
        self._new.append((*numbers, labels, self.line))
        if len(self._new) >= AT_ONCE:
            self.flush()

    def add_all(self, rows: Iterable[Labelled]) -> None:
        """The same for many, and write them."""
        source = iter(rows)
        some = list(islice(source, AT_ONCE))
        with self.sets.gathering() if len(some) == AT_ONCE else nullcontext():
            while some:
                self._new += some
                self.flush()
                some = list(islice(source, AT_ONCE))

    def flush(self) -> None:
        """Write what is in memory, the labels of new numbers joined with what is beside them."""
        self._write_at_hand()
        new, self._new = self._new, []
        if not new:
            return
        firsts, lasts, labels, lines = zip(*new, strict=True)
        known = self.sets.ids(labels)
        ids = [known[text] for text in labels]
        runs = list(zip(firsts, lasts, ids, strict=True))
        if any(map(eq, ids, islice(ids, 1, None))):
            runs = list(_joined(runs))
        close_by = self._is_close_by(runs[0][0], runs[-1][1])
        self._connection.put(_RUNS, [(first, last - first, id) for first, last, id in runs])
        operation, columns = self._operation, zip(firsts, lasts, lines, ids, strict=True)
        pieces = [
            (operation, position, line - position if line else None, first, last - first, None, id)
            for position, (first, last, line, id) in enumerate(columns, self.positions + 1)
        ]
        self.positions += len(pieces)
        self.count += sum(lasts) - sum(firsts) + len(new)
        self._connection.put(_PIECES, pieces)
        for first, last, _ in runs if close_by else runs[:1] + runs[-1:]:
            self._join_around(first, last)

    def _is_close_by(self, first: int, last: int) -> bool:
        """Whether labels stand between some numbers or right after: else new ones meet their own."""
        return self._connection.execute(_CLOSE_BY, (last + 1, first)).fetchone() is not None

    def restore(self, first: int, last: int, left: int, to: int) -> bool:
        """Put numbers back to a set (a row id, 0 for none); False where not all are in ``left`` any more."""
        runs = list(self.runs(first, last))
        if [run[2] for run in runs] != [left]:
            return False
        if left != to:
            self._put([(first, last, left, to)])
        return True

    def take_back(self, id: int) -> bool:
        """Give back the labels that an operation changed, all at once where they are many.

        False, and nothing done, where that can't be so (``many.labels.is_simple``).
        """
        if not many.is_simple(self._connection, id, MANY):
            return False
        pieces, numbers, seams = many.take_back(self._connection, id, self._operation, self.positions)
        for first in seams:
            self._join_at(first)
        self.positions += pieces
        self.count += numbers
        return True

    def runs(self, first: int, last: int) -> Iterator[Run]:
        """What sets the numbers from ``first`` to ``last`` have, those without any included, ascending."""
        rows = self._connection.execute(_WITHIN, {"first": first, "last": last})
        return _filled(rows, first, last)

    def _put(self, changed: list[tuple[int, int, int, int]]) -> None:
        """Write runs that change, ascending, and their pieces; join them with what is on both sides."""
        low, high = changed[0][0], changed[-1][1]
        new = {(first, last): after for first, last, _, after in changed}
        # With the runs right beside them, which may be joined.
        rows = self._connection.execute(_WITHIN, {"first": low - 1, "last": high + 1}).fetchall()
        left = [(first, min(last, low - 1), id) for first, last, id in rows if first < low]
        right = [(max(first, high + 1), last, id) for first, last, id in rows if last > high]
        within = [(first, last, new.get((first, last), id)) for first, last, id in _filled(rows, low, high)]
        begin, end = (min(low, rows[0][0]), max(high, rows[-1][0])) if rows else (low, high)
        self._connection.execute("DELETE FROM label_span WHERE first BETWEEN ? AND ?", (begin, end))
        kept = [(first, last - first, id) for first, last, id in _joined([*left, *within, *right]) if id]
        self._connection.put(_RUNS, kept)
        for piece in changed:
            self._note(*piece)
        self._write_at_hand()

    def _note(self, first: int, last: int, before: int, after: int) -> None:
        """Note that numbers went from one set to another."""
        self.positions += 1
        self.count += last - first + 1
        ahead = self.line - self.positions if self.line else None
        self._pieces.append((self.positions, ahead, first, last - first, before, after))

    def _write_at_hand(self) -> None:
        """Write what changed of what was asked for ahead, and the pieces of all that changed."""
        made = self._at_hand.flush(self.sets)
        pieces, self._pieces = self._pieces, []
        rows = [
            (self._operation, *piece, made.get(before, before) or None, made.get(after, after) or None)
            for *piece, before, after in pieces
        ]
        self._connection.put(_PIECES, rows)

    def _join_around(self, low: int, high: int) -> None:
        self._join_at(low)
        self._join_at(high + 1)

    def _join_at(self, border: int) -> None:
        """Join the run that begins at a number with the one on its left, where it goes on from that."""
        rows = self._connection.execute(_JOINED, (border, border)).fetchall()
        if len(rows) == 2 and rows[0][2] == rows[1][2] and adjoins(rows[0][1], rows[1][0]):
            self._connection.execute("DELETE FROM label_span WHERE first = ?", (rows[1][0],))
            self._connection.execute(
                "UPDATE label_span SET more = ? - first WHERE first = ?", (rows[1][1], rows[0][0])
            )


def _filled(runs: Iterable[Run], first: int, last: int) -> Iterator[Run]:
    """The part of some runs from ``first`` to ``last``, with those of no labels between."""
    at = first
    for start, end, id in runs:
        low, high = max(start, first), min(end, last)
        if low > high:
            continue
        if low > at:
            yield at, low - 1, 0
        yield low, high, id
        at = high + 1
    if at <= last:
        yield at, last, 0


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    held: Run | None = None
    for run in runs:
        if held is not None and held[2] == run[2] and adjoins(held[1], run[0]):
            held = (held[0], run[1], run[2])
            continue
        if held is not None:
            yield held
        held = run
    if held is not None:
        yield held
