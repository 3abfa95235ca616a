"""The feed: every change in order, each as what was before and after, for other systems to follow.

Whoever applies the rows to what they know has the inventory after each operation. What was out of scope
at the time stands as not there. A row of labels has these alone: what else is true of the numbers stays.
"""

from __future__ import annotations

from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.changes.cache import parts, places
from numctl.core.changes.catalog import ORGANIZATION, SERIES, USER, changes_of
from numctl.core.changes.label_sets import LabelSets
from numctl.core.changes.states import States
from numctl.core.past import journaled
from numctl.core.past.places import Places
from numctl.core.past.then import NamesNow, NamesThen
from numctl.core.rules.model import NO_DETAIL, WITH_DETAIL, Detail

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numctl.core.catalog.organizations import OrganizationRow
    from numctl.core.catalog.view import View
    from numctl.core.changes.catalog import CatalogChange
    from numctl.core.numbers.ranges import Pair
    from numctl.core.past.journaled import Journaled, Piece
    from numctl.core.rules.model import State

_OPERATIONS = "SELECT id, at, action FROM operation WHERE id > ? ORDER BY id LIMIT ?"
# What numbers of some pieces had of their own, and have after an operation.
_DETAILS = """
SELECT column4, number, operation, user_before, forward_before, user_after, forward_after
FROM (VALUES {asked}) AS asked CROSS JOIN detail_change
ON number BETWEEN column1 AND column2 AND operation <= column3
ORDER BY column4, number, operation, position
"""
# Who holds numbers now.
_HOLDERS = """
SELECT column1, column2, max(s.first, column1), min(s.last, column2), organization
FROM (VALUES {asked}) AS asked CROSS JOIN span AS s ON s.first <= column2 AND s.last >= column1
AND s.first >= coalesce((SELECT max(first) FROM span WHERE first <= column1), column1)
JOIN state ON state.id = s.state ORDER BY 1, 2, 3
"""
TOGETHER = 500  # pieces, and
NUMBERS_TOGETHER = 50_000  # of theirs, of which details are read together

