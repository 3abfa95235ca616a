"""What the journal has of some operations, read with few questions rather than one for each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.changes.catalog import USER, changes_of_each
from numctl.core.numbers.packed import Packed
from numctl.core.numbers.ranges import total

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numctl.core.changes.catalog import CatalogChange
    from numctl.core.store.connection import Connection

# Each by operation, in the order of their positions up to one.
_PIECES = """
SELECT operation, first, last, before, after FROM piece
WHERE operation IN (SELECT value FROM json_each(?)) AND position <= ? ORDER BY operation, position, first
"""
_LABELS = """
SELECT operation, first, last, before, after FROM label_piece
WHERE operation IN (SELECT value FROM json_each(?)) AND position <= ? ORDER BY operation, position, first
"""
# Of label pieces, what is held now, and by whom.
_LABELLED = """
SELECT l.operation, max(span.first, l.first), min(span.last, l.last), state.organization
FROM label_piece AS l JOIN span
ON span.first <= l.last AND span.last >= l.first AND span.first >= coalesce(
  (SELECT max(first) FROM span WHERE first <= l.first), l.first)
JOIN state ON state.id = span.state WHERE l.operation IN (SELECT value FROM json_each(?)) ORDER BY 1, 2
"""
_TOUCHED = """
SELECT operation, sum(last - first + 1) FROM piece
WHERE operation BETWEEN :first AND :last AND (
  before IN (SELECT id FROM state WHERE organization IN (SELECT value FROM json_each(:scope)))
  OR after IN (SELECT id FROM state WHERE organization IN (SELECT value FROM json_each(:scope)))
) GROUP BY operation
"""
_RELABELLED = "SELECT DISTINCT operation FROM label_piece WHERE operation BETWEEN ? AND ?"
EVERY = 2**62  # positions

Piece = tuple[int, int, int | None, int | None]  # first, last, before and after (row ids)


class Journaled(NamedTuple):
    """By operation: its changes of the catalog, its pieces, and those of labels."""

    catalog: dict[int, list[CatalogChange]]
    pieces: dict[int, list[Piece]]
    labels: dict[int, list[Piece]]

    def states(self) -> set[int]:
        """The states that pieces name, by row id."""
        return _named(self.pieces)

    def label_sets(self) -> set[int]:
        """The sets of labels that pieces name, by row id."""
        return _named(self.labels)

    def users(self) -> set[int]:
        """The users that got other names, by row id."""
        return {one.row for changes in self.catalog.values() for one in changes if one.kind == USER}


def ask(
    connection: Connection, catalog: Sequence[int], numbers: Sequence[int], up_to: int = EVERY
) -> Callable[[], Journaled]:
    """Ask for the changes of the catalog of some operations, and for the pieces of some, up to a position."""
    changes = changes_of_each(connection, catalog)
    asked = [connection.execute(statement, (json.dumps(numbers), up_to)) for statement in (_PIECES, _LABELS)]
    return lambda: Journaled(changes(), *map(_by_operation, asked))


def relabelled(connection: Connection, operations: Sequence[int]) -> dict[int, list[tuple[int, int, int]]]:
    """First, last and holder (a row id), as of now, of numbers whose labels operations changed."""
    found: dict[int, list[tuple[int, int, int]]] = {}
    for operation, *held in connection.execute(_LABELLED, (json.dumps(operations),)):
        found.setdefault(operation, []).append(tuple(held))
    return found


def touched(
    connection: Connection, stretches: Iterable[tuple[int, int, frozenset[int]]], scope: frozenset[int]
) -> dict[int, int]:
    """How many numbers in scope operations changed, of those that changed any.

    ``stretches`` are some operations with what was in scope then; for labels it is what is so now.
    """
    asked = [
        (
            connection.execute(_TOUCHED, {"first": first, "last": last, "scope": json.dumps(sorted(then))}),
            connection.execute(_RELABELLED, (first, last)),
        )
        for first, last, then in stretches
    ]  # all of it waited for together
    found: dict[int, int] = {}
    labelled: set[int] = set()
    for numbers, others in asked:
        found.update(numbers.fetchall())
        labelled.update(operation for (operation,) in others)
    held = relabelled(connection, sorted(labelled - found.keys())) if labelled - found.keys() else {}
    for operation, parts in held.items():
        if n := total(Packed((first, last) for first, last, holder in parts if holder in scope)):
            found[operation] = n
    return found


def _by_operation(rows: Iterable[tuple[int, int, int, int | None, int | None]]) -> dict[int, list[Piece]]:
    found: dict[int, list[Piece]] = {}
    for operation, *piece in rows:
        found.setdefault(operation, []).append(tuple(piece))  # type: ignore[arg-type]
    return found


def _named(pieces: dict[int, list[Piece]]) -> set[int]:
    ids = {id for some in pieces.values() for _, _, *both in some for id in both}
    return {id for id in ids if id is not None}
