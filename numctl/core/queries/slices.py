"""Spans and pieces in slices, column by column: a list of millions is some hundred objects a column.

Numbers are digits here, as they are written and read.
"""

from __future__ import annotations

from itertools import compress, islice, takewhile
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

Span = tuple[int, int, int]  # first, last, state's row id
Piece = tuple[int, int, str, "str | None", "str | None"]  # first, last, key of its row, user, forwarded to
PieceRow = tuple[str, str, str, str, str]  # the same as a slice has it
_Item = TypeVar("_Item")

AT_ONCE = 10_000  # spans, or pieces, in a slice
AT_FIRST = 64  # spans in the first one, which may be all that is wanted
BETWEEN = "\x1f"  # stands between names, and is in none, unless that was changed by hand


class SpanSlice(NamedTuple):
    """Some spans: where each begins and ends, its state, and the lowest and highest of all their numbers.

    ``lasts`` is ``firsts`` itself where each of them is a single number.
    """

    firsts: Sequence[str]
    lasts: Sequence[str]
    states: Sequence[str]
    low: int
    high: int

    @classmethod
    def of(cls, rows: Iterable[Span]) -> SpanSlice:
        """Some spans, at least one."""
        firsts, lasts, states = zip(*rows, strict=True)
        begins = list(map(str, firsts))
        ends = begins if firsts == lasts else list(map(str, lasts))
        return cls(begins, ends, list(map(str, states)), min(firsts), max(lasts))

    def rows(self) -> Iterator[Span]:
        """Each of them."""
        return zip(map(int, self.firsts), map(int, self.lasts), map(int, self.states), strict=True)

    def among(self, states: Collection[str]) -> SpanSlice | None:
        """Those in some states, None where there are none."""
        kept = list(map(states.__contains__, self.states))
        if all(kept):
            return self
        firsts = list(compress(self.firsts, kept))
        lasts = firsts if self.lasts is self.firsts else list(compress(self.lasts, kept))
        some = self._replace(firsts=firsts, lasts=lasts, states=list(compress(self.states, kept)))
        return some if firsts else None


class Slice(NamedTuple):
    """Some pieces: where each begins and ends, the key of its row, its user and what it is forwarded to.

    The latter are empty where there is none; ``lasts`` is ``firsts`` itself where each is a single number.
    """

    firsts: Sequence[str]
    lasts: Sequence[str]
    keys: Sequence[str]
    users: Sequence[str]
    forwards: Sequence[str]

    @classmethod
    def of(cls, rows: Iterable[PieceRow]) -> Slice:
        """Some pieces, at least one."""
        firsts, lasts, *rest = zip(*rows, strict=True)
        return cls(firsts, firsts if firsts == lasts else lasts, *rest)

    @property
    def numbers(self) -> int:
        """How many numbers there are in it."""
        if self.lasts is self.firsts:
            return len(self.firsts)
        return sum(map(int, self.lasts)) - sum(map(int, self.firsts)) + len(self.firsts)

    def packed(self) -> tuple[str | list[str], ...]:
        """As few values as can be, to be put away."""
        firsts, lasts, *rest = self
        return tuple(map(_joined, (firsts, () if lasts is firsts else lasts, *rest)))

    @classmethod
    def unpacked(cls, packed: Iterable[str | list[str]]) -> Slice:
        """What was put away so."""
        firsts, lasts, *rest = (part.split(BETWEEN) if isinstance(part, str) else part for part in packed)
        nothing = [""] * len(firsts)
        columns = (column if len(column) == len(firsts) else nothing for column in rest)
        return cls(firsts, lasts if len(lasts) == len(firsts) and lasts[0] else firsts, *columns)


def _joined(column: Sequence[str]) -> str | list[str]:
    """The texts of a column as one, nothing where all are empty."""
    if not any(column):
        return ""
    text = BETWEEN.join(column)
    return text if text.count(BETWEEN) == len(column) - 1 else list(column)


def pieces(slices: Iterable[Slice]) -> Iterator[Piece]:
    """Each piece of some slices."""
    for firsts, lasts, keys, users, forwards in slices:
        for first, last, key, user, forward in zip(firsts, lasts, keys, users, forwards, strict=True):
            yield int(first), int(last), key, user or None, forward or None


def of_rows(rows: Iterable[PieceRow]) -> Iterator[Slice]:
    """Pieces that come one by one."""
    return map(Slice.of, in_parts(rows, growing()))


def spans_of(rows: Iterable[Span]) -> Iterator[SpanSlice]:
    """Spans that come one by one."""
    return map(SpanSlice.of, in_parts(rows, growing()))


def growing() -> Iterator[int]:
    """How many are taken together: few at first, ``AT_ONCE`` in the end."""
    size = AT_FIRST
    while True:
        yield min(size, AT_ONCE)
        size = min(4 * size, AT_ONCE)


def in_parts(items: Iterable[_Item], sizes: Iterable[int]) -> Iterator[list[_Item]]:
    """Items some at a time."""
    source = iter(items)
    return takewhile(bool, (list(islice(source, size)) for size in sizes))
