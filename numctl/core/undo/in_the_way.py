"""What stands in the way of an undo: numbers and rows that changed since, and the operations that did it.

Named are the operations in force that must be undone first, and those that stand in *their* way, so that
undoing all of them, the newest first, makes the undo possible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.changes import pieces
from numctl.core.errors import SHOWN, NumbersRefuse, enumerated
from numctl.core.numbers.ranges import Range, normalize, total

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numctl.core.store.connection import Connection

BY_ITSELF = ("settle", "upgrade")  # no change that stands in the way
MOST_PIECES = 10_000  # of one operation that are followed

_ABOUT = "SELECT action, undone_by, undoes FROM operation WHERE id = ?"
_TOUCHED = "SELECT first, last FROM piece WHERE operation = ? ORDER BY position LIMIT ?"
_LABELLED = "SELECT first, last FROM label_piece WHERE operation = ? ORDER BY position LIMIT ?"
_ROWS = "SELECT DISTINCT kind, row FROM catalog_change WHERE operation = ?"
_LATER_ROWS = "SELECT DISTINCT operation FROM catalog_change WHERE kind = ? AND row = ? AND operation > ?"
_FIRST_AFTER = "SELECT 1 FROM detail_change WHERE number = ? AND operation > ? LIMIT 1"

Row = tuple[str, int]  # kind, row id


class InTheWay:
    """Collects what is no longer as an operation left it, and says it in one refusal.

    ``own`` is the undo itself, whose changes don't count.
    """

    def __init__(self, connection: Connection, operation: int, own: int) -> None:
        self._connection = connection
        self._operation = operation
        self._own = own
        self._numbers: list[Range] = []
        self._labelled: list[Range] = []
        self._rows: dict[Row, str] = {}
        self._others: set[int] = set()
        self._why: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._numbers or self._labelled or self._rows or self._why)

    def numbers(self, numbers: Range) -> None:
        """Note numbers that changed since."""
        self._numbers.append(numbers)

    def relabelled(self, numbers: Range) -> None:
        """Note numbers whose labels changed since."""
        self._labelled.append(numbers)

    def row(self, kind: str, id: int, name: str) -> None:
        """Note a row of the catalog that changed since."""
        self._rows[kind, id] = name

    def why(self, sentence: str, operations: Iterable[int] = ()) -> None:
        """Note another reason, a part of a sentence, and the operations behind it."""
        self._why.append(sentence)
        self._others.update(operations)

    def later(self, first: int, last: int) -> set[int]:
        """The operations in force that changed any of these numbers since."""
        found = pieces.later(self._connection, first, last, self._operation)
        return {id for id in found if self._counts(id, self._operation)}

    def refusal(self) -> NumbersRefuse:
        """What is in the way, and what to undo first."""
        changed_numbers = normalize([*self._numbers, *self._labelled])
        numbers = list(map(str, changed_numbers))
        operations = sorted(self._operations(), reverse=True)
        changed = [*([enumerated(numbers)] if numbers else []), *self._rows.values()]
        reasons = [f"{', '.join(changed)} changed since"] if changed else []
        said = "; ".join([*reasons, *self._why])
        by = f" (by {_listed(operations)})" if operations else ""
        advice = (
            f"Undo {'that' if len(operations) == 1 else 'those'} first, the newest first:"
            f" `numctl undo {operations[0]}`."
            if operations
            else "See `numctl history NUMBER` for what came later."
        )
        return NumbersRefuse(
            f"Operation {self._operation} can't be undone: {said}{by}.",
            f"{advice} Nothing was changed.",
            operation=self._operation,
            numbers=numbers[:SHOWN],
            rows=list(self._rows.values()),
            count=total(changed_numbers),
            operations=operations,
        )

    def _operations(self) -> set[int]:
        """The operations to be undone first, and those in the way of them."""
        found: set[int] = set()
        waiting = {id for numbers in normalize(self._numbers) for id in self.later(*numbers)}
        for numbers in normalize(self._labelled):
            later = pieces.labelled_later(self._connection, *numbers, self._operation)
            waiting |= {id for id in later if self._counts(id, self._operation)}
        waiting |= {id for row in self._rows for id in self._later_on(row, self._operation)} | self._others
        while waiting:
            id = waiting.pop()
            if id in found:
                continue
            found.add(id)
            waiting.update(set(self._behind(id)) - found)
        return found

    def _behind(self, id: int) -> Iterator[int]:
        for first, last in self._connection.execute(_TOUCHED, (id, MOST_PIECES)).fetchall():
            for later in pieces.later(self._connection, first, last, id):
                if self._counts(later, id):
                    yield later
        for first, last in self._connection.execute(_LABELLED, (id, MOST_PIECES)).fetchall():
            for later in pieces.labelled_later(self._connection, first, last, id):
                if self._counts(later, id):
                    yield later
        for row in self._connection.execute(_ROWS, (id,)).fetchall():
            yield from self._later_on(row, id)

    def _later_on(self, row: Row, since: int) -> Iterator[int]:
        for (id,) in self._connection.execute(_LATER_ROWS, (*row, since)).fetchall():
            if self._counts(id, since):
                yield id

    def _counts(self, id: int, since: int) -> bool:
        """Whether an operation is in force, and not the undo of one that came after ``since``, too."""
        if id == self._own:
            return False
        action, undone_by, undoes = self._connection.execute(_ABOUT, (id,)).fetchone()
        if undone_by is not None or action in BY_ITSELF:
            return False
        while undoes is not None:
            if undoes > since:
                return False
            (undoes,) = self._connection.execute(
                "SELECT undoes FROM operation WHERE id = ?", (undoes,)
            ).fetchone()
        return True


def _listed(operations: list[int]) -> str:
    if len(operations) == 1:
        return f"operation {operations[0]}"
    return f"operations {', '.join(map(str, operations[:SHOWN]))}"
