"""Requests to the supplier for more numbers: kept, and sent by mail when asked to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.catalog import series as series_table
from numctl.core.notifications import outbox
from numctl.core.past.places import Places
from numctl.core.queries import utilization

if TYPE_CHECKING:
    from numctl.core.catalog.view import View
    from numctl.core.changes.operation import Operation

KIND = "request"
KEPT = "kept"  # the state of a request that was not sent

_INSERT = (
    "INSERT INTO request (at, organization, series, quantity, note, message) VALUES (?, ?, ?, ?, ?, ?)"
    " RETURNING id"
)
_LISTED = (
    "SELECT r.id, r.at, r.organization, series.name, r.quantity, r.note, coalesce(message.state, ?)"
    " FROM request r LEFT JOIN series ON series.id = r.series LEFT JOIN message ON message.id = r.message"
    " ORDER BY r.id"
)


class Wanted(NamedTuple):
    """What is asked for: how many numbers, of which series (None: any), and a note for the supplier."""

    quantity: int
    series: str | None = None
    note: str = ""


class Listed(NamedTuple):
    """A request; ``state`` is ``kept``, or that of its message: ``waiting``, ``sent`` or ``failed``."""

    id: int
    at: str
    organization: str
    series: str | None
    quantity: int
    note: str
    state: str


def make(operation: Operation, wanted: Wanted, send_to: str | None = None) -> dict[str, object]:
    """Keep a request of the acting organization; queue it to the address ``send_to``, if there is one.

    Gives the facts that its text is made from, without addresses of an organization above the scope.
    Raises NotFound for the series.
    """
    series = None if wanted.series is None else series_table.find(operation, wanted.series)
    holder, emails = outbox.administrators(operation.connection, operation.tree, operation.acting)
    facts = _facts(operation, wanted, series, emails)
    message = None
    if send_to is not None:
        message = outbox.queue(
            operation.connection,
            outbox.Draft(
                operation.at, operation.acting, operation.id, KIND, [send_to], subject(facts), facts
            ),
        )
    (made,) = operation.connection.execute(
        _INSERT, (operation.at, operation.acting, series, wanted.quantity, wanted.note, message)
    ).fetchone()
    operation.note(
        **{"from": operation.acting, "series": series, "request": made, "quantity": wanted.quantity},
        queued_mail=0 if message is None else 1,
    )
    return facts if holder in operation.scope or not emails else {**facts, "reply_to": [outbox.HIDDEN]}


def subject(facts: dict[str, object]) -> str:
    """The subject of a request's message."""
    of_series = f" of series {facts['series']}" if facts["series"] else ""
    numbers = "telephone number" if facts["quantity"] == 1 else "telephone numbers"
    return f"Request for {facts['quantity']} {numbers}{of_series}"


def listed(view: View) -> list[Listed]:
    """The requests of organizations that were in scope when they asked, the oldest first.

    Each stands by its path of now, or of then where it is elsewhere by now; those removed since, too.
    """
    places = Places(view)
    made = {
        json.loads(facts).get("request"): operation
        for operation, facts in view.connection.execute(
            "SELECT id, facts FROM operation WHERE action = 'request' ORDER BY id"
        )
    }
    rows = []
    for id, at, organization, *rest in view.connection.execute(_LISTED, (KEPT,)).fetchall():
        if organization in places.scope(made[id]):
            then = view.tree if organization in view.scope else places.tree(made[id])
            rows.append(Listed(id, at, then.path(organization), *rest))
    return rows


def _facts(operation: Operation, wanted: Wanted, series: int | None, emails: list[str]) -> dict[str, object]:
    name = None if series is None else series_table.name_of(operation.connection, series)
    figures = utilization.of(operation.connection, operation.tree, operation.acting)
    if series is not None:
        all_of = operation.connection, operation.tree, [operation.acting]
        rows = utilization.table(*all_of, by=utilization.SERIES)
        figures = next((row.figures for row in rows if row.part == series), utilization.Figures())
    return {
        "organization": operation.tree.path(operation.acting),
        "quantity": wanted.quantity,
        "series": name,
        "note": wanted.note,
        "in_use": figures.in_use,
        "total": figures.total,
        "reply_to": emails,
    }
