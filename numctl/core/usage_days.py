"""Consumption day by day, of an organization and all below it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from numctl.core.view import View

_NEWEST = """
SELECT day FROM usage WHERE day <= ? AND organization IN (SELECT value FROM json_each(?))
ORDER BY day DESC LIMIT 1"""
_SUMS = """
SELECT day, sum(voice_incoming), sum(voice_outgoing), sum(messages_sent), sum(messages_received), sum(data)
FROM usage WHERE day BETWEEN ? AND ? AND organization IN (SELECT value FROM json_each(?)) GROUP BY day"""


class Day(NamedTuple):
    """What was consumed on one day: voice in seconds, data in bytes."""

    day: str
    voice_incoming: int = 0
    voice_outgoing: int = 0
    messages_sent: int = 0
    messages_received: int = 0
    data: int = 0


def last_days(view: View, top: int, today: str, count: int) -> list[Day]:
    """The ``count`` days that end with the newest one that has usage, ``today`` (YYYY-MM-DD) at the latest.

    Days without usage are among them, all zero. Empty where there is no usage until today.
    """
    from datetime import date, timedelta

    inside = json.dumps(sorted(view.tree.scope(top)))
    newest = view.connection.execute(_NEWEST, (today, inside)).fetchone()
    if newest is None:
        return []
    end = date.fromisoformat(newest[0])
    days = [(end - timedelta(days=back)).isoformat() for back in reversed(range(count))]
    sums = {row[0]: Day(*row) for row in view.connection.execute(_SUMS, (days[0], days[-1], inside))}
    return [sums.get(day, Day(day)) for day in days]
