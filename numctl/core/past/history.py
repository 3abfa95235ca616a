"""Reading the journal: what was done to the store, and what happened to one number.

Only what was in scope when it happened is shown and counted: an operation counts those of its
numbers that someone in scope held before or after it, and is not there if it has none. An
organization that came from elsewhere brings nothing of what was done before; where it went from, what
was done until then stays to be seen. Each stands by its path of that time, those removed since, too.
"""

from __future__ import annotations

import json
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.changes.catalog import ORGANIZATION, USER, changes_of
from numctl.core.changes.states import States
from numctl.core.errors import NotFound
from numctl.core.numbers.packed import Packed
from numctl.core.past import journaled
from numctl.core.past.asked import Asked, Picked
from numctl.core.past.feed import Feed
from numctl.core.past.journaled import Journaled
from numctl.core.past.places import Places
from numctl.core.past.summaries import Names, differences, of_numbers, of_the_rest
from numctl.core.past.then import NamesNow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numctl.core.catalog.view import View
    from numctl.core.changes.catalog import CatalogChange
    from numctl.core.numbers.ranges import Pair, Range
    from numctl.core.past.journaled import Piece

EVERYTHING = Asked()
_FIRST_PAGE, _PAGE = 200, 5_000  # operations looked at in one query

_OPERATIONS = """
SELECT id, at, actor, acting_as, action, message, count, facts, undone_by FROM operation
WHERE id BETWEEN ? AND ? ORDER BY id DESC
"""
_PIECES = "SELECT first, last, before, after FROM piece WHERE operation = ? ORDER BY position"
_LABELLED = "SELECT first, last FROM label_piece WHERE operation = ? ORDER BY position, first"
_WORDS_OF_ABOVE = ("reason", "rejected")  # what someone above wrote or counted is theirs
SHOWN = 5  # ranges in a summary
LOOKED_AT = 2_000  # pieces, to tell the first ranges of an operation
PART = 100  # operations of which all that is told is read together


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
_Met = tuple[_Row, int, dict[str, object]]  # and how many numbers in scope it changed, and its facts


