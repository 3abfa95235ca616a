"""NUMBERS as they reach a command: arguments, standard input, a file; or what stands in their place."""

from __future__ import annotations

import sys
from heapq import merge
from typing import TYPE_CHECKING, Protocol

from numctl.core.errors import BadValue, Refusal
from numctl.core.numbers.packed import Packed
from numctl.core.numbers.parsing import SHORTEST, parse_number, parse_numbers, read_lines
from numctl.core.numbers.ranges import overlaps
from numctl.core.numbers.spellings import without_extension

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numctl.core.actions.allocation import Quantity
    from numctl.core.actions.subscribers import OfUser
    from numctl.core.numbers.ranges import Range
    from numctl.input.changing import ChangeOptions

STANDARD_INPUT = "-"


class Asked(Protocol):
    """What is asked of a session here: whether a file was named, and the numbers themselves."""

    change_options: ChangeOptions

    def numbers(self, given: Iterable[str] | None) -> Sequence[Range]: ...


def numbers(
    given: Iterable[str] | None, from_file: str | None, region: str | None, *, unchecked: bool = False
) -> Sequence[Range]:
    """All numbers that were given, ascending. Raises BadValue where one is given twice."""
    arguments = list(given or ())
    sources = [STANDARD_INPUT] * arguments.count(STANDARD_INPUT) + (
        [from_file] if from_file is not None else []
    )
    if sources.count(STANDARD_INPUT) > 1:
        raise BadValue("Standard input was named twice.", "Read it once, with `-` or with --from-file -.")
    parts: list[Sequence[Range]] = [
        parse_numbers([text for text in arguments if text != STANDARD_INPUT], region, unchecked=unchecked),
        *(read_lines(_lines(source), region, unchecked=unchecked) for source in sources),
    ]
    if not parts[0] and not sources:
        raise BadValue(
            "NUMBERS are missing.", "Give numbers, ranges FIRST..LAST, or `-` to read them from a pipe."
        )
    filled = [part for part in parts if part]
    if len(filled) == 1:
        return filled[0]
    everything = Packed(merge(*filled))
    twice = overlaps(everything)
    if twice is not None:
        raise BadValue(f"{twice} is given twice.", "Give each number once.", number=str(twice))
    return everything


def extensions(given: Iterable[str], region: str | None) -> tuple[list[str], dict[int, str]]:
    """Arguments without the ``ext`` of ``tel:`` URIs, and those extensions by number. Raises BadValue."""
    plain, found = [], dict[int, str]()
    for text in given:
        bare, ext = without_extension(text)
        plain.append(bare)
        if ext:
            found[parse_number(bare, region)] = ext
    return plain, found


def numbers_or_quantity(
    session: Asked, given: Sequence[str] | None, wanted: Quantity | None
) -> Sequence[Range] | Quantity:
    """NUMBERS, or a quantity of a series: one of the two. Raises BadValue for both and for neither."""
    named = bool(given) or session.change_options.from_file is not None
    if wanted is None:
        if not named:
            raise BadValue("NUMBERS are missing.", "Give numbers or ranges, or take them out of a --series.")
        return session.numbers(given)
    if named:
        raise BadValue("NUMBERS and --series exclude one another.", "Name the numbers, or have them chosen.")
    return wanted


def quantity_of(
    series: str,
    quantity: int,
    contiguous: bool = False,
    matching: str | None = None,
    aligned: int | None = None,
    sequential: int | None = None,
    labels: Sequence[str] | None = None,
) -> Quantity:
    """A quantity of a series as the core takes it, its texts clean. Raises BadValue."""
    from numctl.core.actions.allocation import Quantity
    from numctl.core.text import clean_name

    if matching is not None:
        from numctl.core.numbers.patterns import read_pattern

        read_pattern(matching)
    if labels:
        from numctl.core.queries.labels import read_wanted

        read_wanted(labels, ())
    name, having = clean_name(series, "A series"), tuple(labels or ())
    wanted = Quantity(name, quantity, contiguous, matching, aligned or 0, sequential or 0, having)
    wanted.expect_sense()
    return wanted


def numbers_or_user(
    session: Asked, given: Sequence[str] | None, user: str | None, org: str | None = None
) -> Sequence[Range] | OfUser:
    """NUMBERS, or a user's name in their place or by --user. Raises BadValue for both and for neither.

    ``org`` says which user is meant, where several organizations have one of that name.
    """
    from numctl.core.actions.subscribers import OfUser
    from numctl.core.text import clean_name

    named = bool(given) or session.change_options.from_file is not None
    if user is not None and named:
        raise BadValue("NUMBERS and --user exclude one another.", "Name the numbers, or the user.")
    if user is None and not named:
        raise BadValue("NUMBERS or a USER are missing.", "Give numbers or ranges, or the name of a user.")
    if user is None and given and session.change_options.from_file is None and all(map(_is_a_name, given)):
        if len(given) > 1:
            raise BadValue("One user at a time.", "Name one, or give the numbers of several.")
        user = given[0]
    if user is not None:
        return OfUser(clean_name(user, "A user"), org)
    if org is not None:
        raise BadValue("--org says which user is meant.", "Leave it out where numbers are named.")
    return session.numbers(given)


def _is_a_name(text: str) -> bool:
    """Whether a text is meant as a user's name: it has letters, and doesn't begin as a number does.

    What begins as one and can't be read is a slip of the pen (`1.4155552671E+10`, `5552671 ext. 5`).
    """
    begins = text.lstrip(" +(")[:1].isdecimal() and sum(map(str.isdecimal, text)) >= SHORTEST
    return any(map(str.isalpha, text)) and not begins


def _lines(source: str) -> Iterator[str]:
    try:
        if source == STANDARD_INPUT:
            yield from sys.stdin
            return
        with open(source, encoding="utf-8-sig") as file:  # noqa: PTH123 - '-' and paths are one text here
            yield from file
    except UnicodeDecodeError:
        raise BadValue(
            f"{source} is not text in UTF-8.", "Save it as UTF-8, one number or range a line."
        ) from None
    except OSError as error:
        raise Refusal(f"{source} can't be read: {error.strerror}.", "Name another file.") from None
