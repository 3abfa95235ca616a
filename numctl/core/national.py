"""National numbers: what a number without + is in the region where it is written.

Google's metadata (phonenumberslite) says how. Its own parser takes some 50 microseconds a number, too
much for a file of a hundred thousand; this reads the one region's metadata once and applies the same
steps. Tests hold it against that parser.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from numctl.core.errors import BadValue
from numctl.core.text import nearest, quoted

if TYPE_CHECKING:
    from phonenumbers import PhoneMetadata

SHORTEST, LONGEST = 3, 15

# Codes that people write for a region whose code is another.
MISNOMERS = {"UK": "GB", "EL": "GR"}


@lru_cache(maxsize=8)
def reader(region: str) -> Reader:
    """Give the reader of a region's national numbers. Raises BadValue if there is no such region."""
    from phonenumbers import SUPPORTED_REGIONS, PhoneMetadata

    code = region.strip().upper()
    metadata = PhoneMetadata.metadata_for_region(code, None) if code in SUPPORTED_REGIONS else None
    if metadata is None:
        near = [MISNOMERS[code]] if code in MISNOMERS else nearest(code, sorted(SUPPORTED_REGIONS))
        advice = f"Did you mean {' or '.join(near)}?" if near else "Give two letters, such as FR."
        raise BadValue(f"There is no region {quoted(region)}.", advice, nearest=near)
    return Reader(code, metadata)


class Reader:
    """Reads the national numbers of one region; call it with a number's digits."""

    def __init__(self, region: str, metadata: PhoneMetadata) -> None:
        self.region = region
        self._code = str(metadata.country_code)
        self._trunk = metadata.national_prefix or ""
        self._international = re.compile(metadata.international_prefix or "(?!)")
        self._prefix = re.compile(metadata.national_prefix_for_parsing or "(?!)")
        self._transform = metadata.national_prefix_transform_rule or ""
        general = metadata.general_desc
        assert general is not None  # every region has it
        self._plan = re.compile(general.national_number_pattern or "(?!)")
        self._possible = frozenset(general.possible_length)
        self._local = frozenset(general.possible_length_local_only)
        self._shortest, self._longest = min(self._possible), max(self._possible)

    def __call__(self, digits: str) -> int:
        """Give the number that the digits are in this region; raises BadValue if they are none.

        A short code is what is too short for the region: it stands as it is. What is too long gets its
        country code all the same if it begins with the trunk prefix (machine-to-machine numbers are
        longer than the metadata knows), or has the country code already.
        """
        abroad = self._international.match(digits)
        if abroad and digits[abroad.end() : abroad.end() + 1] != "0":
            return self._within_lengths(digits, digits[abroad.end() :])
        national = self._without_country_code(digits)
        if national is not None:
            coded = True
        else:
            coded, national = False, digits
        stripped = self._without_prefix(national)
        if len(stripped) in self._possible or len(stripped) > self._longest:
            national, trunked = stripped, stripped != national and national.startswith(self._trunk or "0")
        else:
            trunked = False
        if len(national) in self._possible or (len(national) > self._longest and (coded or trunked)):
            return self._within_lengths(digits, self._code + national)
        return self._short_code(digits, national)

    def _without_country_code(self, digits: str) -> str | None:
        """Give what follows the region's own country code, or None if the digits don't begin with it.

        Digits that are a number of the region as they stand don't count as having the code.
        """
        if not digits.startswith(self._code):
            return None
        rest = self._without_prefix(digits[len(self._code) :])
        outside = not self._plan.fullmatch(digits)
        if len(digits) > self._longest or (outside and self._plan.fullmatch(rest)):
            return rest
        return None

    def _without_prefix(self, digits: str) -> str:
        """Give the digits without the prefix that is dialled within the country only."""
        prefix = self._prefix.match(digits)
        if not prefix:
            return digits
        if self._transform and prefix.groups()[-1] is not None:
            rest = self._prefix.sub(self._transform, digits, count=1)
        else:
            rest = digits[prefix.end() :]
        # A number of the region that only happens to begin like the prefix keeps it.
        return digits if self._plan.fullmatch(digits) and not self._plan.fullmatch(rest) else rest

    def _short_code(self, digits: str, national: str) -> int:
        """Give a short code as it stands; raises BadValue for what is neither that nor a number."""
        length = len(national)
        if length > self._longest:
            raise BadValue(
                f"{quoted(digits)} is too long for a number of {self.region}.",
                "If it is of another country, write it with + and its country code.",
                number=digits,
            )
        if length in self._local and not self._is_short(length):
            raise BadValue(f"{quoted(digits)} lacks its area code.", "Write the whole number.", number=digits)
        if length in self._local or length < self._shortest:
            if digits.startswith("0"):
                raise BadValue(
                    f"{quoted(digits)} is too short for {self.region}, and no short code starts with 0.",
                    "Write the whole number.",
                    number=digits,
                )
            return self._within_lengths(digits, digits)
        raise BadValue(f"No number of {self.region} has as many digits as {quoted(digits)}.", number=digits)

    def _is_short(self, length: int) -> bool:
        """Whether the region has short codes of this length, although local numbers have it, too."""
        from phonenumbers import PhoneMetadata

        short = PhoneMetadata.short_metadata_for_region(self.region, None)
        general = short.general_desc if short else None
        return general is not None and length in general.possible_length

    def _within_lengths(self, written: str, digits: str) -> int:
        """Give the number, if a number may be as long as this."""
        if not SHORTEST <= len(digits) <= LONGEST:
            extent = "short" if len(digits) < SHORTEST else "long"
            raise BadValue(
                f"{quoted(written)} is too {extent}: read in {self.region} it has {len(digits)} digits, "
                f"and a number has {SHORTEST} to {LONGEST}.",
                number=written,
            )
        return int(digits)
