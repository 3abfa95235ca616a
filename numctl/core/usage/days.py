"""Consumption day by day, of an organization and all below it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.catalog.tree import Tree
from numctl.core.dates import Period
from numctl.core.usage.consumption import consumed

if TYPE_CHECKING:
    from numctl.core.catalog.view import View

_NEWEST = """
SELECT day FROM usage WHERE day <= ? AND organization IN (SELECT value FROM json_each(?))
ORDER BY day DESC LIMIT 1"""


class Day(NamedTuple):
    """What was consumed on one day (``YYYY-MM-DD``): voice in seconds, data in bytes."""

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

    tree = Tree.load(view.connection, retired=True)
    inside = json.dumps(sorted(tree.scope(top)))
    newest = view.connection.execute(_NEWEST, (today, inside)).fetchone()
    if newest is None:
        return []
    end = date.fromisoformat(newest[0]).toordinal()
    begin = max(end - count, 0)  # the calendar has no days before the year 1
    days = [(date.min + timedelta(days=at)).isoformat() for at in range(begin, end)]
    found = consumed(view, tree, top, Period(days[0], days[-1]), "day")
    sums = {str(key): Day(str(key), *found.figures(place)) for place, key in enumerate(found.keys)}
    return [sums.get(day, Day(day)) for day in days]
