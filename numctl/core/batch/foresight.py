"""What the next lines of a batch concern, asked for together before they are done one after another."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from numctl.core.actions.pool.choosing import Want, foresee
from numctl.core.batch.steps import Step
from numctl.core.errors import Refusal
from numctl.core.numbers.ranges import total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numctl.core.batch.steps import Taking
    from numctl.core.changes.operation import Operation
    from numctl.core.numbers.ranges import Pair

FEW = 2  # lines of which each asks for itself
ASKED_AHEAD = 1_000  # numbers of one line; more are read when their turn comes
MOST_CHOSEN = 10_000  # runs that quantities are foreseen to be
LABELLING = ("label", "remove")


def ahead(operation: Operation, lines: Sequence[Step | Refusal]) -> int:
    """Have at hand what several lines concern; give how many of them. Only the last may ask for itself."""
    many = len(lines)
    steps = [step for step in lines if isinstance(step, Step)]
    if steps and _asks_for_itself(steps[-1]):
        steps.pop()
    if len(steps) < FEW:
        return many
    chosen, seen = _chosen(operation, steps)
    if seen < len(steps):
        many = next(place for place, step in enumerate(lines) if step is steps[seen])
        steps = steps[:seen]
    users = {user for step in steps if (user := step.values.get("user"))}
    owners = {owner for step in steps if (owner := step.owner)} if users else ()
    owned = operation.writer.owned.ask(owners) if owners else ()
    operation.ahead(
        [*(numbers for step in steps for numbers in step.numbers), *chosen, *((one, one) for one in owned)],
        [numbers for step in steps if step.action in LABELLING for numbers in step.numbers],
        users,
        {step.tag for step in steps},
        {target for step in steps if (target := step.target) is not None},
    )
    return many


def _asks_for_itself(step: Step) -> bool:
    """Whether a line takes, or changes, so many numbers that they are read when its turn comes."""
    taking = step.taking
    return (total(step.numbers) if taking is None else taking.wanted.quantity) > ASKED_AHEAD


def _chosen(operation: Operation, steps: Sequence[Step]) -> tuple[list[Pair], int]:
    """The numbers that quantities will be, and of how many lines: of those that don't take too many."""
    wants: list[Want] = []
    places: list[int] = []
    known: dict[str | None, int | None] = {}
    for place, step in enumerate(steps):
        if step.taking is not None and (want := _want(operation, step, step.taking, known)) is not None:
            wants.append(want)
            places.append(place)
    found: list[Pair] = []
    with closing(foresee(operation, wants)) as foreseen:
        for place, numbers in zip(places, foreseen, strict=True):
            if found and len(found) + len(numbers) > MOST_CHOSEN:
                return found, place
            found += numbers
    return found, len(steps)


def _want(
    operation: Operation, step: Step, taking: Taking, known: dict[str | None, int | None]
) -> Want | None:
    """What a line takes, None where it names an organization that isn't there: that is said in its turn.

    ``known`` are organizations by the names that lines give.
    """

    def found(name: str | None) -> int | None:
        if name not in known:
            known[name] = _organization(operation, name)
        return known[name]

    holder, to = found(taking.holder), None
    if holder is None:
        return None
    if step.action == "allocate":
        to = found(step.values["to"])  # which a line before it may make
    elif step.action == "withdraw":
        to = operation.tree[holder].parent
    return Want(taking.wanted, holder, taking.highest_first, to)


def _organization(operation: Operation, name: str | None) -> int | None:
    if name is not None and not operation.tree.is_known(name, operation.acting):
        return None  # without looking for the nearest
    try:
        return operation.organization(name)
    except Refusal:
        return None
