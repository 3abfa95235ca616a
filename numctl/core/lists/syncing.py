"""Sync: the inventory made as another list has it, in one operation, within limits."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.actions.labels import clear
from numctl.core.actions.series import finding
from numctl.core.errors import SHOWN, BadValue, NumbersRefuse
from numctl.core.lists.comparing import Comparison
from numctl.core.lists.importing import expect_no_circles, make_organizations
from numctl.core.lists.meaning import can_be, meant, needs_force
from numctl.core.numbers.ranges import Range, adjoins
from numctl.core.rules.labels import NONE
from numctl.core.rules.model import WITH_USER, Change, State, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numctl.core.changes.operation import Operation
    from numctl.core.lists.held import Held, Pair
    from numctl.core.lists.list_options import ListOptions
    from numctl.core.lists.sheets import Sheet

STEP = 1_000  # changes between two reports of progress


class Limit(NamedTuple):
    """At most so many numbers; or so many per cent of those that are compared."""

    most: int
    percent: bool

    def allows(self, count: int, compared: int) -> bool:
        """Whether ``count`` of ``compared`` numbers are within the limit."""
        return 100 * count <= self.most * compared if self.percent else count <= self.most

    def __str__(self) -> str:
        return f"{self.most}%" if self.percent else str(self.most)


class Manner(NamedTuple):
    """How to sync. ``reason`` is why numbers are removed, None where they aren't; ``below``: see Comparison.

    ``add`` puts in what the list has more. ``force`` takes numbers from their users, and out of their rest.
    """

    add: bool = False
    reason: str | None = None
    force: bool = False
    below: bool = False
    changes: Limit | None = None
    removals: Limit = Limit(10, percent=True)


class Step(NamedTuple):
    """What becomes of some numbers: None for not there. ``place`` is the row of the sheet, -1 for none."""

    numbers: Range
    here: Held | None
    wanted: Held | None
    place: int


class Plan:
    """What a sync would do: its steps, ascending, and how many numbers each way."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.added = self.removed = self.changed = self.compared = 0
        self.missing_here = self.missing_there = 0
        self.forced: list[Range] = []

    @property
    def left(self) -> int:
        """How many numbers one side lacks, and that are left so."""
        return self.missing_here + self.missing_there

    def put(self, pair: Pair, wanted: Held | None) -> None:
        """Note a step for numbers that are to change."""
        self.steps.append(Step(pair.numbers, pair.here, wanted, pair.place))
        count = pair.numbers.count
        if pair.here is None:
            self.added += count
        elif wanted is None:
            self.removed += count
        else:
            self.changed += count
        if pair.here is not None and needs_force(pair.here, wanted):
            if self.forced and adjoins(self.forced[-1].last, pair.numbers.first):
                self.forced[-1] = Range(self.forced[-1].first, pair.numbers.last)
            else:
                self.forced.append(pair.numbers)


def sync(
    operation: Operation,
    sheet: Sheet,
    options: ListOptions,
    manner: Manner,
    advance: Callable[[int], None] = lambda steps: None,
) -> None:
    """Make the inventory as a sheet has it. Raises what is wrong with the sheet, all of it at once.

    Raises OutOfScope below the root, BadValue for a sheet without rows, NumbersRefuse over a limit, and for
    numbers that only force would change.
    """
    operation.root_only()
    if not len(sheet) and not sheet.rejects:
        raise BadValue("The list has no rows.", "Is it the right file? To remove all numbers, use `remove`.")
    if options.create_orgs and not sheet.rejects:
        make_organizations(operation, sheet, options.org)
    comparison = Comparison(operation, sheet, options, below=manner.below, fully=True)
    comparison.expect_organizations()
    expect_no_circles(operation.connection, sheet)
    plan = _plan(comparison, sheet, manner)
    if sheet.rejects:
        raise sheet.rejects.refusal()
    _expect_allowed(plan, manner)
    facts = {"added": plan.added, "removed": plan.removed, "changed": plan.changed, "left": plan.left}
    operation.facts.update(facts, **sheet.unusual.facts())
    if plan.removed and manner.reason:
        operation.facts["reason"] = manner.reason
    _carry_out(operation, plan.steps, sheet, advance)


def _plan(comparison: Comparison, sheet: Sheet, manner: Manner) -> Plan:
    plan = Plan()
    for pair in comparison.pairs():
        here, there = pair.here, pair.there
        if here is not None:
            plan.compared += pair.numbers.count
        if here == there:
            continue
        if there is None:
            if manner.reason is None:
                plan.missing_there += pair.numbers.count
            else:
                plan.put(pair, None)
        elif here is None:
            if not manner.add:
                plan.missing_here += pair.numbers.count
            elif _is_whole(pair, there, sheet):
                plan.put(pair, there)
        else:
            wanted = meant(here, comparison.wanted(here, there), there, comparison.present)
            if wanted != here and _is_whole(pair, wanted, sheet):
                plan.put(pair, wanted)
    plan.compared += comparison.alike
    return plan


