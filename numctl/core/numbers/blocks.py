"""Blocks of numbers in memory, into which numbers are put and out of which they are taken."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from numctl.core.numbers.ranges import adjoins

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numctl.core.numbers.ranges import Pair


class Blocks:
    """Ascending, none of which goes on where another ends."""

    def __init__(self, blocks: Sequence[Pair] = ()) -> None:
        self._firsts = [first for first, _ in blocks]
        self._lasts = [last for _, last in blocks]

    def __len__(self) -> int:
        return len(self._firsts)

    def __getitem__(self, at: int) -> Pair:
        return self._firsts[at], self._lasts[at]

    def __iter__(self) -> Iterator[Pair]:
        return zip(self._firsts, self._lasts, strict=True)

    def meet(self, first: int, last: int) -> bool:
        """Whether any of some numbers is in them."""
        at = bisect_left(self._lasts, first)
        return at < len(self._firsts) and self._firsts[at] <= last

    def put_in(self, first: int, last: int) -> None:
        """Put numbers in, and join them with what they overlap or touch."""
        low, high = bisect_left(self._lasts, first), bisect_right(self._firsts, last)
        if low and adjoins(self._lasts[low - 1], first):
            low -= 1
        if high < len(self._firsts) and adjoins(last, self._firsts[high]):
            high += 1
        if low < high:
            first, last = min(first, self._firsts[low]), max(last, self._lasts[high - 1])
        self._replace(low, high, [(first, last)])

    def take_out(self, first: int, last: int) -> None:
        """Take numbers out of the blocks that have some of them."""
        low, high = bisect_left(self._lasts, first), bisect_right(self._firsts, last)
        if low < high:
            rest = [(self._firsts[low], first - 1), (last + 1, self._lasts[high - 1])]
            self._replace(low, high, [(start, end) for start, end in rest if start <= end])

    def _replace(self, low: int, high: int, blocks: Sequence[Pair]) -> None:
        self._firsts[low:high] = [first for first, _ in blocks]
        self._lasts[low:high] = [last for _, last in blocks]
