"""Values as people write them: quantities, percentages, days, times. Read strictly.

Each function takes a text, and passes on a value that was read before (a default). What isn't exactly
right is a ``BadValue``, told in one sentence.
"""

from __future__ import annotations

from numctl.core.errors import BadValue
from numctl.core.text import quoted

MOST_DIGITS = 15  # of a quantity: there are no more telephone numbers than that
MOST_DAYS = 3650  # that a number rests
LARGEST_BLOCK = 10_000_000  # numbers that a report counts together


def option(name: str) -> str:
    """How a command line names a value: ``forward_to`` is ``--forward-to``."""
    return f"--{name.replace('_', '-')}"


def key(name: str) -> str:
    """How a line of a batch names a value: ``'forward_to'``."""
    return f"'{name}'"


def _whole(text: str, least: int, what: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > MOST_DIGITS or int(text) < least:
        raise BadValue(f"{what}, written in digits alone, not {quoted(text)}.")
    return int(text)


def quantity(text: str | int) -> int:
    """A quantity of 1 or more, of at most 15 digits. Raises ``BadValue``."""
    return text if isinstance(text, int) else _whole(text, 1, "A quantity is a whole number, 1 or more")


def count(text: str | int) -> int:
    """A count of 0 or more, of at most 15 digits. Raises ``BadValue``."""
    return text if isinstance(text, int) else _whole(text, 0, "A count is a whole number, 0 or more")


def size(text: str | int) -> int:
    """The size of a block: a power of ten, 10 or more. Raises ``BadValue``."""
    if isinstance(text, int):
        return text
    if text[:1] != "1" or text[1:].strip("0") or not 2 <= len(text) <= MOST_DIGITS:
        raise BadValue(f"The size of a block is a power of ten, such as 100, not {quoted(text)}.")
    return int(text)


def block_size(text: str | int) -> int:
    """The size of a block in a report: a power of ten from 10 to 10,000,000. Raises ``BadValue``."""
    if (found := size(text)) > LARGEST_BLOCK:
        raise BadValue(f"A block has {LARGEST_BLOCK} numbers at most, not {found}.")
    return found


def percent(text: str | int) -> int:
    """A percentage from 1 to 100. Raises ``BadValue``."""
    if isinstance(text, int):
        return text
    what = "A percentage is a whole number from 1 to 100"
    if (value := _whole(text, 1, what)) > 100:
        raise BadValue(f"{what}, not {text!r}.")
    return value


def percent_or_off(text: str | int) -> int | str:
    """A percentage from 1 to 100, or ``off``. Raises ``BadValue``."""
    if text == "off":
        return "off"
    try:
        return percent(text)
    except BadValue:
        raise BadValue(f"A threshold is a whole number from 1 to 100, or 'off', not {text!r}.") from None


def days(text: str | int) -> int:
    """How many days a number rests, 0 to 3650. Raises ``BadValue``."""
    if isinstance(text, int):
        return text
    value = _whole(text, 0, "A number of days is a whole number, 0 or more")
    if value > MOST_DAYS:
        raise BadValue(f"A number rests for {MOST_DAYS} days at most, not {value}.")
    return value


def day(text: str) -> str:
    """A date of the calendar as it is kept, ``YYYY-MM-DD``. Raises ``BadValue``."""
    from datetime import date

    year, *rest = text.split("-")
    digits = text.replace("-", "")
    if text.isascii() and digits.isdigit() and len(year) == 4 and [*map(len, rest)] == [2, 2]:
        try:
            return date(int(year), int(rest[0]), int(rest[1])).isoformat()
        except ValueError:
            raise BadValue(f"The calendar has no day {quoted(text)}.", "Correct it.") from None
    raise BadValue(f"A date is written YYYY-MM-DD, not {quoted(text)}.", "Write it so.")


def days_or_word(text: str | int) -> int | str:
    """Days of rest as ``days`` reads them, ``off`` for none, or ``inherit``. Raises ``BadValue``."""
    return text if text in ("off", "inherit") else days(text)


def seconds(text: str | float) -> float:
    """A time of 0 or more seconds, ``2`` or ``0.5``, at most a million. Raises ``BadValue``."""
    if not isinstance(text, str):
        return float(text)
    whole, dot, part = text.partition(".")
    digits = whole + part
    if not (digits.isascii() and digits.isdigit() and whole and bool(dot) == bool(part)) or (
        len(text) > MOST_DIGITS or float(text) > 1_000_000
    ):
        raise BadValue(f"A time is a number of seconds from 0 to 1000000, such as 30 or 0.5, not {text!r}.")
    return float(text)