Facts = dict[str, object]
Details = tuple[Detail, Detail]  # before and after
Cut = tuple[int, int, Detail, Detail]  # first, last, and what single ones had and have


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

    def __init__(self, view: View, places: Places | None = None, now: NamesNow | None = None) -> None:
        self._view = view
        self._connection = view.connection
        self._places = places or Places(view)
        self._states = States(view.connection)
        self._sets = LabelSets(view.connection)
        self._now = now or NamesNow(view.connection)
        self._held: dict[Pair, list[Pair]] = {}  # below the root: what is in scope now of numbers

    @cached_property
    def _names(self) -> NamesThen:
        return NamesThen(self._connection, self._now)

    def rows(self, after: int, most: int) -> tuple[list[Row], int | None]:
        """The rows of at most ``most`` operations after one; and the last of them, None for no more."""
        asked = self._connection.execute(_OPERATIONS, (after, most))  # waited for with names and places
        _ = self._names
        self._places.read_down_to(after)
        operations = asked.fetchall()
        did = self._read([id for id, _, _ in operations])
        cuts = self._cuts(_of_each(did.pieces))
        found: list[Row] = []
        for id, at, action in operations:
            found += self.of_catalog(id, at, action, did.catalog.get(id, ()))
            found += self._of_numbers(id, at, action, did.pieces.get(id, ()), cuts)
            found += self._of_labels(id, at, action, did.labels.get(id, ()))
        return found, operations[-1][0] if len(operations) == most else None

    def _read(self, ids: Sequence[int]) -> Journaled:
        """What some operations did, and what that names."""
        found = journaled.ask(self._connection, ids, ids)()
        if not self._view.sees_all:
            labelled = chain.from_iterable(found.labels.values())
            self._look_up_holders({(first, last) for first, last, *_ in labelled})
        named = (
            self._states.look_up(found.states()),
            self._sets.ahead(found.label_sets()),
            self._now.ahead(found.users()),
        )
        for take_in_names in named:
            take_in_names()
        return found

    def of_catalog(
        self, id: int, at: str = "", action: str = "", changes: Iterable[CatalogChange] | None = None
    ) -> Iterator[Row]:
        """What an operation did to the catalog; ``changes`` where that was read."""
        for change in changes_of(self._connection, id) if changes is None else changes:
            row = self._of_catalog(id, at, action, change)
            if row is not None:
                yield row

    def _of_numbers(
        self, id: int, at: str, action: str, pieces: Iterable[Piece], cuts: Iterator[list[Cut]]
    ) -> Iterator[Row]:
        """What an operation did to numbers; ``cuts`` go on with its pieces."""
        for (_, _, before, after), cut in zip(pieces, cuts, strict=False):
            was = self._state(before, id - 1)
            now = self._state(after, id)
            if was is None and now is None:
                continue
            for low, high, left, kept in cut:
                facts = self._facts(was, left, id - 1), self._facts(now, kept, id)
                yield Row(id, at, action, str(low), str(high), *facts)

    def _of_labels(self, id: int, at: str, action: str, pieces: Iterable[Piece]) -> Iterator[Row]:
        """What an operation did to labels; of numbers that are out of scope now, nothing is told below."""
        for first, last, before, after in pieces:
            was, now = (Facts(labels=dict(self._sets[one or 0])) for one in (before, after))
            seen = [(first, last)] if self._view.sees_all else self._held.get((first, last), [])
            for low, high in seen:
                yield Row(id, at, action, str(low), str(high), was, now)

    def _look_up_holders(self, numbers: Iterable[Pair]) -> None:
        self._held = {}
        for some in parts(sorted(numbers)):
            rows = self._connection.execute(_HOLDERS.format(asked=places(some)), [*chain.from_iterable(some)])
            for first, last, low, high, holder in rows:
                if holder in self._view.scope:
                    self._held.setdefault((first, last), []).append((low, high))

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

    def _cuts(self, pieces: Iterable[tuple[int, Piece]]) -> Iterator[list[Cut]]:
        """Each piece of an operation (a row id) cut where single numbers have something of their own."""
        source = iter(pieces)
        while some := list(_together(source)):
            asked = [
                (first, last, id, place)
                for place, (id, (first, last, *states)) in enumerate(some)
                if any(state is not None and self._states[state].status in WITH_DETAIL for state in states)
            ]
            pairs = self._pairs(asked)
            for place, (_, (first, last, _, _)) in enumerate(some):
                yield list(_runs(first, last, pairs.get(place, {})))

    def _pairs(self, asked: Sequence[tuple[int, int, int, int]]) -> dict[int, dict[int, Details]]:
        """What single numbers had and have, by a piece's place: of first, last, operation and place."""
        found: dict[int, dict[int, Details]] = {}
        if not asked:
            return found
        held = ", ".join(["(?, ?, ?, ?)"] * len(asked))
        rows = self._connection.execute(_DETAILS.format(asked=held), [*chain.from_iterable(asked)]).fetchall()
        of = {place: operation for _, _, operation, place in asked}
        for place, number, by, user_before, forward_before, user, forward in rows:
            pairs = found.setdefault(place, {})
            before, now = pairs.get(number), Detail(user, forward)
            left = now
            if by == of[place]:
                left = before[0] if before and number in pairs else Detail(user_before, forward_before)
            pairs[number] = (left, now)
        self._now.ahead({one.user for pairs in found.values() for pair in pairs.values() for one in pair})()
        return found

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
        known = self._now.user(change.row)
        if known is None or known[1] not in self._places.scope(id):
            return None
        path = self._places.tree(id).path(known[1])
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


def _of_each(pieces: Mapping[int, Iterable[Piece]]) -> Iterator[tuple[int, Piece]]:
    return ((id, piece) for id in sorted(pieces) for piece in pieces[id])


def _together(pieces: Iterator[tuple[int, Piece]]) -> Iterator[tuple[int, Piece]]:
    """The first of some pieces, as many as are read together."""
    numbers = 0
    for id, piece in islice(pieces, TOGETHER):
        yield id, piece
        numbers += piece[1] - piece[0] + 1
        if numbers >= NUMBERS_TOGETHER:
            return


def _runs(first: int, last: int, pairs: dict[int, Details]) -> Iterator[Cut]:
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
