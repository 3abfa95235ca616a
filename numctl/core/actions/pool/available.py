"""What is available, in runs, and which of it a quantity means: read from the store, or in memory.

All that an organization has available in one series is in one state, so choosing walks that state's
runs, lowest or highest first. What is chosen is named by its ends, however many spans it has.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.actions.pool import choices, labelled
from numctl.core.changes.cache import ABSENT
from numctl.core.changes.in_state import END, EVERY_SPAN, InState
from numctl.core.numbers.blocks import Blocks
from numctl.core.numbers.ranges import Range
from numctl.core.queries.labels import having, narrowed, read_wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numctl.core.actions.pool.quantity import Quantity
    from numctl.core.changes.in_state import Pool
    from numctl.core.changes.operation import Operation
    from numctl.core.numbers.ranges import Pair
    from numctl.core.queries.labels import Wanted
    from numctl.core.queries.slices import Span
    from numctl.core.store.connection import Connection

MOST_IN_MEMORY = 1_000  # numbers that a line of a batch takes out of what is kept in memory
AT_FIRST, MORE = 4, 4  # blocks that are looked at together: at first, and times as many each time
FEW, MANY = 100, 5_000  # spans that are looked at, or added up, at a time
NONE_TAKEN = Blocks()
# Whether anything in a block is in another state.
_OTHERS = """
SELECT 1 FROM span WHERE state <> :state AND last >= :first
AND first BETWEEN coalesce((SELECT max(first) FROM span WHERE first <= :first), :first) AND :last LIMIT 1
"""


class Found(NamedTuple):
    """The numbers chosen, none for too few; and how many there would be at most."""

    numbers: Sequence[Pair] | InState
    most: int


class _Available(ABC):
    """The runs of one state (a row id) from the lowest number up, or from the highest down."""

    def __init__(self, connection: Connection, state: int, highest_first: bool) -> None:
        self._connection = connection
        self._state = state
        self._down = highest_first

    def chosen(self, wanted: Quantity) -> Found:
        """The numbers that are wanted."""
        return self._up_to(wanted.quantity) if wanted.plain else self._blocks_of(wanted)

    @abstractmethod
    def _up_to(self, quantity: int) -> Found:
        """All, from the end to the number that makes the quantity full."""

    @abstractmethod
    def _runs(self) -> Iterator[Pair]: ...

    def _having(self, wanted: Wanted) -> Iterator[Span]:
        """What has some labels."""
        spans = ((first, last, self._state) for first, last in self._runs())
        return narrowed(self._connection, spans, wanted, descending=self._down)

    def _blocks_of(self, wanted: Quantity) -> Found:
        """The first blocks of numbers that are wanted."""
        blocks: Iterable[Pair] = self._runs()
        if wanted.labels:
            found = self._having(read_wanted(wanted.labels, ()))
            blocks = choices.joined((first, last) for first, last, _ in found)
        if wanted.sequential:
            blocks = self._opened_first(list(blocks), wanted.sequential)
        fits = choices.starts(wanted.matching)
        if wanted.contiguous:
            return Found(*choices.one_block(blocks, wanted.quantity, wanted.aligned, fits))
        if wanted.aligned:
            blocks = choices.aligned(blocks, wanted.aligned, fits)
        elif wanted.matching is not None:
            runs = choices.runs(wanted.matching)
            blocks = (run for first, last in blocks for run in runs(first, last, descending=self._down))
        return Found(*choices.scattered(blocks, wanted.quantity))

    def _opened_first(self, spans: Iterable[Pair], size: int) -> Iterator[Pair]:
        """Spans by blocks: those of which something isn't available here come first."""
        untouched: list[Pair] = []
        cut = (part for first, last in spans for part in choices.by_blocks(first, last, size))
        many = AT_FIRST
        while some := list(islice(cut, many)):
            blocks = [low // size * size for low, high in some if high - low + 1 < size]
            opened = self._opened(blocks, size)
            for low, high in some:
                if high - low + 1 < size and low // size * size in opened:
                    yield low, high
                else:
                    untouched.append((low, high))
            many = min(MORE * many, FEW)
        yield from untouched

    def _opened(self, blocks: Sequence[int], size: int) -> set[int]:
        """Those of some blocks of which something is in another state."""
        these = [{"first": block, "last": block + size - 1, "state": self._state} for block in blocks]
        asked = [(one["first"], self._connection.execute(_OTHERS, one)) for one in these]
        return {block for block, found in asked if found.fetchone() is not None}


class Stored(_Available):
    """The same read from the store."""

    def __init__(self, connection: Connection, state: int, highest_first: bool) -> None:
        super().__init__(connection, state, highest_first)
        start, order, beyond, edge = (END, "DESC", "<", "min") if highest_first else (0, "ASC", ">", "max")
        self._start = start
        self._spans = (
            f"SELECT first, last FROM span WHERE state = ? AND first {beyond} ? ORDER BY first {order}"  # noqa: S608 - of few words
        )
        self._sum = f"SELECT sum(last - first + 1), {edge}(first) FROM ({self._spans} LIMIT {MANY}) AS pool"  # noqa: S608

    def _runs(self) -> Iterator[Pair]:
        return self._beyond(self._start)

    def _beyond(self, first: int, at_most: int = EVERY_SPAN) -> Iterator[Pair]:
        return self._connection.walk(f"{self._spans} LIMIT {at_most}", (self._state, first))

    def _up_to(self, quantity: int) -> Found:
        missing, at = quantity, self._start
        few = self._connection.execute(f"{self._spans} LIMIT {FEW}", (self._state, at)).fetchall()
        if not few:
            return Found([], 0)
        end = few[0]
        spans: Iterable[Pair] = few
        held = sum(last - first + 1 for first, last in few)
        edge = few[-1][0]
        while held is not None and held < missing:
            missing, at = missing - held, edge
            held, edge = self._connection.execute(self._sum, (self._state, at)).fetchone()
            spans = ()
        if held is None:
            return Found([], quantity - missing)
        for first, last in spans or self._beyond(at, MANY):
            missing -= last - first + 1
            if missing <= 0:
                ends = (first - missing, end[1]) if self._down else (end[0], last + missing)
                return Found(InState(ends[0], ends[1], self._state), quantity)
        raise AssertionError("the sum of some spans is more than they hold")


class Kept(_Available):
    """The same in memory, as the lines of a batch have left it so far."""

    def __init__(
        self, operation: Operation, state: int, pool: Pool, highest_first: bool, taken: Blocks = NONE_TAKEN
    ) -> None:
        """``taken`` isn't done yet: it is foreseen."""
        super().__init__(operation.connection, state, highest_first)
        self._operation = operation
        self._pool = pool
        self._taken = taken

    def _runs(self) -> Iterator[Pair]:
        return self._pool.runs()

    def _up_to(self, quantity: int) -> Found:
        return Found(*choices.scattered(self._runs(), quantity, highest_first=self._down))

    def _having(self, wanted: Wanted) -> Iterator[Span]:
        runs = labelled.kept(self._operation).of(self._operation, wanted)
        return having(((first, last, self._state) for first, last in self._runs()), runs)

    def _opened(self, blocks: Sequence[int], size: int) -> set[int]:
        is_other = self._operation.writer.pools.is_other
        opened = {
            block
            for block in blocks
            if self._taken.meet(block, block + size - 1) or is_other(self._state, block, block + size - 1)
        }
        blocks = [block for block in blocks if block not in opened]
        if size > MOST_IN_MEMORY:
            self._connection = self._operation.written
            return super()._opened(blocks, size) | opened
        step = MOST_IN_MEMORY // size
        for start in range(0, len(blocks), step):
            some = [Range(block, block + size - 1) for block in blocks[start : start + step]]
            for piece in self._operation.writer.found(some):
                if piece.state not in (ABSENT, self._state):
                    opened.add(piece.first // size * size)
        return opened
