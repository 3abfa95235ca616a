"""Reading the journal: what was done to the store, and what happened to one number.

Only what was in scope when it happened is shown and counted: an operation counts those of its
numbers that someone in scope held before or after it, and is not there if it has none. An
organization that came from elsewhere brings nothing of what was done before; where it went from, what
was done until then stays to be seen. Each stands by its path of that time, those removed since, too.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.changes.states import States
from numctl.core.errors import NotFound
from numctl.core.numbers.ranges import Range
from numctl.core.past.places import Places
from numctl.core.past.summaries import Names, of_numbers, of_the_rest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.catalog.view import View

_FIRST_PAGE, _PAGE = 200, 5_000  # operations looked at in one query

_OPERATIONS = """
SELECT id, at, actor, acting_as, action, message, count, facts, undone_by FROM operation
WHERE id BETWEEN ? AND ? ORDER BY id DESC
"""
_TOUCHED = """
SELECT operation, sum(last - first + 1), count(*), min(first), max(last) FROM piece
WHERE operation BETWEEN :first AND :last AND (
  before IN (SELECT id FROM state WHERE organization IN (SELECT value FROM json_each(:scope)))
  OR after IN (SELECT id FROM state WHERE organization IN (SELECT value FROM json_each(:scope)))
) GROUP BY operation
"""
# The organizations that an operation's changes of the catalog were about; none for series.
_ROWS = """
SELECT row FROM catalog_change WHERE operation = :operation AND kind = 'organization'
UNION SELECT user.organization FROM catalog_change JOIN user ON user.id = catalog_change.row
WHERE operation = :operation AND kind = 'user'
"""
_ONE_PIECE = "SELECT first, last FROM piece WHERE operation = ? LIMIT 2"


class Entry(NamedTuple):
    """One operation. Of one from above the scope, ``actor``, ``acting_as`` and ``message`` are None."""

    operation: int
    at: str
    actor: str | None
    acting_as: str | None
    action: str
    count: int  # type: ignore[assignment]  # the contract's word, over a tuple's method
    summary: str
    message: str | None
    undone_by: int | None


_Row = tuple[int, str, str, int, str, str, int, str, int | None]


class _Touched(NamedTuple):
    numbers: int
    block: Range | None


_UNTOUCHED = _Touched(0, None)


class Past:
    """The journal as it may be seen from ``view``, within its transaction."""

    def __init__(self, view: View) -> None:
        self.connection = view.connection
        self.places = Places(view)
        self.states = States(view.connection)
        self.sees_all = view.sees_all
        self._series: dict[int, str | None] = {}

    def operations(self, limit: int | None = None) -> list[Entry]:
        """The newest operations, at most ``limit``, the newest first."""
        found: list[Entry] = []
        for entry in self._entries():
            found.append(entry)
            if len(found) == limit:
                break
        return found

    def count(self) -> int:
        """How many operations there are to be seen."""
        if self.sees_all:
            (n,) = self.connection.execute("SELECT count(*) FROM operation").fetchone()
            return int(n)
        return sum(1 for _ in self._entries())

    def operation(self, id: int) -> Entry:
        """One operation. Raises NotFound where it touched nothing in scope."""
        for entry in self._between(id, id):
            return entry
        raise unknown(id)

    def _entries(self) -> Iterator[Entry]:
        (last,) = self.connection.execute("SELECT coalesce(max(id), 0) FROM operation").fetchone()
        page = _FIRST_PAGE
        while last > 0:
            first = max(1, last - page + 1)
            yield from self._between(first, last)
            last, page = first - 1, _PAGE

    def _between(self, first: int, last: int) -> Iterator[Entry]:
        touched = {} if self.sees_all else self._touched(first, last)
        for row in self.connection.execute(_OPERATIONS, (first, last)).fetchall():
            id, _, _, acting_as, _, _, count, facts_text, _ = row
            facts = json.loads(facts_text)
            if self.sees_all:
                here = _Touched(count, self._block(id) if count else None)
            else:
                here = touched.get(id, _UNTOUCHED)
                if not here.numbers and (count or not self._concerns(id, facts, acting_as)):
                    continue
            yield self._entry(row, here, facts)

    def _entry(self, row: _Row, here: _Touched, facts: dict[str, object]) -> Entry:
        id, at, actor, acting_as, action, message, count, _, undone_by = row
        ours = acting_as in self.places.scope(id)
        return Entry(
            operation=id,
            at=at,
            actor=actor if ours else None,
            acting_as=self.path(acting_as, id) if ours else None,
            action=action,
            count=here.numbers,
            summary=self._summary(id, action, count, here, facts, ours=ours),
            message=(message or None) if ours else None,
            undone_by=undone_by if undone_by is None or self._is_seen(undone_by) else None,
        )

    def _summary(
        self, id: int, action: str, count: int, here: _Touched, facts: dict[str, object], *, ours: bool
    ) -> str:
        then = id - 1 if self._left(id, action, facts) else id
        undone = facts.get("undoes")
        if isinstance(undone, int) and not self._is_seen(undone):
            facts = {**facts, "undoes": None}
        names = Names(
            lambda organization: self.path(organization, then), self.series, lambda user: self.user(user, id)
        )
        if not count:
            return of_the_rest(action, facts, names)
        told = (
            facts if ours else {name: value for name, value in facts.items() if name not in _WORDS_OF_ABOVE}
        )
        return of_numbers(action, here.numbers, here.block, told, names)

    def _touched(self, first: int, last: int) -> dict[int, _Touched]:
        found: dict[int, _Touched] = {}
        for low, high, scope in self.places.stretches(first, last):
            these = {"first": low, "last": high, "scope": json.dumps(sorted(scope))}
            for operation, count, pieces, lowest, highest in self.connection.execute(_TOUCHED, these):
                block = Range(lowest, highest) if pieces == 1 else None
                found[operation] = _Touched(count, block)
        return found

    def _is_seen(self, id: int) -> bool:
        """Whether an operation is one of those to be seen."""
        if self.sees_all or self._touched(id, id):
            return True
        acting_as, count, facts = self.connection.execute(
            "SELECT acting_as, count, facts FROM operation WHERE id = ?", (id,)
        ).fetchone()
        return not count and self._concerns(id, json.loads(facts), acting_as)

    def _block(self, operation: int) -> Range | None:
        rows = self.connection.execute(_ONE_PIECE, (operation,)).fetchall()
        return Range(*rows[0]) if len(rows) == 1 else None

    def _concerns(self, id: int, facts: dict[str, object], acting_as: int) -> bool:
        rows = self.connection.execute(_ROWS, {"operation": id}).fetchall()
        organization = facts.get("organization")
        concerned = {one for (one,) in rows if one is not None}
        if not concerned:
            concerned = {organization if isinstance(organization, int) else acting_as}
        return not concerned.isdisjoint(self.places.scope(id) | self.places.scope(id - 1))

    def _left(self, id: int, action: str, facts: dict[str, object]) -> bool:
        """Whether an operation took an organization out of scope: then it is told as it was before."""
        return action == "org move" and facts.get("organization") not in self.places.scope(id)

    # Names of what may be seen

    def path(self, organization: int, operation: int) -> str | None:
        """An organization's path once an operation was done; None if it was neither in scope nor above."""
        if organization not in self.places.nameable(operation):
            return None
        return self.places.tree(operation).path(organization)

    def series(self, id: int) -> str | None:
        """A series' name."""
        if id not in self._series:
            row = self.connection.execute("SELECT name FROM series WHERE id = ?", (id,)).fetchone()
            self._series[id] = row[0] if row else None
        return self._series[id]

    def user(self, id: int | None, operation: int) -> str | None:
        """A user's name; None without one, for one forgotten, and for one out of scope at an operation."""
        row = self.connection.execute("SELECT name, organization FROM user WHERE id = ?", (id,)).fetchone()
        return (row[0] or None) if row and row[1] in self.places.scope(operation) else None


_WORDS_OF_ABOVE = ("reason", "rejected")  # what someone above wrote or counted is theirs


def unknown(operation: int) -> NotFound:
    """The answer for an operation that isn't there, or that touched nothing in scope."""
    return NotFound(
        f"There is no operation {operation}.", "See what there is with `numctl history`.", operation=operation
    )
