"""The door's second body: a change to many spans at once, set by set inside SQLite.

The steps are those of the first body: cut the spans at the ends of what is changed, look at each
state that is concerned, write the pieces, change the spans, join neighbours. What decides and what
is refused stays with ``spans``; here is only how many rows are moved at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core.model import State, Status
from numctl.core.ranges import any_adjoin

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from numctl.core.ranges import Pair

_TABLES = """
CREATE TEMP TABLE IF NOT EXISTS target (first INTEGER PRIMARY KEY, last INTEGER NOT NULL);
CREATE TEMP TABLE IF NOT EXISTS cut (
  first INTEGER PRIMARY KEY, last INTEGER, state INTEGER, parent INTEGER
);
CREATE TEMP TABLE IF NOT EXISTS successor (
  before INTEGER PRIMARY KEY, after INTEGER, drops INTEGER NOT NULL, organization INTEGER
);
CREATE TEMP TABLE IF NOT EXISTS joint (
  first INTEGER PRIMARY KEY, last INTEGER NOT NULL, "left" INTEGER NOT NULL
)
"""

# Where a span must be cut: at the first number of a target, then right after its last.
_PLACES = (
    """
    SELECT t.first AS at FROM temp.target AS t
    WHERE NOT EXISTS (SELECT 1 FROM span WHERE span.first = t.first)
    """,
    """
    SELECT t.last + 1 AS at FROM temp.target AS t
    CROSS JOIN span AS s ON s.first BETWEEN t.first AND t.last WHERE s.last > t.last
    """,
)
_CUT = """
INSERT INTO temp.cut (first, last, state, parent)
SELECT place.at, coalesce(lead(place.at) OVER (PARTITION BY s.first ORDER BY place.at) - 1, s.last),
  s.state, s.first
FROM ({places}) AS place
CROSS JOIN span AS s ON s.first = (SELECT max(first) FROM span WHERE first < place.at)
WHERE s.last >= place.at
"""
_SHORTEN = """
UPDATE span SET last = piece.first - 1
FROM (SELECT parent, min(first) AS first FROM temp.cut GROUP BY parent) AS piece
WHERE span.first = piece.parent
"""
_PLACE = "INSERT INTO span (first, last, state) SELECT first, last, state FROM temp.cut ORDER BY first"

_COVERED = """
SELECT s.state, sum(s.last - s.first + 1), count(*) FROM temp.target AS t
CROSS JOIN span AS s ON s.first BETWEEN t.first AND t.last GROUP BY s.state
"""
_PIECES = """
INSERT INTO piece (operation, position, line, first, last, before, after)
SELECT :operation, :position + row_number() OVER (ORDER BY s.first), :line,
  s.first, s.last, s.state, new.after
FROM temp.target AS t
CROSS JOIN span AS s ON s.first BETWEEN t.first AND t.last
CROSS JOIN temp.successor AS new ON new.before = s.state
"""
# Details of the pieces just written whose numbers keep them no longer, or change hands with them.
_DETAILS = """
FROM piece AS p
CROSS JOIN temp.successor AS new ON new.before = p.before
CROSS JOIN detail AS d ON d.number BETWEEN p.first AND p.last
"""
_THESE = "WHERE p.operation = :operation AND p.position > :position"
_DROP = f"""
INSERT INTO detail_change (operation, position, number, user_before, forward_before)
SELECT :operation, :details + row_number() OVER (ORDER BY d.number), d.number, d.user, d.forward_to
{_DETAILS} {_THESE} AND new.drops
"""
_DROPPED = """
DELETE FROM detail
WHERE number IN (SELECT number FROM detail_change WHERE operation = ? AND position > ?)
"""
_FOLLOWING = f"""
{_DETAILS} CROSS JOIN user AS old
  ON old.id = d.user AND old.folded <> '' AND old.organization <> new.organization
