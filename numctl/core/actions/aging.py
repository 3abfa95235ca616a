"""Numbers that rest: put to rest, freed before their day, and the rule of how long after a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.actions.reservations import expect_a_day_to_come
from numctl.core.catalog import series
from numctl.core.changes.catalog import SERIES
from numctl.core.dates import days_after
from numctl.core.rules.model import AgingRule, Change, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numctl.core.changes.operation import Operation
    from numctl.core.numbers.ranges import Range


def age(operation: Operation, numbers: Iterable[Range], until: str) -> None:
    """Let available and reserved numbers rest through ``until``; tags go, forwarding stays.

    Raises BadValue for a day that has passed, and as the writer does.
    """
    expect_a_day_to_come(until, operation.act.today)
    operation.writer.change(numbers, Change("age", to=Status.AGING, until=until))


def free(operation: Operation, numbers: Iterable[Range]) -> None:
    """End the rest of numbers before their day; their forwarding goes."""
    operation.writer.change(numbers, Change("free", to=Status.AVAILABLE))


def rule(operation: Operation) -> AgingRule:
    """The rule of the store: the series' days, else those of the nearest organization that says."""
    return operation.remembered("aging", lambda: _rule(operation))


def _rule(operation: Operation) -> AgingRule:
    tree = operation.tree
    of: dict[int, int] = {}
    for id in tree.below(tree.root):
        days = tree[id].aging
        of[id] = of.get(tree[id].parent, 0) if days is None else days
    by_series = operation.remembered(
        "aging of series", lambda: series.aging(operation.connection), operation.catalog.changed[SERIES]
    )
    return AgingRule(by_series, of, operation.act.today)


def after(operation: Operation, days: int) -> AgingRule:
    """The rule that all numbers rest for so many days, 0 for none. Raises BadValue past the year 9999."""
    days_after(operation.act.today, days)  # raises where there is no such day, whatever the numbers are
    return operation.remembered(
        f"aging after {days}",
        lambda: AgingRule({}, dict.fromkeys(operation.tree.by_id, days), operation.act.today),
    )
