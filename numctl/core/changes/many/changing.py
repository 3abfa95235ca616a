"""The writer's second body: a change to many spans at once, set by set inside SQLite.

The steps are those of the first body: cut the spans at the ends of what is changed, look at each
state that is concerned, write the pieces, change the spans, join neighbours. What decides and what
is refused stays with ``spans``; here is only how many rows are moved at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core.changes import extents
from numctl.core.changes.details import users_changed
from numctl.core.changes.in_state import InState
from numctl.core.changes.many import details as carried_along
from numctl.core.numbers.ranges import any_adjoin, ascend, total
from numctl.core.rules.model import goes_along

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numctl.core.changes.admission import Admission
    from numctl.core.changes.parts import Parts
    from numctl.core.numbers.ranges import Pair
    from numctl.core.rules.model import State
    from numctl.core.store.connection import Connection

_TABLES = """
CREATE TEMP TABLE IF NOT EXISTS target (first INTEGER PRIMARY KEY, last INTEGER NOT NULL);
CREATE TEMP TABLE IF NOT EXISTS cut (
  first INTEGER PRIMARY KEY, last INTEGER, state INTEGER, parent INTEGER
);
CREATE TEMP TABLE IF NOT EXISTS concerned (
  position INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, state INTEGER NOT NULL
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
UPDATE span SET more = piece.first - 1 - span.first
FROM (SELECT parent, min(first) AS first FROM temp.cut GROUP BY parent) AS piece
WHERE span.first = piece.parent
"""
_PLACE = (
    "INSERT INTO span (first, more, state) SELECT first, last - first, state FROM temp.cut ORDER BY first"
)

# The spans of the ranges, in order: all of them, or those in one state.
_CONCERNED = """
INSERT INTO temp.concerned (first, last, state)
SELECT s.first, s.last, s.state FROM temp.target AS t
CROSS JOIN span AS s ON s.first BETWEEN t.first AND t.last {only} ORDER BY s.first
"""
_COVERED = "SELECT {state}, sum(last - first + 1), count(*) FROM temp.concerned {by_state}"
_PIECES = """
INSERT INTO piece (operation, position, ahead, first, more, before, after)
SELECT :operation, :position + {position}, CASE WHEN :line > 0 THEN :line - :position - {position} END,
  c.first, c.last - c.first, c.state, new.after
FROM temp.concerned AS c CROSS JOIN temp.successor AS new ON new.before = c.state ORDER BY c.position
"""
_COUNTED_ANEW = "row_number() OVER (ORDER BY c.position)"  # where not all that is concerned changes
_RESTATE = """
UPDATE span SET state = p.after FROM piece AS p
WHERE p.operation = ? AND p.position > ? AND p.after IS NOT NULL AND span.first = p.first
"""
_RESTATE_ONE = "UPDATE span SET state = ? WHERE state = ? AND first BETWEEN ? AND ?"
_TAKE_OUT = """
DELETE FROM span
WHERE first IN (SELECT first FROM piece WHERE operation = ? AND position > ? AND after IS NULL)
"""
_BETWEEN = "SELECT 1 FROM span WHERE state = ? AND first BETWEEN ? AND ? LIMIT 1"
# Where a span may have come to go on from the one on its left.
_ALL_SEAMS = "SELECT first FROM temp.concerned UNION ALL SELECT last + 1 FROM temp.concerned"
_BOTH_ENDS = "SELECT ? AS first UNION ALL SELECT ? + 1"
# Spans that go on where the one on their left stops, in the same state: these are swallowed by it.
_JOINTS = """
INSERT INTO temp.joint (first, last, "left")
SELECT s.first, s.last, before.first FROM ({seams}) AS seam CROSS JOIN span AS s ON s.first = seam.first
CROSS JOIN span AS before ON before.first = (SELECT max(first) FROM span WHERE first < s.first)
WHERE before.last = s.first - 1 AND before.state = s.state AND length(before.last) = length(s.first)
ON CONFLICT DO NOTHING
"""
_SWALLOW = "DELETE FROM span WHERE first IN (SELECT first FROM temp.joint)"
# A chain of joints goes to the span that its first one goes on from.
_EXTEND = """
UPDATE span SET more = chain.last - span.first FROM (
  SELECT head, max(last) AS last FROM (
    SELECT last, max(start) OVER (ORDER BY first) AS head FROM (
      SELECT first, last,
        CASE WHEN lag(first) OVER (ORDER BY first) = "left" THEN NULL ELSE "left" END AS start
      FROM temp.joint
    ) AS link
  ) AS ring GROUP BY head
) AS chain WHERE span.first = chain.head
"""


def change_by_set(
    parts: Parts,
    line: int,
    numbers: Sequence[Pair] | InState,
    admission: Admission,
    successor: Callable[[int], int],
    refuse: Callable[[], None],
) -> None:
    """Change many numbers; ``successor`` is the state that follows one (row ids), ``refuse`` says why not."""
    ranges: Sequence[Pair]
    if isinstance(numbers, InState):
        ranges, only = [numbers[:2]], numbers.state
    else:
        ranges, only = numbers if ascend(numbers) else sorted(numbers), None
    bulk = Bulk(parts.connection, parts.operation, line, only=only)
    covered = bulk.cut(ranges)
    here = [parts.states[state] for state, _, _ in covered]
    admitted = all(admission.visible(state) and admission.admits(state) for state in here)
    if not admitted or (only is None and sum(one.numbers for one in covered) != total(ranges)):
        bulk.rejoin()
        refuse()
        raise AssertionError("one body of the writer refuses what the other admits")
    successors = []
    for (state, count, _), old in zip(covered, here, strict=True):
        after = successor(state)
        if after != state:
            successors.append(Successor(state, after, old, parts.states[after] if after else None))
            parts.effects.note(state, after, count)
    _carry_out(parts, bulk, successors)


def _carry_out(parts: Parts, bulk: Bulk, successors: Sequence[Successor]) -> None:
    connection, operation, _, journal, _, effects = parts
    position, detail = journal.positions, journal.detail_positions
    pieces, carried = bulk.change(successors, (position, detail))
    bulk.join()
    if any(not one.after for one in successors):
        extents.follow(connection, operation, position)
    for user, n in users_changed(connection, operation, detail):
        effects.note_user(user, n)
    journal.positions += pieces
    journal.detail_positions += carried


def prepare(connection: Connection) -> None:
    """Have the tables at hand that a change works with, empty."""
    for statement in _TABLES.split(";"):
        connection.execute(statement)
    for table in ("target", "concerned", "successor", "joint"):
        connection.execute(f"DELETE FROM temp.{table}")  # noqa: S608 - one of four words


def cut(connection: Connection) -> None:
    """Make ``temp.target`` whole spans."""
    connection.weigh("temp.target", "span")
    for places in _PLACES:
        connection.execute("DELETE FROM temp.cut")
        if connection.execute(_CUT.format(places=places)).rowcount:
            connection.weigh("temp.cut")
            connection.execute(_SHORTEN)
            connection.execute(_PLACE)
            connection.weigh("span")


def join(connection: Connection, seams: str, values: Sequence[int] = ()) -> None:
    """Join spans that go on in one state, where ``seams`` (a SELECT of ``first``) says that one begins."""
    if connection.execute(_JOINTS.format(seams=seams), values).rowcount:
        connection.weigh("temp.joint")
        connection.execute(_SWALLOW)
        connection.execute(_EXTEND)


def _keeps(old: State, new: State | None) -> bool:
    return goes_along(old.status, new.status if new is not None else None)


class Covered(NamedTuple):
    """How many numbers and spans of what is to be changed are in one state (a row id)."""

    state: int
    numbers: int
    spans: int


class Successor(NamedTuple):
    """What a state is followed by: row ids (0 after: leaves the inventory), and the states themselves."""

    before: int
    after: int
    old: State
    new: State | None


class Bulk:
    """One change to many spans: ``cut``, then ``change``; ``join`` comes last, or on a refusal."""

    def __init__(self, connection: Connection, operation: int, line: int, *, only: int | None = None) -> None:
        """``only``: of the ranges, what is in this state is concerned; their ends are."""
        self._connection = connection
        self._operation = operation
        self._line = line
        self._only = only
        self._apart = False  # whether nothing can have come to adjoin but at both ends
        self._states = 0  # that the ranges are in
        self._ends = (0, 0)
        prepare(connection)

    def cut(self, ranges: Sequence[Pair]) -> list[Covered]:
        """Make the ranges, ascending, whole spans; give what states they are in."""
        run = self._connection.execute
        self._connection.put("temp.target (first, last)", ranges)
        cut(self._connection)
        one, values = ("AND s.state = ?", (self._only,)) if self._only is not None else ("", ())
        run(_CONCERNED.format(only=one), values)
        self._connection.weigh("temp.concerned")
        state, by_state = ("max(state)", "") if one else ("state", "GROUP BY state")
        covered = [Covered(*row) for row in run(_COVERED.format(state=state, by_state=by_state))]
        self._states = len(covered)
        self._ends = (ranges[0][0], ranges[-1][1])
        each_is_one = sum(spans for _, _, spans in covered) == len(ranges) and not any_adjoin(ranges)
        self._apart = self._only is not None or each_is_one
        return covered

    def change(self, successors: Sequence[Successor], positions: tuple[int, int]) -> tuple[int, int]:
        """Give spans their new state and write the journal; ``positions`` are the journal's last two.

        States that none of the successors follows stay. Gives how many pieces and changes of details
        were written.
        """
        run = self._connection.execute
        self._connection.executemany(
            "INSERT INTO temp.successor (before, after, drops, organization) VALUES (?, ?, ?, ?)",
            [
                (before, after or None, int(not _keeps(old, new)), new.organization if new else None)
                for before, after, old, new in successors
            ],
        )
        all_change = len(successors) == self._states
        if not all_change or any(run(_BETWEEN, (one.after, *self._ends)).fetchone() for one in successors):
            self._apart = False  # what stays as it is was cut, or others are in that state already
        position, details = positions
        statement = _PIECES.format(position="c.position" if all_change else _COUNTED_ANEW)
        these = {"operation": self._operation, "position": position, "line": self._line}
        pieces = run(statement, these).rowcount
        states = [(one.old, one.new) for one in successors]
        carried = carried_along.carry(self._connection, states, self._operation, position, details)
        self._restate(successors, position)
        return pieces, carried

    def _restate(self, successors: Sequence[Successor], position: int) -> None:
        run = self._connection.execute
        if self._only is not None and all(one.after for one in successors):
            for before, after, _, _ in successors:
                run(_RESTATE_ONE, (after, before, *self._ends))
        else:
            run(_RESTATE, (self._operation, position))
            run(_TAKE_OUT, (self._operation, position))

    def rejoin(self) -> None:
        """Join again what ``cut`` has cut, where nothing is to be changed after all."""
        self._apart = False
        self.join()

    def join(self) -> None:
        """Join what adjoins in one state, at the ends of the ranges and within them."""
        if self._apart:
            join(self._connection, _BOTH_ENDS, self._ends)
        else:
            join(self._connection, _ALL_SEAMS)
