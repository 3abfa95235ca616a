"""How a store stands, in a few figures: what there is, how full it is, and what waits for someone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core.dates import days_after
from numctl.core.notifications import messages, thresholds
from numctl.core.queries import utilization

if TYPE_CHECKING:
    from numctl.core.catalog.view import View
    from numctl.core.notifications.thresholds import Standing
    from numctl.core.queries.utilization import Figures

SOON = 7  # days in which holds that end are told
_ENDING = """
SELECT organization, sum(last - first + 1) FROM span JOIN state ON state.id = span.state
WHERE until <> '' AND until BETWEEN ? AND ? GROUP BY organization
"""


class Overview(NamedTuple):
    """Of who acts: its path and figures, numbers held until a day of the next seven, who is at or above
    the threshold (the worst first), and messages that wait."""

    organization: str
    figures: Figures
    ending: int
    over: list[Standing]
    waiting: int


def overview(view: View, today: str) -> Overview:
    """Read how the acting organization, and what is below it, stands; ``today`` is ``YYYY-MM-DD``."""
    ending = view.connection.execute(_ENDING, (today, days_after(today, SOON)))
    return Overview(
        view.tree.path(view.acting),
        utilization.of(view.connection, view.tree, view.acting),
        sum(n for organization, n in ending if organization in view.scope),
        [one for one in thresholds.standings(view, view.acting) if one.reached],
        sum(message.state == "waiting" for message in messages.listed(view)),
    )
