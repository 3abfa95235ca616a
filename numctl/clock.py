"""The one clock of the program: this host's, or the one of the server that holds the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_ahead = timedelta()


def now() -> datetime:
    """Give the moment, in UTC."""
    return datetime.now(UTC) + _ahead


def follow(seconds: float) -> None:
    """Go by a clock that is so many seconds ahead of this host's."""
    global _ahead
    _ahead = timedelta(seconds=seconds)
