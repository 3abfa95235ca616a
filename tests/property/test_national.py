"""Reading by region equals the parser of the metadata itself, wherever that one takes digits for a number."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import CountryCodeSource, NumberParseException, PhoneNumberType, ValidationResult
from phonenumbers.phonenumberutil import ndd_prefix_for_region

from numctl.core.errors import BadValue
from numctl.core.numbers.national import reader

pytestmark = pytest.mark.pure


REGIONS = [
    "FR",
    "US",
    "CA",
    "GB",
    "GG",
    "DE",
    "IT",
    "SM",
    "BR",
    "MX",
    "AR",
    "RU",
    "KZ",
    "SG",
    "HU",
    "AU",
    "FI",
    "JP",
]
TYPES = [value for value in PhoneNumberType.values() if value != PhoneNumberType.UNKNOWN]


def ours(digits: str, region: str) -> int | None:
    """Give the number that the digits are, or None where they are refused."""
    try:
        return reader(region)(digits)
    except BadValue:
        return None


def allowed(digits: str, region: str) -> set[int | None]:
    """Give what reading may answer, None for a refusal, by the metadata's own parser and the rules."""
    try:
        parsed = phonenumbers.parse(digits, region, keep_raw_input=True)
    except NumberParseException:
        return {None}
    if parsed.country_code_source == CountryCodeSource.FROM_NUMBER_WITH_IDD:
        after = {int(digits[start:]) for start in range(len(digits)) if digits[start] != "0"}
        return {number for number in after if len(str(number)) <= 15} | (
            {None} if len(digits) > 15 else set()
        )
    full = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")
    number = int(full) if len(full) <= 15 else None
    coded = parsed.country_code_source == CountryCodeSource.FROM_NUMBER_WITHOUT_PLUS_SIGN
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    trunk = ndd_prefix_for_region(region, True) or ""
    kept = bool(trunk) and digits.startswith(trunk) and full == f"{parsed.country_code}{digits}"
    if kept and not phonenumbers.is_valid_number(parsed):
        return {None, number}  # too short after the trunk prefix, though as long with it as a number
    if reason == ValidationResult.IS_POSSIBLE:
        return {number}
    if reason == ValidationResult.TOO_LONG:
        trunked = bool(trunk) and digits == f"{trunk}{full.removeprefix(str(parsed.country_code))}"
        return {number} if coded or trunked else {None}
    short = None if digits[0] == "0" or not 3 <= len(digits) <= 6 or coded else int(digits)
    if trunk and digits.startswith(trunk):
        return {None, short}
    if reason == ValidationResult.TOO_SHORT:
        return {short}
    return {None, short} if reason == ValidationResult.IS_POSSIBLE_LOCAL_ONLY else {None}


def examples(region: str) -> list[str]:
    """Give digits near the region's example numbers: with its prefixes, one digit more, one less."""
    trunk = ndd_prefix_for_region(region, True) or ""
    near: list[str] = []
    for kind in TYPES:
        number = phonenumbers.example_number_for_type(region, kind)
        if number is not None:
            national = phonenumbers.national_significant_number(number)
            code = str(number.country_code)
            near += [
                national,
                trunk + national,
                code + national,
                national[:-1],
                national + "1",
                code + trunk + national,
            ]
            near += [trunk + national + "7", "00" + code + national]
    return near


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_example_numbers_of_every_region_are_read_as_its_parser_reads_them(region: str) -> None:
    wrong = {
        digits: got
        for digits in examples(region)
        if (got := ours(digits, region)) not in allowed(digits, region)
    }
    assert wrong == {}


@given(
    st.sampled_from(REGIONS),
    st.text("0123456789", min_size=1, max_size=17),
    st.sampled_from(["", "trunk", "code"]),
)
def test_any_digits_are_read_as_the_metadatas_parser_reads_them(
    region: str, digits: str, before: str
) -> None:
    if before == "trunk":
        digits = (ndd_prefix_for_region(region, True) or "") + digits
    elif before == "code":
        digits = str(phonenumbers.country_code_for_region(region)) + digits
    assert ours(digits, region) in allowed(digits, region)
