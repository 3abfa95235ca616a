"""The one way that labels change: runs of numbers with one set of labels, journaled like their states.

A second map beside the spans: what is done to numbers doesn't touch it. No other code writes
``label_span``, ``label_set`` or ``label``.
"""

from __future__ import annotations

import json
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING

from numctl.core.numbers.ranges import adjoins
from numctl.core.rules.labels import NONE, Labels, kept
from numctl.core.store.inserting import insert
from numctl.core.store.schema import checksum
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numctl.core.numbers.ranges import Pair
    from numctl.core.store.connection import Connection

AT_ONCE = 10_000  # pieces held before they are written

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
_KNOWN = "SELECT labels, id FROM label_set WHERE checksum IN (SELECT value FROM json_each(?))"
_PIECES = "label_piece (operation, position, ahead, first, more, before, after)"
_RUNS = "label_span (first, more, label_set)"
_FEW_OR_LATER = """
SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM label_piece WHERE operation = :id LIMIT 1 OFFSET :most)
OR EXISTS (SELECT 1 FROM label_piece WHERE operation > :id OR (operation = :id AND before IS NOT NULL))
"""
_GIVEN = """
SELECT count(*), sum(p.last - p.first + 1), count(s.first) FROM label_piece AS p
LEFT JOIN label_span AS s ON s.first = p.first AND s.last = p.last AND s.label_set = p.after
WHERE p.operation = ?
"""
_TAKE_AWAY = "DELETE FROM label_span WHERE first IN (SELECT first FROM label_piece WHERE operation = ?)"
_TAKEN_BACK = """
INSERT INTO label_piece (operation, position, first, more, before, after)
SELECT :own, :position + position, first, more, after, before FROM label_piece
WHERE operation = :id ORDER BY position
"""

_FIRST = itemgetter(0, 1, 2)

Labelled = tuple[int, int, str, int]  # first, last, labels as they are kept, line of a file
Run = tuple[int, int, int]  # first, last, label_set (a row id, 0 for none)


