"""Numbers whose use has ended, and when: releases of numbers in use that are not undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core.changes.pieces import net_pieces
from numctl.core.past.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.catalog.view import View

_ENDED = """
SELECT first, last, operation, was.organization FROM piece
JOIN state AS was ON was.id = piece.before LEFT JOIN state AS now ON now.id = piece.after
JOIN operation ON operation.id = piece.operation
WHERE was.status = 'in-use' AND coalesce(now.status, '') NOT IN ('in-use', 'assigned')
  AND undone_by IS NULL AND undoes IS NULL AND at >= ? AND at < ?
ORDER BY first, operation, position
"""
_NOW = """
SELECT span.first, span.last, organization, status FROM span JOIN state ON state.id = span.state
WHERE span.first <= :last AND span.last >= :first
  AND span.first >= coalesce((SELECT max(first) FROM span WHERE first <= :first), :first)
ORDER BY span.first
"""


class Disconnected(NamedTuple):
    """Numbers whose use ended at a moment (RFC 3339); the rest is true now, None where they are not there."""

    first: int
    last: int
    at: str
    organization: str | None
    status: str | None


def disconnected(view: View, since: str, before: str) -> list[Disconnected]:
    """The latest end of a use of each number from a moment to right before another, by number.

    Told is what was in scope when its use ended; where it is now, if that is in scope.
    """
    places = Places(view)
    rows = view.connection.execute(_ENDED, (since, before)).fetchall()
    ended = [(first, last, id, 0, id) for first, last, id, holder in rows if holder in places.scope(id - 1)]
    moments = dict(view.connection.execute("SELECT id, at FROM operation"))
    return [
        Disconnected(low, high, moments[operation], *now)
        for first, last, _, operation in (net_pieces(ended) if ended else ())
        for low, high, now in _now(view, first, last)
    ]


def _now(view: View, first: int, last: int) -> Iterator[tuple[int, int, tuple[str | None, str | None]]]:
    at = first
    for begin, end, holder, status in view.connection.execute(
        _NOW, {"first": first, "last": last}
    ).fetchall():
        low, high = max(begin, first), min(end, last)
        if low > at:
            yield at, low - 1, (None, None)
        yield low, high, (view.tree.path(holder), status) if holder in view.scope else (None, None)
        at = high + 1
    if at <= last:
        yield at, last, (None, None)