def _is_whole(pair: Pair, wanted: Held, sheet: Sheet) -> bool:
    """Whether a row says all that its numbers need; notes it as wrong where not."""
    if not can_be(wanted):
        error = BadValue("An aging number needs the last day of its rest.", "Give it a reserved_until.")
    elif not wanted.series:
        error = BadValue("The row names no series.", "Give it a series, or all of them one with --series.")
    else:
        return True
    sheet.rejects.add(sheet.lines[pair.place], error)
    return False


def _expect_allowed(plan: Plan, manner: Manner) -> None:
    """Raises NumbersRefuse over a limit, and where only force would do."""
    if plan.forced and not manner.force:
        shown = ", ".join(map(str, plan.forced[:SHOWN]))
        more = f" and {len(plan.forced) - SHOWN} more" if len(plan.forced) > SHOWN else ""
        raise NumbersRefuse(
            f"The list takes numbers from their users, or aging ones out of their rest: {shown}{more}.",
            "Look at them with `numctl diff`; with --force it is done. Nothing was changed.",
            numbers=[str(numbers) for numbers in plan.forced[:SHOWN]],
        )
    if not manner.removals.allows(plan.removed, plan.compared):
        raise NumbersRefuse(
            f"{plan.removed} of {plan.compared} numbers would be removed, and {manner.removals} is the most.",
            "If the list is whole, give a higher --max-removals. Nothing was changed.",
            removed=plan.removed,
        )
    every = plan.added + plan.removed + plan.changed
    if manner.changes is not None and not manner.changes.allows(every, plan.compared):
        raise NumbersRefuse(
            f"{every} numbers would change, and {manner.changes} is the most ({plan.compared} are compared).",
            "If the list is right, give a higher --max-changes. Nothing was changed.",
            changes=every,
        )


def _carry_out(
    operation: Operation, steps: Iterable[Step], sheet: Sheet, advance: Callable[[int], None]
) -> None:
    series: dict[str, int] = {}
    source = iter(steps)
    while some := list(islice(source, STEP)):
        single = [step.numbers for step in some if step.numbers.count == 1]
        tags = {step.wanted.tag for step in some if step.wanted is not None}
        new = dict.fromkeys(step.wanted.series for step in some if step.wanted is not None)
        found_or_made = finding(operation, [name for name in new if name not in series])
        all_states = operation.writer.states.ahead_of_all(tags)
        operation.ahead(single, _relabelled(some), _named(some))  # waits for all of these together
        all_states()
        series |= found_or_made()
        for numbers, here, wanted, place in some:
            operation.writer.line = operation.labels.line = sheet.lines[place] if place >= 0 else 0
            if wanted is None:
                _remove(operation, numbers, here)
                continue
            _set(operation, numbers, here, wanted, series[wanted.series])
        advance(len(some))
    operation.writer.line = operation.labels.line = 0


def _relabelled(steps: Iterable[Step]) -> list[Range]:
    """The numbers whose labels change, where they are single ones."""
    return [
        numbers
        for numbers, here, wanted, _ in steps
        if numbers.count == 1
        and (here is not None if wanted is None else wanted.labels != (here.labels if here else NONE))
    ]


def _named(steps: Iterable[Step]) -> Iterator[str]:
    """The users that numbers are to be given."""
    for _, here, wanted, _ in steps:
        if wanted is not None and wanted.user and (here is None or here.user != wanted.user):
            yield wanted.user


def _remove(operation: Operation, numbers: Range, here: Held | None) -> None:
    if here is not None and here.status in WITH_USER:
        operation.writer.change([numbers], Change("sync", to=Status.AVAILABLE))
    operation.writer.change([numbers], Change("remove"))
    clear(operation, [numbers])


def _set(operation: Operation, numbers: Range, here: Held | None, wanted: Held, series: int) -> None:
    if here is None:
        state = State(series, wanted.organization, wanted.status, wanted.tag, wanted.until)
        operation.writer.add([numbers], state, user=wanted.user, forward_to=wanted.forward or None)
    elif here[:-1] != wanted[:-1]:  # beside labels
        operation.writer.change(
            [numbers],
            Change(
                "sync",
                to=wanted.status,
                organization=wanted.organization,
                series=series,
                tag=wanted.tag,
                until=wanted.until,
                user=wanted.user if wanted.user != here.user else None,
                forward_to=wanted.forward if wanted.forward and wanted.forward != here.forward else None,
                stop_forwarding=bool(here.forward and not wanted.forward),
            ),
        )
    if wanted.labels != (here.labels if here else NONE):
        operation.labels.change([numbers], lambda labels: wanted.labels)
