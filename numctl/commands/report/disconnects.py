"""``numctl report disconnects``: numbers whose use has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from numctl.core.errors import BadValue
from numctl.input.options import FromDay, ToDay
from numctl.output.preamble import Preamble, preamble

if TYPE_CHECKING:
    from numctl.session import Session

FIELDS = ("number", "disconnected_on", "organization", "status")
BEGINNING = "0001-01-01T00:00:00Z"


def disconnects(
    ctx: typer.Context,
    from_day: FromDay = None,
    to_day: ToDay = None,
    with_preamble: Preamble = False,
) -> None:
    """Report numbers whose use has ended, as CSV unless -o says otherwise.

    A row for each number in use that was released in that time, with the day of the latest such release
    that is not undone, and the organization and the status that it has now.

    Examples:

        numctl report disconnects

        numctl report disconnects --from 2026-01-01 --to 2026-01-31 --out january.csv
    """
    from numctl.core.dates import END_OF_TIME, days_after, end_of
    from numctl.core.reports.disconnects import disconnected
    from numctl.output.writing import in_slices

    session: Session = ctx.obj
    first = session.day(from_day) if from_day is not None else None
    last = session.day(to_day) if to_day is not None else None
    if first is not None and last is not None and first > last:
        raise BadValue(f"The time from {first} to {last} ends before it begins.", "Swap the days.")
    timezone = session.settings.timezone
    since = end_of(days_after(first, -1), timezone) if first else BEGINNING
    before = end_of(last, timezone) if last else END_OF_TIME
    with session.reading() as view:
        name = view.tree.path(view.acting)
        found = disconnected(view, since, before)
    shared = {one.at: (None, _day(one.at, timezone), None, None) for one in found}
    runs = ((one.first, one.last, one.at, one.organization, one.status) for one in found)
    output = session.output.preferring("csv")
    if with_preamble:
        preamble(output, "disconnects", name, session.at, timezone)
    output.runs(FIELDS, shared, in_slices(runs), own="organization", empty="No use has ended.")


def _day(at: str, timezone: str) -> str:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return datetime.fromisoformat(at).astimezone(ZoneInfo(timezone)).date().isoformat()
