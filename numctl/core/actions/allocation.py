"""The free pool: which available numbers a quantity means, and allocating and withdrawing by it.

All that an organization has available in one series is in one state, so choosing walks that state's
spans, lowest or highest first. What is chosen is named by its ends, however many spans it has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core.actions import choices
from numctl.core.catalog import series as series_table
from numctl.core.changes.in_state import EVERY_SPAN, InState
from numctl.core.errors import BadValue, NotEnough, OutOfScope
from numctl.core.queries.labels import narrowed, read_wanted
from numctl.core.rules.model import Change, State, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numctl.core.changes.operation import Operation
    from numctl.core.numbers.ranges import Pair
    from numctl.core.store.connection import Connection

FEW, MANY = 100, 5_000  # spans that are looked at, or added up, at a time
END = 10**15  # above every number
# Whether anything in a block is in another state.
_OTHERS = """
SELECT 1 FROM span WHERE state <> :state AND last >= :first
AND first BETWEEN coalesce((SELECT max(first) FROM span WHERE first <= :first), :first) AND :last LIMIT 1
"""


class Quantity(NamedTuple):
    """How many numbers of which series.

    ``contiguous``: in one unbroken block. ``aligned`` (a power of ten, 0 for none): in whole blocks of so
    many that begin at a multiple of it. ``sequential`` (the same): out of blocks of so many that were
    opened already, before untouched ones. ``matching`` is a pattern of digits: of each number, or of the
    first one of a block. ``labels`` are those that the numbers have: ``KEY`` or ``KEY=VALUE``.
    """

    series: str
    quantity: int
    contiguous: bool = False
    matching: str | None = None
    aligned: int = 0
    sequential: int = 0
    labels: tuple[str, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether any available numbers will do."""
        return not (self.contiguous or self.matching or self.aligned or self.sequential or self.labels)

    def expect_sense(self) -> None:
        """Raises BadValue where the quantity doesn't fill whole blocks."""
        if self.aligned and self.quantity % self.aligned:
            raise BadValue(
                f"{self.quantity} is no multiple of {self.aligned}, and aligned blocks are taken whole.",
                "Give a quantity that is.",
            )


def allocate(operation: Operation, wanted: Quantity, to: str) -> None:
    """Give a quantity out of what the acting organization has available to one below it.

    Raises NotFound or OutOfScope for the names, NotEnough where there are fewer.
    """
    target = operation.organization(to)
    if target == operation.acting:
        raise OutOfScope(
            f"{operation.tree.path(target)} is the organization you act as; allocate gives to one below it.",
            "Name an organization below, see `numctl org tree`.",
        )
    chosen = choose(operation, wanted)
    operation.writer.change(chosen, Change("allocate", organization=target), held_by=operation.acting)


def withdraw(operation: Operation, series: str, quantity: int, source: str) -> None:
    """Give a quantity of what ``source`` has available back to its immediate parent, highest first.

    Raises OutOfScope for the acting organization itself, NotEnough where there are fewer.
    """
    holder = operation.organization(source)
    if holder == operation.acting:
        raise OutOfScope(
            f"{operation.tree.path(holder)} is the organization you act as;"
            " its numbers can't be withdrawn by itself.",
            "Act as an organization above it with --as.",
        )
    chosen = choose(operation, Quantity(series, quantity), holder=holder, highest_first=True)
    parent = operation.tree[holder].parent
    operation.writer.change(chosen, Change("withdraw", organization=parent), held_by=holder)


def choose(
    operation: Operation, wanted: Quantity, *, holder: int | None = None, highest_first: bool = False
) -> Sequence[Pair] | InState:
    """What a quantity means: available numbers that ``holder`` (the acting one) itself holds."""
    organization = operation.acting if holder is None else holder
    series = series_table.find(operation, wanted.series)
    state = operation.writer.states.find(State(series, organization, Status.AVAILABLE))
    found = _Found([], 0)
    if state is not None:
        if wanted.labels:
            operation.labels.flush()
        pool = _Pool(operation.written, state, highest_first)
        found = pool.up_to(wanted.quantity) if wanted.plain else pool.blocks_of(wanted)
    if not found.numbers:
        raise NotEnough(
            wanted.quantity,
            found.most,
            f"in {wanted.series} of {operation.tree.path(organization)}",
            _where(wanted),
        )
    return found.numbers


