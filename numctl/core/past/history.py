"""Reading the journal: what was done to the store, and what happened to one number.

Only what was in scope when it happened is shown and counted: an operation counts those of its
numbers that someone in scope held before or after it, and is not there if it has none. An
organization that came from elsewhere brings nothing of what was done before; where it went from, what
was done until then stays to be seen. Each stands by its path of that time, those removed since, too.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.changes.states import States
from numctl.core.errors import NotFound
from numctl.core.numbers.packed import Packed
from numctl.core.numbers.ranges import total
from numctl.core.past.asked import Asked, Picked
from numctl.core.past.feed import Feed
from numctl.core.past.places import Places
from numctl.core.past.summaries import Names, differences, of_numbers, of_the_rest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numctl.core.catalog.view import View
    from numctl.core.numbers.ranges import Range

EVERYTHING = Asked()
_FIRST_PAGE, _PAGE = 200, 5_000  # operations looked at in one query

_OPERATIONS = """
SELECT id, at, actor, acting_as, action, message, count, facts, undone_by FROM operation
WHERE id BETWEEN ? AND ? ORDER BY id DESC
"""
_TOUCHED = """
SELECT operation, sum(last - first + 1) FROM piece
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
_PIECES = "SELECT first, last, before, after FROM piece WHERE operation = ? ORDER BY position"
_LABELLED = """
SELECT max(span.first, l.first), min(span.last, l.last), state.organization FROM label_piece AS l JOIN span
ON span.first <= l.last AND span.last >= l.first AND span.first >= coalesce(
  (SELECT max(first) FROM span WHERE first <= l.first), l.first)
JOIN state ON state.id = span.state WHERE l.operation = ? ORDER BY 1
"""
SHOWN = 5  # ranges in a summary
LOOKED_AT = 2_000  # pieces, to tell the first ranges of an operation


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


_UNTOUCHED = 0


