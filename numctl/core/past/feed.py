"""The feed: every change in order, each as what was before and after, for other systems to follow.

Whoever applies the rows to what they know has the inventory after each operation. What was out of scope
at the time stands as not there. A row of labels has these alone: what else is true of the numbers stays.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.changes.catalog import ORGANIZATION, SERIES, USER, changes_of
from numctl.core.changes.label_sets import LabelSets
from numctl.core.changes.states import States
from numctl.core.past.places import Places
from numctl.core.past.then import NamesThen
from numctl.core.rules.model import NO_DETAIL, WITH_DETAIL, Detail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.catalog.organizations import OrganizationRow
    from numctl.core.catalog.view import View
    from numctl.core.changes.catalog import CatalogChange
    from numctl.core.rules.model import State

_OPERATIONS = "SELECT id, at, action FROM operation WHERE id > ? ORDER BY id LIMIT ?"
_PIECES = "SELECT first, last, before, after FROM piece WHERE operation = ? ORDER BY position"
_DETAILS = """
SELECT number, operation, user_before, forward_before, user_after, forward_after FROM detail_change
WHERE number BETWEEN ? AND ? AND operation <= ? ORDER BY number, operation, position
"""

_LABELS = "SELECT first, last, before, after FROM label_piece WHERE operation = ? ORDER BY position, first"
_HOLDERS = """
SELECT max(first, :first), min(last, :last), organization FROM span JOIN state ON state.id = span.state
WHERE last >= :first
AND first BETWEEN coalesce((SELECT max(first) FROM span WHERE first <= :first), :first) AND :last
ORDER BY first
"""

Facts = dict[str, object]


class Row(NamedTuple):
    """One change: of numbers, with what all of them had before and have after, or of the catalog."""

    operation: int
    at: str
    action: str
    first: str | None
    last: str | None
    before: Facts | None
    after: Facts | None
    kind: str | None = None
    name: str | None = None


class Feed:
    """The journal as rows, within the transaction of a view."""

    def __init__(self, view: View, places: Places | None = None) -> None:
        self._view = view
        self._connection = view.connection
        self._places = places or Places(view)
        self._states = States(view.connection)
        self._sets = LabelSets(view.connection)

    @cached_property
    def _names(self) -> NamesThen:
        return NamesThen(self._connection)

    def rows(self, after: int, most: int) -> tuple[list[Row], int | None]:
        """The rows of at most ``most`` operations after one, and the last of those; None for none left."""
        found: list[Row] = []
        last: int | None = None
        for id, at, action in self._connection.execute(_OPERATIONS, (after, most)).fetchall():
            found += self._of(id, at, action)
            last = id
        return found, last

    def of_catalog(self, id: int, at: str = "", action: str = "") -> Iterator[Row]:
        """What an operation did to the catalog."""
        for change in changes_of(self._connection, id):
            row = self._of_catalog(id, at, action, change)
            if row is not None:
                yield row

    def _of(self, id: int, at: str, action: str) -> Iterator[Row]:
        yield from self.of_catalog(id, at, action)
        for first, last, before, after in self._connection.execute(_PIECES, (id,)).fetchall():
            was = self._state(before, id - 1)
            now = self._state(after, id)
            if was is None and now is None:
                continue
            for low, high, left, kept in self._cut(first, last, id, was, now):
                yield Row(
                    id,
                    at,
                    action,
                    str(low),
                    str(high),
                    self._facts(was, left, id - 1),
                    self._facts(now, kept, id),
                )
        yield from self._of_labels(id, at, action)

    def _of_labels(self, id: int, at: str, action: str) -> Iterator[Row]:
        """What an operation did to labels; of numbers that are out of scope now, nothing is told below."""
        for first, last, before, after in self._connection.execute(_LABELS, (id,)).fetchall():
            was, now = (Facts(labels=dict(self._sets[one or 0])) for one in (before, after))
            for low, high in self._seen(first, last):
                yield Row(id, at, action, str(low), str(high), was, now)

    def _seen(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        if self._view.sees_all:
            yield first, last
            return
        for low, high, holder in self._connection.execute(_HOLDERS, {"first": first, "last": last}):
            if holder in self._view.scope:
                yield low, high

    def _state(self, state: int | None, operation: int) -> State | None:
        found = self._states[state] if state is not None else None
        if found is None or found.organization not in self._places.scope(operation):
            return None
        return found

    def _facts(self, state: State | None, detail: Detail, operation: int) -> Facts | None:
        if state is None:
            return None
        has = state.status in WITH_DETAIL
        return {
            "series": self._names.series(state.series, operation),
            "organization": self._places.tree(operation).path(state.organization),
            "status": str(state.status),
            "reserved_tag": state.tag or None,
            "reserved_until": state.until or None,
            "user": self._names.user(detail.user, operation) if has else None,
            "forwarded_to": str(detail.forward_to) if has and detail.forward_to is not None else None,
        }

    def _cut(
        self, first: int, last: int, operation: int, was: State | None, now: State | None
    ) -> Iterator[tuple[int, int, Detail, Detail]]:
        """A piece cut where single numbers have something of their own, before or after."""
        if not any(state is not None and state.status in WITH_DETAIL for state in (was, now)):
            yield first, last, NO_DETAIL, NO_DETAIL
            return
        pairs: dict[int, tuple[Detail, Detail]] = {}
        rows = self._connection.execute(_DETAILS, (first, last, operation))
        for number, by, user_before, forward_before, user, forward in rows:
            before = pairs.get(number, (NO_DETAIL, NO_DETAIL))
            left = before[0] if by == operation and number in pairs else Detail(user_before, forward_before)
            pairs[number] = (left if by == operation else Detail(user, forward), Detail(user, forward))
        yield from _runs(first, last, pairs)

    def _of_catalog(self, id: int, at: str, action: str, change: CatalogChange) -> Row | None:
        if change.kind == ORGANIZATION:
            before = self._organization(change.row, change.before, id - 1)  # type: ignore[arg-type]
            after = self._organization(change.row, change.after, id)  # type: ignore[arg-type]
            if before is None and after is None:
                return None
            name = str((after or before or {})["organization"])
            return Row(id, at, action, None, None, before, after, change.kind, name)
        if change.kind == SERIES:
            if not self._view.sees_all:
                return None
            was, now = (row._asdict() if row else None for row in (change.before, change.after))
            name = str((now or was or {})["name"])
            return Row(id, at, action, None, None, was, now, change.kind, name)
        return self._of_user(id, at, action, change)

    def _of_user(self, id: int, at: str, action: str, change: CatalogChange) -> Row | None:
        row = self._connection.execute("SELECT organization FROM user WHERE id = ?", (change.row,)).fetchone()
        if row is None or row[0] not in self._places.scope(id):
            return None
        path = self._places.tree(id).path(row[0])
        names = (change.name_before, change.name_after)
        was, now = (Facts(name=name or None, organization=path) for name in names)
        return Row(id, at, action, None, None, was, now, USER, change.name_after or None)

    def _organization(self, id: int, row: OrganizationRow | None, operation: int) -> Facts | None:
        if row is None or id not in self._places.scope(operation):
            return None
        facts = row._asdict()
        parent, name, emails = facts.pop("parent"), facts.pop("name"), facts.pop("emails")
        tree = self._places.tree(operation)
        above = tree.path(parent) if parent in tree and parent in self._places.nameable(operation) else None
        return {
            "organization": f"{tree.path(parent)}/{name}" if parent in tree else name,
            "parent": above,
            "emails": list(emails),
            "threshold_percent": facts.pop("threshold") or None,
            **facts,
        }


def _runs(
    first: int, last: int, pairs: dict[int, tuple[Detail, Detail]]
) -> Iterator[tuple[int, int, Detail, Detail]]:
    """From ``first`` to ``last`` in runs of equal pairs; numbers without any have nothing of their own."""
    begin, shown = first, (NO_DETAIL, NO_DETAIL)
    at = first
    for number, pair in pairs.items():
        if number > at:
            if shown != (NO_DETAIL, NO_DETAIL) and at > begin:
                yield begin, at - 1, *shown
                begin = at
            shown = (NO_DETAIL, NO_DETAIL)
            if number > begin:
                yield begin, number - 1, *shown
                begin = number
            shown = pair
        elif pair != shown:
            if number > begin:
                yield begin, number - 1, *shown
            begin, shown = number, pair
        at = number + 1
    if at > last:
        yield begin, last, *shown
        return
    if shown != (NO_DETAIL, NO_DETAIL):
        yield begin, at - 1, *shown
        begin = at
    yield begin, last, NO_DETAIL, NO_DETAIL
