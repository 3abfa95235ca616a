"""Reserving, tagging and unreserving numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.actions import allocation
from numctl.core.errors import BadValue
from numctl.core.rules.model import Change, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numctl.core.changes.operation import Operation
    from numctl.core.numbers.ranges import Range


def reserve(
    operation: Operation,
    numbers: Iterable[Range] | allocation.Quantity,
    tag: str,
    *,
    organization: str | None = None,
    until: str = "",
) -> None:
    """Tag available numbers for later use: named ones, or a quantity of what the acting one holds.

    ``organization`` (one in scope) holds them from then on; ``until`` (``YYYY-MM-DD``, not before
    today) ends the hold. Raises BadValue for a date that has passed, and as the writer does.
    """
    expect_a_day_to_come(until, operation.act.today)
    target = None if organization is None else operation.organization(organization)
    by_quantity = isinstance(numbers, allocation.Quantity)
    chosen = allocation.choose(operation, numbers) if isinstance(numbers, allocation.Quantity) else numbers
    operation.writer.change(
        chosen,
        Change("reserve", to=Status.RESERVED, organization=target, tag=tag, until=until),
        held_by=operation.acting if by_quantity else None,
    )


def retag(operation: Operation, numbers: Iterable[Range], tag: str | None, until: str | None = None) -> None:
    """Give reserved numbers another tag, or another day on which the hold ends (empty: none).

    None leaves each as it is. Raises BadValue for a day that has passed, and as the writer does.
    """
    expect_a_day_to_come(until or "", operation.act.today)
    operation.writer.change(numbers, Change("retag", tag=tag, until=until))


def unreserve(operation: Operation, numbers: Iterable[Range]) -> None:
    """Return reserved numbers to available; tag, date and forwarding go."""
    operation.writer.change(numbers, Change("unreserve", to=Status.AVAILABLE))


def expect_a_day_to_come(until: str, today: str) -> None:
    """Raises BadValue for a date before today; today itself is fine, and so is none (empty)."""
    if until and until < today:
        raise BadValue(
            f"The date {until} has passed; today is {today}.",
            "Give today or a day to come.",
            until=until,
            today=today,
        )
