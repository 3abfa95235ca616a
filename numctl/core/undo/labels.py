"""The part of an undo that is about labels: each run goes back to the set it had, if it is as it was left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.changes.pieces import net_pieces
from numctl.core.numbers.ranges import Range

if TYPE_CHECKING:
    from numctl.core.changes.operation import Operation
    from numctl.core.undo.in_the_way import InTheWay

_PIECES = """
SELECT first, last, position, coalesce(before, 0), coalesce(after, 0) FROM label_piece
WHERE operation = ? ORDER BY first, position
"""


def give_back(operation: Operation, id: int, in_the_way: InTheWay) -> None:
    """Restore the labels that an operation changed; what can't be goes to ``in_the_way``."""
    if operation.labels.take_back(id):
        return
    rows = operation.connection.execute(_PIECES, (id,)).fetchall()
    if not rows:
        return
    for first, last, before, after in net_pieces(rows):
        if before == after:
            continue
        if operation.labels.restore(first, last, after, before):
            continue
        for low, high, now in list(operation.labels.runs(first, last)):
            if now != after:
                in_the_way.relabelled(Range(low, high))
