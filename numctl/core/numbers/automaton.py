"""Which numbers of a range contain these digits: counted, found and listed without looking at each.

A pattern, walked digit by digit from the left, is an automaton. For each of its states and each count
of digits that may still follow, a table says how many of the numbers that go on from there match. So
how many of all numbers below a given one match is a sum along its digits (its *rank*); the count within
a range is the difference of two ranks, the next match the number with a given rank, and a listing is a
walk that enters only where something matches. The cost depends on the pattern and on what is shown,
never on how many numbers a range has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.errors import BadValue
from numctl.core.numbers.parsing import LONGEST
from numctl.core.numbers.patterns import Pattern, digits_pattern, read_pattern
from numctl.core.numbers.ranges import LENGTH_STARTS, Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# A row of the table has a cell for each digit, then one for all of them.
WIDTH, ALL = 11, 10
ZERO = ord("0")
NOWHERE = 0

# Up to this many digits before the end, the runs within a block are kept: they come again and again.
KEPT_DIGITS = 3


def contains(digits: str) -> Automaton:
    """Give the automaton of the numbers that contain these digits (0 to 9) anywhere. Raises BadValue."""
    if not (digits.isdecimal() and digits.isascii()):
        raise BadValue("Only digits can be looked for inside a number.", "Write 0 to 9.")
    return Automaton((digits_pattern(digits),))


def matching(pattern: str) -> Automaton:
    """Give the automaton of the numbers that match a pattern, as `read_pattern` reads it. Raises BadValue."""
    return Automaton((read_pattern(pattern),))


def intersect(a: Automaton, b: Automaton) -> Automaton:
    """Give the automaton of the numbers that match both."""
    return Automaton(a.patterns + b.patterns)


class Automaton:
    """Finds the numbers that match all of its patterns, within ranges of numbers of one length.

    A state is one place in each pattern and how many digits are left, and is known by where its row of
    the table begins. State NOWHERE is that of all digits that can't lead to a match any more.
    """

    def __init__(self, patterns: tuple[Pattern, ...]) -> None:
        self.patterns = patterns
        self._states: dict[tuple[int, ...], int] = {}
        # For a state and a digit: the state after it, and how many matches begin with a lower digit.
        self._after = [NOWHERE] * WIDTH
        self._lower = [0] * WIDTH
        self._starts: list[int | None] = [None] * (LONGEST + 1)
        self._kept: dict[int, list[tuple[int, int]]] = {}

    def count(self, first: int, last: int) -> int:
        """How many numbers from `first` to `last` match. Both are included and of one length."""
        length = len(str(first))
        return self._rank(last + 1, length) - self._rank(first, length)

    def count_many(self, firsts: Iterable[int], lasts: Iterable[int]) -> int:
        """How many numbers match in many ranges together, given as their first and last numbers."""
        after, lower = self._after, self._lower
        total = 0
        for first, last in zip(firsts, lasts, strict=True):
            digits = b"%d" % first
            end = last + 1
            state = self._start(len(digits))
            if state == NOWHERE:
                continue
            at_end = state
            for digit in digits.rstrip(b"0"):
                cell = state + digit - ZERO
                total -= lower[cell]
                state = after[cell]
            if end in LENGTH_STARTS:
                total += lower[at_end + ALL]
                continue
            for digit in (b"%d" % end).rstrip(b"0"):
                cell = at_end + digit - ZERO
                total += lower[cell]
                at_end = after[cell]
        return total

    def possible(self, length: int) -> bool:
        """Whether any number of this many digits matches."""
        return self.count(10 ** (length - 1), 10**length - 1) > 0

    def matches(self, number: int) -> bool:
        """Whether a number matches."""
        return self.count(number, number) == 1

    def runs(self, first: int, last: int, descending: bool = False) -> Iterator[Range]:
        """Give the unbroken runs of matches from `first` to `last`, each as long as it can be.

        They come as they are found, from the lowest up, or with `descending` from the highest down.
        """
        if self.count(first, last) == 0:
            return
        held: tuple[int, int] | None = None
        for low, high in self._pieces(first, last, descending):
            if held is None:
                held = low, high
            elif low == held[1] + 1:
                held = held[0], high
            elif high == held[0] - 1:
                held = low, held[1]
            else:
                yield Range(*held)
                held = low, high
        if held is not None:
            yield Range(*held)

    def _pieces(self, first: int, last: int, descending: bool) -> Iterator[tuple[int, int]]:
        """Give stretches of matches in order, each within one block; neighbours are not joined."""
        order = range(10) if descending else range(9, -1, -1)  # The last pushed is the first visited.
        after, lower = self._after, self._lower
        blocks = [self._smallest_block(first, last)]
        while blocks:
            state, low, left = blocks.pop()
            size = 10**left
            if low + size <= first or low > last:
                continue
            if lower[state + ALL] == size:
                yield max(low, first), min(low + size - 1, last)
            elif left <= KEPT_DIGITS:
                runs = self._runs_within(state, left)
                for start, end in reversed(runs) if descending else runs:
                    if low + end >= first and low + start <= last:
                        yield max(low + start, first), min(low + end, last)
            else:
                size //= 10
                for digit in order:
                    if (child := after[state + digit]) != NOWHERE:
                        blocks.append((child, low + digit * size, left - 1))

    def _smallest_block(self, first: int, last: int) -> tuple[int, int, int]:
        """Give the smallest block of numbers with a common beginning that holds a range.

        It comes as the state after that beginning, its lowest number, and how many digits are left.
        """
        digits = str(first)
        state, left = self._start(len(digits)), len(digits)
        for one, other in zip(digits, str(last), strict=True):
            if one != other:
                break
            state = self._after[state + int(one)]
            left -= 1
        return state, first - first % 10**left, left

    def _runs_within(self, state: int, left: int) -> list[tuple[int, int]]:
        """Give the runs of matches within the block of a state, ascending, as offsets from its start."""
        known = self._kept.get(state)
        if known is not None:
            return known
        size = 10**left
        runs: list[tuple[int, int]] = []
        if self._lower[state + ALL] == size:
            runs.append((0, size - 1))
        elif state != NOWHERE:
            for digit in range(10):
                offset = digit * size // 10
                for start, end in self._runs_within(self._after[state + digit], left - 1):
                    if runs and runs[-1][1] + 1 == offset + start:
                        runs[-1] = runs[-1][0], offset + end
                    else:
                        runs.append((offset + start, offset + end))
        self._kept[state] = runs
        return runs

    def _rank(self, number: int, length: int) -> int:
        """How many matches of this many digits are lower than the number, which may be one past them all.

        Digit strings that start with 0 count, too; in the difference of two ranks they cancel out.
        """
        state = self._start(length)
        if number == 10**length:
            return self._lower[state + ALL]
        rank = 0
        for digit in (b"%d" % number).rstrip(b"0"):  # Nothing is lower than a row of zeros.
            cell = state + digit - ZERO
            rank += self._lower[cell]
            state = self._after[cell]
        return rank

    def _start(self, length: int) -> int:
        """Give the state before the first of this many digits."""
        state = self._starts[length]
        if state is None:
            state = self._state(tuple(pattern.start(length) for pattern in self.patterns), length)
            self._starts[length] = state
        return state

    def _state(self, places: tuple[int, ...], left: int) -> int:
        """Give the state of these places with this many digits left, with all that can follow it."""
        if not all(places):
            return NOWHERE
        key = (*places, left)
        known = self._states.get(key)
        if known is not None:
            return known
        after, lower, total = [], [], 0
        if left == 0:
            total = int(all(map(Pattern.accepts, self.patterns, places)))
            after, lower = [NOWHERE] * ALL, [0] * ALL
        else:
            for digit in range(10):
                moved = tuple(
                    pattern.step(place, digit, left - 1)
                    for pattern, place in zip(self.patterns, places, strict=True)
                )
                child = self._state(moved, left - 1)
                after.append(child)
                lower.append(total)
                total += self._lower[child + ALL]
        state = NOWHERE
        if total:
            state = len(self._after)
            self._after += [*after, NOWHERE]
            self._lower += [*lower, total]
        self._states[key] = state
        return state
