"""National numbers: what a number without + is in the region where it is written.

Google's metadata (phonenumberslite) says how. Its own parser takes some 50 microseconds a number, too
much for a file of a hundred thousand; this reads the region's metadata once and applies the same steps.
Tests hold it against that parser.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from numctl.core.errors import BadValue
from numctl.core.text import nearest, quoted

if TYPE_CHECKING:
    from collections.abc import Container

    from phonenumbers import PhoneMetadata

SHORTEST, LONGEST = 3, 15
NEVER = "(?!)"
SHORT = 6  # digits: what is no longer may be a short code

# Codes that people write for a region whose code is another.
MISNOMERS = {"UK": "GB", "EL": "GR"}


@lru_cache(maxsize=8)
def reader(region: str) -> Reader:
    """Give the reader of a region's national numbers. Raises BadValue if there is no such region."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, SUPPORTED_REGIONS

    code = region.strip().upper()
    if code not in SUPPORTED_REGIONS:
        near = [MISNOMERS[code]] if code in MISNOMERS else nearest(code, sorted(SUPPORTED_REGIONS))
        advice = f"Did you mean {' or '.join(near)}?" if near else "Give two letters, such as FR."
        raise BadValue(f"There is no region {quoted(region)}.", advice, nearest=near)
    metadata = _metadata(code)
    country_code = metadata.country_code or 0
    plan = Plan(metadata)
    main = COUNTRY_CODE_TO_REGION_CODE[country_code][0]
    return Reader(
        code,
        str(country_code),
        re.compile(metadata.international_prefix or NEVER),
        plan,
        plan if main == code else Plan(_metadata(main)),
        COUNTRY_CODE_TO_REGION_CODE,
    )


def as_international(digits: str, region: str) -> str:
    """The beginning of a number as a region writes it, with the country's code; empty where it isn't one.

    Only what begins with the trunk prefix can be told from any other digits. Raises BadValue for the region.
    """
    trunk: str = _metadata(reader(region).region).national_prefix or ""
    if not trunk or not digits.startswith(trunk):
        return ""
    return reader(region).country_code + digits.removeprefix(trunk)


def _metadata(region: str) -> PhoneMetadata:
    from phonenumbers import PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None:
        raise LookupError(f"phonenumberslite lists the region {region}, but has no metadata of it")
    return metadata


class Plan:
    """What the metadata says of a region's numbers: how they look, and what is dialled before them."""

    def __init__(self, metadata: PhoneMetadata) -> None:
        general = metadata.general_desc
        if general is None:
            raise LookupError(f"phonenumberslite describes no numbers of the region {metadata.id}")
        self.trunk = metadata.national_prefix or ""
        self.possible = frozenset(general.possible_length)
        self.local = frozenset(general.possible_length_local_only)
        self.shortest, self.longest = min(self.possible), max(self.possible)
        self._number = re.compile(general.national_number_pattern or NEVER)
        self._prefix = re.compile(metadata.national_prefix_for_parsing or NEVER)
        self._transform = metadata.national_prefix_transform_rule or ""

    def fits(self, digits: str) -> bool:
        """Whether the digits look like a number of the region, without any prefix."""
        return self._number.fullmatch(digits) is not None

    def without_prefix(self, digits: str) -> str:
        """Give the digits without the prefix that is dialled within the country only."""
        prefix = self._prefix.match(digits)
        if not prefix:
            return digits
        if self._transform and prefix.groups()[-1] is not None:
            rest = self._prefix.sub(self._transform, digits, count=1)
        else:
            rest = digits[prefix.end() :]
        # A number of the region that only happens to begin like the prefix keeps it.
        return digits if self.fits(digits) and not self.fits(rest) else rest


