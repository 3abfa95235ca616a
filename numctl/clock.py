"""The one clock of the program."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Give the moment, in UTC."""
    return datetime.now(UTC)
