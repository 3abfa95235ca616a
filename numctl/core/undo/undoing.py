"""Undoing an operation exactly, by a new operation.

What an operation changed is taken from the journal: of numbers as net pieces (the state before its first
change of them and after its last), of the catalog row by row. Each must still be as the operation left
it; then it goes back to what it was before. An undo is undone the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core.actions.forwarding import circle_of
from numctl.core.changes.catalog import ORGANIZATION, SERIES, USER, begins, changes_of_each
from numctl.core.errors import NotFound, NumbersRefuse, OutOfScope
from numctl.core.past import history
from numctl.core.rules.book import ACTIONS
from numctl.core.undo import labels
from numctl.core.undo.catalog import CatalogBack
from numctl.core.undo.in_the_way import InTheWay
from numctl.core.undo.net_changes import Extent, ask_extent
from numctl.core.undo.numbers import NumbersBack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numctl.core.changes.catalog import CatalogChange
    from numctl.core.changes.operation import Operation
    from numctl.core.store.connection import Connection

_LAST = """
SELECT id, action FROM operation
WHERE actor = ? AND acting_as = ? AND undone_by IS NULL AND undoes IS NULL
AND action NOT IN ('settle', 'upgrade', 'init', 'demo') AND id < ? ORDER BY id DESC LIMIT 1
"""
_ORGANIZATIONS = """
SELECT DISTINCT organization FROM state WHERE id IN (
  SELECT before FROM piece WHERE operation = :operation
  UNION SELECT after FROM piece WHERE operation = :operation
)
"""
# Who holds, now, the numbers whose labels an operation changed.
_LABELLED = """
SELECT DISTINCT state.organization FROM label_piece AS l JOIN span
ON span.first <= l.last AND span.last >= l.first AND span.first >= coalesce(
  (SELECT max(first) FROM span WHERE first <= l.first), l.first)
