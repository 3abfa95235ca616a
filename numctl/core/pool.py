"""The free pool: which available numbers a quantity means, and allocating and withdrawing by it.

All that an organization has available in one series is in one state, so choosing walks that state's
spans, lowest or highest first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core import series as series_table
from numctl.core.errors import NotEnough, OutOfScope
from numctl.core.model import Change, State, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
) -> list[Pair]:
    """The ranges that a quantity means: available numbers that ``holder`` (the acting one) itself holds."""
    operation.door.flush()
    organization = operation.acting if holder is None else holder
    series = series_table.find(operation, wanted.series)
    blocks = _available(operation, series, organization, wanted.matching, highest_first)
    if wanted.contiguous:
        chosen, most = _one_block(blocks, wanted.quantity)
    else:
        chosen, most = _scattered(blocks, wanted.quantity, highest_first)
    if not chosen:
        raise NotEnough(
            wanted.quantity,
            most,
            f"in {wanted.series} of {operation.tree.path(organization)}",
            "in its longest unbroken block" if wanted.contiguous else "available",
        )
    return chosen


def _available(
    operation: Operation, series: int, organization: int, matching: str | None, highest_first: bool
) -> Iterator[Pair]:
    state = operation.door.states.find(State(series, organization, Status.AVAILABLE))
    if state is None:
        return iter(())
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


def _scattered(blocks: Iterable[Pair], quantity: int, highest_first: bool) -> tuple[list[Pair], int]:
    chosen: list[Pair] = []
    missing = quantity
    for first, last in blocks:
        n = last - first + 1
        if n >= missing:
            chosen.append((last - missing + 1, last) if highest_first else (first, first + missing - 1))
            return chosen[::-1] if highest_first else chosen, quantity
        chosen.append((first, last))
        missing -= n
    return [], quantity - missing


def _one_block(blocks: Iterable[Pair], quantity: int) -> tuple[list[Pair], int]:
    longest = 0
    for first, last in blocks:
        if last - first + 1 >= quantity:
            return [(first, first + quantity - 1)], quantity
        longest = max(longest, last - first + 1)
    return [], longest