class LabelSets:
    """The ``label_set`` table: labels by their row id and back; 0 is no labels."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._by_id: dict[int, Labels] = {0: NONE}
        self._ids: dict[Labels, int] = {NONE: 0}

    def __getitem__(self, id: int) -> Labels:
        found = self._by_id.get(id)
        if found is None:
            found = kept(self.text(id))
            self._remember(id, found)
        return found

    def text(self, id: int) -> str:
        """A set of labels as it is kept."""
        (text,) = self._connection.execute("SELECT labels FROM label_set WHERE id = ?", (id,)).fetchone()
        return str(text)

    def id(self, labels: Labels) -> int:
        """The row id of a set of labels, made if it is new."""
        id = self._ids.get(labels)
        if id is None:
            id = self.ids([labels.text])[labels.text]
            self._remember(id, labels)
        return id

    def ids(self, texts: Iterable[str]) -> dict[str, int]:
        """The row ids of sets of labels, by their texts as they are kept; those that are new are made."""
        wanted = {text: checksum(text) for text in texts}
        known = self._connection.execute(_KNOWN, (json.dumps(sorted(wanted.values())),))
        found = {text: id for text, id in known.fetchall() if text in wanted}
        new = sorted((sum, text) for text, sum in wanted.items() if text not in found)
        if new:  # indexes are read and written in one direction
            (last,) = self._connection.execute("SELECT coalesce(max(id), 0) FROM label_set").fetchone()
            made = [(id, *pair) for id, pair in enumerate(new, last + 1)]
            insert(self._connection, "label_set (id, checksum, labels)", made)
            beside = [_beside(key, value, id) for id, _, text in made for key, value in kept(text)]
            insert(self._connection, "label (key, folded, label_set, written)", sorted(beside, key=_FIRST))
            found.update((text, id) for id, _, text in made)
        return found

    def _remember(self, id: int, labels: Labels) -> None:
        if len(self._by_id) >= AT_ONCE:
            self._by_id, self._ids = {0: NONE}, {NONE: 0}
        self._by_id[id] = labels
        self._ids[labels] = id


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

    def change(self, ranges: Iterable[Pair], after: Callable[[Labels], Labels]) -> int:
        """Give the numbers of some ranges other labels, by those they have; give how many changed.

        Raises what ``after`` raises.
        """
        before = self.count
        known: dict[int, int] = {}
        for first, last in ranges:
            changed = []
            for low, high, old in list(self.runs(first, last)):
                new = known.get(old)
                if new is None:
                    new = known[old] = self.sets.id(after(self.sets[old]))
                if new != old:
                    changed.append((low, high, old, new))
            if changed:
                self._put(changed)
        return self.count - before

    def add(self, numbers: Pair, labels: str) -> None:
        """Give labels, as they are kept, to numbers that are new, ascending; ``flush`` writes them."""
        self._new.append((*numbers, labels, self.line))
        if len(self._new) >= AT_ONCE:
            self.flush()

    def add_all(self, rows: Iterable[Labelled]) -> None:
        """The same for many, and write them."""
        source = iter(rows)
        while some := list(islice(source, AT_ONCE)):
            self._new += some
            self.flush()

    def flush(self) -> None:
        """Write the labels of new numbers, and join them with what is beside them."""
        new, self._new = self._new, []
        if not new:
            return
        known = self.sets.ids(labels for _, _, labels, _ in new)
        ids = [known[labels] for _, _, labels, _ in new]
        runs = list(_joined((first, last, id) for (first, last, _, _), id in zip(new, ids, strict=True)))
        close_by = self._is_close_by(runs[0][0], runs[-1][1])
        insert(self._connection, _RUNS, [(first, last - first, id) for first, last, id in runs])
        pieces = [
            (self._operation, position, line - position if line else None, first, last - first, None, id)
            for position, ((first, last, _, line), id) in enumerate(
                zip(new, ids, strict=True), self.positions + 1
            )
        ]
        self.positions += len(pieces)
        self.count += sum(last - first + 1 for first, last, _, _ in new)
        insert(self._connection, _PIECES, pieces)
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
        """Take back the labels that an operation gave to many numbers without any, all at once.

        False, and nothing done, where they are few, or something else was done to labels by it or since.
        """
        run = self._connection.execute
        if run(_FEW_OR_LATER, {"id": id, "most": AT_ONCE}).fetchone():
            return False
        pieces, numbers, as_left = run(_GIVEN, (id,)).fetchone()
        if as_left != pieces:
            return False
        run(_TAKE_AWAY, (id,))
        run(_TAKEN_BACK, {"own": self._operation, "id": id, "position": self.positions})
        self.positions += pieces
        self.count += numbers
        return True

    def runs(self, first: int, last: int) -> Iterator[Run]:
        """What sets the numbers from ``first`` to ``last`` have, those without any included, ascending."""
        at = first
        for start, end, id in self._connection.execute(_WITHIN, {"first": first, "last": last}):
            low, high = max(start, first), min(end, last)
            if low > at:
                yield at, low - 1, 0
            yield low, high, id
            at = high + 1
        if at <= last:
            yield at, last, 0

    def _put(self, changed: list[tuple[int, int, int, int]]) -> None:
        """Write runs that change, ascending, and their pieces; join them with what is on both sides."""
        low, high = changed[0][0], changed[-1][1]
        new = {(first, last): after for first, last, _, after in changed}
        outcome = [(first, last, new.get((first, last), id)) for first, last, id in self.runs(low, high)]
        left, right = self._ends(low, high)
        begin = left[0] if left is not None else low
        self._connection.execute("DELETE FROM label_span WHERE first BETWEEN ? AND ?", (begin, high))
        runs = [*([left] if left else []), *outcome, *([right] if right else [])]
        kept = [(first, last - first, id) for first, last, id in _joined(runs) if id]
        insert(self._connection, _RUNS, kept)
        self._join_around(low, high)
        pieces = []
        for first, last, before, after in changed:
            self.positions += 1
            self.count += last - first + 1
            ahead = self.line - self.positions if self.line else None
            values = (ahead, first, last - first, before or None, after or None)
            pieces.append((self._operation, self.positions, *values))
        insert(self._connection, _PIECES, pieces)

    def _ends(self, low: int, high: int) -> tuple[Run | None, Run | None]:
        """What sticks out of ``low`` to ``high`` on both sides, of runs that begin or end within."""
        rows = self._connection.execute(_WITHIN, {"first": low, "last": high}).fetchall()
        left = next(((first, low - 1, id) for first, last, id in rows if first < low), None)
        right = next(((high + 1, last, id) for first, last, id in rows if last > high), None)
        return left, right

    def _join_around(self, low: int, high: int) -> None:
        for border in (low, high + 1):
            rows = self._connection.execute(_JOINED, (border, border)).fetchall()
            if len(rows) == 2 and rows[0][2] == rows[1][2] and adjoins(rows[0][1], rows[1][0]):
                self._connection.execute("DELETE FROM label_span WHERE first = ?", (rows[1][0],))
                self._connection.execute(
                    "UPDATE label_span SET more = ? - first WHERE first = ?", (rows[1][1], rows[0][0])
                )


def _beside(key: str, value: str, id: int) -> tuple[str, str, int, str | None]:
    """One label of a set as it stands beside it."""
    folded = fold(value)
    return key, folded, id, None if folded == value else value


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