"""
_NEW_USERS = f"""
INSERT INTO user (organization, name, folded) SELECT new.organization, max(old.name), old.folded
{_FOLLOWING} {_THESE} AND NOT new.drops
AND NOT EXISTS (
  SELECT 1 FROM user WHERE folded = old.folded AND folded <> '' AND organization = new.organization
)
GROUP BY new.organization, old.folded
"""  # noqa: S608 - put together from the constants above
_FOLLOW = f"""
INSERT INTO detail_change (operation, position, number, user_before, user_after)
SELECT :operation, :details + row_number() OVER (ORDER BY d.number), d.number, d.user, now.id
{_FOLLOWING} CROSS JOIN user AS now
  ON now.folded = old.folded AND now.folded <> '' AND now.organization = new.organization
{_THESE} AND NOT new.drops
"""
_FOLLOWED = """
UPDATE detail SET user = change.user_after FROM detail_change AS change
WHERE change.operation = ? AND change.position > ? AND change.number = detail.number
"""
_RESTATE = """
UPDATE span SET state = p.after FROM piece AS p
WHERE p.operation = ? AND p.position > ? AND p.after IS NOT NULL AND span.first = p.first
"""
_TAKE_OUT = """
DELETE FROM span
WHERE first IN (SELECT first FROM piece WHERE operation = ? AND position > ? AND after IS NULL)
"""
# Spans that go on where the one on their left stops, in the same state: these are swallowed by it.
_JOINTS = """
INSERT OR IGNORE INTO temp.joint (first, last, "left")
SELECT s.first, s.last, before.first FROM (
  SELECT s.first, s.last, s.state FROM temp.target AS t
    CROSS JOIN span AS s ON s.first BETWEEN t.first AND t.last
  UNION ALL SELECT s.first, s.last, s.state FROM temp.target AS t
    CROSS JOIN span AS s ON s.first = t.last + 1
) AS s CROSS JOIN span AS before ON before.first = (SELECT max(first) FROM span WHERE first < s.first)
WHERE before.last = s.first - 1 AND before.state = s.state AND length(before.last) = length(s.first)
"""
_SWALLOW = "DELETE FROM span WHERE first IN (SELECT first FROM temp.joint)"
# A chain of joints goes to the span that its first one goes on from.
_EXTEND = """
UPDATE span SET last = chain.last FROM (
  SELECT head, max(last) AS last FROM (
    SELECT last, max(start) OVER (ORDER BY first) AS head FROM (
      SELECT first, last, iif(lag(first) OVER (ORDER BY first) IS "left", NULL, "left") AS start
      FROM temp.joint
    )
  ) GROUP BY head
) AS chain WHERE span.first = chain.head
"""
_MOVED = """
SELECT before, after, sum(last - first + 1) FROM piece
WHERE operation = ? AND position > ? GROUP BY before, after
"""


class Covered(NamedTuple):
    """How many numbers and spans of what is to be changed are in one state (a row id)."""

    state: int
    numbers: int
    spans: int


class Bulk:
    """One change to many spans: ``cut``, then ``change``; ``join`` comes last, or on a refusal."""

    def __init__(self, connection: sqlite3.Connection, operation: int, line: int) -> None:
        self._connection = connection
        self._operation = operation
        self._line = line
        self._apart = False  # whether nothing can have come to adjoin
        self._states = 0  # that the ranges are in
        for statement in _TABLES.split(";"):
            connection.execute(statement)

    def cut(self, ranges: Sequence[Pair]) -> list[Covered]:
        """Make the ranges, ascending, whole spans; give what states they are in."""
        run = self._connection.execute
        for table in ("target", "successor", "joint"):
            run(f"DELETE FROM temp.{table}")  # noqa: S608 - one of three words
        self._connection.executemany("INSERT INTO temp.target (first, last) VALUES (?, ?)", ranges)
        for places in _PLACES:
            run("DELETE FROM temp.cut")
            if run(_CUT.format(places=places)).rowcount:
                run(_SHORTEN)
                run(_PLACE)
        covered = [Covered(*row) for row in run(_COVERED)]
        self._states = len(covered)
        self._apart = sum(spans for _, _, spans in covered) == len(ranges) and not any_adjoin(ranges)
        return covered

    def change(
        self, successors: Sequence[tuple[int, State, int, State | None]], positions: tuple[int, int]
    ) -> tuple[int, int]:
        """Give spans their new state and write the journal; ``positions`` are the journal's last two.

        Each successor is a state's row id before, the state, the row id after (0: leaves the
        inventory), and the state after. Gives how many pieces and changes of details were written.
        """
        run = self._connection.execute
        self._connection.executemany(
            "INSERT INTO temp.successor (before, after, drops, organization) VALUES (?, ?, ?, ?)",
            [
                (before, after or None, not _keeps_details(old, new), new.organization if new else None)
                for before, old, after, new in successors
            ],
        )
        inhabited = "SELECT 1 FROM span WHERE state = ? LIMIT 1"
        if len(successors) < self._states or any(
            after and run(inhabited, (after,)).fetchone() for _, _, after, _ in successors
        ):
            self._apart = False  # what stays as it is was cut, or others are in that state already
        position, details = positions
        these = {"operation": self._operation, "position": position, "line": self._line}
        pieces = run(_PIECES, these).rowcount
        dropped = run(_DROP, {**these, "details": details}).rowcount
        if dropped:
            run(_DROPPED, (self._operation, details))
        followed = 0
        if any(new is not None and new.organization != old.organization for _, old, _, new in successors):
            run(_NEW_USERS, these)
            followed = run(_FOLLOW, {**these, "details": details + dropped}).rowcount
            run(_FOLLOWED, (self._operation, details + dropped))
        run(_RESTATE, (self._operation, position))
        run(_TAKE_OUT, (self._operation, position))
        return pieces, dropped + followed

    def moved(self, position: int) -> list[tuple[int, int | None, int]]:
        """(state before, state after, numbers) of the pieces written after ``position``."""
        return self._connection.execute(_MOVED, (self._operation, position)).fetchall()

    def mend(self) -> None:
        """Join again what ``cut`` has cut, where nothing is to be changed after all."""
        self._apart = False
        self.join()

    def join(self) -> None:
        """Join what adjoins in one state, at the ends of the ranges and within them."""
        run = self._connection.execute
        if not self._apart and run(_JOINTS).rowcount:
            run(_SWALLOW)
            run(_EXTEND)


def _keeps_details(old: State, new: State | None) -> bool:
    if new is None:
        return False
    held = (Status.ASSIGNED, Status.IN_USE)
    return (old.status in held and new.status in held) or (old.status == new.status)
