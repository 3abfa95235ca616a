"""The part of an undo that is about numbers: what is as it was left goes back to the state before.

A hold that has ended since is no change: its numbers are as they would be by now, available.
"""

from __future__ import annotations

from array import array
from itertools import chain
from typing import TYPE_CHECKING

from numctl.core.catalog.tree import Tree
from numctl.core.changes import writer
from numctl.core.changes.cache import ABSENT, ASKED_AT_ONCE, Piece, places
from numctl.core.changes.catalog import ORGANIZATION
from numctl.core.changes.many import reversal
from numctl.core.numbers.ranges import Range, total
from numctl.core.rules.labels import NONE
from numctl.core.rules.model import CARRIES, NO_DETAIL, Detail, Status
from numctl.core.undo import net_changes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numctl.core.changes.operation import Operation
    from numctl.core.undo.in_the_way import InTheWay
    from numctl.core.undo.net_changes import Extent, Net

_LATER = """
SELECT number, user_before, forward_before FROM detail_change
WHERE number BETWEEN ? AND ? AND operation > ? AND operation < ? ORDER BY number, operation, position
"""
_LATER_OF = """
SELECT number, user_before, forward_before FROM (VALUES {asked}) AS asked CROSS JOIN detail_change
ON number BETWEEN column1 AND column2 WHERE operation > ? AND operation < ?
ORDER BY number, operation, position
"""
_NOW = "SELECT number, user, forward_to FROM detail WHERE number BETWEEN ? AND ? ORDER BY number"
_REMOVED_BY = """
SELECT max(operation) FROM catalog_change WHERE kind = 'organization' AND row = ? AND after IS NULL
"""
_BEFORE = "SELECT DISTINCT before FROM piece WHERE operation = ? AND before IS NOT NULL ORDER BY before"
_FORWARDED = (
    "SELECT number FROM detail_change WHERE operation = ? AND forward_before IS NOT NULL ORDER BY number"
)

Details = dict[int, tuple[Detail, Detail]]  # by number, what is there and what comes back


