"""Holds that end: reservations with a date, held through that day.

Nothing sweeps. Whoever opens the store first after the date settles what is due, as an operation of
its own. ``inventory.due`` is the earliest date that may be due, so that looking costs one row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.numbers.ranges import Range
from numctl.core.rules.model import Change, Status

if TYPE_CHECKING:
    from numctl.core.changes.operation import Act, Operation
    from numctl.core.store.connection import Connection, Store


def is_due(store: Store, today: str) -> bool:
    """Whether a hold may have ended before ``today`` (``YYYY-MM-DD``)."""
    due = store.due()
    return bool(due) and due < today


def settle(store: Store, act: Act) -> int:
    """Return to available what is held until a date before ``act.today``; give how many numbers.

    Acts for the root, whoever opens the store. Raises Locked like any change.
    """
    from numctl.core.actions.perform import perform  # everyone asks whether; few have to settle
    from numctl.core.changes.operation import Act

    settled = perform(store, Act(act.actor, act.at, act.today), "settle", _end_holds)
    if not settled.count:
        with store.writing() as connection:
            _note_next(connection)
    return settled.count


def _end_holds(operation: Operation) -> None:
    ended = operation.connection.execute(
        "SELECT first, last FROM state JOIN span ON span.state = state.id"
        " WHERE until <> '' AND until < ? ORDER BY first",
        (operation.act.today,),
    ).fetchall()
    operation.writer.change(map(Range._make, ended), Change("settle", to=Status.AVAILABLE))
    _note_next(operation.written)


def _note_next(connection: Connection) -> None:
    row = connection.execute(
        "SELECT until FROM state WHERE until <> ''"
        " AND EXISTS (SELECT 1 FROM span WHERE span.state = state.id) ORDER BY until LIMIT 1"
    ).fetchone()
    connection.execute("UPDATE inventory SET due = ?", (row[0] if row else "",))
