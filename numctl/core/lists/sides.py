"""Both sides of a comparison in slices of columns, ascending: what is the same is passed over at once.

A row is a stretch of numbers of which one thing is true on its side. Its key stands for what many rows share:
a state's row id here, what the list says beside its numbers there.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress, count, islice, repeat
from operator import ne
from typing import TYPE_CHECKING, Any, NamedTuple

from numctl.core.lists.held import REMEMBERED, Held, Pair, States
from numctl.core.numbers.ranges import Range
from numctl.core.queries.pieces import Pieces
from numctl.core.queries.selection import EVERY, Spans
from numctl.core.queries.slices import AT_ONCE, Slice
from numctl.core.rules.labels import NONE, kept
from numctl.core.rules.model import WITH_DETAIL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numctl.core.catalog.view import View
    from numctl.core.lists.sheets import Sheet
    from numctl.core.queries.labels import LabelsOf
    from numctl.core.queries.slices import SpanSlice

SLICE = 2_000  # rows looked at together
FEWEST = 8  # the same where the sides are often not in step

Key = int | str
Columns = tuple[Sequence[str], Sequence[str], Sequence[Key], Sequence[str], Sequence[str], Sequence[str]]
"""Of some rows: firsts, lasts, keys, users, what they are forwarded to, labels as kept; numbers as digits."""
Shared = tuple[Key, Key, bool, bool, bool, bool]  # keys here and there; whether users are, and forwardings


class Side:
    """Rows taken from the front, some at a time or one by one; ``place`` is how many were taken."""

    def __init__(self, slices: Iterator[Columns], told: Callable[[int], Held]) -> None:
        """``told`` gives what a key stands for."""
        self._slices = slices
        self._told = told
        self._ahead: Columns = _NO_ROWS
        self._at = 0
        self.place = 0

    def ahead(self) -> int:
        """How many rows are at hand; none at the end."""
        while self._at >= len(self._ahead[0]):
            found = next(self._slices, None)
            if found is None:
                return 0
            self._ahead, self._at = found, 0
        return len(self._ahead[0]) - self._at

    def some(self, many: int) -> Columns:
        """The next rows, as many as are at hand."""
        if self._at == 0 and many >= len(self._ahead[0]):
            return self._ahead
        part = slice(self._at, self._at + many)
        firsts, lasts, keys, users, forwards, labels = self._ahead
        return firsts[part], lasts[part], keys[part], users[part], forwards[part], labels[part]

    def drop(self, many: int) -> None:
        """Pass over some of the rows that are at hand."""
        self._at += many
        self.place += many

    def take(self) -> tuple[Range, Held] | None:
        """The next row's numbers, and what is true of them."""
        if not self.ahead():
            return None
        row = Range(int(self._ahead[0][self._at]), int(self._ahead[1][self._at])), self.told(0)
        self.drop(1)
        return row

    def told(self, at: int) -> Held:
        """What is true of the numbers of a row that is at hand."""
        _, _, keys, all_users, all_forwards, all_labels = self._ahead
        at += self._at
        key, user, forward, labels = keys[at], all_users[at], all_forwards[at], all_labels[at]
        one = self._told(int(key))
        if user or forward or labels:
            own = (user, int(forward or 0), kept(labels) if labels else NONE)
            return Held(*one[:6], *own)
        return one


_NO_ROWS: Columns = ((), (), (), (), (), ())


def here(view: View, series: Mapping[int, str], sets: LabelsOf | None, *, details: bool) -> Side:
    """What is held in scope; users and forwarding with ``details``, labels where their ``sets`` are given.

    ``series`` are the names of all series.
    """
    states = States(view, series)
    spans = _seen(Spans(view.connection, EVERY).slices(), states)
    pieces = _Cut(view, states).of(spans) if details else map(_bare, spans)
    labelled = _labelled(pieces, sets) if sets is not None and sets.any else map(_unlabelled, pieces)
    return Side(labelled, states.seen)


class _Cut(Pieces):
    """Spans cut as ``Pieces`` cuts them, of states that are known here."""

    def __init__(self, view: View, states: States) -> None:
        super().__init__(view, backwards=False, labels=False)
        self._states = states

    def _learn(self, states: set[str]) -> None:
        self.rows.update(dict.fromkeys(states, ()))
        self._bare |= {id for id in states if self._states.seen(int(id)).status not in WITH_DETAIL}


def _seen(spans: Iterable[SpanSlice], states: States) -> Iterator[SpanSlice]:
    """The spans of states that are in scope."""
    for some in spans:
        ids = {int(state) for state in set(some.states)}
        states.ahead(ids)
        hidden = any(states[id] is None for id in ids)
        seen = some.among({str(id) for id in ids if states[id] is not None}) if hidden else some
        if seen is not None:
            yield seen


def _bare(spans: SpanSlice) -> Slice:
    nothing = [""] * len(spans.firsts)
    return Slice(*spans[:3], nothing, nothing)


def _unlabelled(pieces: Slice) -> Columns:
    return (*pieces, [""] * len(pieces.firsts))


def _labelled(pieces: Iterable[Slice], sets: LabelsOf) -> Iterator[Columns]:
    take_in = sets.ahead(0)  # waited for together with the first pieces
    for some in pieces:
        take_in()
        take_in = _done
        rows = (
            (str(low), str(high), key, user, forward, id)
            for first, last, key, user, forward in zip(*some, strict=True)
            for low, high, id in sets.within(int(first), int(last))
        )
        while part := list(islice(rows, SLICE)):
            firsts, lasts, keys, users, forwards, ids = zip(*part, strict=True)
            texts = sets.texts({*ids} - {0})
            yield firsts, lasts, keys, users, forwards, [texts.get(id, "") for id in ids]


def _done() -> None:
    """What is at hand is taken in once."""


def there(sheet: Sheet, kinds: Sequence[Held]) -> Side:
    """What a sheet says, ``kinds`` being what its kinds of rows stand for."""
    keys: dict[tuple[int, str], int] = {}
    known: list[Held] = []

    def key(kind: int, tag: str) -> int:
        if (kind, tag) not in keys:
            keys[kind, tag] = len(known)
            known.append(kinds[kind]._replace(tag=tag))
        return keys[kind, tag]

    def slices() -> Iterator[Columns]:
        for some in sheet.slices(AT_ONCE):
            tagged = any(some.tags)
            said: Sequence[Any] = list(zip(some.kinds, some.tags, strict=True)) if tagged else some.kinds
            own = {one: key(one, "") if isinstance(one, int) else key(*one) for one in set(said)}
            firsts = list(map(str, some.firsts))
            lasts = firsts if some.firsts == some.lasts else list(map(str, some.lasts))
            forwards = [str(number) if number else "" for number in some.forwards]
            yield firsts, lasts, list(map(own.__getitem__, said)), some.users, forwards, some.labels

    return Side(slices(), known.__getitem__)


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
        self._many = SLICE
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
            self._many = SLICE if same == many else max(2 * same, FEWEST)
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
