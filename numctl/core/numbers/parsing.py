"""Numbers and ranges as people write them.

A number is 3 to 15 digits and doesn't start with 0. In writing, a leading +, spaces (no-break ones,
too), dots, parentheses and hyphens are dropped; nothing else is, and only 0 to 9 count as digits: what
can't be read for certain is refused, with what is wrong and how to write it.
"""

from __future__ import annotations

import re
from array import array
from itertools import pairwise
from typing import TYPE_CHECKING

from numctl.core.errors import BadValue
from numctl.core.numbers.packed import Packed
from numctl.core.numbers.ranges import LENGTH_STARTS, Range
from numctl.core.numbers.spellings import SPACES, expect_one_meaning, plain, two_numbers
from numctl.core.numbers.unreadable import SPREADSHEET, unreadable
from numctl.core.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SHORTEST, LONGEST = 3, 15
_COUNTED = re.compile(r"[0-9]\s*\+")  # FIRST+COUNT
SHOWN = 60  # How many digits of a hopeless number go into an error's facts.

_DROPPED = dict.fromkeys(map(ord, SPACES + ".()-"))


def show(number: int) -> str:
    """Give a number's digits."""
    return str(number)


def parse_number(text: str, region: str | None = None, *, unchecked: bool = False) -> int:
    """Give the number that a text is; raises BadValue with what is wrong with it.

    Without + it is a national number where a region is given, else its own canonical digits.
    ``unchecked`` takes what only the rules of spelling refuse.
    """
    if region is None and is_canonical(text):
        return int(text)
    if ".." in text or "-" in text or _COUNTED.search(text):
        _expect_no_range(text, region)
    return _read(text, _national(region), unchecked)


def _expect_no_range(text: str, region: str | None) -> None:
    """Raises BadValue for a text that is a range of several numbers."""
    try:
        several = parse_range(text, region)
    except BadValue:
        return
    if several.first == several.last:
        return
    raise BadValue(
        f"{quoted(text)} is a range, and this takes one number.",
        f"Give one, such as {several.first}.",
    )


def parse_range(text: str, region: str | None = None, *, unchecked: bool = False) -> Range:
    """Give the range that a text is: a number, FIRST..LAST or FIRST+COUNT. Raises BadValue."""
    return _read_range(text, _national(region), unchecked)


def parse_numbers(texts: Iterable[str], region: str | None = None, *, unchecked: bool = False) -> list[Range]:
    """Give the numbers and ranges of the texts, ascending and joined.

    Raises BadValue for a text that is neither, and for a number that is in two of them.
    """
    national = _national(region)
    singles: list[int] = []
    ranges: list[tuple[int, int]] = []
    for text in texts:
        if national is None and is_canonical(text):
            singles.append(int(text))
        else:
            first, last = _read_range(text, national, unchecked)
            if first == last:
                singles.append(first)
            else:
                ranges.append((first, last))
    singles.sort()
    return list(_joined(sorted([*_stretches(singles), *ranges]) if ranges else _stretches(singles)))


def read_lines(lines: Iterable[str], region: str | None = None, *, unchecked: bool = False) -> Packed:
    """Give the numbers and ranges of a file's lines, ascending and joined: one on each line.

    A # at the start or after a space begins a comment; empty lines and a byte-order mark are skipped.
    Raises BadValue with the line's number, counted from 1.
    """
    national = _national(region)
    firsts, lasts, where = array("q"), array("q"), array("q")  # A million lines stay small.
    for at, line in enumerate(lines, 1):
        text = without_comment(line.removeprefix("\ufeff") if at == 1 else line)
        if not text:
            continue
        try:
            first, last = _read_range(text, national, unchecked)
        except BadValue as error:
            raise _at_line(at, error) from None
        firsts.append(first)
        lasts.append(last)
        where.append(at)
    ascending = sorted(range(len(firsts)), key=firsts.__getitem__)
    for before, after in pairwise(ascending):
        if firsts[after] <= lasts[before]:
            raise _at_line(max(where[before], where[after]), _twice(firsts[after]))
    return Packed(_joined((firsts[line], lasts[line]) for line in ascending))


def digits_alone(text: str) -> str | None:
    """Give the digits of a text that is digits alone but for what numbers may be written with, else None.

    They may be part of a number, so leading zeros stay.
    """
    digits = text.strip().removeprefix("+").translate(_DROPPED)
    return digits if digits.isdecimal() and digits.isascii() else None


def is_canonical(text: str) -> bool:
    """Whether a text is a number's digits and nothing else, which needs no further reading."""
    return text.isdecimal() and text.isascii() and SHORTEST <= len(text) <= LONGEST and text[0] != "0"


def _national(region: str | None) -> Callable[[str], int] | None:
    if region is None:
        return None
    from numctl.core.numbers.national import reader

    return reader(region)


