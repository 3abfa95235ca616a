"""Numbers named by their state: everything of one state between two ends, and the runs of one state in
memory, kept as numbers go in and out; a part of the writer."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.changes.cache import ABSENT, Piece
from numctl.core.numbers.blocks import Blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numctl.core.changes.cache import Cache
    from numctl.core.numbers.ranges import Pair
    from numctl.core.store.connection import Connection

EVERY_SPAN = 10**15  # more than there can be
END = 10**15  # above every number
AT_FIRST, MORE, AT_MOST = 100, 4, 10_000  # runs read together: at first, times as many each time, at most
MOST = 50_000  # runs of one state that are kept in memory; and
MOST_TOGETHER = 200_000

_IN_STATE = """
SELECT max(first, :first), min(last, :last) FROM span
WHERE state = :state AND last >= :first
AND first BETWEEN coalesce((SELECT max(first) FROM span WHERE first <= :first), :first) AND :last
ORDER BY first LIMIT :at_most
"""
_UP = """
SELECT first, last FROM span WHERE state = :state AND last > :reach
AND first >= coalesce((SELECT max(first) FROM span WHERE state = :state AND first <= :reach), 0)
ORDER BY first LIMIT :many
"""
_DOWN = "SELECT first, last FROM span WHERE state = :state AND first < :reach ORDER BY first DESC LIMIT :many"
_MANY = "SELECT 1 FROM span WHERE state = ? LIMIT 1 OFFSET ?"


class InState(NamedTuple):
    """The numbers from ``first`` to ``last`` that are in one state (a row id); both of these are."""

    first: int
    last: int
    state: int

    def ranges(self, connection: Connection, at_most: int = EVERY_SPAN) -> list[Pair]:
        """The numbers as ranges, ascending, ``at_most`` of them; what is in memory must be written."""
        return connection.execute(_IN_STATE, {**self._asdict(), "at_most": at_most}).fetchall()


class Pool:
    """The numbers in one state, from the lowest up or (``down``) from the highest down, read as needed."""

    def __init__(self, connection: Connection, cache: Cache, state: int, *, down: bool) -> None:
        self._connection = connection
        self._cache = cache
        self._state = state
        self._down = down
        self._blocks = Blocks()
        self._reach = END if down else 0  # the last number up to which they are known
        self._is_whole = False
        self._step = AT_FIRST

    def __len__(self) -> int:
        return len(self._blocks)

    def runs(self) -> Iterator[Pair]:
        """The unbroken runs, in order; nothing may be put in or taken out meanwhile."""
        at = 0
        while True:
            run = self._blocks[-1 - at if self._down else at] if at < len(self._blocks) else None
            if run is not None and (self._is_whole or run[0 if self._down else 1] != self._reach):
                yield run
                at += 1
            elif self._is_whole:
                return
            else:
                self.ask()()

    def put_in(self, first: int, last: int) -> None:
        """Note that numbers are in the state now."""
        low, high = self._known()
        if first <= high and last >= low:
            self._blocks.put_in(max(first, low), min(last, high))

    def take_out(self, first: int, last: int) -> None:
        """Note that numbers are in the state no more."""
        low, high = self._known()
        if first <= high and last >= low:
            self._blocks.take_out(max(first, low), min(last, high))

    def _known(self) -> Pair:
        return (self._reach, END) if self._down else (0, self._reach)

    def ask(self) -> Callable[[], None]:
        """Ask for more of them; what is given takes the answer in."""
        reach, many = self._reach, self._step
        asked = self._connection.execute(
            _DOWN if self._down else _UP, {"state": self._state, "reach": reach, "many": many}
        )

        def take_in() -> None:
            rows = asked.fetchall()
            self._is_whole = len(rows) < many
            self._step = min(MORE * many, AT_MOST)
            if self._down:
                self._reach = 0 if self._is_whole else rows[-1][0]
                self._lay(rows, self._reach, reach - 1)
            else:
                self._reach = END if self._is_whole else rows[-1][1]
                self._lay(rows, reach + 1, self._reach)

        return take_in

    def _lay(self, rows: Iterable[Pair], low: int, high: int) -> None:
        """Take in what the store has of numbers that weren't known, with what isn't written yet."""
        stored, now = self._cache.having(self._state, low, high)
        for change, runs in (
            (self._blocks.put_in, rows),
            (self._blocks.take_out, stored),
            (self._blocks.put_in, now),
        ):
            for first, last in runs:
                change(max(first, low), min(last, high))


class Pools:
    """The pools that were asked for, as the operation has left them so far."""

    def __init__(self, connection: Connection, cache: Cache) -> None:
        self._connection = connection
        self._cache = cache
        self._pools: dict[tuple[int, bool], Pool | None] = {}  # by state (a row id) and direction
        self._by_state: dict[int, list[Pool]] = {}

    def ask(self, wanted: Iterable[tuple[int, bool]]) -> None:
        """Have at hand the pools of states, each in a direction, as far as they aren't."""
        if sum(map(len, filter(None, self._pools.values()))) > MOST_TOGETHER:
            self.forget()
        new = [one for one in dict.fromkeys(wanted) if one not in self._pools]
        asked = []
        for state, down in new:
            pool = Pool(self._connection, self._cache, state, down=down)
            asked.append((pool, self._connection.execute(_MANY, (state, MOST)), pool.ask()))
        for one, (pool, many, take_in) in zip(new, asked, strict=True):
            take_in()
            self._pools[one] = None if many.fetchone() else pool
            if self._pools[one] is not None:
                self._by_state.setdefault(one[0], []).append(pool)

    def of(self, state: int, *, down: bool) -> Pool | None:
        """The pool of a state; None where it has too many runs."""
        if (state, down) not in self._pools:
            self.ask([(state, down)])
        return self._pools[state, down]

    def is_other(self, state: int, first: int, last: int) -> bool:
        """Whether any of some numbers is in another state, as far as that is in memory."""
        return any(piece.state not in (ABSENT, state) for piece in self._cache.pieces(first, last))

    def moved(self, piece: Piece, after: int) -> None:
        """Note that numbers went from one state to another."""
        for pool in self._by_state.get(piece.state, ()):
            pool.take_out(piece.first, piece.last)
        for pool in self._by_state.get(after, ()):
            pool.put_in(piece.first, piece.last)

    @contextmanager
    def trying(self) -> Iterator[Callable[[Piece, int], None]]:
        """Within, numbers may be moved as if it were done; what is given does so."""
        moves: list[tuple[Piece, int]] = []

        def move(piece: Piece, after: int) -> None:
            moves.append((piece, after))
            self.moved(piece, after)

        try:
            yield move
        finally:
            for (first, last, before), after in reversed(moves):
                self.moved(Piece(first, last, after), before)

    def forget(self) -> None:
        """Let go of all of them: numbers change, and it isn't told which."""
        self._pools, self._by_state = {}, {}
