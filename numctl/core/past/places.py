"""Where organizations were, and what was in scope, at each operation: read backwards from the journal.

The tree says where everything is now. Each move and each new name of an organization, undone ones too,
stands in the journal with what was before, so that going back over those that came later gives the tree
of any day. Organizations that were made or removed since stand in every such tree.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.catalog.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.catalog.view import View
    from numctl.core.store.connection import Cursor

TREES = 16  # kept at hand; those of neighbours are asked for together

# Since the catalog has a journal it says so; of what was before, the facts of moves and renames.
_STEPS = """
SELECT operation, at, row, before, after FROM catalog_change JOIN operation ON operation.id = operation
WHERE operation > ? AND operation <= ? AND kind = 'organization' AND before IS NOT NULL
ORDER BY operation DESC, position DESC
"""
_OLD_STEPS = """
SELECT id, at, action, facts FROM operation
WHERE id > ? AND id <= ? AND action IN ('org move', 'org rename')
AND id < (SELECT coalesce(min(operation), 1000000000000) FROM catalog_change) ORDER BY id DESC
"""
_REMOVALS = "SELECT id, facts FROM operation WHERE action = 'org remove'"
_TAKEN_OUT = """
SELECT operation, row FROM catalog_change WHERE kind = 'organization' AND after IS NULL ORDER BY operation
"""


class Step(NamedTuple):
    """An operation that moved or renamed an organization (a row id), and what was before."""

    operation: int
    at: str
    organization: int
    parent: int | None  # before a move
    name: str | None  # before another name


class Places:
    """The trees of the past, as they may be seen by who acts."""

    def __init__(self, view: View) -> None:
        self._connection = view.connection
        self._acting = view.acting
        self._live = view.scope
        self._steps: list[Step] = []  # the newest first, down to the operation known
        self._known: int | None = None
        self._tree = lru_cache(TREES)(self._made)

    @cached_property
    def _now(self) -> Tree:
        return Tree.load(self._connection, retired=True)

    def tree(self, operation: int) -> Tree:
        """The tree as it was once an operation was done."""
        self.read_down_to(operation)
        return self._tree(self._later_than(operation))

    def scope(self, operation: int) -> frozenset[int]:
        """What was in scope of who acts now, once an operation was done."""
        return self.tree(operation).scope(self._acting)

    def nameable(self, operation: int) -> frozenset[int]:
        """The same, and what was above it: the organizations whose names may be told."""
        return self.scope(operation) | frozenset(self.tree(operation).above(self._acting))

    def scope_on(self, moment: str) -> frozenset[int]:
        """What was in scope at a moment (RFC 3339, UTC); what was so only for a part of that second isn't."""
        self.read_down_to(0)
        first = sum(step.at > moment for step in self._steps)
        last = sum(step.at >= moment for step in self._steps)
        return frozenset.intersection(
            *(self._tree(later).scope(self._acting) for later in range(first, last + 1))
        )

    def with_removed(self) -> frozenset[int]:
        """What is in scope now, and the organizations that were removed out of it."""
        removed = (
            (operation, json.loads(facts).get("organization"))
            for operation, facts in self._connection.execute(_REMOVALS).fetchall()
        )
        gone = (*removed, *self._connection.execute(_TAKEN_OUT).fetchall())
        return self._live.union(one for operation, one in gone if one in self.scope(operation))

    def moves(self) -> list[Step]:
        """The moves that took something into scope or out of it, the oldest first."""
        self.read_down_to(0)
        moves = [step for step in reversed(self._steps) if step.parent is not None]
        return [one for one in moves if self.scope(one.operation) != self.scope(one.operation - 1)]

    def stretches(self, first: int, last: int) -> Iterator[tuple[int, int, frozenset[int]]]:
        """From one operation to another, in stretches with the scope that stayed the same through each."""
        self.read_down_to(first)
        for step in self._steps:
            if first < step.operation <= last and step.parent is not None:
                yield step.operation, last, self.scope(last)
                last = step.operation - 1
        yield first, last, self.scope(last)

    def _later_than(self, operation: int) -> int:
        return bisect_left(self._steps, -operation, key=lambda step: -step.operation)

    def read_down_to(self, operation: int) -> None:
        """Have at hand where organizations were from an operation on."""
        if self._known is not None and self._known <= operation:
            return
        newest = 2**62 if self._known is None else self._known
        steps, old_steps = (
            self._connection.execute(statement, (operation, newest)) for statement in (_STEPS, _OLD_STEPS)
        )  # waited for together with the tree
        _ = self._now
        for id, at, organization, before, after in steps.fetchall():
            if after is None or organization not in self._now:
                continue
            was, now = json.loads(before), json.loads(after)
            parent = was["parent"] if was["parent"] != now["parent"] else None
            name = was["name"] if was["name"] != now["name"] else None
            if parent is not None or name is not None:
                self._steps.append(Step(id, at, organization, parent, name))
        self._take_in(old_steps)
        self._known = operation

    def _take_in(self, old_steps: Cursor) -> None:
        for id, at, action, text in old_steps.fetchall():
            facts = json.loads(text)
            organization = facts.get("organization")
            if organization in self._now:
                parent = facts.get("old_parent") if action == "org move" else None
                name = facts.get("old") if action == "org rename" else None
                self._steps.append(Step(id, at, organization, parent, name))

    def _made(self, later: int) -> Tree:
        """The tree before the newest ``later`` steps."""
        if not later:
            return self._now
        rows = dict(self._now.by_id)
        for _, _, organization, parent, name in self._steps[:later]:
            row = rows[organization]
            rows[organization] = row._replace(
                parent=row.parent if parent is None else parent, name=row.name if name is None else name
            )
        return Tree(list(rows.values()))
