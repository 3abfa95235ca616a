"""What is unusual about numbers that came in: short codes, and those too long for their country."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.numbers.countries import SHORT, country_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numctl.core.numbers.ranges import Pair

_LONGEST_SHORT = 10**SHORT
_CODE = 3  # digits of the longest country code


class Unusual(NamedTuple):
    """How many numbers are short codes, and how many are longer than those of their country."""

    short_codes: int = 0
    over_long: int = 0

    def facts(self) -> dict[str, int]:
        """Those that there are, by name."""
        return {name: count for name, count in self._asdict().items() if count}


def unusual(numbers: Iterable[Pair], *, with_country: bool, least: int = 0) -> Unusual:
    """Count what is unusual among ranges, each of one length.

    ``with_country``: they were written with + or read by a region, else bare digits are no surprise, and
    short ones only among longer ones. From ``least`` on a number can be too long.
    """
    short = over_long = longer = 0
    for first, last in numbers:
        if last < _LONGEST_SHORT:
            short += last - first + 1
            continue
        longer = 1
        if with_country and first >= least and _is_over_long(str(first)[:_CODE], len(str(first))):
            over_long += last - first + 1
    return Unusual(short if with_country or longer else 0, over_long)


def has_country(text: str) -> bool:
    """Whether a number, or the first of a range, is written with + and its country code."""
    return text.strip().lower().startswith(("+", "tel:+"))


def least_over_long(region: str | None) -> int:
    """No number of a region's own that is smaller is too long; 0 without a region."""
    if region is None:
        return 0
    from numctl.core.numbers.national import reader

    known = reader(region)
    return int(10 ** (len(known.country_code) + known.longest))


@lru_cache(4096)
def _is_over_long(begin: str, length: int) -> bool:
    country = country_of(begin)
    return country is not None and length - len(country.code) > max(country.lengths)