JOIN state ON state.id = span.state WHERE l.operation = ?
"""
# Numbers put in, taken out, or in another series: what only the root may do.
_STORE_WIDE = """
SELECT 1 FROM piece LEFT JOIN state AS old ON old.id = before LEFT JOIN state AS new ON new.id = after
WHERE operation = ? AND coalesce(old.series, 0) <> coalesce(new.series, 0) LIMIT 1
"""
_ABOUT = "SELECT action, count, undone_by, undoes FROM operation WHERE id = ?"
_CANCEL = "DELETE FROM message WHERE operation = ? AND state = 'waiting' AND claimed_at = ''"


class Undone(NamedTuple):
    """The operation to be taken back, and what the journal has of it."""

    id: int
    action: str
    count: int  # type: ignore[assignment]
    undone_by: int | None
    undoes: int | None
    changes: list[CatalogChange]
    extent: Extent
    is_store_wide: bool


def undo(operation: Operation, wanted: int | None = None) -> None:
    """Take back an operation: the one named, or the last that this actor did as this organization.

    Raises NotFound where there is none, or it touched anything out of scope; OutOfScope for what only
    the root may take back; NumbersRefuse for what can't be taken back, for what is undone already, and
    where something has changed since, with what stands in the way.
    """
    if wanted is not None:
        _take_back(operation, _named(operation, wanted))
        return
    id = _last(operation, operation.id)
    try:
        _take_back(operation, _named(operation, id))
    except NumbersRefuse as refusal:
        raise _with_the_one_before(operation, id, refusal) from None


def _take_back(operation: Operation, undone: Undone) -> None:
    id = undone.id
    in_the_way = InTheWay(operation.connection, id, operation.id)
    catalog = CatalogBack(operation, id, undone.changes, in_the_way)
    numbers = NumbersBack(operation, id, undone.extent, in_the_way)
    catalog.restore()
    if undone.extent.has_labels:
        labels.give_back(operation, id, in_the_way)
    if undone.extent.has_pieces:
        numbers.give_back()
    catalog.take_away(numbers_too=bool(undone.count))
    operation.writer.flush()
    _note_circles(operation, numbers.forwarding, in_the_way)
    if in_the_way:
        raise in_the_way.refusal()
    if not operation.writer.effects.count and undone.action == "settle":
        return  # holds that have ended stay so
    operation.undoes = id
    operation.note(undoes=id, **({"kept": catalog.kept} if catalog.kept else {}))
    mark(operation.connection, undone, operation.id)
    operation.connection.execute(_CANCEL, (id,))


def _note_circles(operation: Operation, numbers: Iterable[int], in_the_way: InTheWay) -> None:
    """Note the numbers that would be forwarded again in a circle, with what closed it since."""
    for number in numbers:
        circle = circle_of(operation, number)
        if circle:
            in_the_way.why(
                f"forwarding {number} again would go in a circle by now",
                {id for other in circle for id in in_the_way.later(other, other)},
            )


def _last(operation: Operation, before: int) -> int:
    found = operation.connection.execute(_LAST, (operation.act.actor, operation.acting, before)).fetchone()
    if found is None:
        raise NotFound(
            f"{operation.act.actor} has done nothing as {operation.tree.path(operation.acting)}"
            " that could be undone.",
            "See `numctl history`, and name an operation.",
        )
    return int(found[0])


def _with_the_one_before(operation: Operation, id: int, refusal: NumbersRefuse) -> NumbersRefuse:
    """The refusal of the last operation, with the one before it named: nothing is stepped over."""
    who = (operation.act.actor, operation.acting, id)
    found = operation.connection.execute(_LAST, who).fetchone()
    if found is None:
        return refusal
    before, action = found
    return NumbersRefuse(
        refusal.message,
        f"{refusal.advice} The one before it is operation {before} (`{action}`): `numctl undo {before}`.",
        **{**refusal.facts, "before": before},
    )


def _read(operation: Operation, id: int) -> Undone:
    """What the journal has of an operation, all asked for together. Raises NotFound where there is none."""
    run = operation.connection.execute
    row, store_wide = run(_ABOUT, (id,)), run(_STORE_WIDE, (id,))
    extent = ask_extent(operation.connection, id, operation.id)
    changes = changes_of_each(operation.connection, [id])
    about = row.fetchone()
    if about is None or id == operation.id:
        raise history.unknown(id)
    action, count, undone_by, undoes = about
    return Undone(
        id,
        action,
        count,
        undone_by,
        undoes,
        changes().get(id, []),
        extent(),
        store_wide.fetchone() is not None,
    )


def _named(operation: Operation, id: int) -> Undone:
    undone = _read(operation, id)
    _, action, count, undone_by, undoes, rows, _, _ = undone
    if not operation.sees_all:
        past = history.Past(operation)
        _expect_in_scope(operation, past, id, rows)
        if not count:
            past.operation(id)  # raises NotFound where it is none of theirs
    _expect_not_final(operation, id, action)
    if not operation.sees_all and (undone.is_store_wide or any(row.kind == SERIES for row in rows)):
        raise OutOfScope(
            f"Operation {id} added or removed numbers, or moved them to another series; only the root takes"
            f" that back, and you act as {operation.tree.path(operation.acting)}.",
            "Only who acts as the root may do it: leave --as out.",
            operation=id,
        )
    if undone_by is not None:
        raise NumbersRefuse(
            f"Operation {id} is undone already, by operation {undone_by}.",
            f"To do it again, undo that: `numctl undo {undone_by}`.",
            operation=id,
            undone_by=undone_by,
        )
    if not count and not rows and undoes is None:
        raise NumbersRefuse(
            f"Operation {id} (`{action}`) changed the catalog before the store was upgraded, when that was"
            " not kept in the journal.",
            "Set it back by hand.",
            operation=id,
        )
    return undone


def _expect_not_final(operation: Operation, id: int, action: str) -> None:
    """Raises NumbersRefuse for an operation that nothing takes back."""
    record = ACTIONS.get(action)
    final = record.final if record is not None else ""
    if final and not (action == "init" and begins(operation.connection) is None):
        raise NumbersRefuse(
            f"Operation {id} (`{action}`) can't be undone: {final}.", "Nothing was changed.", operation=id
        )


def _expect_in_scope(
    operation: Operation, past: history.Past, id: int, changes: Iterable[CatalogChange]
) -> None:
    """Raises NotFound for what touched anything out of scope when it was done, NumbersRefuse where some
    of it is out of scope by now."""
    labelled = operation.connection.execute(_LABELLED, (id,))  # waited for together
    rows = operation.connection.execute(_ORGANIZATIONS, {"operation": id})
    touched = {organization for (organization,) in rows} | {holder for (holder,) in labelled}
    users = [change.row for change in changes if change.kind == USER]
    past.names.ahead(users)()
    touched |= {known[1] for user in users if (known := past.names.user(user)) is not None}
    for change in changes:
        if change.kind == ORGANIZATION:
            parents = (row.parent for row in (change.before, change.after) if row is not None)  # type: ignore[union-attr]
            touched |= {change.row, *filter(None, parents)}
    if not touched - {operation.acting} <= past.places.scope(id):
        raise history.unknown(id)
    if not touched - {operation.acting} <= past.places.scope(operation.id):
        raise NumbersRefuse(
            f"Operation {id} can't be undone: it changed numbers of organizations that are elsewhere now.",
            "Nothing was changed. Who acts as an organization above both may do it.",
            operation=id,
        )


def mark(connection: Connection, undone: Undone, by: int) -> None:
    """Note that ``by`` undid ``undone``. If that was an undo itself, what it undid is in force again;
    if that was one, what it undid is undone again; and so on."""
    connection.execute("UPDATE operation SET undone_by = ? WHERE id = ?", (by, undone.id))
    later, before, in_force = undone.id, undone.undoes, False
    while before is not None and before < later:
        connection.execute(
            "UPDATE operation SET undone_by = ? WHERE id = ?", (later if in_force else None, before)
        )
        row = connection.execute("SELECT undoes FROM operation WHERE id = ?", (before,)).fetchone()
        later, before, in_force = before, row[0] if row else None, not in_force
