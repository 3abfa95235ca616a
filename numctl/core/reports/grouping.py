"""Numbers counted by blocks of one size: span by span, never number by number.

What is counted comes as parts in the order of numbers. Blocks of which the same is said, one right after the
other, stay together as a row until they are shown, so that a country takes little memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Part = tuple[int, int, int, tuple[str | None, ...]]  # first, last, what it counts as, what else is said of it


class Blocks(NamedTuple):
    """Blocks from ``first`` to ``last`` with ``size`` numbers each, alike in their counts.

    ``shared`` is what all numbers of a block have in common, None where they differ.
    """

    first: int
    last: int
    size: int
    counts: tuple[int, ...]
    shared: tuple[str | None, ...]

    def each(self) -> Iterator[tuple[int, int]]:
        """The first and last number of each block."""
        for first in range(self.first, self.last + 1, self.size):
            yield first, first + self.size - 1


class _Block:
    """The block that is being counted."""

    def __init__(self, first: int, last: int, kinds: int, shared: tuple[str | None, ...]) -> None:
        self.first, self.last = first, last
        self.counts = [0] * kinds
        self.shared = shared

    def take(self, kind: int, count: int, shared: tuple[str | None, ...]) -> None:
        self.counts[kind] += count
        if shared != self.shared:
            pairs = zip(self.shared, shared, strict=True)
            self.shared = tuple(mine if mine == its else None for mine, its in pairs)

    def done(self) -> Blocks:
        return Blocks(self.first, self.last, self.last - self.first + 1, tuple(self.counts), self.shared)


def block_of(number: int, size: int) -> tuple[int, int]:
    """The ends of a number's block; a length that has fewer numbers than ``size`` is one block."""
    length = len(str(number))
    if size >= 10**length:
        return 10 ** (length - 1), 10**length - 1
    first = number - number % size
    return first, first + size - 1


def blocks(parts: Iterable[Part], size: int, kinds: int) -> Iterator[Blocks]:
    """Each block that holds any number, ascending; ``kinds`` is how many counts it has."""
    block: _Block | None = None
    for first, last, kind, shared in parts:
        while first <= last:
            if block is None or first > block.last:
                if block is not None:
                    yield block.done()
                block = _Block(*block_of(first, size), kinds, shared)
            whole = (last - first + 1) // size
            if first == block.first and whole > 1 and block.last == first + size - 1:
                counts = tuple(size if place == kind else 0 for place in range(kinds))
                yield Blocks(first, first + whole * size - 1, size, counts, shared)
                first += whole * size
                block = None
                continue
            end = min(last, block.last)
            block.take(kind, end - first + 1, shared)
            first = end + 1
    if block is not None:
        yield block.done()
