"""National numbers: what each region makes of digits without +."""

from __future__ import annotations

import pytest

from numctl.core.errors import BadValue
from numctl.core.numbers.parsing import parse_number, parse_numbers, parse_range, read_lines
from numctl.core.numbers.ranges import Range

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("region", "text", "number"),
    [
        ("FR", "0105600000", 33105600000),
        ("FR", "01 05 60 00 00", 33105600000),
        ("fr", "105600000", 33105600000),
        ("FR", "+33105600000", 33105600000),
        ("FR", "33105600000", 33105600000),
        ("FR", "0033105600000", 33105600000),
        ("FR", "0014188984760", 14188984760),
        ("FR", "+14188984760", 14188984760),
        ("FR", "07000000000000", 337000000000000),
        ("FR", "337000000000000", 337000000000000),
        ("FR", "3999", 3999),
        ("FR", "112", 112),
        ("US", "(418) 898-4760", 14188984760),
        ("US", "1-418-898-4760", 14188984760),
        ("US", "911", 911),
        ("CA", "011 33 105600000", 33105600000),
        ("GB", "020 7946 0018", 442079460018),
        ("DE", "030 901820", 4930901820),
        ("DE", "112", 112),
        ("IT", "06 1234 5678", 390612345678),
        ("IT", "312 345 6789", 393123456789),
        ("RU", "8 (912) 345-67-89", 79123456789),
        ("BR", "(11) 96123-4567", 5511961234567),
        ("BR", "0 15 11 96123-4567", 5511961234567),
        ("AR", "011 15 2345 6789", 5491123456789),
        ("MX", "222 123 4567", 522221234567),
        ("SG", "61234567", 6561234567),
        ("SM", "886377", 3780549886377),
    ],
)
def test_national_numbers_get_their_country_code(region: str, text: str, number: int) -> None:
    assert parse_number(text, region) == number


@pytest.mark.parametrize(
    ("region", "text", "said"),
    [
        ("FR", "14188984760", "too long"),
        ("FR", "0399", "too short"),
        ("FR", "12", "too short"),
        ("FR", "070000000000000000", "has 19 digits"),
        ("FR", "7" * 100_000, "too long"),
        ("FR", "0099912345678", "country"),
        ("US", "898-4760", "could be|area code"),
        ("US", "8984760", "area code"),
        ("IT", "0612345678901234", "too long"),
        ("NO", "123456", "as long as"),
    ],
)
def test_what_is_no_number_of_the_region_is_refused(region: str, text: str, said: str) -> None:
    with pytest.raises(BadValue, match=said):
        parse_range(text, region)


def test_a_number_that_is_too_long_is_told_apart() -> None:
    with pytest.raises(BadValue, match="too long for a number of FR") as refused:
        parse_range("1056000001", "FR")
    assert refused.value.facts["number"] == "1056000001"


@pytest.mark.parametrize(("region", "near"), [("UK", "GB"), ("FRA", "FR"), ("", ""), ("F\u0154", "?")])
def test_an_unknown_region_is_refused_with_the_nearest(region: str, near: str) -> None:
    with pytest.raises(BadValue, match="There is no region") as unknown:
        parse_number("0105600000", region)
    assert near in unknown.value.advice
    with pytest.raises(BadValue, match="There is no region"):
        parse_numbers([], region)


def test_a_range_is_read_at_each_end() -> None:
    expected = Range(33105600000, 33105699999)
    assert parse_range("0105600000..0105699999", "FR") == expected
    assert parse_range("0105600000+100000", "FR") == expected
    assert parse_range("+33105600000..0105699999", "FR") == expected
    with pytest.raises(BadValue, match="from a number of 4 digits to one of 11"):
        parse_range("3999..0105600000", "FR")


def test_numbers_twice_are_found_however_they_are_written() -> None:
    with pytest.raises(BadValue, match="33105600000 is given twice"):
        parse_numbers(["0105600000", "+33105600000"], "FR")
    with pytest.raises(BadValue, match="Line 2: 33105600000 is given twice"):
        read_lines(["0105600000", "+33105600000"], "FR")
