"""How fast what an organization has available has been shrinking, and when it will be gone.

Read from the journal: each day's numbers that were used up out of what the organization itself has
available (reserved, assigned), less those that came back. What was handed on to another organization,
came in or left the inventory is no use, nor is what was undone. With less than a week after the day on
which the pool began, nothing is said.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numctl.core.queries.utilization import Figures
    from numctl.core.store.connection import Connection

SHORT, LONG = 30, 90  # days looked back
LEAST = 7  # days of history without which nothing is said

_DAILY = """
SELECT substr(at, 1, 10), organization, series, sum(n) FROM (
  SELECT operation, was.organization, was.series,
    CASE WHEN now.status <> 'available' THEN -(last - first + 1) ELSE 0 END AS n
  FROM piece JOIN state AS was ON was.id = piece.before LEFT JOIN state AS now ON now.id = piece.after
  WHERE was.status = 'available'
  UNION ALL
  SELECT operation, now.organization, now.series,
    CASE WHEN was.status <> 'available' THEN last - first + 1 ELSE 0 END
  FROM piece JOIN state AS now ON now.id = piece.after LEFT JOIN state AS was ON was.id = piece.before
  WHERE now.status = 'available'
) AS used JOIN operation ON operation.id = used.operation
WHERE undone_by IS NULL AND undoes IS NULL GROUP BY 1, 2, 3
"""

Changes = dict[int, int]  # a day (proleptic ordinal): numbers that came back into the pool less those used up


class Forecast(NamedTuple):
    """Numbers a day that the pool has been shrinking by, over the last 30 and 90 days, and the dates
    (``YYYY-MM-DD``) of reaching the threshold and of the last number.

    None: not enough history, or not shrinking; for the threshold also where there is none.
    """

    per_day_30: Fraction | None = None
    per_day_90: Fraction | None = None
    threshold_on: str | None = None
    exhausted_on: str | None = None


def daily(connection: Connection, *, by_series: bool = False) -> dict[tuple[int, int], Changes]:
    """Net changes of each pool by (organization, series), series 0 for all of them together."""
    found: dict[tuple[int, int], Changes] = {}
    for day, organization, series, n in connection.execute(_DAILY):
        changes = found.setdefault((organization, series if by_series else 0), {})
        ordinal = date.fromisoformat(day).toordinal()
        changes[ordinal] = changes.get(ordinal, 0) + n
    return found


def of(changes: Mapping[int, int], figures: Figures, threshold: int, today: str) -> Forecast:
    """What the net changes of one pool say of its future, if they go on as they did of late.

    ``figures`` are the numbers now, ``threshold`` is per cent (0: off), ``today`` is ``YYYY-MM-DD``.
    """
    now = date.fromisoformat(today).toordinal()
    short, long = (_shrinking(changes, now, days) for days in (SHORT, LONG))
    rate = short or long
    if rate is None:
        return Forecast()
    to_threshold = -(-threshold * figures.total // 100) - figures.in_use
    return Forecast(
        short,
        long,
        _day(now, to_threshold, rate) if threshold else None,
        _day(now, figures.available, rate),
    )


def _shrinking(changes: Mapping[int, int], now: int, days: int) -> Fraction | None:
    """Numbers a day that a pool shrank by in the last ``days``, or since it began."""
    began = min(changes, default=now)
    start = max(began, now - days)
    if now - start < LEAST:
        return None
    shrunk = -sum(n for day, n in changes.items() if start < day <= now)
    return Fraction(shrunk, now - start) if shrunk > 0 else None


def _day(now: int, numbers: int, rate: Fraction) -> str | None:
    """The day on which so many numbers will have gone; None past the calendar's end."""
    try:
        return (date.fromordinal(now) + timedelta(max(0, -int(-numbers // rate)))).isoformat()
    except OverflowError:
        return None