class Reader:
    """Reads the national numbers of one region; call it with a number's digits.

    Where regions share a country code, the prefixes are those of the region itself, and the lengths
    those of the main one (of the USA for Canada), as the metadata's own parser has it.
    """

    def __init__(
        self,
        region: str,
        country_code: str,
        international: re.Pattern[str],
        plan: Plan,
        main: Plan,
        country_codes: Container[int],
    ) -> None:
        self.region = region
        self.country_code = country_code
        self._international = international
        self._plan = plan
        self._main = main
        self._country_codes = country_codes

    @property
    def longest(self) -> int:
        """How many digits a number has at most after the country code."""
        return self._main.longest

    def __call__(self, digits: str) -> int:
        """Give the number that the digits are in this region; raises BadValue if they are none.

        A short code is what is too short for the region: it stands as it is. What is too long gets its
        country code all the same if it begins with the trunk prefix (machine-to-machine numbers are
        longer than the metadata knows), or has the country code already.
        """
        abroad = self._international.match(digits)
        if abroad and digits[abroad.end() : abroad.end() + 1] != "0":
            return self._abroad(digits, digits[abroad.end() :])
        uncoded = self._without_country_code(digits)
        coded = uncoded is not None
        national, plan = (digits, self._plan) if uncoded is None else (uncoded, self._main)
        stripped = plan.without_prefix(national)
        trunked = False
        if len(stripped) in plan.possible or len(stripped) > plan.longest:
            trunked = bool(plan.trunk) and national == plan.trunk + stripped
            national = stripped
        length = len(national)
        if national == digits and self._begins_with_trunk(digits):
            raise self._too_short(digits)
        if length in self._main.possible or (length > self._main.longest and (coded or trunked)):
            return self._within_lengths(digits, self.country_code + national)
        if not coded and length <= SHORT and self._is_short_code(length):
            return self._short_code(digits)
        raise self._misfit(digits, length)

    def _begins_with_trunk(self, digits: str) -> bool:
        """Whether digits begin with the trunk prefix, and are no number of the region with it."""
        return bool(self._plan.trunk) and digits.startswith(self._plan.trunk) and not self._plan.fits(digits)

    def _too_short(self, digits: str) -> BadValue:
        lengths = sorted(self._main.possible)
        told = str(lengths[0]) if len(lengths) == 1 else f"{lengths[0]} to {lengths[-1]}"
        return BadValue(
            f"{quoted(digits)} is too short for {self.region}: a number has {told} digits after"
            f" {self._plan.trunk}.",
            "Write the whole number.",
            number=digits,
        )

    def _abroad(self, written: str, digits: str) -> int:
        """Give the number that was written with the prefix for calls abroad, now taken off."""
        codes = (digits[:length] for length in (1, 2, 3) if len(digits) >= length + 2)
        if not any(int(code) in self._country_codes for code in codes):
            raise BadValue(
                f"{quoted(written)} starts as calls abroad do in {self.region}, but no country code follows.",
                "Write it with + and its country code.",
                number=written,
            )
        return self._within_lengths(written, digits)

    def _without_country_code(self, digits: str) -> str | None:
        """Give what follows the region's own country code, or None if the digits don't begin with it.

        Digits that are a number of the region as they stand don't count as having the code.
        """
        if not digits.startswith(self.country_code):
            return None
        rest = self._plan.without_prefix(digits[len(self.country_code) :])
        if len(digits) > self._plan.longest or (not self._plan.fits(digits) and self._plan.fits(rest)):
            return rest
        return None

    def _is_short_code(self, length: int) -> bool:
        """Whether what is this long is a short code: too short for a number, and for a local one.

        Where local numbers may be as short, the metadata of short codes decides.
        """
        if length not in self._main.local:
            return length < self._main.shortest
        from phonenumbers import PhoneMetadata

        short = PhoneMetadata.short_metadata_for_region(self.region, None)
        general = short.general_desc if short else None
        return general is not None and length in general.possible_length

    def _short_code(self, digits: str) -> int:
        if digits.startswith("0"):
            raise BadValue(
                f"{quoted(digits)} is too short for {self.region}, and no short code starts with 0.",
                "Write the whole number.",
                number=digits,
            )
        return self._within_lengths(digits, digits)

    def _misfit(self, digits: str, length: int) -> BadValue:
        """Say why digits are no number of the region."""
        if length > self._main.longest:
            return BadValue(
                f"{quoted(digits)} is too long for a number of {self.region}.",
                "If it is of another country, write it with + and its country code.",
                number=digits,
            )
        if length in self._main.local:
            return BadValue(
                f"{quoted(digits)} lacks its area code.", "Write the whole number.", number=digits
            )
        return BadValue(
            f"No number of {self.region} is as long as {quoted(digits)}.",
            "Write it with + and its country code if it is one all the same.",
            number=digits,
        )

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
