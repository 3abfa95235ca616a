"""Choosing a quantity, and foreseeing what many will be that are chosen one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core.actions.pool import labelled
from numctl.core.actions.pool.available import MOST_IN_MEMORY, Found, Kept, Stored
from numctl.core.actions.series import found as found_series
from numctl.core.changes.cache import ABSENT, Piece
from numctl.core.changes.in_state import InState
from numctl.core.errors import NotEnough, Refusal
from numctl.core.numbers.blocks import Blocks
from numctl.core.queries.labels import read_wanted
from numctl.core.rules.model import State, Status

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numctl.core.actions.pool.quantity import Quantity
    from numctl.core.changes.in_state import Pool
    from numctl.core.changes.operation import Operation
    from numctl.core.numbers.ranges import Pair

FEW = 4  # states that are looked up one by one


def choose(
    operation: Operation, wanted: Quantity, *, holder: int | None = None, highest_first: bool = False
) -> Sequence[Pair] | InState:
    """What a quantity means: available numbers that ``holder`` (the acting one) itself holds."""
    organization = operation.acting if holder is None else holder
    state = _state(operation, wanted, organization)
    found = Found([], 0) if state is None else _chosen(operation, wanted, state, highest_first)
    if not found.numbers:
        raise NotEnough(
            wanted.quantity,
            found.most,
            f"in {wanted.series} of {operation.tree.path(organization)}",
            _where(wanted),
        )
    return found.numbers


def _state(operation: Operation, wanted: Quantity, organization: int) -> int | None:
    """The state of what an organization has available in a series; None where it never had anything."""
    series = found_series(operation, wanted.series)
    return operation.writer.states.find(State(series, organization, Status.AVAILABLE))


def _chosen(operation: Operation, wanted: Quantity, state: int, highest_first: bool) -> Found:
    pool = _in_memory(operation, wanted, state, highest_first) if operation.has_lines else None
    if pool is not None:
        return Kept(operation, state, pool, highest_first).chosen(wanted)
    if wanted.labels:
        operation.labels.flush()
    return Stored(operation.written, state, highest_first).chosen(wanted)


def _in_memory(operation: Operation, wanted: Quantity, state: int, highest_first: bool) -> Pool | None:
    """The pool in memory, for lines of a batch that take little; None where it isn't kept there."""
    if wanted.quantity > MOST_IN_MEMORY:
        return None
    return operation.writer.pools.of(state, down=highest_first)


class Want(NamedTuple):
    """A quantity that a line of a batch takes, of what an organization (a row id) has available.

    ``to`` is the organization that has it available then, None for none.
    """

    wanted: Quantity
    holder: int
    highest_first: bool = False
    to: int | None = None


def foresee(operation: Operation, wants: Sequence[Want]) -> Generator[Sequence[Pair]]:
    """What some quantities will be, each as those before leave it, if nothing else is done.

    Nothing is foreseen of what is read from the store in its turn.
    """
    if len({(want.wanted.series, want.holder) for want in wants}) > FEW:
        operation.writer.states.ahead_of_all(())()
    states = [_known_state(operation, want.wanted, want.holder) for want in wants]
    few = [
        (want, state)
        for want, state in zip(wants, states, strict=True)
        if state and want.wanted.quantity <= MOST_IN_MEMORY
    ]
    labels = [read_wanted(want.wanted.labels, ()) for want, _ in few if want.wanted.labels]
    labelled.kept(operation).ask(operation, labels)
    operation.writer.pools.ask((state, want.highest_first) for want, state in few)
    with operation.writer.pools.trying() as move:
        taken: dict[int, Blocks] = {}  # by state
        for want, state in zip(wants, states, strict=True):
            pool = _in_memory(operation, want.wanted, state, want.highest_first) if state else None
            own = taken.setdefault(state, Blocks())
            numbers: Sequence[Pair] | InState = ()
            if pool is not None:
                numbers = Kept(operation, state, pool, want.highest_first, own).chosen(want.wanted).numbers
            if not numbers or isinstance(numbers, InState):
                yield ()
                continue
            to = None if want.to is None else _known_state(operation, want.wanted, want.to)
            for first, last in numbers:
                move(Piece(first, last, state), to or ABSENT)
                own.put_in(first, last)
            yield numbers


def _known_state(operation: Operation, wanted: Quantity, organization: int) -> int:
    """The same, 0 also where there is no such series, which is said in its turn."""
    try:
        return _state(operation, wanted, organization) or 0
    except Refusal:
        return 0


def _where(wanted: Quantity) -> str:
    fitting = f" that match '{wanted.matching}'" if wanted.matching else ""
    fitting += f" with the label {' and '.join(wanted.labels)}" if wanted.labels else ""
    fitting += f" in whole blocks of {wanted.aligned}" if wanted.aligned else ""
    return f"in its longest unbroken block{fitting}" if wanted.contiguous else f"available{fitting}"
