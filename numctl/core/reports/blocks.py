"""What each block of numbers holds, by status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.catalog.series import names
from numctl.core.queries.selection import Filter, Spans, states_of
from numctl.core.reports.grouping import Blocks, blocks
from numctl.core.rules.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.catalog.view import View
    from numctl.core.reports.grouping import Part

STATUSES = list(Status)  # what is counted, in this order
_FREE = STATUSES.index(Status.AVAILABLE)
_UNUSED = (_FREE, STATUSES.index(Status.AGING))


def counted(view: View, wanted: Filter, size: int, *, free_at_least: int = 0) -> list[Blocks]:
    """Blocks of ``size`` numbers that hold any of those wanted, by status; their series is what they share.

    With ``free_at_least`` only those of whose numbers so many per cent are available. Raises NotFound,
    Ambiguous or OutOfScope for a name.
    """
    found = blocks(_parts(view, wanted), size, len(STATUSES))
    return [one for one in found if 100 * one.counts[_FREE] >= free_at_least * sum(one.counts)]


def used_percent(counts: tuple[int, ...]) -> int:
    """All but what is available or aging, of all, rounded down."""
    total = sum(counts)
    return 100 * (total - sum(counts[place] for place in _UNUSED)) // total


def _parts(view: View, wanted: Filter) -> Iterator[Part]:
    series = names(view.connection)
    known = {
        id: (STATUSES.index(Status(status)), (series[its],))
        for id, its, status in view.connection.execute("SELECT id, series, status FROM state")
    }
    for first, last, state in Spans(view.connection, states_of(view, wanted)).all():
        yield first, last, *known[state]