class Past:
    """The journal as it may be seen from ``view``, within its transaction."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.connection = view.connection
        self.places = Places(view)
        self.states = States(view.connection)
        self.sees_all = view.sees_all
        self.names = NamesNow(view.connection)
        self._seen: dict[int, bool] = {}  # operations
        self._journaled = Journaled({}, {}, {})
        self._relabelled: dict[int, list[tuple[int, int, int]]] = {}  # below the root

    def operations(self, limit: int | None = None, asked: Asked = EVERYTHING) -> list[Entry]:
        """The newest operations that are asked for, at most ``limit``, the newest first.

        Raises NotFound, Ambiguous or OutOfScope for a name.
        """
        found: list[Entry] = []
        for entry in self._entries(Picked(self._view, self.places, asked), min(limit or PART, PART)):
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
        labelled: Iterable[Pair]
        if self.sees_all:
            labelled = self.connection.execute(_LABELLED, (id,))
        else:
            labelled = self._in_scope(journaled.relabelled(self.connection, [id]).get(id, ()))
        pieces = self._seen_of(id, self.connection.execute(_PIECES, (id,)))
        return Packed(chain(pieces, labelled)).joined()

    def _seen_of(self, id: int, pieces: Iterable[Piece]) -> Iterator[Pair]:
        """Those in scope of an operation's pieces."""
        before, after = self.places.scope(id - 1), self.places.scope(id)
        for first, last, was, now in pieces:
            if (
                self.sees_all
                or (was is not None and self.states[was].organization in before | after)
                or (now is not None and self.states[now].organization in after)
            ):
                yield first, last

    def _in_scope(self, held: Iterable[tuple[int, int, int]]) -> Iterator[Pair]:
        """Numbers whose labels an operation changed, of those in scope now."""
        return ((first, last) for first, last, holder in held if holder in self._view.scope)

    def _entries(self, picked: Picked, at_once: int = PART) -> Iterator[Entry]:
        (newest,) = self.connection.execute("SELECT coalesce(max(id), 0) FROM operation").fetchone()
        lowest, last = picked.ends(newest)
        page = _FIRST_PAGE
        while last >= lowest:
            first = max(lowest, last - page + 1)
            yield from self._between(first, last, picked, at_once)
            last, page = first - 1, _PAGE

    def _between(self, first: int, last: int, picked: Picked, at_once: int = PART) -> Iterator[Entry]:
        asked = self.connection.execute(_OPERATIONS, (first, last))  # waited for together with the places
        self.places.read_down_to(first - 1)
        touched = {} if self.sees_all else self._touched(first, last)
        rows = []
        for row in asked.fetchall():
            id, at, _, _, action, _, count, facts, _ = row
            if picked.takes(id, at, action):
                here = count if self.sees_all else touched.get(id, 0)
                rows.append((row, here, json.loads(facts)))
        for start in range(0, len(rows), at_once):
            some = rows[start : start + at_once]
            self._look_ahead(some, numbers=picked.numbers is None)
            yield from self._told(some, picked)

    def _told(self, rows: Sequence[_Met], picked: Picked) -> Iterator[Entry]:
        for row, here, facts in rows:
            id, _, actor, acting_as, _, message, count, _, _ = row
            if not self.sees_all and not here and (count or not self._concerns(id, facts, acting_as)):
                continue
            ours = acting_as in self.places.scope(id)
            if picked.says(*((actor, message) if ours else (None, None))):
                theirs = picked.numbers.get(id, []) if picked.numbers is not None else None
                yield self._entry(row, here, facts, theirs)

    def _look_ahead(self, rows: Sequence[_Met], *, numbers: bool) -> None:
        """Read what is told of some operations, and with ``numbers`` of which numbers they changed."""
        changed = [row[0] for row, here, _ in rows if here and numbers]
        others = [row[0] for row, here, _ in rows if not here]
        take_in = journaled.ask(self.connection, others, changed, LOOKED_AT)
        if not self.sees_all:
            self._relabelled = journaled.relabelled(self.connection, changed)
        self._journaled = take_in()
        users = {user for _, _, facts in rows if isinstance(user := facts.get("user"), int)}
        names = self.names.ahead(users | self._journaled.users())
        states = self.states.look_up(set() if self.sees_all else self._journaled.states())
        _ = self.names.series  # waited for together
        states()
        names()

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
        feed = Feed(self._view, self.places, self.names)
        rows = feed.of_catalog(id, changes=self._journaled.catalog.get(id, ()))
        return [said for row in rows for said in differences(row.before, row.after)]

    def _first_ranges(self, id: int, count: int) -> Sequence[Range]:
        """The first few ranges of an operation, ascending as far as its first pieces are."""
        pieces: Iterable[Piece] = self._journaled.pieces.get(id, ())
        if not self.sees_all and len(self._journaled.pieces.get(id, ())) == LOOKED_AT:
            pieces = self.connection.execute(_PIECES, (id,))  # those to be seen may come later
        labelled: Iterable[Pair]
        if self.sees_all:
            labelled = ((first, last) for first, last, *_ in self._journaled.labels.get(id, ()))
        else:
            labelled = self._in_scope(self._relabelled.get(id, ()))
        return Packed(islice(chain(self._seen_of(id, pieces), labelled), LOOKED_AT)).joined()[:SHOWN]

    def _touched(self, first: int, last: int) -> dict[int, int]:
        return journaled.touched(self.connection, self.places.stretches(first, last), self._view.scope)

    def _is_seen(self, id: int) -> bool:
        """Whether an operation is one of those to be seen."""
        if id not in self._seen:
            self._seen[id] = self.sees_all or bool(self._touched(id, id)) or self._is_about_us(id)
        return self._seen[id]

    def _is_about_us(self, id: int) -> bool:
        row = self.connection.execute("SELECT acting_as, count, facts FROM operation WHERE id = ?", (id,))
        acting_as, count, facts = row.fetchone() or (0, 1, "{}")  # one whose role may not see it
        changes = list(changes_of(self.connection, id))
        return not count and self._concerns(id, json.loads(facts), acting_as, changes)

    def _concerns(
        self,
        id: int,
        facts: dict[str, object],
        acting_as: int,
        changes: Sequence[CatalogChange] | None = None,
    ) -> bool:
        """Whether changes of the catalog, those read ahead or these, are about what is in scope."""
        concerned: set[int] = set()
        for change in self._journaled.catalog.get(id, ()) if changes is None else changes:
            if change.kind == ORGANIZATION:
                concerned.add(change.row)
            elif change.kind == USER and (known := self.names.user(change.row)):
                concerned.add(known[1])
        if not concerned:
            organization = facts.get("organization")
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
        return self.names.series.get(id)

    def user(self, id: int | None, operation: int) -> str | None:
        """A user's name; None without one, for one forgotten, and for one out of scope at an operation."""
        name, holder = self.names.user(id) or ("", 0)
        return (name or None) if holder in self.places.scope(operation) else None


def unknown(operation: int) -> NotFound:
    """The answer for an operation that isn't there, or that touched nothing in scope."""
    return NotFound(
        f"There is no operation {operation}.", "See what there is with `numctl history`.", operation=operation
    )
