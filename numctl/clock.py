"""The one clock of the program: this host's, or the one of the server that holds the store."""

from __future__ import annotations

import time
from datetime import UTC, datetime

_ahead = 0.0  # seconds


def now() -> datetime:
    """Give the moment, in UTC."""
    return datetime.fromtimestamp(time.time() + _ahead, UTC)


def follow(moment: float | None) -> None:
    """Go by a clock that shows this moment now (seconds since 1970); None is this host's."""
    global _ahead
    _ahead = 0.0 if moment is None else moment - time.time()
