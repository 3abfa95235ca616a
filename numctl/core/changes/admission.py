"""Whether numbers admit a change: what the rule book says of each piece of them; a part of the writer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.changes.cache import ABSENT, Piece
from numctl.core.errors import SHOWN, AlreadyPresent, NumbersRefuse, NumbersUnknown, WrongStatus
from numctl.core.numbers.packed import Packed
from numctl.core.numbers.ranges import Range
from numctl.core.rules.book import ACTIONS, allowed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numctl.core.changes.details import Details
    from numctl.core.changes.states import States
    from numctl.core.rules.model import Change, State


class Admission:
    """The rule book for one change by one organization, which sees what is in ``scope``."""

    def __init__(
        self,
        own: Details,
        states: States,
        scope: frozenset[int],
        change: Change,
        held_by: int | None = None,
    ) -> None:
        """``own`` is what is true of single numbers; ``held_by``: only numbers of this organization."""
        self._own = own
        self._states = states
        self._scope = scope
        self._action = change.action
        self._held_by = held_by

    def visible(self, state: State) -> bool:
        """Whether numbers in this state are there at all, for who asks."""
        return state.organization in self._scope

    def admits(self, state: State) -> bool:
        """Whether numbers in this state, which are visible, may be changed."""
        return state.status in ACTIONS[self._action].sources and self._held_by in (None, state.organization)

    def check(self, pieces: Iterable[Piece]) -> None:
        """Raises NumbersUnknown, WrongStatus or NumbersRefuse for the pieces that don't admit it.

        They may be very many; each is looked at once.
        """
        fine: set[int] = set()  # states
        unknown: Packed | None = None
        refused: list[Piece] = []
        refusals = 0
        bare: Piece | None = None
        for piece in pieces:
            if piece.state not in fine:
                state = self._states[piece.state] if piece.state != ABSENT else None
                if state is None or not self.visible(state):
                    if unknown is None:
                        unknown = Packed()
                    unknown.put(piece.first, piece.last)
                elif self.admits(state):
                    fine.add(piece.state)
                else:
                    refusals += 1
                    refused += [piece] if refusals <= SHOWN else []
            if self._action == "forward" and bare is None and not self._forwards(piece):
                bare = piece
        if unknown is not None:
            raise NumbersUnknown(unknown.joined())
        if refused:
            raise WrongStatus(self._action, list(map(self._reason, refused)), refusals)
        if bare is not None:
            raise _not_forwarded(bare)

    def _forwards(self, piece: Piece) -> bool:
        first, last, _ = piece
        return self._own.forwarded(first, last) == last - first + 1

    def _reason(self, piece: Piece) -> tuple[str, str, list[str]]:
        first, last, state = piece
        status = self._states[state].status
        forwarding = self._own.forwarded(first, last) > 0
        return (str(Range(first, last)), str(status), allowed(status, forwarding=forwarding))


def expect_absent(pieces: Iterable[Piece]) -> None:
    """Raises AlreadyPresent where a piece is in the inventory, whoever holds it."""
    present = Packed((first, last) for first, last, state in pieces if state != ABSENT)
    if present:
        raise AlreadyPresent(present)


def _not_forwarded(piece: Piece) -> NumbersRefuse:
    numbers = str(Range(piece.first, piece.last))
    return NumbersRefuse(
        f"{numbers} has no forwarding number, and can't be given one any more.",
        "Forwarding is added at the release: `numctl release --reserve TAG --forward-to N`.",
        numbers=[numbers],
    )
