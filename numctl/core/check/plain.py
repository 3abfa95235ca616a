"""What the journal says of most numbers: that they came in once, and are as they were left.

Such a piece is a run of now, whole, and needs no replay; nothing else lies over it. Left to replay are
the other pieces with all that lies over the same numbers. Where that is much, or the rest doesn't add up,
everything is.
"""

from __future__ import annotations

import json
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.changes.pieces import CLASSES
from numctl.core.numbers.packed import Packed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numctl.core.numbers.ranges import Pair
    from numctl.core.store.connection import Connection

MOST = 20_000  # rows that are left to replay; where there are more, all are replayed
MOST_RANGES = 1_000  # the same for unbroken ranges of numbers
ASKED_AT_ONCE = 200  # ranges

Piece = tuple[int, int, int, int, int, int]  # first, last, operation, position, before, after (0: not there)
Run = tuple[int, int, int]  # first, last, value
Change = tuple[int, int, int | None, int | None, int | None, int | None]
"""Number, operation, user and forwarding before, user and forwarding after."""
Own = tuple[int, int | None, int | None]  # number, user, forwarding


class Map(NamedTuple):
    """Runs of numbers with a value each, and their journal: the names of tables and of a column."""

    runs: str
    value: str
    journal: str


SPANS = Map("span", "state", "piece")
LABELS = Map("label_span", "label_set", "label_piece")

_IS_RUN = "s.first = p.first AND s.more = p.more AND s.{value} = p.after AND p.before IS NULL"
_PLAIN = f"""
SELECT count(*), count(DISTINCT p.first), (SELECT count(*) FROM {{runs}}), (SELECT count(*) FROM {{journal}})
FROM {{journal}} AS p CROSS JOIN {{runs}} AS s ON {_IS_RUN}
"""  # noqa: S608 - a condition of ours, as are all names put in
_OTHERS = f"""
SELECT p.first, p.last FROM {{journal}} AS p LEFT JOIN {{runs}} AS s ON {_IS_RUN}
WHERE s.first IS NULL ORDER BY p.first LIMIT ?
"""  # noqa: S608
_OVER = """
SELECT first, last, operation, position, coalesce(before, 0), coalesce(after, 0)
FROM (VALUES {asked}) AS asked CROSS JOIN {journal} INDEXED BY {journal}_class
ON class = {size} AND first BETWEEN asked.column1 - {reach} AND asked.column2 AND last >= asked.column1
"""
_WITHIN = """
SELECT first, last, {value} FROM (VALUES {asked}) AS asked CROSS JOIN {runs} ON last >= asked.column1
AND first BETWEEN coalesce((SELECT max(first) FROM {runs} WHERE first <= asked.column1), asked.column1)
  AND asked.column2
"""

_IS_DETAIL = """
c.user_before IS NULL AND c.forward_before IS NULL AND (
  c.user_after = d.user AND c.forward_after IS NULL AND d.forward_to IS NULL
  OR c.forward_after = d.forward_to AND c.user_after IS NULL AND d.user IS NULL
)
"""
_PLAIN_DETAILS = f"""
SELECT count(*), (SELECT count(*) FROM detail), (SELECT count(*) FROM detail_change), (
  SELECT count(*) FROM (SELECT DISTINCT number FROM detail_change INDEXED BY detail_change_number) AS once
)
FROM detail_change AS c INDEXED BY sqlite_autoindex_detail_change_1
CROSS JOIN detail AS d ON d.number = c.number WHERE {_IS_DETAIL}
"""  # noqa: S608
_OTHER_DETAILS = f"""
SELECT DISTINCT c.number FROM detail_change AS c LEFT JOIN detail AS d ON d.number = c.number AND {_IS_DETAIL}
WHERE d.number IS NULL ORDER BY c.number LIMIT ?
"""  # noqa: S608
_CHANGES_OF = """
SELECT number, operation, user_before, forward_before, user_after, forward_after FROM detail_change
WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number, operation, position
"""
_DETAILS_OF = """
SELECT number, user, forward_to FROM detail WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number
"""


def left_of(connection: Connection, map: Map) -> tuple[list[Piece], list[Run]] | None:
    """The pieces of a map, and its runs, that are to be replayed, by their first numbers; None for all."""
    names = map._asdict()
    plain, different, runs, laid = connection.execute(_PLAIN.format(**names)).fetchone()
    others = [] if plain == laid else connection.execute(_OTHERS.format(**names), (MOST + 1,)).fetchall()
    ranges = Packed(others).joined()
    if plain != different or len(others) > MOST or len(ranges) > MOST_RANGES:
        return None
    pieces = set(islice(_over(connection, map, ranges), MOST + 1))
    ranges = Packed([*ranges, *(row[:2] for row in sorted(pieces))]).joined()
    within = sorted(set(islice(_within(connection, map, ranges), MOST + 1)))
    if len(pieces) > MOST or len(within) > MOST:
        return None
    whole = {(first, last, 0, value) for first, last, value in within}
    plain_within = sum((row[0], row[1], *row[4:]) in whole for row in pieces)
    if plain - plain_within != runs - len(within):
        return None
    return sorted(pieces), within


def _over(connection: Connection, map: Map, ranges: Sequence[Pair]) -> Iterator[Piece]:
    """The pieces that lie over some ranges, those that lie over several maybe several times."""
    for values, asked in _asked(ranges):
        for size, most in CLASSES:
            statement = _OVER.format(**map._asdict(), asked=asked, size=size, reach=most - 1)
            yield from connection.execute(statement, values)


def _within(connection: Connection, map: Map, ranges: Sequence[Pair]) -> Iterator[Run]:
    """The runs that some ranges are in, or that begin there; maybe several times."""
    for values, asked in _asked(ranges):
        yield from connection.execute(_WITHIN.format(**map._asdict(), asked=asked), values)


def _asked(ranges: Sequence[Pair]) -> Iterator[tuple[list[int], str]]:
    """Ranges as the values of a statement, some at a time."""
    for start in range(0, len(ranges), ASKED_AT_ONCE):
        some = ranges[start : start + ASKED_AT_ONCE]
        yield [*chain.from_iterable(some)], ", ".join(["(?, ?)"] * len(some))


def details_left(connection: Connection) -> tuple[list[Change], list[Own]] | None:
    """The same for what is true of single numbers: changes and details, by number."""
    plain, details, changed, different = connection.execute(_PLAIN_DETAILS).fetchone()
    numbers = [] if plain == changed else connection.execute(_OTHER_DETAILS, (MOST + 1,)).fetchall()
    if len(numbers) > MOST:
        return None
    asked = json.dumps([number for (number,) in numbers])
    changes = connection.execute(_CHANGES_OF, (asked,)).fetchall()
    own = connection.execute(_DETAILS_OF, (asked,)).fetchall()
    # Of each number that is left there is one change, which is plain, and a detail.
    once = changed - len(changes) == different - len(numbers) == details - len(own)
    return (changes, own) if once else None
