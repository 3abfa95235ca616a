"""How people write a number beside its digits: refused where it could mean two things, else made plain.

The rules are those of the contract: a ``(0)`` after a country code, RFC 3966, what a spreadsheet has made
of a number, and digits with separators that begin with no country's code.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from numctl.core.errors import BadValue
from numctl.core.numbers import countries
from numctl.core.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from numctl.core.numbers.ranges import Pair

SPACES = " \t\u00a0\u202f"
SEPARATORS = SPACES + ".()-"
_DROPPED = dict.fromkeys(map(ord, SEPARATORS))
LEAST_IN_A_RANGE, MOST_DIGITS = 7, 15


def plain(text: str) -> str:
    """What a text says as digits and separators, with + where its country code is there. Raises BadValue."""
    written = text.strip()
    if written[:4].lower() == "tel:":
        written = _of_uri(text, written[4:])
    written = _without_fraction(text, written)
    if "(0)" in written:
        written = _without_trunk_zero(text, written)
    return written


def without_extension(text: str) -> tuple[str, str]:
    """A ``tel:`` URI without its ``ext``, and that extension; empty where it has none (RFC 3966)."""
    parts = text.strip().split(";")
    if parts[0][:4].lower() != "tel:":
        return text, ""
    ext = [value for name, _, value in (part.partition("=") for part in parts) if name.lower() == "ext"]
    if not ext or not re.fullmatch(r"[0-9.()-]+", ext[0]):
        return text, ""
    rest = [part for part in parts if part.partition("=")[0].lower() != "ext"]
    return ";".join(rest), ext[0].translate(_DROPPED)


def _of_uri(text: str, uri: str) -> str:
    """The number of a ``tel:`` URI (RFC 3966): global, or local with a context that is a number."""
    number, *parameters = uri.split(";")
    named = {name.lower(): value for name, _, value in (one.partition("=") for one in parameters)}
    if "ext" in named:
        raise BadValue(
            f"{quoted(text)} has an extension, which is no part of a number.", "Write the number without it."
        )
    if number.startswith("+") or "phone-context" not in named:
        return number
    context = named["phone-context"]
    if not re.fullmatch(r"\+[0-9.()-]+", context):
        raise BadValue(
            f"{quoted(text)} is local to {quoted(context)}, which is no number.",
            "Write the whole number, such as tel:+1-418-898-4760.",
        )
    return context + number


def _without_fraction(text: str, written: str) -> str:
    """A spreadsheet's ``14188980100.0`` without what follows the point; any other fraction is refused."""
    found = re.fullmatch(rf"(\+?[0-9]{{{LEAST_IN_A_RANGE},}})[.,]([0-9]+)", written)
    if found is None:
        return written
    if found[2].strip("0"):
        raise BadValue(
            f"{quoted(text)} isn't a number any more: a spreadsheet has rewritten it.",
            "Save the column as text there, and export it again.",
        )
    return found[1]


def _without_trunk_zero(text: str, written: str) -> str:
    """``+44 (0)20 ...`` without the zero that is dialled within the country only."""
    before, _, after = written.partition("(0)")
    code = before.strip("+" + SEPARATORS)
    country = countries.country_of(code) if code.isdecimal() else None
    if country is None or country.code != code:
        return written  # no country code before it: a national number with its zero in parentheses
    if country.trunk == "0":
        return before + after
    if country.zero:
        return f"{before}0{after}"
    raise BadValue(
        f"{quoted(text)} has a (0) after the country code {code}, where no zero is dialled.",
        "Write the number without it.",
    )


def expect_one_meaning(text: str, written: str, national: Callable[[str], int] | None) -> None:
    """Raises BadValue for digits with separators that could be several things, or are no possible number.

    ``written`` is the text as ``plain`` gives it; ``national`` reads what has no + where a region is set.
    """
    international = written.lstrip("(" + SPACES).startswith("+")
    digits = written.translate(_DROPPED).removeprefix("+")
    if not digits.isdecimal():
        return
    if "-" in written:
        _expect_no_end_of_range(text, written, digits, None if international else national)
    if national is not None and not international:
        return
    country = countries.country_of(digits)
    if international and country is not None and countries.is_too_short(digits):
        raise BadValue(
            f"{quoted(text)} is too short: after +{country.code} a number has {country.told()} digits.",
            "Write the whole number.",
            number=digits,
        )
    separated = not international and digits != written
    if separated and len(digits) <= MOST_DIGITS and digits[0] != "0" and not countries.is_possible(digits):
        raise BadValue(
            f"{quoted(text)} is no number with its country code.",
            "Write it with + and its country code, or give --region; bare digits are taken as they are.",
            number=digits,
        )


def _expect_no_end_of_range(
    text: str, written: str, digits: str, national: Callable[[str], int] | None
) -> None:
    """Refuse a hyphen that could end a range: the whole is no number of its country, what is before it is.

    So is one that is the only separator, between groups of one length, where nothing says the country.
    """
    before, _, end = written.rpartition("-")
    first, end = before.translate(_DROPPED).removeprefix("+"), end.strip(SPACES)
    if not (first.isdecimal() and end.isdecimal()):
        return
    bare = re.fullmatch(rf"[0-9]+[{SPACES}]*-[{SPACES}]*[0-9]+", written.strip(SPACES))
    if bare and national is None and len(first) == len(end):
        last = end
    elif len(end) < len(first) and _possible(digits, national) is None:
        found = _possible(first, national)
        if found is None:
            return
        first, last = found, found[: -len(end)] + end
    else:
        return
    raise BadValue(
        f"{quoted(text)} could be a range or a number.",
        f"Write {first}..{last} for the range, {digits} for the number.",
        range=f"{first}..{last}",
        number=digits,
    )


def _possible(digits: str, national: Callable[[str], int] | None) -> str | None:
    """The number that digits are, as its country has them; None where it has none as long."""
    try:
        whole = digits if national is None else str(national(digits))
    except BadValue:
        return None
    return whole if countries.is_possible(whole) else None


def two_numbers(text: str) -> Pair | None:
    """Both ends of a range written with a hyphen between two whole numbers: together no number could be
    as long."""
    found = re.fullmatch(r"\s*(\+?)([0-9]+)\s*-\s*(\+?)([0-9]+)\s*", text)
    if found is None or found[1] != found[3]:
        return None
    first, last = found[2], found[4]
    if len(first) != len(last) or len(first) < LEAST_IN_A_RANGE or len(first + last) <= MOST_DIGITS:
        return None
    return (int(first), int(last)) if len(first) <= MOST_DIGITS and "0" not in (first[0], last[0]) else None