class Past:
    """The journal as it may be seen from ``view``, within its transaction."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.connection = view.connection
        self.places = Places(view)
        self.states = States(view.connection)
        self.sees_all = view.sees_all
        self._series: dict[int, str | None] = {}

    def operations(self, limit: int | None = None, asked: Asked = EVERYTHING) -> list[Entry]:
        """The newest operations that are asked for, at most ``limit``, the newest first.

        Raises NotFound, Ambiguous or OutOfScope for a name.
        """
        found: list[Entry] = []
        for entry in self._entries(Picked(self._view, self.places, asked)):
            found.append(entry)
            if len(found) == limit:
                break
        return found

    def count(self, asked: Asked = EVERYTHING) -> int:
        """How many operations there are to be seen."""
        if self.sees_all and asked == EVERYTHING:
            (n,) = self.connection.execute("SELECT count(*) FROM operation").fetchone()
            return int(n)
        return sum(1 for _ in self._entries(Picked(self._view, self.places, asked)))

    def operation(self, id: int) -> Entry:
        """One operation. Raises NotFound where it touched nothing in scope."""
        for entry in self._between(id, id, Picked(self._view, self.places, EVERYTHING)):
            return entry
        raise unknown(id)

    def ranges(self, id: int) -> Packed:
        """The numbers in scope that an operation changed, ascending and joined."""
        return Packed(self._pieces(id)).joined()

    def _pieces(self, id: int) -> Iterator[tuple[int, int]]:
        before, after = self.places.scope(id - 1), self.places.scope(id)
        for first, last, was, now in self.connection.execute(_PIECES, (id,)):
            if (
                self.sees_all
                or (was is not None and self.states[was].organization in before | after)
                or (now is not None and self.states[now].organization in after)
            ):
                yield first, last
        yield from self._relabelled(id)

    def _relabelled(self, id: int) -> Iterator[tuple[int, int]]:
        """Numbers whose labels an operation changed, of those in scope now."""
        if self.sees_all:
            yield from self.connection.execute(
                "SELECT first, last FROM label_piece WHERE operation = ? ORDER BY position", (id,)
            )
            return
        for first, last, holder in self.connection.execute(_LABELLED, (id,)):
            if holder in self._view.scope:
                yield first, last

    def _entries(self, picked: Picked) -> Iterator[Entry]:
        (newest,) = self.connection.execute("SELECT coalesce(max(id), 0) FROM operation").fetchone()
        lowest, last = picked.ends(newest)
        page = _FIRST_PAGE
        while last >= lowest:
            first = max(lowest, last - page + 1)
            yield from self._between(first, last, picked)
            last, page = first - 1, _PAGE

    def _between(self, first: int, last: int, picked: Picked) -> Iterator[Entry]:
        touched = {} if self.sees_all else self._touched(first, last)
        for row in self.connection.execute(_OPERATIONS, (first, last)).fetchall():
            id, at, actor, acting_as, action, message, count, facts_text, _ = row
            if not picked.takes(id, at, action):
                continue
            facts = json.loads(facts_text)
            here = count if self.sees_all else touched.get(id, _UNTOUCHED)
            if not self.sees_all and not here and (count or not self._concerns(id, facts, acting_as)):
                continue
            ours = acting_as in self.places.scope(id)
            if picked.says(*((actor, message) if ours else (None, None))):
                theirs = picked.numbers.get(id, []) if picked.numbers is not None else None
                yield self._entry(row, here, facts, theirs)

    def _entry(self, row: _Row, here: int, facts: dict[str, object], theirs: list[int] | None) -> Entry:
        id, at, actor, acting_as, action, message, _, _, undone_by = row
        ours = acting_as in self.places.scope(id)
        return Entry(
            operation=id,
            at=at,
            actor=actor if ours else None,
            acting_as=self.path(acting_as, id) if ours else None,
            action=action,
            count=here,
            summary=self._summary(id, action, here, facts, theirs, ours=ours),
            message=(message or None) if ours else None,
            undone_by=undone_by if undone_by is None or self._is_seen(undone_by) else None,
        )

    def _summary(
        self,
        id: int,
        action: str,
        here: int,
        facts: dict[str, object],
        theirs: list[int] | None,
        *,
        ours: bool,
    ) -> str:
        then = id - 1 if self._left(id, action, facts) else id
        undone = facts.get("undoes")
        if isinstance(undone, int) and not self._is_seen(undone):
            facts = {**facts, "undoes": None}
        names = Names(
            lambda organization: self.path(organization, then), self.series, lambda user: self.user(user, id)
        )
        if not here:
            return of_the_rest(action, facts, names, self._changes(id))
        told = (
            facts if ours else {name: value for name, value in facts.items() if name not in _WORDS_OF_ABOVE}
        )
        if theirs is not None:
            return of_numbers(action, len(theirs), Packed((one, one) for one in theirs).joined(), told, names)
        return of_numbers(action, here, self._first_ranges(id, here), told, names)

    def _changes(self, id: int) -> list[str]:
        """What an operation changed of the catalog, from what to what."""
        rows = Feed(self._view, self.places).of_catalog(id)
        return [said for row in rows for said in differences(row.before, row.after)]

    def _first_ranges(self, id: int, count: int) -> Sequence[Range]:
        """The first few ranges of an operation, ascending as far as its first pieces are."""
        return Packed(islice(self._pieces(id), LOOKED_AT)).joined()[:SHOWN]

    def _touched(self, first: int, last: int) -> dict[int, int]:
        found: dict[int, int] = {}
        for low, high, scope in self.places.stretches(first, last):
            these = {"first": low, "last": high, "scope": json.dumps(sorted(scope))}
            found.update(self.connection.execute(_TOUCHED, these).fetchall())
        labelled = self.connection.execute(
            "SELECT DISTINCT operation FROM label_piece WHERE operation BETWEEN ? AND ?", (first, last)
        ).fetchall()
        for (operation,) in labelled:
            if operation not in found and (n := total(Packed(self._relabelled(operation)))):
                found[operation] = n
        return found

    def _is_seen(self, id: int) -> bool:
        """Whether an operation is one of those to be seen."""
        if self.sees_all or self._touched(id, id):
            return True
        row = self.connection.execute("SELECT acting_as, count, facts FROM operation WHERE id = ?", (id,))
        acting_as, count, facts = row.fetchone() or (0, 1, "{}")  # one whose role may not see it
        return not count and self._concerns(id, json.loads(facts), acting_as)

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
