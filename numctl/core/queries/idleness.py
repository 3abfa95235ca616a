"""Numbers in use that aren't used: no usage on some days, though the records that were read in cover them."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from numctl.core.dates import Period, days_after
from numctl.core.queries.labels import outside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.queries.slices import Span
    from numctl.core.store.connection import Connection

_KNOWN = "SELECT min(day), max(day) FROM usage"
_WITHIN = "SELECT 1 FROM usage WHERE day BETWEEN ? AND ? LIMIT 1"
_ACTIVE = """
SELECT DISTINCT number FROM usage WHERE day BETWEEN ? AND ?
  AND (voice_incoming > 0 OR voice_outgoing > 0 OR messages_sent > 0 OR messages_received > 0 OR data > 0)
ORDER BY number
"""


def last_days(today: str, days: int) -> Period:
    """So many days up to yesterday, and today with them; all as ``YYYY-MM-DD``."""
    return Period(days_after(today, -days), today)


def recorded(connection: Connection) -> Period | None:
    """The first and the last day of which there are records, None where there are none."""
    first, last = connection.execute(_KNOWN).fetchone()
    return Period(first, last) if first is not None else None


def covered(connection: Connection, period: Period) -> bool:
    """Whether the records reach back to the period's first day, and there are some within it."""
    known = recorded(connection)
    if known is None or known.first > period.first:
        return False
    return connection.execute(_WITHIN, period).fetchone() is not None


def unused(
    connection: Connection, spans: Iterator[Span], period: Period, *, descending: bool
) -> Iterator[Span]:
    """Of some spans in order, the numbers without usage in a period; none where it isn't covered."""
    if not covered(connection, period):
        return iter(())
    active = array("q", (number for (number,) in connection.execute(_ACTIVE, period)))
    if descending:
        active.reverse()
    return outside(spans, ((number, number) for number in active), descending=descending)
