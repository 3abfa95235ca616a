"""Where calls to a number end up, as far as who acts may see: what keeps forwarding from going in circles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.errors import NumbersRefuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numctl.core.changes.operation import Operation
    from numctl.core.numbers.ranges import Range


def way_on(operation: Operation, number: int) -> Iterator[int]:
    """The numbers that calls to ``number`` are forwarded to, one after another, each once.

    The way ends where it leaves what is in scope: whether a number outside is forwarded, or is there
    at all, must not be told. So a circle may close through numbers that no one organization below the
    root sees; `numctl check` tells the root of it.
    """
    passed = {number}
    current: int | None = number
    while current is not None and operation.writer.state_of(current) is not None:
        current = operation.writer.forwarding_of(current)
        if current is None or current in passed:
            return
        passed.add(current)
        yield current


def expect_no_circle(operation: Operation, numbers: Sequence[Range], to: int) -> None:
    """Raises NumbersRefuse where calls to ``to`` come back to one of the numbers that shall go there."""
    back = next((one for one in way_on(operation, to) if _holds(numbers, one)), None)
    if back is None:
        return
    state_of = operation.writer.state_of
    if any(state_of(number) is None for first, last in numbers for number in range(first, last + 1)):
        return  # that it is not there comes first
    raise NumbersRefuse(
        f"Forwarding {back} to {to} would go in a circle.",
        "Forward it to a number that doesn't lead back.",
        number=str(back),
        forward_to=str(to),
    )


def circle_of(operation: Operation, number: int) -> list[int]:
    """The numbers through which calls to a number that is forwarded come back to it; none if they don't."""
    to = operation.writer.forwarding_of(number)
    way = [] if to is None else [to, *way_on(operation, to)]
    return way if number in way[1:] else []


def _holds(numbers: Iterable[Range], number: int) -> bool:
    return any(first <= number <= last for first, last in numbers)
