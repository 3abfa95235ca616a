"""Both sides of a comparison, ascending: of what is the same on both, many rows are passed over at once."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import compress, count, repeat
from operator import ne
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.lists.held import REMEMBERED, Held, Pair
from numctl.core.numbers.ranges import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numctl.core.lists.sides import Columns, Key, Side

MANY = 2_000  # rows looked at together
FEWEST = 8  # the same where the sides are often not in step

Shared = tuple["Key", "Key", bool, bool, bool, bool]
"""Keys here and there; whether there are users, and forwardings."""


class Matters(NamedTuple):
    """What rows must have in common to be the same, beside what ``alike`` says of all that they share."""

    users: bool
    forwarding: bool
    labels: bool
    alike: Callable[[Held, Held], bool]


class SideBySide:
    """All numbers of either side, ascending; those of which the same is true are counted in ``alike``."""

    def __init__(self, ours: Side, theirs: Side, matters: Matters) -> None:
        self._ours, self._theirs, self._matters = ours, theirs, matters
        self._known: dict[Shared, bool] = {}
        self._many = MANY
        self.alike = 0

    def __iter__(self) -> Iterator[Pair]:
        """The others, in stretches on which both sides stay the same."""
        own = other = None
        while True:
            if own is None and other is None:
                yield from self._in_step()
            own, other = own or self._ours.take(), other or self._theirs.take()
            place = self._theirs.place - 1 if other else -1
            if own is None and other is None:
                return
            if other is None or (own is not None and own[0].last < other[0].first):
                assert own is not None  # noqa: S101 - one of both is there
                yield Pair(own[0], own[1], None)
                own = None
            elif own is None or other[0].last < own[0].first:
                yield Pair(other[0], None, other[1], place)
                other = None
            elif own[0].first < other[0].first:
                yield Pair(Range(own[0].first, other[0].first - 1), own[1], None)
                own = (Range(other[0].first, own[0].last), own[1])
            elif other[0].first < own[0].first:
                yield Pair(Range(other[0].first, own[0].first - 1), None, other[1], place)
                other = (Range(own[0].first, other[0].last), other[1])
            else:
                stop = min(own[0].last, other[0].last)
                yield Pair(Range(own[0].first, stop), own[1], other[1], place)
                own = (Range(stop + 1, own[0].last), own[1]) if own[0].last > stop else None
                other = (Range(stop + 1, other[0].last), other[1]) if other[0].last > stop else None

    def _in_step(self) -> Iterator[Pair]:
        """As long as both sides have the same stretches: those on which they differ."""
        while many := min(self._ours.ahead(), self._theirs.ahead(), self._many):
            ours, theirs = self._ours.some(many), self._theirs.some(many)
            same = _in_common(ours, theirs)
            if same < many:
                ours, theirs = self._ours.some(same), self._theirs.some(same)
            if same:
                yield from self._differing(ours, theirs)
            self._ours.drop(same)
            self._theirs.drop(same)
            self._many = MANY if same == many else max(2 * same, FEWEST)
            if same < many:
                return

    def _differing(self, ours: Columns, theirs: Columns) -> Iterator[Pair]:
        firsts, lasts = ours[:2]
        differing = set(self._not_alike(ours, theirs))
        for matters, one, other in zip(self._matters[:3], ours[3:], theirs[3:], strict=True):
            if matters and list(one) != list(other):
                differing.update(compress(count(), map(ne, one, other)))
        self.alike += len(firsts)
        if firsts != lasts:
            self.alike += sum(map(int, lasts)) - sum(map(int, firsts))
        for at in sorted(differing):
            numbers = Range(int(firsts[at]), int(lasts[at]))
            self.alike -= numbers.count
            yield Pair(numbers, self._ours.told(at), self._theirs.told(at), self._theirs.place + at)

    def _not_alike(self, ours: Columns, theirs: Columns) -> Iterable[int]:
        """The places of rows of which what they share isn't the same."""
        known = self._known
        if len(known) > REMEMBERED:
            known.clear()
        found = set(_shared(ours, theirs))
        for one in found - known.keys():
            rows = enumerate(_shared(ours, theirs))
            known[one] = self._are_alike(next(at for at, row in rows if row == one))
        if all(map(known.__getitem__, found)):
            return ()
        return [at for at, one in enumerate(_shared(ours, theirs)) if not known[one]]

    def _are_alike(self, at: int) -> bool:
        """Whether what rows at a place share is the same, whatever each has of its own."""
        one, other, matters = self._ours.told(at), self._theirs.told(at), self._matters
        if matters.users and other.user:
            other = other._replace(user=one.user)
        if matters.forwarding and other.forward:
            other = other._replace(forward=one.forward)
        return matters.alike(one, other._replace(labels=one.labels) if matters.labels else other)


def _shared(ours: Columns, theirs: Columns) -> Iterator[Shared]:
    _, _, keys, users, forwards, _ = ours
    _, _, their_keys, their_users, their_forwards, _ = theirs
    marks: list[Iterable[bool]] = [map(bool, column) for column in (users, their_users)]
    forwarded = any(forwards) or any(their_forwards)
    marks += [map(bool, column) if forwarded else repeat(False) for column in (forwards, their_forwards)]
    return zip(keys, their_keys, *marks, strict=False)


def _in_common(ours: Columns, theirs: Columns) -> int:
    """How many rows from the first on are the same stretches of numbers on both sides."""
    ends = [[list(column) for column in side[:2]] for side in (ours, theirs)]
    if ends[0] == ends[1]:
        return len(ours[0])
    low, high = 0, len(ours[0])
    while low < high:
        middle = (low + high + 1) // 2
        part = slice(low, middle)
        if all(one[part] == other[part] for one, other in zip(*ends, strict=True)):
            low = middle
        else:
            high = middle - 1
    return low
