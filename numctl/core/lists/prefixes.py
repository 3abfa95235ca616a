"""Blocks as registers give them: how the numbers begin, and how many digits they have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from numctl.core.errors import BadValue
from numctl.core.files.cells import expect_whole
from numctl.core.numbers.parsing import LONGEST, digits_alone
from numctl.core.numbers.ranges import Range
from numctl.core.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

WHOLE = "whole"  # in the place of a length: the prefix is a number by itself


def block(prefix: str, length: str, read: Callable[[str], int]) -> Range:
    """The numbers that begin with ``prefix`` and have ``length`` digits, counted as the prefix is written.

    So a trunk digit counts where it is written, and so does a country code. ``length`` is a text with one
    whole number (``10 digit numbers``); ``read`` reads a number as the list writes it. Raises BadValue.
    """
    expect_whole(prefix)
    digits = digits_alone(prefix)
    if digits is None:
        raise BadValue(f"{quoted(prefix)} isn't how numbers begin.", "Write the digits of the prefix.")
    plus = "+" if prefix.strip().startswith("+") else ""
    if length.strip().lower() == WHOLE:
        number = read(plus + digits)
        return Range(number, number)
    wanted = _length(length)
    if wanted < len(digits):
        raise BadValue(
            f"A number of {wanted} digits can't begin with the {len(digits)} of {quoted(prefix)}.",
            "Correct the length; it counts digits as the prefix is written.",
        )
    if wanted > LONGEST + 1:  # a trunk digit comes on top of the 15 of E.164
        raise BadValue(f"No number has {wanted} digits: {LONGEST} is the most.", "Correct the length.")
    free = wanted - len(digits)
    first, last = (read(plus + digits + digit * free) for digit in "09")
    if len(str(first)) != len(str(last)) or last - first + 1 != 10**free:
        raise BadValue(
            f"The {wanted} digits that begin with {quoted(prefix)} are not all numbers of one length.",
            "Give its parts a row each.",
        )
    return Range(first, last)


def _length(text: str) -> int:
    lengths = [int(found) for found in re.findall(r"[0-9]{1,6}", text)]
    if not lengths:
        raise BadValue(
            f"{quoted(text)} is no length." if text.strip() else "The row has a prefix, but no length.",
            "Say how many digits its numbers have, or give all of them one with --map length='10'.",
        )
    if any(1 <= other <= LONGEST and other != lengths[0] for other in lengths[1:]):
        raise BadValue(f"{quoted(text)} is more than one length.", "Give a row for each of them.")
    return lengths[0]
