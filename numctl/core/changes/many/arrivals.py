"""Numbers that come into the inventory, many at a time; a part of the writer.

They come ascending: runs of them are joined as they come, and a slice of them is written in a few statements.
Where the inventory has numbers close by, the runs go through the cache, which joins them with those.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain, islice, starmap
from typing import TYPE_CHECKING

from numctl.core.catalog import users
from numctl.core.changes import details, extents
from numctl.core.changes.admission import expect_absent
from numctl.core.changes.cache import ABSENT, SPANS, parts, places
from numctl.core.numbers.ranges import Range, adjoins
from numctl.core.rules.model import CARRIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numctl.core.changes.journal import Arrival
    from numctl.core.changes.parts import Parts
    from numctl.core.numbers.ranges import Pair

SLICE = 10_000  # arrivals written at a time

_CLOSE_BY = "SELECT 1 FROM extent WHERE first <= ? AND last >= ? LIMIT 1"
# Whether the inventory has some of these.
_MEETS = """
SELECT 1 FROM (VALUES {asked}) AS asked CROSS JOIN extent AS e ON e.first <= column2 AND e.last >= column1
AND e.first >= coalesce((SELECT max(first) FROM extent WHERE first <= column1), column1) LIMIT 1
"""

Run = tuple[int, int, int]  # first, last, state


class Arrivals:
    """Puts them in. The cache and the journal are written before, and are so again afterwards."""

    def __init__(self, parts: Parts) -> None:
        self._connection, _, self._cache, self._journal, self._states, self._effects = parts
        self._open: Run | None = None  # the last run, which may go on
        self._was_close_by = False

    def put(self, arrivals: Iterable[Arrival], advance: Callable[[int], None]) -> None:
        """Put in numbers, ascending and disjoint. Raises AlreadyPresent where one is there already."""
        source = iter(arrivals)
        while some := list(islice(source, SLICE)):
            close_by = self._is_close_by(some)
            by_cache, self._was_close_by = close_by or self._was_close_by, close_by
            runs = list(self._runs(some))
            self._journal.arrived(some)
            self._note(some)
            self._put_details(some)
            if by_cache:
                self._join_in(runs)
            else:
                self._connection.put(SPANS, [(first, last - first, state) for first, last, state in runs])
            extents.apply(self._connection, [(True, Range(first, last)) for first, last in _blocks(some)])
            advance(len(some))
        if self._open is not None:
            self._join_in([self._open])
            self._open = None

    def _is_close_by(self, some: Sequence[Arrival]) -> bool:
        """Whether the inventory had numbers beside these or between them; refuses those that it has."""
        first, last = some[0][0] - 1, some[-1][1] + 1
        if self._open is not None and adjoins(self._open[1], some[0][0]):
            first += 1  # its own, not written yet
        if self._connection.execute(_CLOSE_BY, (last, first)).fetchone() is None:
            return False
        blocks = list(_blocks(some))
        asked = [
            self._connection.execute(_MEETS.format(asked=places(part)), [*chain.from_iterable(part)])
            for part in parts(blocks)
        ]
        if any(answer.fetchone() is not None for answer in asked):
            expect_absent(chain.from_iterable(starmap(self._cache.stored, blocks)))
        return True

    def _runs(self, some: Sequence[Arrival]) -> Iterator[Run]:
        """Spans, joined with what came before; the last of them stays open."""
        run = self._open
        for first, last, state, _, _, _ in some:
            if run is not None:
                if state == run[2] and adjoins(run[1], first):
                    run = (run[0], last, state)
                    continue
                yield run
            run = (first, last, state)
        self._open = run

    def _join_in(self, runs: Sequence[Run]) -> None:
        self._cache.ahead([(first, last) for first, last, _ in runs])()
        for first, last, state in runs:
            self._cache.put(first, last, state)
        self._cache.flush()

    def _note(self, some: Sequence[Arrival]) -> None:
        counts: Counter[int] = Counter()
        for first, last, state, _, _, _ in some:
            counts[state] += last - first + 1
        for state, count in counts.items():
            self._effects.note(ABSENT, state, count)

    def _put_details(self, some: Sequence[Arrival]) -> None:
        """What is true of one number alone, with the users it names."""
        states = {id: self._states[id] for id in {one[2] for one in some}}
        users_of = {id: one.organization for id, one in states.items() if CARRIES[one.status].user}
        forwards = {id for id, one in states.items() if CARRIES[one.status].forwarding}
        named = [(one, (users_of[one[2]], one[3])) for one in some if one[3] and one[2] in users_of]
        ids = users.ids(self._connection, [user for _, user in named])
        new: list[details.OfOne] = [
            (number, ids[user], None) for one, user in named for number in range(one[0], one[1] + 1)
        ]
        forwarded = [one for one in some if one[4] and one[2] in forwards]
        if forwarded:
            new += [(number, None, one[4]) for one in forwarded for number in range(one[0], one[1] + 1)]
            new.sort()
        details.put(self._connection, new)
        self._journal.given(new)
        for user, count in Counter(user for _, user, _ in new).most_common(2):
            self._effects.note_user(user, count)


def _blocks(some: Iterable[Arrival]) -> Iterator[Pair]:
    """The same numbers in unbroken blocks, whatever their state."""
    begin = end = 0
    for first, last, *_ in some:
        if begin and adjoins(end, first):
            end = last
            continue
        if begin:
            yield begin, end
        begin, end = first, last
    if begin:
        yield begin, end
