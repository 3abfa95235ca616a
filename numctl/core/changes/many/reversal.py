"""An operation taken back all at once, inside SQLite: for one that nothing came after.

Every number is as the operation left it then, so that each of its pieces is a span, or part of one, in the
state after; it goes back to the state before, and what is true of one number alone with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.changes import details, extents
from numctl.core.changes.cache import ABSENT
from numctl.core.changes.many import changing

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
_TARGET = (
    "INSERT INTO temp.target (first, last) SELECT first, last FROM piece WHERE operation = ? ORDER BY first"
)
_SEAMS = "SELECT first FROM temp.target UNION ALL SELECT last + 1 FROM temp.target"
# SQLite keeps what it is to delete in memory, so that it is told so part by part.
_LAST = "SELECT coalesce(max(position), 0) FROM {table} WHERE operation = ?"
_TAKE_OUT = """
DELETE FROM span WHERE first IN (
  SELECT first FROM piece WHERE operation = ? AND position BETWEEN ? AND ? AND before IS NULL
)
"""
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


def is_simple(connection: Connection, operation: int, own: int, most: int) -> bool:
    """Whether an operation of more than ``most`` pieces can be taken back at once.

    Nothing but ``own``, which has given back labels at most, came after it, and it changed each number once.
    """
    run = connection.execute
    if run(_MANY, (operation, most)).fetchone() is None:
        return False
    if run(_CAME_AFTER, {"id": operation, "own": own}).fetchone() is not None:
        return False
    return run(_TWICE, (operation,)).fetchone() is None


def take_back(parts: Parts, id: int) -> None:
    """Put back everything that an operation did to numbers, which ``is_simple``."""
    connection, own, _, journal, _, effects = parts
    run = connection.execute
    pairs = run(_PAIRS, (id,)).fetchall()
    changing.prepare(connection)
    run(_TARGET, (id,))
    changing.cut(connection)
    if any(to == ABSENT for _, to, _ in pairs):
        in_parts(connection, "piece", _TAKE_OUT, id)
    run(_RESTATE, (id,))
    if any(left == ABSENT for left, _, _ in pairs):
        run(_PUT_IN, (id,))
    if any(to != ABSENT for _, to, _ in pairs):
        changing.join(connection, _SEAMS)
    at, details_at = journal.positions, journal.detail_positions
    journal.positions += run(_PIECES, {"own": own, "id": id, "position": at}).rowcount
    journal.detail_positions += run(_DETAILS, {"own": own, "id": id, "position": details_at}).rowcount
    in_parts(connection, "detail_change", _CLEAR, id)
    run(_GIVE, (id,))
    for left, to, count in pairs:
        effects.note(left, to, count)
    extents.follow(connection, own, at)
    for user, count in details.users_changed(connection, own, details_at):
        effects.note_user(user, count)
