"""Either side of a comparison in slices of columns, ascending.

A row is a stretch of numbers of which one thing is true on its side. Its key stands for what many rows share:
a state's row id here, what the list says beside its numbers there.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from numctl.core.lists.held import Held, States
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

Key = int | str
Columns = tuple[Sequence[str], Sequence[str], Sequence[Key], Sequence[str], Sequence[str], Sequence[str]]
"""Of some rows: firsts, lasts, keys, users, what they are forwarded to, labels as kept; numbers as digits."""


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
