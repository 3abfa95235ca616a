"""What Google's metadata knows of a number that is written out with its country code.

Loaded only for what is written with a +, or with separators: bare digits are taken as they are.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

SHORT = 6  # digits: what is no longer may be a short code
NEVER = "(?!)"


class Country(NamedTuple):
    """A country code, the lengths that numbers after it may have, and how its numbers begin.

    ``trunk`` is the prefix that is dialled within the country only, ``zero`` whether a number may begin
    with 0. Where several regions share the code, the lengths are those of all of them.
    """

    code: str
    lengths: frozenset[int]
    trunk: str
    zero: bool

    def told(self) -> str:
        """The lengths as a sentence says them: 9, or 8 to 11."""
        low, high = min(self.lengths), max(self.lengths)
        return str(low) if low == high else f"{low} to {high}"


def country_of(digits: str) -> Country | None:
    """The country whose code the digits begin with; None where there is no such code."""
    for length in (1, 2, 3) if digits[:1] != "0" else ():
        found = _country(digits[:length])
        if found is not None:
            return found
    return None


@lru_cache(maxsize=512)
def _country(code: str) -> Country | None:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    regions = COUNTRY_CODE_TO_REGION_CODE.get(int(code or 0))
    if not regions:
        return None
    known = [PhoneMetadata.metadata_for_region_or_calling_code(int(code), region) for region in regions]
    plans = [(one, one.general_desc) for one in known if one is not None and one.general_desc is not None]
    lengths = {n for _, general in plans if general for n in general.possible_length if n > 0}
    if not lengths:
        return None
    main, general = plans[0]
    pattern = re.compile((general.national_number_pattern if general else None) or NEVER)
    zero = any(pattern.fullmatch(f"0{second}{'1' * (n - 2)}") for n in lengths for second in range(1, 10))
    return Country(code, frozenset(lengths), main.national_prefix or "", zero)


def is_possible(digits: str) -> bool:
    """Whether digits are as long as the country whose code they begin with has numbers."""
    country = country_of(digits)
    return country is not None and len(digits) - len(country.code) in country.lengths


def is_too_short(digits: str) -> bool:
    """Whether digits are shorter than any number of their country, and no short code either."""
    country = country_of(digits)
    if country is None or len(digits) <= SHORT:
        return False
    length = len(digits) - len(country.code)
    return length not in country.lengths and length < max(country.lengths)
