"""Which of some available blocks are taken: unbroken, aligned, by their digits. Pure.

Blocks are pairs of a first and a last number. Each choice gives the numbers taken, none for too few, and
how many there would be at most.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from numctl.core.numbers.ranges import adjoins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numctl.core.numbers.ranges import Pair, Range

Chosen = tuple[list["Pair"], int]
Starts = "Callable[[int, int], Iterator[Pair]]"


@lru_cache(64)
def runs(pattern: str) -> Callable[..., Iterator[Range]]:
    """The runs of numbers that match a pattern, between two numbers."""
    from numctl.core.numbers.automaton import matching

    return matching(pattern).runs


def starts(pattern: str | None) -> Callable[[int, int], Iterator[Pair]]:
    """The runs of numbers between two that a block may begin with: all of them without a pattern."""
    if pattern is None:
        return lambda first, last: iter([(first, last)])
    found = runs(pattern)
    return lambda first, last: ((run.first, run.last) for run in found(first, last))


def joined(blocks: Iterable[Pair]) -> Iterator[Pair]:
    """Blocks, ascending or descending, with those that are unbroken together made one."""
    held: Pair | None = None
    for first, last in blocks:
        if held is not None and adjoins(held[1], first):
            held = (held[0], last)
        elif held is not None and adjoins(last, held[0]):
            held = (first, held[1])
        else:
            if held is not None:
                yield held
            held = (first, last)
    if held is not None:
        yield held


def scattered(blocks: Iterable[Pair], quantity: int, *, highest_first: bool = False) -> Chosen:
    """The first blocks that are so many numbers together, the last one cut: of it the lowest, or highest."""
    chosen: list[Pair] = []
    missing = quantity
    for first, last in blocks:
        n = last - first + 1
        if n >= missing:
            chosen.append((last - missing + 1, last) if highest_first else (first, first + missing - 1))
            return sorted(chosen), quantity
        chosen.append((first, last))
        missing -= n
    return [], quantity - missing


def one_block(
    blocks: Iterable[Pair], quantity: int, size: int, fits: Callable[[int, int], Iterator[Pair]]
) -> Chosen:
    """The first unbroken block of so many, that begins at a multiple of ``size`` (0: anywhere) and fits."""
    longest = 0
    for first, last in blocks:
        start = next(_beginnings(first, last - quantity + 1, size, fits), None)
        if start is not None:
            return [(start, start + quantity - 1)], quantity
        longest = max(longest, min(last - first + 1, quantity - 1))
    return [], longest


def aligned(blocks: Iterable[Pair], size: int, fits: Callable[[int, int], Iterator[Pair]]) -> Iterator[Pair]:
    """The whole blocks of ``size`` that begin at a multiple of it, and fit."""
    for first, last in blocks:
        for start in _beginnings(first, last - size + 1, size, fits):
            yield start, start + size - 1


def by_blocks(first: int, last: int, size: int) -> Iterator[Pair]:
    """A span cut where its first and last block of ``size`` are not whole; what lies between stays one."""
    whole = -(-first // size) * size  # where the first whole block begins
    end = (last + 1) // size * size - 1  # where the last one ends
    if whole > end:
        yield first, min(last, whole - 1)
        if last >= whole:
            yield whole, last
        return
    if first < whole:
        yield first, whole - 1
    yield whole, end
    if end < last:
        yield end + 1, last


def _beginnings(
    first: int, last: int, size: int, fits: Callable[[int, int], Iterator[Pair]]
) -> Iterator[int]:
    """The numbers from ``first`` to ``last`` that a block may begin with."""
    if last < first:
        return
    for low, high in fits(first, last):
        yield from range(-(-low // size) * size, high + 1, size) if size else range(low, high + 1)
