"""Spans cut where users or forwarding differ, and the row that the numbers of a state are shown as."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import chain, islice
from operator import itemgetter
from typing import TYPE_CHECKING

from numctl.core.catalog.series import names
from numctl.core.changes.cache import ASKED_AT_ONCE, places
from numctl.core.queries.columns import Ints, Texts
from numctl.core.queries.labels import LabelsOf
from numctl.core.rules.labels import NONE, kept
from numctl.core.rules.model import WITH_DETAIL, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numctl.core.catalog.view import View
    from numctl.core.numbers.ranges import Pair
    from numctl.core.queries.selection import Span
    from numctl.core.store.connection import Cursor

AT_ONCE = 10_000  # spans whose details are read together
AT_FIRST = 64  # the same for the first of them, which may be all that is wanted
AT_HAND = 2_000  # details of spans of several numbers that are read together
NEARBY = (
    4  # details for each of them that may be read along with them; where more lie between, each is looked up
)

Row = Sequence[object]  # what numbers in one state share: their number, user and forwarding are None
Piece = tuple[int, int, int, str | None, str | None]  # first, last, key of the row, user, forwarded to
_Detail = tuple[int, str | None, str | None]  # number, user, forwarded to
_Own = dict[int, tuple[str | None, str | None]]  # user and forwarded to, by number
_Inside = Callable[[int, int], "Iterable[_Detail]"]  # the details from a number to another, as pieces go

_DETAILS = """
SELECT number, nullif(user.name, ''), CAST(forward_to AS TEXT)
FROM detail LEFT JOIN user ON user.id = detail.user
"""
_MORE = "SELECT 1 FROM detail WHERE number BETWEEN ? AND ? LIMIT 1 OFFSET ?"
_STATES = """
SELECT id, series, organization, status, tag, until FROM state WHERE id IN (SELECT value FROM json_each(?))
"""
_WITHIN = """
SELECT number, nullif(user.name, ''), CAST(forward_to AS TEXT) FROM (VALUES {asked}) AS asked
CROSS JOIN detail ON number BETWEEN column1 AND column2 LEFT JOIN user ON user.id = detail.user LIMIT ?
"""
_number = itemgetter(0)
_NOTHING = (None, None)  # neither user nor forwarding
_ALIKE = {str(status): str(status) for status in Status}  # one text for all rows


def _json(whole: Iterable[int]) -> str:
    """Whole numbers as a JSON array, as Python writes them; the json module takes its time to load."""
    return str(list(whole))


class Rows(dict[int, Row]):
    """The row of each state that was seen, by its row id; with labels by a key of its own, below zero.

    What has labels is put away: there may be as many sets of them as numbers.
    """

    def __init__(self) -> None:
        super().__init__()
        self._states, self._labels = Ints(), Texts()

    def labelled(self, state: int, labels: str) -> int:
        """The key of the row of a state with labels, as they are kept."""
        self._states.append(state)
        self._labels.append(labels)
        return -len(self._states)

    def __missing__(self, key: int) -> Row:
        place = -key - 1
        return (*self[self._states[place]][:-1], kept(self._labels[place]))


class Pieces:
    """Cuts spans into pieces; ``rows`` has what the numbers of a piece share, by its key."""

    def __init__(self, view: View, *, backwards: bool, labels: bool = True) -> None:
        """``backwards``: the spans descend, and so shall their pieces; ``labels``: these cut them, too."""
        self._view = view
        self._backwards = backwards
        self._bare: set[int] = set()  # states in which numbers have neither user nor forwarding
        self._labels = LabelsOf(view.connection)
        self._cuts_labels = labels and self._labels.any
        self._keys: dict[tuple[int, int], int] = {}  # of the last rows with labels, by state and set
        self.rows = Rows()

    @cached_property
    def _series(self) -> dict[int, str]:
        return names(self._view.connection)

    def of(self, spans: Iterator[Span]) -> Iterator[Piece]:
        """The pieces of each span, in order; those of one span as well."""
        return self._labelled(self._of(spans)) if self._cuts_labels else self._of(spans)

    def _labelled(self, pieces: Iterator[Piece]) -> Iterator[Piece]:
        """Pieces cut where labels differ; what has some gets a row of its own."""
        for first, last, state, user, forward_to in pieces:
            runs = self._labels.within(first, last)
            for low, high, id in reversed(list(runs)) if self._backwards else runs:
                yield low, high, self._key(state, id) if id else state, user, forward_to

    def _key(self, state: int, labels: int) -> int:
        """The key of the row of a state with a set of labels."""
        key = self._keys.get((state, labels))
        if key is None:
            if len(self._keys) >= AT_ONCE:
                self._keys.clear()
            key = self._keys[state, labels] = self.rows.labelled(state, self._labels.text(labels))
        return key

    def _of(self, spans: Iterator[Span]) -> Iterator[Piece]:
        bare = self._bare
        size = AT_FIRST
        while some := list(islice(spans, size)):
            size = min(4 * size, AT_ONCE)
            self._learn({state for _, _, state in some} - self.rows.keys())
            concerned = [span for span in some if span[2] not in bare]
            along = self._along(concerned) if len(concerned) > AT_FIRST else None
            own, inside = along if along is not None else self._apart(concerned)
            for first, last, state in some:
                if first == last or state in bare:
                    user, forward_to = own.get(first, _NOTHING)
                    yield first, last, state, user, forward_to
                else:
                    yield from self._cut(first, last, state, inside(first, last))

    def _learn(self, states: set[int]) -> None:
        found = self._view.connection.execute(_STATES, (_json(states),)) if states else ()
        for id, series, holder, status, tag, until in found:
            shared = (self._series[series], None, self._view.tree.path(holder), _ALIKE[status])
            self.rows[id] = (*shared, tag or None, until or None, None, None, NONE)
            if status not in WITH_DETAIL:
                self._bare.add(id)

    def _along(self, spans: list[Span]) -> tuple[_Own, _Inside] | None:
        """All details from the lowest to the highest number of some spans; None for too many of them."""
        if not spans:
            return {}, self._looked_up
        ends = (min([first for first, _, _ in spans]), max([last for _, last, _ in spans]))
        if self._view.connection.execute(_MORE, (*ends, NEARBY * len(spans))).fetchone():
            return None
        details = self._read("number BETWEEN ? AND ? ORDER BY number", *ends).fetchall()

        def inside(first: int, last: int) -> list[_Detail]:
            begin = bisect_left(details, first, key=_number)
            these = details[begin : bisect_left(details, last + 1, begin, key=_number)]
            return these[::-1] if self._backwards else these

        return {number: (user, forward_to) for number, user, forward_to in details}, inside

    def _apart(self, spans: list[Span]) -> tuple[_Own, _Inside]:
        """The details of those spans that are a single number; and of the others, where they are few."""
        numbers = _json(first for first, last, _ in spans if first == last)
        several = [(first, last) for first, last, _ in spans if first < last][:ASKED_AT_ONCE]
        single = self._read("number IN (SELECT value FROM json_each(?))", numbers)
        most = max(NEARBY * len(several), AT_HAND)
        asked = [*chain.from_iterable(several), most + 1]
        rows: Iterable[_Detail] = (
            self._view.connection.execute(_WITHIN.format(asked=places(several)), asked) if several else ()
        )
        own = {number: (user, forward_to) for number, user, forward_to in single}
        found = list(rows)
        if len(found) > most:
            return own, self._looked_up
        known: dict[Pair, list[_Detail]] = {pair: [] for pair in several}
        firsts = sorted(known)
        for detail in found:
            known[firsts[bisect_left(firsts, (detail[0] + 1,)) - 1]].append(detail)

        def inside(first: int, last: int) -> Iterable[_Detail]:
            these = known.get((first, last))
            if these is None:
                return self._looked_up(first, last)
            return sorted(these, key=_number, reverse=self._backwards)

        return own, inside

    def _looked_up(self, first: int, last: int) -> Iterable[_Detail]:
        order = "DESC" if self._backwards else "ASC"
        return self._read(f"number BETWEEN ? AND ? ORDER BY number {order}", first, last)

    def _read(self, condition: str, *values: object) -> Cursor:
        return self._view.connection.execute(f"{_DETAILS} WHERE {condition}", values)

    def _cut(self, first: int, last: int, state: int, details: Iterable[_Detail]) -> Iterator[Piece]:
        """Cut one span at the details of its numbers, which come in the order of the pieces."""
        for number, user, forward_to in details:
            if self._backwards and number < last:
                yield number + 1, last, state, None, None
            elif not self._backwards and first < number:
                yield first, number - 1, state, None, None
            yield number, number, state, user, forward_to
            if self._backwards:
                last = number - 1
            else:
                first = number + 1
        if first <= last:
            yield first, last, state, None, None
