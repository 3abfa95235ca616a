"""Numbers named by their state: everything of one state between two ends; a part of the writer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from numctl.core.numbers.ranges import Pair
    from numctl.core.store.connection import Connection

EVERY_SPAN = 10**15  # more than there can be

_IN_STATE = """
SELECT max(first, :first), min(last, :last) FROM span
WHERE state = :state AND last >= :first
AND first BETWEEN coalesce((SELECT max(first) FROM span WHERE first <= :first), :first) AND :last
ORDER BY first LIMIT :at_most
"""


class InState(NamedTuple):
    """The numbers from ``first`` to ``last`` that are in one state (a row id); both of these are."""

    first: int
    last: int
    state: int

    def ranges(self, connection: Connection, at_most: int = EVERY_SPAN) -> list[Pair]:
        """The numbers as ranges, ascending, ``at_most`` of them; what is in memory must be written."""
        return connection.execute(_IN_STATE, {**self._asdict(), "at_most": at_most}).fetchall()
