"""Labels of many runs given back at once, inside SQLite; a part of the label writer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.changes.many.reversal import in_parts

if TYPE_CHECKING:
    from numctl.core.store.connection import Connection

_MANY = "SELECT 1 FROM label_piece WHERE operation = ? LIMIT 1 OFFSET ?"
_LATER = "SELECT 1 FROM label_piece WHERE operation > ? LIMIT 1"
# A batch may have changed a number twice.
_TWICE = """
SELECT 1 FROM (
  SELECT first, max(last) OVER (
    ORDER BY first, position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  ) AS reach FROM label_piece WHERE operation = ?
) AS met WHERE first <= reach LIMIT 1
"""
# A run that was joined with its neighbour is no piece any more.
_JOINED = """
SELECT 1 FROM label_piece AS p
LEFT JOIN label_span AS s ON s.first = p.first AND s.more = p.more AND s.label_set = p.after
WHERE p.operation = ? AND p.after IS NOT NULL AND s.first IS NULL LIMIT 1
"""
_TAKE_AWAY = """
DELETE FROM label_span WHERE first IN (
  SELECT first FROM label_piece WHERE operation = ? AND position BETWEEN ? AND ? AND before IS NULL
)
"""
_RESTORE = """
UPDATE label_span SET label_set = p.before FROM label_piece AS p
WHERE p.operation = ? AND p.before IS NOT NULL AND p.after IS NOT NULL AND label_span.first = p.first
"""
_PUT_BACK = """
INSERT INTO label_span (first, more, label_set)
SELECT first, more, before FROM label_piece WHERE operation = ? AND after IS NULL ORDER BY first
"""
_PIECES = """
INSERT INTO label_piece (operation, position, first, more, before, after)
SELECT :own, :position + position, first, more, after, before FROM label_piece
WHERE operation = :id ORDER BY position
"""
_COUNTED = "SELECT count(*), sum(more + 1) FROM label_piece WHERE operation = ?"
_SEAMS = """
SELECT s.first FROM (
  SELECT first FROM label_piece WHERE operation = :id
  UNION SELECT last + 1 FROM label_piece WHERE operation = :id
) AS seam CROSS JOIN label_span AS s ON s.first = seam.first
CROSS JOIN label_span AS beside ON beside.first = (SELECT max(first) FROM label_span WHERE first < s.first)
WHERE beside.last = s.first - 1 AND beside.label_set = s.label_set ORDER BY s.first
"""


def is_simple(connection: Connection, operation: int, most: int) -> bool:
    """Whether labels that an operation changed can be given back at once.

    It changed more than ``most`` runs of them, each number once, nothing changed labels since, and each of
    the runs that it left stands by itself.
    """
    run = connection.execute
    if run(_MANY, (operation, most)).fetchone() is None:
        return False
    return all(run(query, (operation,)).fetchone() is None for query in (_LATER, _TWICE, _JOINED))


def take_back(connection: Connection, operation: int, own: int, position: int) -> tuple[int, int, list[int]]:
    """Give back the labels that an operation changed, which ``is_simple``, and write the pieces of ``own``.

    Gives how many pieces and numbers these are, and where runs begin that have come to go on from the one on
    their left: they are still to be joined.
    """
    run = connection.execute
    in_parts(connection, "label_piece", _TAKE_AWAY, operation)
    for statement in (_RESTORE, _PUT_BACK):
        run(statement, (operation,))
    run(_PIECES, {"own": own, "id": operation, "position": position})
    pieces, numbers = run(_COUNTED, (operation,)).fetchone()
    return pieces, numbers, [first for (first,) in run(_SEAMS, {"id": operation})]
