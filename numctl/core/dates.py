"""Days as the moments they end at in a time zone, and the periods that words stand for."""

from __future__ import annotations

from typing import NamedTuple

PERIODS = ("today", "last-7-days", "current-cycle", "last-cycle")
END_OF_TIME = "9999-12-31T23:59:59Z"


class Period(NamedTuple):
    """Days from ``first`` to ``last``, both included, as ``YYYY-MM-DD``."""

    first: str
    last: str


def end_of(day: str, timezone: str) -> str:
    """The moment in UTC (RFC 3339) at which a day is over in a time zone: what comes before belongs to it.

    Where clocks skip that midnight, the moment at which they skip it.
    """
    from datetime import UTC, datetime, timedelta
    from zoneinfo import ZoneInfo

    try:
        midnight = datetime.fromisoformat(day) + timedelta(days=1)
        ended = midnight.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)
    except OverflowError:
        return END_OF_TIME
    return ended.isoformat(timespec="seconds").replace("+00:00", "Z")


def period(name: str, today: str) -> Period:
    """The days that one of ``PERIODS`` stands for on the day ``today``; a cycle is a calendar month."""
    from datetime import date, timedelta

    day = date.fromisoformat(today)
    if name == "today":
        return Period(today, today)
    if name == "last-7-days":
        return Period((day - timedelta(days=6)).isoformat(), today)
    first = day.replace(day=1)
    if name == "last-cycle":
        last = first - timedelta(days=1)
        return Period(last.replace(day=1).isoformat(), last.isoformat())
    following = (first + timedelta(days=31)).replace(day=1)
    return Period(first.isoformat(), (following - timedelta(days=1)).isoformat())
