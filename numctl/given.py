"""NUMBERS as they reach a command: arguments, standard input, a file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from numctl.core.errors import BadValue, Refusal
from numctl.core.numbers import parse_numbers, read_lines
from numctl.core.ranges import Range, overlaps

if TYPE_CHECKING:
    from collections.abc import Iterable

STANDARD_INPUT = "-"


def numbers(given: Iterable[str], from_file: str | None, region: str | None) -> list[Range]:
    """All numbers that were given, ascending and joined. Raises BadValue where one is given twice."""
    arguments = list(given)
    sources = [STANDARD_INPUT] * arguments.count(STANDARD_INPUT) + ([from_file] if from_file is not None else [])
    if sources.count(STANDARD_INPUT) > 1:
        raise BadValue("Standard input was named twice.", "Read it once, with `-` or with --from-file -.")
    parts = [parse_numbers([text for text in arguments if text != STANDARD_INPUT], region)]
    parts += [read_lines(_lines(source), region) for source in sources]
    everything = sorted(range for part in parts for range in part)
    twice = overlaps(everything) if len(parts) > 1 else None
    if twice is not None:
        raise BadValue(f"{twice} is given twice.", "Give each number once.", number=str(twice))
    if not everything and not sources:
        raise BadValue("NUMBERS are missing.", "Give numbers, ranges FIRST..LAST, or `-` to read them from a pipe.")
    return everything


def _lines(source: str) -> list[str]:
    try:
        if source == STANDARD_INPUT:
            return sys.stdin.read().splitlines()
        with open(source, encoding="utf-8-sig") as file:  # noqa: PTH123 - '-' and paths are one text here
            return file.read().splitlines()
    except UnicodeDecodeError:
        raise BadValue(f"{source} is not text in UTF-8.", "Save it as UTF-8, one number or range a line.") from None
    except OSError as error:
        raise Refusal(f"{source} can't be read: {error.strerror}.", "Name another file.") from None
