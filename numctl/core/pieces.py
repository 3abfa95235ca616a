"""Spans cut where users or forwarding differ, and the row that each piece is shown as."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from numctl.core.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numctl.core.selection import Span
    from numctl.core.view import View

SINGLY = 1_000  # spans whose details are looked up one by one, before they are read along in order

Row = Sequence[str | None]  # a number's fields but for the number itself, which is None
Piece = tuple[int, int, int, str | None, str | None]  # first, last, state, user, forwarded to
_Detail = tuple[int, str | None, str | None]  # number, user, forwarded to

_DETAILS = """
SELECT number, nullif(user.name, ''), CAST(forward_to AS TEXT)
FROM detail LEFT JOIN user ON user.id = detail.user WHERE number BETWEEN ? AND ? ORDER BY number
"""
_END = 10**15
_STATUS = 3  # where a row has it
_ALIKE = {str(status): str(status) for status in Status}  # one text for all rows


class Pieces:
    """Cuts spans into pieces; remembers which states it saw."""

    def __init__(self, view: View, *, in_order: bool, backwards: bool) -> None:
        """``in_order``: the spans ascend; ``backwards``: they descend, and so shall their pieces."""
        self._view = view
        self._in_order = in_order
        self._backwards = backwards
        self._series = dict(view.connection.execute("SELECT id, name FROM series"))
        self._rows: dict[int, Row] = {}

    def of(self, spans: Iterable[Span]) -> Iterator[Piece]:
        """The pieces of each span, in order; those of one span as well."""
        looked_up = 0
        along: _Along | None = None
        rows = self._rows
        for first, last, state in spans:
            row = rows.get(state)
            if row is None:
                row = rows[state] = self._row(state)
            if row[_STATUS] == Status.AVAILABLE:  # no user, no forwarding
                yield first, last, state, None, None
                continue
            if along is None:
                looked_up += 1
                details = self._view.connection.execute(_DETAILS, (first, last)).fetchall()
                if self._in_order and looked_up > SINGLY:
                    along = _Along(self._view, last + 1)
            else:
                details = along.within(first, last) if along.number <= last else []
            if not details:
                yield first, last, state, None, None
            elif first == last:
                yield first, last, state, details[0][1], details[0][2]
            elif self._backwards:
                yield from reversed(list(_cut(first, last, state, details)))
            else:
                yield from _cut(first, last, state, details)

    def rows(self) -> dict[int, Row]:
        """The row of each state that was seen, by its row id."""
        return self._rows

    def _row(self, state: int) -> Row:
        of, holder, status, tag, until = self._view.connection.execute(
            "SELECT series, organization, status, tag, until FROM state WHERE id = ?", (state,)
        ).fetchone()
        holds = (tag or None, until or None)
        return (self._series[of], None, self._view.tree.path(holder), _ALIKE[status], *holds, None, None)


class _Along:
    """All details from a number on, read in step with spans that ascend."""

    def __init__(self, view: View, start: int) -> None:
        self._cursor = view.connection.execute(_DETAILS, (start, _END))
        self._next: _Detail = next(self._cursor, (_END, None, None))
        self.number = self._next[0]  # of the next one

    def within(self, first: int, last: int) -> list[_Detail]:
        found = []
        while self.number <= last:
            if self.number >= first:
                found.append(self._next)
            self._next = next(self._cursor, (_END, None, None))
            self.number = self._next[0]
        return found


def _cut(first: int, last: int, state: int, details: Iterable[_Detail]) -> Iterator[Piece]:
    for number, user, forward_to in details:
        if first < number:
            yield first, number - 1, state, None, None
        yield number, number, state, user, forward_to
        first = number + 1
    if first <= last:
        yield first, last, state, None, None