class NumbersBack:
    """Gives back what one operation changed; what can't be goes to ``in_the_way``.

    ``forwarding`` are the numbers that are forwarded again.
    """

    def __init__(self, operation: Operation, id: int, extent: Extent, in_the_way: InTheWay) -> None:
        self._operation = operation
        self._writer = operation.writer
        self._connection = operation.connection
        self._id = id
        self._extent = extent
        self._in_the_way = in_the_way
        self._later: list[tuple[int, int | None, int | None]] | None = None  # of few numbers
        self._targets: dict[int, int] = {}
        self._reached: set[int] = set()
        self.forwarding = array("q")

    def give_back(self) -> None:
        """Restore each stretch of numbers that is as the operation left it."""
        if self._extent.is_large and self._at_once():
            return
        for net in self._nets():
            to = self._target(net.before)
            details = net.details if to == net.before else self._ended(net)
            details = {number: pair for number, pair in details.items() if pair[0] != pair[1]}
            if to == net.after and not details:
                continue  # it cancels out: there is nothing to take back, whatever came later
            self._expect_holder(to)
            whole = Piece(net.first, net.last, net.after)
            as_left = not (self._extent.watched and self._differing(net.first, net.last))
            if as_left and self._writer.restore(whole, to, details):
                self._note_forwarding(details)
                self._end_labels(to, net.first, net.last)
            else:
                self._piecewise(net, to, details)

    def _nets(self) -> Iterable[Net]:
        """What the operation did; of a few numbers all that is needed is at hand."""
        nets: Iterable[Net] = net_changes.of(self._connection, self._id, is_large=self._extent.is_large)
        if self._extent.is_large:
            return nets
        nets = list(nets)
        numbers = [(net.first, net.last) for net in nets]
        if total(numbers) <= writer.AT_ONCE and len(numbers) <= ASKED_AT_ONCE:
            leaving = [(net.first, net.last) for net in nets if net.before == ABSENT]
            if self._extent.watched:
                later = _LATER_OF.format(asked=places(numbers))
                since = (self._id, self._operation.id)
                asked = self._connection.execute(later, [*chain.from_iterable(numbers), *since])
                self._later = asked.fetchall()
            states = self._writer.states.look_up({id for net in nets for id in net[2:4]} - {ABSENT})
            self._operation.ahead(numbers, leaving)
            states()
        return nets

    def _at_once(self) -> bool:
        """Restore all numbers at once, where they are many and nothing came after; False elsewhere."""
        connection, own = self._connection, self._operation.id
        found = reversal.found(connection, self._id, own, writer.AT_ONCE)
        if found is None:
            return False
        states = self._writer.states
        befores = [before for (before,) in connection.execute(_BEFORE, (self._id,))]
        states.look_up({*befores})()
        for before in befores:
            state = states[before]
            if self._settled(before) is not None or state.organization not in self._operation.tree:
                return False
        found.carry_out(self._writer.parts())
        self.forwarding.extend(number for (number,) in connection.execute(_FORWARDED, (self._id,)))
        return True

    def _piecewise(self, net: Net, to: int, details: Details) -> None:
        """Restore those parts of a stretch that are as they were left; note the others."""
        settled = self._settled(net.after)
        for piece in self._writer.found([Range(net.first, net.last)]):
            numbers = Range(piece.first, piece.last)
            if piece.state == net.after:
                here = {number: pair for number, pair in details.items() if number in numbers}
                differing = self._differing(piece.first, piece.last)
                for number in differing:
                    self._in_the_way.numbers(Range(number, number))
                if not differing:
                    self._writer.restore(piece, to, here)
                    self._note_forwarding(here)
                    self._end_labels(to, piece.first, piece.last)
            elif piece.state == settled and not self._in_the_way.later(piece.first, piece.last):
                here = self._before_the_hold_ended(net, numbers, to)
                self._writer.restore(piece, to, here)
                self._note_forwarding(here)
            else:
                self._in_the_way.numbers(numbers)

    def _end_labels(self, to: int, first: int, last: int) -> None:
        """Numbers that leave the inventory have no labels."""
        if to == ABSENT:
            self._operation.labels.change([(first, last)], lambda labels: NONE)

    def _note_forwarding(self, details: Details) -> None:
        again = (number for number, (_, now) in details.items() if now.forward_to is not None)
        self.forwarding.extend(again)

    def _target(self, before: int) -> int:
        """The state to go back to: the one before, or available if that was a hold that has ended."""
        to = self._targets.get(before)
        if to is None:
            settled = self._settled(before, make=True)
            to = self._targets[before] = before if settled is None else settled
        return to

    def _settled(self, id: int, *, make: bool = False) -> int | None:
        """The state that numbers of a hold are in once it has ended; None for one that hasn't."""
        if id == ABSENT:
            return None
        states = self._writer.states
        state = states[id]
        if not state.until or state.until >= self._operation.act.today:
            return None
        free = state._replace(status=Status.AVAILABLE, tag="", until="")
        return states.id(free) if make else states.find(free)

    def _ended(self, net: Net) -> Details:
        """A hold that has ended forwards nothing any more."""
        left = {number: left for number, (left, _) in net.details.items()}
        for number, user, forward_to in self._connection.execute(_NOW, (net.first, net.last)):
            left.setdefault(number, Detail(user, forward_to))
        return {number: (detail, NO_DETAIL) for number, detail in left.items()}

    def _before_the_hold_ended(self, net: Net, numbers: Range, to: int) -> Details:
        """What single numbers get back of which the hold has ended since."""
        before = {number: was for number, (_, was) in net.details.items() if number in numbers}
        for number, detail in self._left(numbers.first, numbers.last).items():
            before.setdefault(number, detail)
        carries = CARRIES[self._writer.states[to].status] if to != ABSENT else None
        return {
            number: (NO_DETAIL, was)
            for number, was in before.items()
            if carries and ((was.user and carries.user) or (was.forward_to and carries.forwarding))
        }

    def _left(self, first: int, last: int) -> dict[int, Detail]:
        """What the operation left of single numbers, where that changed since."""
        left: dict[int, Detail] = {}
        rows: Iterable[tuple[int, int | None, int | None]]
        if self._later is None:
            rows = self._connection.execute(_LATER, (first, last, self._id, self._operation.id))
        else:
            rows = (row for row in self._later if first <= row[0] <= last)
        for number, user, forward_to in rows:
            left.setdefault(number, Detail(user, forward_to))
        return left

    def _differing(self, first: int, last: int) -> list[int]:
        """The numbers of which user or forwarding are not as the operation left them."""
        left = self._left(first, last)
        if not left:
            return []
        now = {number: Detail(*rest) for number, *rest in self._connection.execute(_NOW, (first, last))}
        return [number for number, detail in left.items() if now.get(number, NO_DETAIL) != detail]

    def _expect_holder(self, state: int) -> None:
        """Note an organization that was removed since, to which numbers would go back."""
        if state in self._reached:
            return
        self._reached.add(state)
        organization = self._writer.states[state].organization if state != ABSENT else None
        if organization is None or organization in self._operation.tree:
            return
        path = Tree.load(self._connection, retired=True).path(organization)
        (by,) = self._connection.execute(_REMOVED_BY, (organization,)).fetchone()
        self._in_the_way.row(ORGANIZATION, organization, path)
        self._in_the_way.why(f"numbers would go back to {path}, which was removed since", {by} if by else ())
