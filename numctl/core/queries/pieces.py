"""Spans cut where users or forwarding differ, and the row that the numbers of a state are shown as."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import repeat
from typing import TYPE_CHECKING

from numctl.core.catalog.series import names
from numctl.core.queries import slices
from numctl.core.queries.columns import Ints, Texts
from numctl.core.queries.details import Details
from numctl.core.queries.labels import LabelsOf
from numctl.core.queries.slices import Slice
from numctl.core.rules.labels import NONE, kept
from numctl.core.rules.model import WITH_DETAIL, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numctl.core.catalog.view import View
    from numctl.core.queries.details import Inside, Own
    from numctl.core.queries.slices import PieceRow, SpanSlice

Row = Sequence[object]  # what numbers in one state share: their number, user and forwarding are None

FEW = 64  # spans that are looked up one by one
LABELLED = 2_000  # pieces whose labels are read together
KNOWN = 10_000  # rows with labels whose keys are at hand
_STATES = """
SELECT id, series, organization, status, tag, until FROM state WHERE id IN (SELECT value FROM json_each(?))
"""
_ALIKE = {str(status): str(status) for status in Status}  # one text for all rows


def _json(digits: Iterable[str]) -> str:
    """Whole numbers as a JSON array; the json module takes its time to load."""
    return f"[{','.join(digits)}]"


class Rows(dict[str, Row]):
    """The row of each state that was seen, by its row id; with labels by a key of its own, below zero.

    What has labels is put away: there may be as many sets of them as numbers.
    """

    def __init__(self) -> None:
        super().__init__()
        self._states, self._labels = Ints(), Texts()

    def labelled(self, states: Sequence[str], labels: Sequence[str]) -> Iterator[str]:
        """The keys of the rows of states with labels, as these are kept."""
        before = len(self._states)
        self._states.extend(map(int, states))
        self._labels.extend(labels)
        return map(str, range(-before - 1, -len(self._states) - 1, -1))

    def __missing__(self, key: str) -> Row:
        place = -int(key) - 1
        return (*self[str(self._states[place])][:-1], kept(self._labels[place]))


class Pieces:
    """Cuts spans into pieces; ``rows`` has what the numbers of a piece share, by its key."""

    def __init__(self, view: View, *, backwards: bool, labels: bool = True) -> None:
        """``backwards``: the spans descend, and so shall their pieces; ``labels``: these cut them, too."""
        self._view = view
        self._backwards = backwards
        self._bare: set[str] = set()  # states in which numbers have neither user nor forwarding
        self._labels = LabelsOf(view.connection)
        self._details = Details(view.connection)
        self._cuts_labels = labels and self._labels.any
        self._keys: dict[tuple[str, int], str] = {}  # of the last rows with labels, by state and set
        self.rows = Rows()

    @cached_property
    def _series(self) -> dict[int, str]:
        return names(self._view.connection)

    def of(self, spans: Iterable[SpanSlice]) -> Iterator[Slice]:
        """The pieces of all spans, in order; those of one span as well."""
        pieces = self._of(spans)
        return self._labelled(pieces) if self._cuts_labels else pieces

    def _labelled(self, pieces: Iterable[Slice]) -> Iterator[Slice]:
        """Pieces cut where labels differ; what has some gets a row of its own."""
        for some in slices.in_parts(self._cut_by_labels(pieces), repeat(LABELLED)):
            firsts, lasts, states, users, forwards, sets = zip(*some, strict=True)
            keys = self._keys_of(states, sets)
            yield Slice(firsts, firsts if firsts == lasts else lasts, keys, users, forwards)

    def _cut_by_labels(self, pieces: Iterable[Slice]) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Pieces, each with its set of labels (a row id, 0 for none)."""
        for some in pieces:
            for first, last, state, user, forward_to in zip(*some, strict=True):
                runs = self._labels.within(int(first), int(last))
                if first == last:
                    ((_, _, id),) = runs
                    yield first, last, state, user, forward_to, id
                    continue
                for low, high, id in reversed(list(runs)) if self._backwards else runs:
                    yield str(low), str(high), state, user, forward_to, id

    def _keys_of(self, states: Sequence[str], sets: Sequence[int]) -> list[str]:
        """The keys of the rows of states with sets of labels."""
        pairs = list(zip(states, sets, strict=True))
        if len(self._keys) >= KNOWN:
            self._keys.clear()
        new = [pair for pair in dict.fromkeys(pairs) if pair[1] and pair not in self._keys]
        texts = self._labels.texts({id for _, id in new})
        keys = self.rows.labelled([state for state, _ in new], [texts[id] for _, id in new])
        self._keys.update(zip(new, keys, strict=True))
        return [self._keys[pair] if pair[1] else pair[0] for pair in pairs]

    def _of(self, spans: Iterable[SpanSlice]) -> Iterator[Slice]:
        for some in spans:
            states = set(some.states)
            self._learn(states - self.rows.keys())
            if states <= self._bare:
                nothing = [""] * len(some.firsts)
                yield Slice(*some[:3], nothing, nothing)
                continue
            own, inside = self._read(some)
            if some.lasts is some.firsts:
                yield Slice(*some[:3], *own.columns(some.firsts))
            else:
                yield from self._cut(some, own, inside)

    def _learn(self, states: set[str]) -> None:
        found = self._view.connection.execute(_STATES, (_json(states),)) if states else ()
        for id, series, holder, status, tag, until in found:
            shared = (self._series[series], None, self._view.tree.path(holder), _ALIKE[status])
            self.rows[str(id)] = (*shared, tag or None, until or None, None, None, NONE)
            if status not in WITH_DETAIL:
                self._bare.add(str(id))

    def _read(self, spans: SpanSlice) -> tuple[Own, Inside]:
        """The details of some spans."""
        wanted = len(spans.states) - sum(map(self._bare.__contains__, spans.states))
        along = self._details.along(spans.low, spans.high, wanted) if wanted > FEW else None
        if along is not None:
            return along
        concerned = [span for span in zip(*spans[:3], strict=True) if span[2] not in self._bare]
        singles = [first for first, last, _ in concerned if first == last]
        several = [(int(first), int(last)) for first, last, _ in concerned if first != last]
        return self._details.apart(_json(singles), several)

    def _cut(self, spans: SpanSlice, own: Own, inside: Inside) -> Iterator[Slice]:
        """Cut spans at the details of their numbers; of one with very many, these are read on the way."""
        rows: list[PieceRow] = []
        for first, last, state in zip(*spans[:3], strict=True):
            if first == last or state in self._bare:
                rows.append((first, last, state, own.users.get(first, ""), own.forwards.get(first, "")))
                continue
            numbers = inside(int(first), int(last))
            if numbers is not None:
                rows += self._parts(int(first), int(last), state, own, numbers)
            else:
                if rows:
                    yield Slice.of(rows)
                yield from self._walked(int(first), int(last), state)
                rows = []
            if len(rows) >= slices.AT_ONCE:
                yield Slice.of(rows)
                rows = []
        if rows:
            yield Slice.of(rows)

    def _walked(self, first: int, last: int, state: str) -> Iterator[Slice]:
        """The pieces of a span with very many details."""
        for own in self._details.walk(first, last, backwards=self._backwards):
            digits = list(own.users)
            low, high = sorted((int(digits[0]), int(digits[-1])))
            if self._backwards:
                low, high, last = low, last, low - 1
            else:
                low, high, first = first, high, high + 1
            if high - low + 1 == len(digits):  # each of these numbers has some
                yield Slice(digits, digits, [state] * len(digits), *own.columns(digits))
            else:
                numbers = list(map(int, reversed(digits) if self._backwards else digits))
                yield Slice.of(self._parts(low, high, state, own, numbers))
        if first <= last:
            yield Slice.of([(str(first), str(last), state, "", "")])

    def _parts(self, first: int, last: int, state: str, own: Own, numbers: Sequence[int]) -> list[PieceRow]:
        """Cut one span at those of its numbers that have details, which ascend."""
        found: list[PieceRow] = []
        digits = list(map(str, numbers))
        for number, its, user, forward_to in zip(numbers, digits, *own.columns(digits), strict=True):
            if first < number:
                found.append((str(first), str(number - 1), state, "", ""))
            found.append((its, its, state, user, forward_to))
            first = number + 1
        if first <= last:
            found.append((str(first), str(last), state, "", ""))
        return found[::-1] if self._backwards else found