def _where(wanted: Quantity) -> str:
    fitting = f" that match '{wanted.matching}'" if wanted.matching else ""
    fitting += f" with the label {' and '.join(wanted.labels)}" if wanted.labels else ""
    fitting += f" in whole blocks of {wanted.aligned}" if wanted.aligned else ""
    return f"in its longest unbroken block{fitting}" if wanted.contiguous else f"available{fitting}"


class _Found(NamedTuple):
    """The numbers chosen, none for too few; and how many there would be at most."""

    numbers: Sequence[Pair] | InState
    most: int


class _Pool:
    """The spans of one state, from the lowest number up or from the highest down."""

    def __init__(self, connection: Connection, state: int, highest_first: bool) -> None:
        self._connection = connection
        self._state = state
        self._down = highest_first
        start, order, beyond, edge = (END, "DESC", "<", "min") if highest_first else (0, "ASC", ">", "max")
        self._start = start
        self._spans = (
            f"SELECT first, last FROM span WHERE state = ? AND first {beyond} ? ORDER BY first {order}"  # noqa: S608 - of few words
        )
        self._sum = f"SELECT sum(last - first + 1), {edge}(first) FROM ({self._spans} LIMIT {MANY}) AS pool"  # noqa: S608

    def _beyond(self, first: int, at_most: int = EVERY_SPAN) -> Iterator[Pair]:
        return self._connection.walk(f"{self._spans} LIMIT {at_most}", (self._state, first))

    def up_to(self, quantity: int) -> _Found:
        """All of the pool, from its end to the number that makes the quantity full."""
        missing, at = quantity, self._start
        few = self._connection.execute(f"{self._spans} LIMIT {FEW}", (self._state, at)).fetchall()
        if not few:
            return _Found([], 0)
        end = few[0]
        spans: Iterable[Pair] = few
        held = sum(last - first + 1 for first, last in few)
        edge = few[-1][0]
        while held is not None and held < missing:
            missing, at = missing - held, edge
            held, edge = self._connection.execute(self._sum, (self._state, at)).fetchone()
            spans = ()
        if held is None:
            return _Found([], quantity - missing)
        for first, last in spans or self._beyond(at, MANY):
            missing -= last - first + 1
            if missing <= 0:
                ends = (first - missing, end[1]) if self._down else (end[0], last + missing)
                return _Found(InState(ends[0], ends[1], self._state), quantity)
        raise AssertionError("the sum of some spans is more than they hold")

    def blocks_of(self, wanted: Quantity) -> _Found:
        """The first blocks of numbers that are wanted."""
        blocks: Iterable[Pair] = self._labelled(wanted.labels) if wanted.labels else self._beyond(self._start)
        if wanted.sequential:
            blocks = self._opened_first(list(blocks), wanted.sequential)
        fits = choices.starts(wanted.matching)
        if wanted.contiguous:
            return _Found(*choices.one_block(blocks, wanted.quantity, wanted.aligned, fits))
        if wanted.aligned:
            blocks = choices.aligned(blocks, wanted.aligned, fits)
        elif wanted.matching is not None:
            runs = choices.runs(wanted.matching)
            blocks = (run for first, last in blocks for run in runs(first, last, descending=self._down))
        return _Found(*choices.scattered(blocks, wanted.quantity))

    def _labelled(self, labels: Sequence[str]) -> Iterator[Pair]:
        """The pool's unbroken runs of numbers that have some labels."""
        spans = ((first, last, self._state) for first, last in self._beyond(self._start))
        found = narrowed(self._connection, spans, read_wanted(labels, ()), descending=self._down)
        return choices.joined((first, last) for first, last, _ in found)

    def _opened_first(self, spans: Iterable[Pair], size: int) -> Iterator[Pair]:
        """Spans by blocks: those of which something isn't available here come first."""
        untouched: list[Pair] = []
        for first, last in spans:
            for low, high in choices.by_blocks(first, last, size):
                if high - low + 1 < size and self._is_opened(low // size * size, size):
                    yield low, high
                else:
                    untouched.append((low, high))
        yield from untouched

    def _is_opened(self, block: int, size: int) -> bool:
        these = {"first": block, "last": block + size - 1, "state": self._state}
        return self._connection.execute(_OTHERS, these).fetchone() is not None
