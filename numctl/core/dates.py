"""Days as the moments they end at in a time zone, and the periods that words stand for."""

from __future__ import annotations

from typing import NamedTuple

from numctl.core.errors import BadValue
from numctl.core.text import quoted
from numctl.core.values import MOST_DIGITS, day, quantity

PERIODS = ("today", "last-7-days", "current-cycle", "last-cycle")
END_OF_TIME = "9999-12-31T23:59:59Z"
_UNITS = ("d", "w", "m", "y")


class Period(NamedTuple):
    """Days from ``first`` to ``last``, both included, as ``YYYY-MM-DD``."""

    first: str
    last: str


def days_after(today: str, days: int) -> str:
    """The date that is some days after ``today``, both ``YYYY-MM-DD``. Raises BadValue past the year 9999."""
    from datetime import date, timedelta

    try:
        return (date.fromisoformat(today) + timedelta(days)).isoformat()
    except OverflowError:
        raise BadValue(f"{days} days from {today} on, the year is past 9999.", "Give fewer days.") from None


def read_day(text: str, today: str) -> str:
    """A date as it is kept, from ``YYYY-MM-DD``, ``today``, ``yesterday``, or ``+6w`` and the like.

    ``+3d``, ``+6w``, ``+2m``, ``+1y`` count from ``today``, ``-30d`` back; a month that has no such day
    ends on its last. Raises BadValue.
    """
    if text in ("today", "yesterday"):
        return today if text == "today" else days_after(today, -1)
    sign, number, unit = text[:1], text[1:-1], text[-1:]
    if sign not in ("+", "-") or unit not in _UNITS or not (number.isascii() and number.isdigit()):
        return day(text)
    if len(number) > MOST_DIGITS:
        raise BadValue(f"{quoted(text)} is past all days that there are.", "Give a nearer day.")
    count = int(sign + number)
    if unit in "dw":
        return days_after(today, count * (7 if unit == "w" else 1))
    return _months_after(today, count * (12 if unit == "y" else 1))


def _months_after(today: str, months: int) -> str:
    from calendar import monthrange
    from datetime import date

    start = date.fromisoformat(today)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise BadValue(f"{months} months from {today} on is past all days that there are.")
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])).isoformat()


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


def day_of(moment: str, timezone: str) -> str:
    """The date (``YYYY-MM-DD``) that a moment (RFC 3339, UTC) falls on in a time zone."""
    if timezone == "UTC":
        return moment[:10]
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return datetime.fromisoformat(moment).astimezone(ZoneInfo(timezone)).date().isoformat()


def second_before(moment: str) -> str:
    """The moment (RFC 3339, UTC) that is a second earlier."""
    from datetime import datetime, timedelta

    before = datetime.fromisoformat(moment) - timedelta(seconds=1)
    return before.isoformat(timespec="seconds").replace("+00:00", "Z")


def month_ends(today: str, months: int) -> list[str]:
    """The last days of so many months that are over, the earliest first."""
    firsts = [_months_after(f"{today[:7]}-01", -back) for back in range(months)]
    return [days_after(first, -1) for first in reversed(firsts)]


class When(NamedTuple):
    """A point in the past: a moment (RFC 3339, UTC) until which all counts, or right after an operation."""

    moment: str = ""
    operation: int = 0


def read_when(text: str, today: str, timezone: str, now: str, *, start: bool = False) -> When:
    """A WHEN: a date (its end in the time zone, with ``start`` its beginning), a moment, ``operation:N``.

    ``now`` is RFC 3339 in UTC; today's end is now. Raises BadValue for what isn't one, or is to come.
    """
    kind, colon, number = text.partition(":")
    if kind == "operation" and colon:
        return When(operation=quantity(number))
    if text[:1].isdigit() and "T" in text.upper():
        moment = _moment(text)
    else:
        day = read_day(text, today)
        if day > today:
            raise BadValue(f"{day} is to come.", "Name a day that has begun.")
        moment = end_of(days_after(day, -1), timezone) if start else second_before(end_of(day, timezone))
        moment = min(moment, now) if day == today else moment
    if moment > now:
        raise BadValue(f"{quoted(text)} is to come.", "Name a moment that has passed.")
    return When(moment)


def _moment(text: str) -> str:
    from datetime import UTC, datetime

    try:
        read = datetime.fromisoformat(text.upper())
        if read.tzinfo is None:
            raise ValueError
        return read.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    except (ValueError, OverflowError):
        raise BadValue(
            f"A moment is written as 2026-06-30T18:00:00Z, with its time zone, not {quoted(text)}."
        ) from None


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
