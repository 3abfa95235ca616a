"""Ranges kept in arrays: sixteen bytes each, where a million of them as objects would fill the memory."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, islice, pairwise, starmap
from operator import le, lt, ne
from typing import TYPE_CHECKING, overload

from numctl.core.numbers.ranges import LENGTH_STARTS, Range, adjoins

if TYPE_CHECKING:
    from numctl.core.numbers.ranges import Pair

_CHUNK = 10_000  # ranges taken in at a time


class Packed(Sequence[Range]):
    """Ranges in the order in which they were put in."""

    def __init__(self, ranges: Iterable[Pair] = ()) -> None:
        self._firsts, self._lasts = array("q"), array("q")
        source = iter(ranges)
        while some := list(islice(source, _CHUNK)):
            firsts, lasts = zip(*some, strict=True)
            self._firsts.extend(firsts)
            self._lasts.extend(lasts)

    @classmethod
    def runs(cls, ranges: Iterable[Pair]) -> Packed:
        """Ranges of which each that goes on from the one before is joined with it, in little memory."""
        runs, source = cls(), iter(ranges)
        while some := list(islice(source, _CHUNK)):
            part = Packed(some)
            for range in part.joined() if part.ascends() else part:
                if runs._lasts and adjoins(runs._lasts[-1], range.first):
                    runs._lasts[-1] = range.last
                else:
                    runs.put(*range)
        return runs

    def __len__(self) -> int:
        return len(self._firsts)

    def __iter__(self) -> Iterator[Range]:
        return starmap(Range, zip(self._firsts, self._lasts, strict=True))

    @overload
    def __getitem__(self, at: int) -> Range: ...
    @overload
    def __getitem__(self, at: slice) -> Packed: ...
    def __getitem__(self, at: int | slice) -> Range | Packed:
        if isinstance(at, slice):
            return Packed(zip(self._firsts[at], self._lasts[at], strict=True))
        return Range(self._firsts[at], self._lasts[at])

    def put(self, first: int, last: int) -> None:
        """Add a range at the end, wherever it lies."""
        self._firsts.append(first)
        self._lasts.append(last)

    def ascends(self) -> bool:
        """Whether each range begins where the one before it does, or later."""
        return all(map(le, self._firsts, islice(self._firsts, 1, None)))

    def joined(self) -> Packed:
        """The same numbers, ascending, with what overlaps or adjoins joined."""
        firsts, lasts = self._firsts, self._lasts
        if all(map(lt, map((1).__add__, lasts), firsts[1:])):
            return self
        if all(map(lt, lasts, firsts[1:])):
            return self._blocks()
        joined = Packed()
        begin = end = -1
        for at in sorted(range(len(firsts)), key=firsts.__getitem__):
            if end >= 0 and (firsts[at] <= end or adjoins(end, firsts[at])):
                end = max(end, lasts[at])
                continue
            if end >= 0:
                joined.put(begin, end)
            begin, end = firsts[at], lasts[at]
        joined.put(begin, end)
        return joined

    def _blocks(self) -> Packed:
        """The same for ranges that ascend and don't overlap: cut where one doesn't go on."""
        firsts, lasts = self._firsts, self._lasts
        places = range(1, len(firsts))
        cuts = set(compress(places, map(ne, islice(firsts, 1, None), map((1).__add__, lasts))))
        for start in LENGTH_STARTS:
            at = bisect_left(firsts, start)
            if 0 < at < len(firsts) and firsts[at] == start:
                cuts.add(at)
        joined = Packed()
        for begin, end in pairwise([0, *sorted(cuts), len(firsts)]):
            joined.put(firsts[begin], lasts[end - 1])
        return joined
