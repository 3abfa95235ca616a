"""Messages as they are listed: those of organizations that were in scope when they were written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.notifications.outbox import is_from_above, scope_then, shielded
from numctl.core.past.places import Places

if TYPE_CHECKING:
    from numctl.core.catalog.view import View

_LISTED = (
    "SELECT id, at, operation, organization, recipients, subject, state, attempts, last_error, sent_at, facts"
    " FROM message ORDER BY id"
)


class Listed(NamedTuple):
    """A message as ``numctl mail list`` shows it."""

    id: int
    at: str
    organization: str
    to: list[str]
    subject: str
    state: str
    attempts: int
    last_error: str | None
    sent_at: str | None


def listed(view: View) -> list[Listed]:
    """The messages of organizations that were in scope when they were written, the oldest first.

    An address of an organization above the scope is not shown.
    """
    rows = []
    places = Places(view)
    for (
        id,
        at,
        operation,
        organization,
        recipients,
        subject,
        state,
        attempts,
        error,
        sent_at,
        facts_text,
    ) in view.connection.execute(_LISTED).fetchall():
        then = scope_then(view, places, at, operation)
        if not view.sees_all and organization not in then:
            continue
        facts, to = json.loads(facts_text), json.loads(recipients)
        error = shielded(view, facts, to, error, then)
        if is_from_above(view, facts, then):
            to = []
        path = view.tree.path(organization) if organization in view.scope else facts.get("organization", "")
        rows.append(Listed(id, at, path, to, subject, state, attempts, error or None, sent_at or None))
    return rows
