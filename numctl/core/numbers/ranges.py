"""Range algebra: intervals of numbers, both ends included, each of one length of digits.

Every function takes and gives plain values and touches nothing else. A *sorted* list is ascending
and free of overlaps, as `normalize` gives it. Numbers of different lengths are never neighbours:
999 and 1000 follow one another as integers, but no range holds both.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HIGHEST = 999_999_999_999_999

# The first number of each length. A range ends right before the next of these.
LENGTH_STARTS = frozenset(10**digits for digits in range(16))


Pair = tuple[int, int]  # first and last of a range, where many of them pass by


class Range(NamedTuple):
    """The numbers from ``first`` to ``last``, both included and of one length of digits."""

    first: int
    last: int

    @property
    def count(self) -> int:  # type: ignore[override]
        """How many numbers it holds."""
        return self.last - self.first + 1

    def __contains__(self, number: object) -> bool:
        """Whether a number is one of them; as a pair, a range would know only its ends."""
        return isinstance(number, int) and self.first <= number <= self.last

    def __str__(self) -> str:
        """FIRST..LAST, or the bare number where it is only one."""
        return str(self.first) if self.first == self.last else f"{self.first}..{self.last}"


def adjoins(a_last: int, b_first: int) -> bool:
    """Whether a range that starts at `b_first` goes on right where one that ends at `a_last` stops."""
    return b_first == a_last + 1 and b_first not in LENGTH_STARTS


def ascend(ranges: Iterable[Pair]) -> bool:
    """Whether each range begins where the one before it does, or later."""
    return all(before[0] <= after[0] for before, after in pairwise(ranges))


def any_adjoin(ranges: Sequence[Pair]) -> bool:
    """Whether one of some ascending, disjoint ranges goes on right where the one before it stops."""
    return any(adjoins(last, first) for (_, last), (first, _) in pairwise(ranges) if first == last + 1)


def normalize(ranges: Iterable[Range]) -> list[Range]:
    """Give the union, ascending, with what overlaps or adjoins joined."""
    ordered = sorted(ranges)
    if not ordered:
        return []
    joined: list[Range] = []
    first, last = ordered[0]
    for next_first, next_last in ordered:
        if next_first <= last or adjoins(last, next_first):
            last = max(last, next_last)
        else:
            joined.append(Range(first, last))
            first, last = next_first, next_last
    joined.append(Range(first, last))
    return joined


def united(ranges: Iterable[Pair]) -> list[Pair]:
    """The union, ascending, with what overlaps or follows right after joined, whatever its length."""
    joined: list[Pair] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def subtract(a: Sequence[Range], b: Sequence[Range]) -> list[Range]:
    """Give what of the sorted list `a` is not in the sorted list `b`; ascending, not joined anew."""
    left: list[Range] = []
    at = 0
    for first, last in a:
        while at < len(b) and b[at].last < first:
            at += 1
        hole = at
        while first <= last and hole < len(b) and b[hole].first <= last:
            if first < b[hole].first:
                left.append(Range(first, b[hole].first - 1))
            first = b[hole].last + 1
            hole += 1
        if first <= last:
            left.append(Range(first, last))
    return left


def intersect(a: Sequence[Range], b: Sequence[Range]) -> list[Range]:
    """Give what two sorted lists have in common; ascending, not joined anew."""
    common: list[Range] = []
    i = j = 0
    while i < len(a) and j < len(b):
        first, last = max(a[i].first, b[j].first), min(a[i].last, b[j].last)
        if first <= last:
            common.append(Range(first, last))
        if a[i].last < b[j].last:
            i += 1
        else:
            j += 1
    return common


def total(ranges: Iterable[Pair]) -> int:
    """How many numbers the ranges hold in all; what is in two of them counts twice."""
    return sum(last - first + 1 for first, last in ranges)


def overlaps(ranges: Iterable[Range]) -> Range | None:
    """Give numbers that are in two of the ranges, the lowest such stretch, or None if no two overlap."""
    covered = -1
    for first, last in sorted(ranges):
        if first <= covered:
            return Range(first, min(last, covered))
        covered = last
    return None
