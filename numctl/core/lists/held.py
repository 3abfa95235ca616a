"""What the inventory holds and what a list has of the same numbers, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core.catalog import series as rows_of_series
from numctl.core.numbers.ranges import Range
from numctl.core.queries.labels import LabelsOf
from numctl.core.rules.labels import NONE, Labels
from numctl.core.rules.model import WITH_DETAIL, Status
from numctl.core.store.connection import walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from numctl.core.catalog.view import View
    from numctl.core.store.connection import Connection

_SPANS = "SELECT first, last, state FROM span ORDER BY first"
_STATE = "SELECT organization, series, status, tag, until FROM state WHERE id = ?"
_DETAILS = """
SELECT detail.number, coalesce(user.name, ''), coalesce(detail.forward_to, 0) FROM detail
LEFT JOIN user ON user.id = detail.user ORDER BY detail.number
"""

REMEMBERED = 20_000  # states


class Held(NamedTuple):
    """What is true of some numbers; ``organization`` is a row id, 0 for one that isn't here.

    ``named`` is the organization as a text, for people; ``forward`` is 0 for none.
    """

    organization: int
    named: str
    series: str
    status: Status
    tag: str = ""
    until: str = ""
    user: str = ""
    forward: int = 0
    labels: Labels = NONE


class Pair(NamedTuple):
    """Numbers with what each side says of them: None where it lacks them. ``place`` is the sheet's row."""

    numbers: Range
    here: Held | None
    there: Held | None
    place: int = -1


There = tuple[Range, Held, int]


def held(view: View, *, details: bool, labels: bool) -> Iterator[tuple[Range, Held]]:
    """What is held in scope, ascending: unbroken runs of numbers of which the same is true."""
    states = _States(view)
    known = _Details(view.connection) if details else None
    sets = LabelsOf(view.connection) if labels else None
    for first, last, state in walk(view.connection, _SPANS):
        one = states[state]
        if one is None:
            continue
        parts: Iterable[tuple[Range, Held]] = ((Range(first, last), one),)
        if known is not None and one.status in WITH_DETAIL:
            parts = known.within(first, last, one)
        yield from _labelled(parts, sets) if sets is not None and sets.any else parts


class _States(dict[int, Held | None]):
    """What is true of all numbers in a state, by its row id; None out of scope."""

    def __init__(self, view: View) -> None:
        super().__init__()
        self._view = view
        self._series = rows_of_series.names(view.connection)

    def __missing__(self, id: int) -> Held | None:
        if len(self) >= REMEMBERED:
            self.clear()
        row = self._view.connection.execute(_STATE, (id,)).fetchone()
        organization, series, status, tag, until = row
        held = None
        if organization in self._view.scope:
            named = self._view.tree.path(organization)
            held = Held(organization, named, self._series[series], Status(status), tag, until)
        self[id] = held
        return held


def _labelled(parts: Iterable[tuple[Range, Held]], sets: LabelsOf) -> Iterator[tuple[Range, Held]]:
    for numbers, one in parts:
        for first, last, id in sets.within(*numbers):
            yield Range(first, last), one._replace(labels=sets[id]) if id else one


class _Details:
    """The users and forwardings of numbers, asked for upwards."""

    def __init__(self, connection: Connection) -> None:
        self._rows: Iterator[tuple[int, str, int]] = walk(connection, _DETAILS)
        self._next = next(self._rows, None)

    def within(self, first: int, last: int, one: Held) -> Iterator[tuple[Range, Held]]:
        """``first`` to ``last`` in stretches that end where a number has a user or forwarding of its own."""
        while self._next is not None and self._next[0] < first:
            self._next = next(self._rows, None)
        while first <= last:
            if self._next is None or self._next[0] > last:
                yield Range(first, last), one
                return
            number, user, forward = self._next
            if number > first:
                yield Range(first, number - 1), one
            yield Range(number, number), Held(*one[:6], user, forward)
            first = number + 1
            self._next = next(self._rows, None)


def side_by_side(here: Iterator[tuple[Range, Held]], there: Iterator[There]) -> Iterator[Pair]:
    """All numbers of either side, ascending, in stretches on which both sides stay the same."""
    own, other = next(here, None), next(there, None)
    while own or other:
        if own and other and own[0] == other[0]:  # most are
            yield Pair(own[0], own[1], other[1], other[2])
            own, other = next(here, None), next(there, None)
        elif other is None or (own and own[0].last < other[0].first):
            assert own  # noqa: S101 - one of both is there
            yield Pair(own[0], own[1], None)
            own = next(here, None)
        elif own is None or other[0].last < own[0].first:
            yield Pair(other[0], None, other[1], other[2])
            other = next(there, None)
        elif own[0].first != other[0].first:
            early = min(own[0].first, other[0].first)
            stop = max(own[0].first, other[0].first) - 1
            if own[0].first == early:
                yield Pair(Range(early, stop), own[1], None)
                own = (Range(stop + 1, own[0].last), own[1])
            else:
                yield Pair(Range(early, stop), None, other[1], other[2])
                other = (Range(stop + 1, other[0].last), other[1], other[2])
        else:
            stop = min(own[0].last, other[0].last)
            yield Pair(Range(own[0].first, stop), own[1], other[1], other[2])
            own = (Range(stop + 1, own[0].last), own[1]) if own[0].last > stop else next(here, None)
            rest = Range(stop + 1, other[0].last)
            other = (rest, other[1], other[2]) if rest.last > stop else next(there, None)


class Compared(NamedTuple):
    """What of the inventory is compared: a series by its name, organizations by row id; None is all."""

    series: str | None = None
    organizations: Collection[int] | None = None

    def concerns(self, one: Held) -> bool:
        """Whether numbers that the list lacks are compared at all."""
        fits = self.series is None or one.series == self.series
        return fits and (self.organizations is None or one.organization in self.organizations)