def _read(text: str, national: Callable[[str], int] | None, unchecked: bool = False) -> int:
    """Give the number that a text is. `national` reads digits without +."""
    said = text
    if not text.isdecimal():
        said = plain(text)
        if not unchecked:
            expect_one_meaning(text, said, national)
    written = said.strip().lstrip("(" + SPACES)
    international = written.startswith("+")
    digits = (written[1:] if international else written).translate(_DROPPED)
    if not (digits.isdecimal() and digits.isascii()):
        raise unreadable(text)
    if national is not None and not international and len(digits) <= SHOWN:
        return national(digits)
    if digits[0] == "0":
        raise BadValue(
            f"{quoted(text)} starts with 0, and no number does.",
            "Write it with its country code" + (", or give --region." if not international else "."),
            number=digits[:SHOWN],
        )
    if not SHORTEST <= len(digits) <= LONGEST:
        extent = "short" if len(digits) < SHORTEST else "long"
        raise BadValue(
            f"{quoted(text)} is too {extent}: a number has {SHORTEST} to {LONGEST} digits, "
            f"and this has {len(digits)}.",
            "Write the whole number, and nothing else.",
            number=digits[:SHOWN],
        )
    return int(digits)


def _read_range(text: str, national: Callable[[str], int] | None, unchecked: bool = False) -> Range:
    if text.isdecimal():
        bare = national is None and is_canonical(text)
        number = int(text) if bare else _read(text, national, unchecked)
        return Range(number, number)
    if ".." in text:
        left, _, right = text.partition("..")
        return _from_to(text, _read(left, national, unchecked), _read(right, national, unchecked))
    ends = two_numbers(text) if "-" in text else None
    if ends is not None:
        return _from_to(text, *ends)
    left, _, right = text.strip().rpartition("+")
    if (
        "tel:" not in text.lower()
        and left.strip("(" + SPACES)
        and not re.fullmatch(SPREADSHEET, text.strip())
    ):
        return _counted(text, _read(left, national, unchecked), right.strip())
    number = _read(text, national, unchecked)
    return Range(number, number)


def _from_to(text: str, first: int, last: int) -> Range:
    if len(str(first)) != len(str(last)):
        raise BadValue(
            f"{quoted(text)} goes from a number of {len(str(first))} digits to one of {len(str(last))}.",
            "Both ends of a range are of one length; give one range for each length.",
        )
    if last < first:
        raise BadValue(f"{quoted(text)} runs backwards.", f"Write {last}..{first}.")
    return Range(first, last)


def _counted(text: str, first: int, count: str) -> Range:
    if not (count.isdecimal() and count.isascii()):
        raise BadValue(
            f"{quoted(count)} in {quoted(text)} isn't a count.", "Write FIRST+COUNT, such as 14188980000+100."
        )
    if not count.strip("0"):
        raise BadValue(f"{quoted(text)} is a range of no numbers.", "A count is 1 or more.")
    room = 10 ** len(str(first)) - first
    if len(count) > LONGEST + 1 or int(count) > room:
        raise BadValue(
            f"{quoted(text)} runs past the last number of {len(str(first))} digits.",
            f"From {first} on there are {room}.",
        )
    return Range(first, first + int(count) - 1)


def _stretches(singles: list[int]) -> list[tuple[int, int]]:
    """Join ascending numbers into stretches; one that is there twice is in two of them."""
    if not singles:
        return []
    stretches: list[tuple[int, int]] = []
    first = last = singles[0]
    for number in singles[1:]:
        if number == last + 1 and number not in LENGTH_STARTS:
            last = number
        else:
            stretches.append((first, last))
            first = last = number
    stretches.append((first, last))
    return stretches


def _joined(ordered: Iterable[tuple[int, int]]) -> Iterator[Range]:
    """Join ascending ranges with their neighbours; raises BadValue if two overlap."""
    begin = end = 0
    for first, last in ordered:
        if first <= end:
            raise _twice(first)
        if first == end + 1 and end and first not in LENGTH_STARTS:
            end = last
            continue
        if end:
            yield Range(begin, end)
        begin, end = first, last
    if end:
        yield Range(begin, end)


def _twice(number: int) -> BadValue:
    return BadValue(f"{number} is given twice.", "Give each number once.", number=str(number))


def without_comment(line: str) -> str:
    """Give what a line says before its comment, trimmed."""
    mark = line.find("#")
    while mark > 0 and not line[mark - 1].isspace():
        mark = line.find("#", mark + 1)
    return (line if mark < 0 else line[:mark]).strip()


def _at_line(line: int, error: BadValue) -> BadValue:
    return BadValue(f"Line {line}: {error.message}", error.advice, line=line, **error.facts)
