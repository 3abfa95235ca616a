"""Patterns of digits as people write them, as the positions a number has to pass.

A pattern is a row of positions, each with the digits it lets through; between two positions, before
the first and after the last there may be a gap that any digits fill. It is walked as a set of how many
positions are passed, one bit each, so that a step on a digit is a shift and two masks.
"""

from __future__ import annotations

from numctl.core.errors import BadValue
from numctl.core.numbers.parsing import LONGEST
from numctl.core.numbers.spellings import SPACES
from numctl.core.text import quoted

ANY = (1 << 10) - 1  # A position that lets every digit through: one bit for each.
KEYPAD = {
    letter: str(digit)
    for digit, letters in enumerate(("ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"), 2)
    for letter in letters + letters.lower()
}


class Pattern:
    """Positions with the digits they let through, and where gaps are.

    A *place* is the set of prefixes of the pattern that the digits so far may have passed: bit i for
    i positions. 0 is nowhere: no digits can follow that would match.
    """

    def __init__(self, positions: list[int], gaps: list[bool]) -> None:
        """Take the positions as masks of ten bits, and for each prefix whether a gap follows it.

        `gaps` is one longer than `positions`: the first is before all of them, the last after. What has
        more positions than a number has digits never matches, whatever they are; so the rest is let go.
        """
        self._length = min(len(positions), LONGEST + 1)
        self._pass = [
            sum(1 << i for i, digits in enumerate(positions[: self._length]) if digits >> digit & 1)
            for digit in range(10)
        ]
        self._gaps = sum(1 << i for i, gap in enumerate(gaps[: self._length + 1]) if gap)

    def start(self, left: int) -> int:
        """Give the place before the first of `left` digits."""
        return self._worth_keeping(1, left)

    def step(self, place: int, digit: int, left: int) -> int:
        """Give the place after one more digit, when `left` digits still follow it."""
        return self._worth_keeping((place & self._pass[digit]) << 1 | place & self._gaps, left)

    def accepts(self, place: int) -> bool:
        """Whether digits that end at this place match."""
        return bool(place >> self._length & 1)

    def _worth_keeping(self, place: int, left: int) -> int:
        """Drop what makes no difference, so that few places are told apart.

        That is a prefix with more positions to come than digits; and every prefix shorter than one
        with a gap after it, since whatever completes the shorter one completes that, too.
        """
        short = self._length - left
        if short > 0:
            place = place >> short << short
        longest_gap = (place & self._gaps).bit_length() - 1
        return place >> longest_gap << longest_gap if longest_gap > 0 else place


def digits_pattern(digits: str) -> Pattern:
    """Give the pattern of plain digits, 0 to 9, anywhere in a number."""
    return Pattern([1 << int(digit) for digit in digits], [True, *[False] * (len(digits) - 1), True])


def read_pattern(text: str) -> Pattern:
    """Give the pattern that a text writes down. Raises BadValue.

    ``?`` is one digit, ``*`` any digits or none, a letter its digit on the telephone's keypad, ``^`` and
    ``$`` the ends of the number; without those the pattern may be anywhere in it. What numbers may be
    written with is dropped.
    """
    body = text.strip()
    at_start, at_end = body.startswith("^"), body.endswith("$")
    body = body[at_start : len(body) - at_end].strip().removeprefix("+")
    positions: list[int] = []
    gaps = [not at_start]
    for char in body:
        if char == "*":
            gaps[-1] = True
        elif char not in ".()-" + SPACES:
            positions.append(_position(char, text))
            gaps.append(False)
    if not positions and "*" not in body:
        raise BadValue(
            f"The pattern {quoted(text)} holds no digits.", "Write one such as 1418*00 or ^1800FLOWERS."
        )
    gaps[-1] = gaps[-1] or not at_end
    return Pattern(positions, gaps)


def _position(char: str, text: str) -> int:
    """Give the digits that one character of a pattern lets through, as a mask."""
    if char == "?":
        return ANY
    digit = KEYPAD.get(char, char)
    if digit in "0123456789":
        return 1 << int(digit)
    if char in "^$":
        advice = "Write ^ only before a pattern, and $ only after it."
    else:
        advice = "Use digits, letters of the keypad, ? for one digit, * for any, and ^ or $ at the ends."
    raise BadValue(f"The pattern {quoted(text)} can't have {quoted(char)} where it stands.", advice)
