"""Users and forwarding of numbers, read many at a time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import chain, repeat
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.changes.cache import ASKED_AT_ONCE, places
from numctl.core.queries import slices
from numctl.core.queries.slices import BETWEEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numctl.core.numbers.ranges import Pair
    from numctl.core.store.connection import Connection

AT_HAND = 2_000  # details of runs of several numbers that are read together
NEARBY = (
    4  # details for each of them that may be read along with them; where more lie between, each is looked up
)

_ROWS = """
SELECT number, nullif(user.name, ''), CAST(forward_to AS TEXT)
FROM detail LEFT JOIN user ON user.id = detail.user
"""
_COLUMNS = """
SELECT group_concat(CAST(number AS TEXT), ','), group_concat(coalesce(name, ''), ?),
  group_concat(CASE WHEN forward_to IS NOT NULL THEN number || '>' || forward_to END, ',')
"""  # in any order
_TOGETHER = f"{_COLUMNS} FROM detail LEFT JOIN user ON user.id = detail.user WHERE number BETWEEN ? AND ?"
_IN_ORDER = f"""{_COLUMNS} FROM (
  SELECT number, name, forward_to FROM detail LEFT JOIN user ON user.id = detail.user
  WHERE number BETWEEN ? AND ? ORDER BY number {{order}} LIMIT ?
) AS own
"""  # noqa: S608 - put together from the text above
_MORE = "SELECT 1 FROM detail WHERE number BETWEEN ? AND ? LIMIT 1 OFFSET ?"
_WITHIN = """
SELECT number, nullif(user.name, ''), CAST(forward_to AS TEXT) FROM (VALUES {asked}) AS asked
CROSS JOIN detail ON number BETWEEN column1 AND column2 LEFT JOIN user ON user.id = detail.user LIMIT ?
"""


class Own(NamedTuple):
    """What numbers have of their own, by their digits; of forwarding, those that have it."""

    users: dict[str, str]
    forwards: dict[str, str]

    @classmethod
    def of(cls, rows: Iterable[tuple[int, str | None, str | None]]) -> Own:
        """What rows say."""
        users, forwards = {}, {}
        for number, user, forward_to in rows:
            users[str(number)] = user or ""
            if forward_to:
                forwards[str(number)] = forward_to
        return cls(users, forwards)

    def columns(self, numbers: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
        """The users of some numbers, and what these are forwarded to, empty where there is none."""
        nothing = [""] * len(numbers)
        users = list(map(self.users.get, numbers, repeat(""))) if self.users else nothing
        return users, list(map(self.forwards.get, numbers, repeat(""))) if self.forwards else nothing


Inside = Callable[[int, int], "Sequence[int] | None"]
"""The numbers from one to another that have details, ascending; None where they weren't read."""


class Details:
    """The details of one store."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def along(self, low: int, high: int, wanted: int) -> tuple[Own, Inside] | None:
        """All from one number to another; None where they are too many for how many are wanted."""
        if self._connection.execute(_MORE, (low, high, NEARBY * wanted)).fetchone():
            return None
        own = self._columns(_TOGETHER, low, high)
        ascending: list[int] = []

        def inside(first: int, last: int) -> Sequence[int]:
            if not ascending:
                ascending.extend(sorted(map(int, own.users)))
            return ascending[bisect_left(ascending, first) : bisect_right(ascending, last)]

        return own, inside

    def apart(self, singles: str, several: list[Pair]) -> tuple[Own, Inside]:
        """Those of single numbers (a JSON array); and of the first of several runs, where they are few."""
        single = self._connection.execute(
            f"{_ROWS} WHERE number IN (SELECT value FROM json_each(?))",  # noqa: S608 - a constant
            (singles,),
        )
        asked = several[:ASKED_AT_ONCE]
        most = max(NEARBY * len(asked), AT_HAND)
        values = (*chain.from_iterable(asked), most + 1)
        rows = self._connection.execute(_WITHIN.format(asked=places(asked)), values) if asked else ()
        own = Own.of(single)
        found = list(rows)
        if len(found) > most:
            return own, lambda first, last: None
        users, forwards = Own.of(found)
        own.users.update(users)
        own.forwards.update(forwards)
        known, ascending = set(asked), sorted(number for number, _, _ in found)

        def inside(first: int, last: int) -> Sequence[int] | None:
            if (first, last) not in known:
                return None
            return ascending[bisect_left(ascending, first) : bisect_right(ascending, last)]

        return own, inside

    def walk(self, first: int, last: int, *, backwards: bool) -> Iterator[Own]:
        """All from one number to another, in order, some at a time."""
        order = "DESC" if backwards else "ASC"
        while first <= last:
            own = self._columns(_IN_ORDER.format(order=order), first, last, slices.AT_ONCE)
            if own.users:
                yield own
            if len(own.users) < slices.AT_ONCE:
                return
            furthest = int(next(reversed(own.users)))
            first, last = (first, furthest - 1) if backwards else (furthest + 1, last)

    def _columns(self, statement: str, first: int, last: int, *most: int) -> Own:
        """What a statement of columns gives from one number to another."""
        answer = self._connection.execute(statement, (BETWEEN, first, last, *most)).fetchone()
        numbers, names, forwards = (str(column or "") for column in answer)
        if not numbers:
            return Own({}, {})
        digits, users = numbers.split(","), names.split(BETWEEN)
        if len(digits) != len(users):  # a name holds what stands between names
            ends = min(map(int, digits)), max(map(int, digits))
            read = Own.of(self._connection.execute(f"{_ROWS} WHERE number BETWEEN ? AND ?", ends))
            return Own({number: read.users[number] for number in digits}, read.forwards)
        pairs = (pair.split(">") for pair in forwards.split(",")) if forwards else ()
        return Own(dict(zip(digits, users, strict=True)), dict(pairs))
