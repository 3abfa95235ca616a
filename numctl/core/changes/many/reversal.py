"""An operation taken back all at once, inside SQLite: for one that nothing came after.

Every number is as the operation left it then, so that each of its pieces is a span, or part of one, in the
state after; it goes back to the state before, and what is true of one number alone with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.changes import details, extents
from numctl.core.changes.cache import ABSENT
from numctl.core.changes.many import changing
from numctl.core.numbers.packed import Packed

if TYPE_CHECKING:
    from numctl.core.changes.parts import Parts
    from numctl.core.store.connection import Connection

PART = 200_000  # rows of the journal

_MANY = "SELECT 1 FROM piece WHERE operation = ? LIMIT 1 OFFSET ?"
_CAME_AFTER = """
SELECT 1 WHERE EXISTS (SELECT 1 FROM piece WHERE operation > :id)
OR EXISTS (SELECT 1 FROM detail_change WHERE operation > :id)
OR EXISTS (SELECT 1 FROM label_piece WHERE operation > :id AND operation <> :own)
"""
# A batch may have changed a number twice.
_TWICE = """
SELECT 1 FROM (
  SELECT first, max(last) OVER (
    ORDER BY first, position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  ) AS reach FROM piece WHERE operation = ?
) AS met WHERE first <= reach LIMIT 1
"""
_PAIRS = """
SELECT coalesce(after, 0), coalesce(before, 0), sum(last - first + 1) FROM piece
WHERE operation = ? GROUP BY 1, 2 ORDER BY 1, 2
"""
# What came in, or left, as the unbroken blocks that it makes up.
_CAME = "SELECT first, last FROM piece WHERE operation = ? AND before IS NULL ORDER BY position"
_LEFT = "SELECT first, last FROM piece WHERE operation = ? AND after IS NULL ORDER BY position"
_TARGET = """
INSERT INTO temp.target (first, last)
SELECT first, last FROM piece WHERE operation = ? AND before IS NOT NULL ORDER BY first
"""
_SEAMS = "SELECT first FROM temp.target UNION ALL SELECT last + 1 FROM temp.target"
# SQLite keeps what it is to delete in memory, so that it is told so part by part.
_LAST = "SELECT coalesce(max(position), 0) FROM {table} WHERE operation = ?"
_TAKE_OUT = """
DELETE FROM span WHERE first IN (
  SELECT first FROM piece WHERE operation = ? AND position BETWEEN ? AND ? AND before IS NULL
)
"""
_TAKE_OUT_ALL = (
    "DELETE FROM span WHERE first BETWEEN ? AND ?",
    "DELETE FROM detail WHERE number BETWEEN ? AND ?",
)
FEW = 1_000  # blocks that are taken out one by one
_RESTATE = """
UPDATE span SET state = p.before FROM piece AS p
WHERE p.operation = ? AND p.before IS NOT NULL AND p.after IS NOT NULL AND span.first = p.first
"""
_PUT_IN = """
INSERT INTO span (first, more, state)
SELECT first, more, before FROM piece WHERE operation = ? AND after IS NULL ORDER BY first
"""
_PIECES = """
INSERT INTO piece (operation, position, first, more, before, after)
SELECT :own, :position + position, first, more, after, before
FROM piece WHERE operation = :id ORDER BY position
"""
_DETAILS = """
INSERT INTO detail_change
  (operation, position, number, user_before, user_after, forward_before, forward_after)
SELECT :own, :position + position, number,
  user_after, user_before, forward_after, forward_before
FROM detail_change WHERE operation = :id ORDER BY position
"""
_CLEAR = """
DELETE FROM detail WHERE number IN (
  SELECT number FROM detail_change
  WHERE operation = ? AND position BETWEEN ? AND ? AND user_before IS NULL AND forward_before IS NULL
)
"""
_GIVE = """
INSERT INTO detail (number, user, forward_to)
SELECT number, user_before, forward_before FROM detail_change
WHERE operation = ? AND (user_before IS NOT NULL OR forward_before IS NOT NULL) ORDER BY number
ON CONFLICT (number) DO UPDATE SET user = excluded.user, forward_to = excluded.forward_to
"""


def in_parts(connection: Connection, table: str, statement: str, operation: int) -> None:
    """Run a statement for some rows after others that an operation has in a table of the journal."""
    (last,) = connection.execute(_LAST.format(table=table), (operation,)).fetchone()
    for start in range(1, last + 1, PART):
        connection.execute(statement, (operation, start, start + PART - 1))


class Reversal:
    """An operation that can be taken back at once; ``found`` finds whether it can."""

    def __init__(self, connection: Connection, operation: int) -> None:
        self._connection = connection
        self._id = operation
        self._pairs = connection.execute(_PAIRS, (operation,)).fetchall()
        self._came, self._left = Packed(), Packed()
        if any(to == ABSENT for _, to, _ in self._pairs):
            self._came = self._blocks(_CAME)
        if any(left == ABSENT for left, _, _ in self._pairs):
            self._left = self._blocks(_LEFT)
        self._all_came = all(to == ABSENT for _, to, _ in self._pairs)

    def _blocks(self, pieces: str) -> Packed:
        return Packed.runs(self._connection.walk(pieces, (self._id,))).joined()

    def changed_each_once(self) -> bool:
        """Whether no number was changed twice, as a batch may do; what came in twice has left between."""
        return self._all_came or self._connection.execute(_TWICE, (self._id,)).fetchone() is None

    def carry_out(self, parts: Parts) -> None:
        """Put back everything that it did to numbers."""
        connection, own, _, journal, _, effects = parts
        whole = self._all_came and len(self._came) <= FEW
        changing.prepare(connection)
        connection.put("temp.target (first, last)", self._came)
        if whole:
            self._take_out()
        else:
            self._put_back()
        at, these = journal.detail_positions, {"own": own, "id": self._id}
        journal.positions += connection.execute(_PIECES, {**these, "position": journal.positions}).rowcount
        journal.detail_positions += connection.execute(_DETAILS, {**these, "position": at}).rowcount
        for left, to, count in self._pairs:
            effects.note(left, to, count)
        extents.put_in(connection, self._came, out=True)
        extents.put_in(connection, self._left)
        for user, count in details.users_changed(connection, own, at):
            effects.note_user(user, count)

    def _take_out(self) -> None:
        """Take out all that came, where that are few blocks."""
        changing.cut(self._connection)
        for statement in _TAKE_OUT_ALL:
            self._connection.executemany(statement, self._came)

    def _put_back(self) -> None:
        """Give all numbers what they had before, piece by piece."""
        connection, these = self._connection, (self._id,)
        connection.execute(_TARGET, these)
        changing.cut(connection)
        if self._came:
            in_parts(connection, "piece", _TAKE_OUT, self._id)
        connection.execute(_RESTATE, these)
        if self._left:
            connection.execute(_PUT_IN, these)
        changing.join(connection, _SEAMS)
        in_parts(connection, "detail_change", _CLEAR, self._id)
        connection.execute(_GIVE, these)


def found(connection: Connection, operation: int, own: int, most: int) -> Reversal | None:
    """An operation of more than ``most`` pieces that can be taken back at once; None for another.

    Nothing but ``own``, which has given back labels at most, came after it, and it changed each number once.
    """
    run = connection.execute
    if run(_MANY, (operation, most)).fetchone() is None:
        return None
    if run(_CAME_AFTER, {"id": operation, "own": own}).fetchone() is not None:
        return None
    reversal = Reversal(connection, operation)
    return reversal if reversal.changed_each_once() else None
