"""The free pool: which available numbers a quantity means, and allocating and withdrawing by it.

All that an organization has available in one series is in one state, so choosing walks that state's
spans, lowest or highest first. What is chosen is named by its ends, however many spans it has.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from numctl.core import series as series_table
from numctl.core.errors import NotEnough, OutOfScope
from numctl.core.model import Change, State, Status
from numctl.core.ranges import total
from numctl.core.spans import InState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numctl.core.operations import Operation
    from numctl.core.ranges import Pair


class Quantity(NamedTuple):
    """How many numbers of which series; in one unbroken block; with digits that match a pattern."""

    series: str
    quantity: int
    contiguous: bool = False
    matching: str | None = None


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
    operation.door.change(chosen, Change("allocate", organization=target), held_by=operation.acting)


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
    operation.door.change(chosen, Change("withdraw", organization=parent), held_by=holder)


def choose(
    operation: Operation, wanted: Quantity, *, holder: int | None = None, highest_first: bool = False
) -> Sequence[Pair] | InState:
    """What a quantity means: available numbers that ``holder`` (the acting one) itself holds."""
    operation.door.flush()
    organization = operation.acting if holder is None else holder
    series = series_table.find(operation, wanted.series)
    state = operation.door.states.find(State(series, organization, Status.AVAILABLE))
    found = _Found([], 0)
    if state is not None:
        blocks = _blocks(operation, state, wanted.matching, highest_first)
        if wanted.contiguous:
            found = _one_block(blocks, wanted.quantity)
        elif wanted.matching is None:
            found = _all_up_to(blocks, wanted.quantity, state, highest_first)
        else:
            found = _scattered(blocks, wanted.quantity, highest_first)
    if not found.numbers:
        raise NotEnough(
            wanted.quantity,
            found.most,
            f"in {wanted.series} of {operation.tree.path(organization)}",
            "in its longest unbroken block" if wanted.contiguous else "available",
        )
    return found.numbers


class _Found(NamedTuple):
    """The numbers chosen, none for too few; and how many there would be at most."""

    numbers: Sequence[Pair] | InState
    most: int


def _blocks(operation: Operation, state: int, matching: str | None, highest_first: bool) -> Iterator[Pair]:
    order = "DESC" if highest_first else "ASC"
    spans = operation.connection.execute(
        f"SELECT first, last FROM span WHERE state = ? ORDER BY first {order}",  # noqa: S608 - one of two words
        (state,),
    )
    if matching is None:
        return spans
    from numctl.core.digits import matching as compiled

    runs = compiled(matching).runs
    return (run for first, last in spans for run in runs(first, last, descending=highest_first))


def _all_up_to(blocks: Iterator[Pair], quantity: int, state: int, highest_first: bool) -> _Found:
    """The whole pool, from one end of it to the number that makes the quantity full."""
    missing, many = quantity, 100
    begin: Pair | None = None
    while some := list(islice(blocks, many)):
        begin, held, many = begin or some[0], total(some), 10_000
        if held < missing:
            missing -= held
            continue
        for first, last in some:
            missing -= last - first + 1
            if missing <= 0:
                ends = (first - missing, begin[1]) if highest_first else (begin[0], last + missing)
                return _Found(InState(*ends, state), quantity)
    return _Found([], quantity - missing)


def _scattered(blocks: Iterable[Pair], quantity: int, highest_first: bool) -> _Found:
    chosen: list[Pair] = []
    missing = quantity
    for first, last in blocks:
        n = last - first + 1
        if n >= missing:
            chosen.append((last - missing + 1, last) if highest_first else (first, first + missing - 1))
            return _Found(chosen[::-1] if highest_first else chosen, quantity)
        chosen.append((first, last))
        missing -= n
    return _Found([], quantity - missing)


def _one_block(blocks: Iterable[Pair], quantity: int) -> _Found:
    longest = 0
    for first, last in blocks:
        if last - first + 1 >= quantity:
            return _Found([(first, first + quantity - 1)], quantity)
        longest = max(longest, last - first + 1)
    return _Found([], longest)
