"""The categories of the North American utilization form, by block; each number counts once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from numctl.core.queries.labels import LabelsOf
from numctl.core.queries.selection import Filter, Spans, states_of
from numctl.core.reports.grouping import Blocks, blocks
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.catalog.view import View
    from numctl.core.reports.grouping import Part

CATEGORIES = ("assigned", "intermediate", "reserved", "aging", "administrative", "available")
SHARED = ("rate_center", "ocn")
USE, ADMINISTRATIVE = "use", "administrative"
# A status, the days it lasts for the form, and what its numbers count as until then and later.
_LASTING = {"assigned": (5, "assigned", "reserved"), "reserved": (180, "reserved", "available")}
_BECAME = """
SELECT first, last FROM piece JOIN state AS now ON now.id = piece.after
LEFT JOIN state AS was ON was.id = piece.before JOIN operation ON operation.id = piece.operation
WHERE now.status = :status AND coalesce(was.status, '') <> :status AND at >= :since
  AND undone_by IS NULL AND undoes IS NULL
ORDER BY first
"""


def counted(view: View, size: int, moment: str) -> list[Blocks]:
    """Blocks of ``size`` numbers that hold any in scope, by category as of a moment (RFC 3339)."""
    return list(blocks(_parts(view, moment), size, len(CATEGORIES)))


def _parts(view: View, moment: str) -> Iterator[Part]:
    handed_on = _intermediate(view)
    states = {
        id: "intermediate" if holder in handed_on else {"in-use": "in use"}.get(status, status)
        for id, holder, status in view.connection.execute("SELECT id, organization, status FROM state")
    }
    recent = {status: _Recent(view, status, moment) for status in _LASTING}
    labels = LabelsOf(view.connection)
    for first, last, state in Spans(view.connection, states_of(view, Filter())).all():
        for low, high, id in labels.within(first, last) if labels.any else [(first, last, 0)]:
            these = dict(labels[id]) if id else {}
            shared = tuple(these.get(key) for key in SHARED)
            kind = states[state]
            if kind != "intermediate" and fold(these.get(USE, "")) == ADMINISTRATIVE:
                kind = ADMINISTRATIVE
            if kind in recent:
                for begin, end, category in recent[kind].cut(low, high):
                    yield begin, end, CATEGORIES.index(category), shared
            else:
                category = "assigned" if kind == "in use" else kind
                yield low, high, CATEGORIES.index(category), shared


def _intermediate(view: View) -> set[int]:
    """The organizations that are marked as intermediate carriers, and all below them."""
    marked = view.connection.execute("SELECT id FROM organization WHERE intermediate = 1 AND retired = 0")
    return {id for (top,) in marked for id in view.tree.scope(top)}


class _Recent:
    """Numbers that came into a status within the days that it lasts for the form; asked for in order."""

    def __init__(self, view: View, status: str, moment: str) -> None:
        days, self._until_then, self._later = _LASTING[status]
        since = (datetime.fromisoformat(moment) - timedelta(days)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._runs = view.connection.execute(_BECAME, {"status": status, "since": since}).fetchall()
        self._place = 0

    def cut(self, first: int, last: int) -> Iterator[tuple[int, int, str]]:
        """What ``first`` to ``last`` consists of, each with its category."""
        while first <= last:
            while self._place < len(self._runs) and self._runs[self._place][1] < first:
                self._place += 1
            begin, end = self._runs[self._place] if self._place < len(self._runs) else (last + 1, last + 1)
            if begin > first:
                until = min(last, begin - 1)
                yield first, until, self._later
            else:
                until = min(last, end)
                yield first, until, self._until_then
            first = until + 1
