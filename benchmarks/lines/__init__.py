"""One file for each part of the table, in the order of ``LINES``; ``LONG`` are run by their names alone."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.lines import (
    allocating,
    batch,
    digits,
    growth,
    importing,
    listing,
    memory,
    server,
    startup,
    subscriber_growth,
    subscribers,
    utilization,
)
from benchmarks.measuring import Bench
from benchmarks.report import Line

LINES: dict[str, Callable[[Bench], list[Line]]] = {
    "start-up": startup.measure,
    "import": importing.measure,
    "search": digits.measure,
    "allocate": allocating.measure,
    "utilization": utilization.measure,
    "batch": batch.measure,
    "list": listing.measure,
    "subscribers": subscribers.measure,
    "server": server.measure,
    "memory": memory.measure,
    "growth": growth.measure,
}
LONG: dict[str, Callable[[Bench], list[Line]]] = {"subscribers-growth": subscriber_growth.measure}
