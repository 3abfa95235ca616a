"""How people write numbers, with and without a region: read right, or refused; never guessed."""

from __future__ import annotations

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat

from numctl.core.errors import BadValue
from numctl.core.numbers.parsing import parse_number, parse_range
from numctl.core.numbers.ranges import Range

pytestmark = pytest.mark.pure


READ = [  # as written, region, the number
    # a zero that is dialled within the country only
    ("+44 (0)20 7946 0958", None, 442079460958),
    ("+44(0)2079460958", None, 442079460958),
    ("+44 (0) 20 7946 0958", None, 442079460958),
    ("44 (0)20 7946 0958", None, 442079460958),
    ("+33 (0)1 23 45 67 89", None, 33123456789),
    ("+49 (0)30 901820", None, 4930901820),
    ("+41 (0)44 668 18 00", None, 41446681800),
    ("+39 (0)6 1234567", None, 39061234567),
    ("+39(0)2 1234 5678", None, 390212345678),
    ("(0)20 7946 0958", "GB", 442079460958),
    ("+44 (0)20 7946 0958", "FR", 442079460958),
    # RFC 3966
    ("tel:+1-418-898-4760", None, 14188984760),
    ("tel:+14188984760", None, 14188984760),
    ("TEL:+1(418)898.4760", None, 14188984760),
    ("tel:898-4760;phone-context=+1418", None, 14188984760),
    ("tel:898-4760;phone-context=+1-418", None, 14188984760),
    ("tel:3999", None, 3999),
    ("tel:+33123456789;foo=bar", None, 33123456789),
    # spreadsheets
    ("14188980100.0", None, 14188980100),
    ("14188980100.00", None, 14188980100),
    ("+14188980100.0", None, 14188980100),
    ("14188980100,0", None, 14188980100),
    ("442079460958.0", "GB", 442079460958),
    # separators, with the country's code
    ("+1 (418) 898-4760", None, 14188984760),
    ("1 (418) 898-4760", None, 14188984760),
    ("1-418-898-4760", None, 14188984760),
    ("1.418.898.4760", None, 14188984760),
    ("1 418 898 4760", None, 14188984760),
    ("1\u00a0418\u202f898 4760", None, 14188984760),
    ("(+33) 1.05.60.00.00", None, 33105600000),
    ("33 1 23 45 67 89", None, 33123456789),
    ("44-20-7946-0958", None, 442079460958),
    ("+49 30 901820", None, 4930901820),
    # bare digits are taken as they are
    ("14188984760", None, 14188984760),
    ("1418898476", None, 1418898476),
    ("2125550100", None, 2125550100),
    ("3999", None, 3999),
    ("100", None, 100),
    ("999999999999999", None, 999999999999999),
    ("39903999", None, 39903999),
    (" 14188984760 ", None, 14188984760),
    # national
    ("(212) 555-0100", "US", 12125550100),
    ("212-555-0100", "US", 12125550100),
    ("212.555.0100", "US", 12125550100),
    ("1 212 555 0100", "US", 12125550100),
    ("01 23 45 67 89", "FR", 33123456789),
    ("0123456789", "FR", 33123456789),
    ("0105600000", "FR", 33105600000),
    ("01.23.45.67.89", "FR", 33123456789),
    ("020 7946 0958", "GB", 442079460958),
    ("06 1234567", "IT", 39061234567),
    ("030 901820", "DE", 4930901820),
    ("07000000000000", "FR", 337000000000000),
    ("00 33 1 23 45 67 89", "GB", 33123456789),
    ("3999", "FR", 3999),
    ("3999", "US", 3999),
    ("+1 212 555 0100", "FR", 12125550100),
    # longer than the country's numbers, with + : taken
    ("+4420794609581", None, 4420794609581),
    ("+337000000000000", None, 337000000000000),
    # short with + is a short code
    ("+3999", None, 3999),
]
REFUSED = [  # as written, region, what is said
    ("+33 1 23 45 67 18-19", None, "could be a range or a number"),
    ("01 23 45 67 18-19", "FR", "could be a range"),
    ("3990-3999", None, "could be a range or a number"),
    ("3990 - 3999", None, "could be a range or a number"),
    ("(212) 555-0100", None, "with its country code"),
    ("212-555-0100", None, "with its country code"),
    ("212 555 0100", None, "with its country code"),
    ("39 99", None, "with its country code"),
    ("418-8984760", None, "with its country code"),
    ("01 23 45 67 8", "FR", "too short"),
    ("012345678", "FR", "too short"),
    ("1 212 555 010", "US", "too short"),
    ("+4420794609", None, "too short"),
    ("+33 1 23 45 67", None, "too short"),
    ("+1 418 898 476", None, "too short"),
    ("1234567", "FR", "No number of FR"),
    ("tel:898-4760;phone-context=example.com", None, "is local to"),
    ("tel:+1-418-898-4760;ext=102", None, "has an extension"),
    ("14188980100.5", None, "a spreadsheet has rewritten it"),
    ("1.418898476E+10", None, "a spreadsheet has rewritten it"),
    ("+1 (0)418 898 4760", None, "where no zero is dialled"),
    ("+1 418 898 4760 ext. 5", None, "an extension"),
    ("0105600000", None, "starts with 0"),
    ("12345678901234567", None, "is too long"),
    ("123456789012345678", "FR", "too long"),
    ("", None, "holds no digits"),
]


@pytest.mark.promise(41)
@pytest.mark.parametrize(("text", "region", "number"), READ, ids=repr)
def test_read_right(text: str, region: str | None, number: int) -> None:
    assert parse_number(text, region) == number
    assert parse_range(text, region) == Range(number, number)


@pytest.mark.promise(41)
@pytest.mark.parametrize(("text", "region", "said"), REFUSED, ids=repr)
def test_refused(text: str, region: str | None, said: str) -> None:
    for read in (parse_number, parse_range):
        with pytest.raises(BadValue) as refused:
            read(text, region)
        assert said in refused.value.message


def test_there_are_eighty_of_them() -> None:
    assert len(READ) + len(REFUSED) >= 80


def test_both_spellings_are_shown() -> None:
    for text, range_, number in (
        ("+33 1 23 45 67 18-19", "33123456718..33123456719", "3312345671819"),
        ("3990-3999", "3990..3999", "39903999"),
    ):
        with pytest.raises(BadValue) as refused:
            parse_range(text)
        assert range_ in refused.value.advice
        assert number in refused.value.advice


def test_two_whole_numbers_are_a_range() -> None:
    assert parse_range("443000000000-443000009999") == Range(443000000000, 443000009999)
    assert parse_range("+443000000000 - +443000009999") == Range(443000000000, 443000009999)
    with pytest.raises(BadValue, match="one number"):
        parse_number("443000000000-443000009999")


def test_unchecked_takes_what_only_these_rules_refuse() -> None:
    assert parse_number("(212) 555-0100", unchecked=True) == 2125550100
    assert parse_number("+4420794609", unchecked=True) == 4420794609
    with pytest.raises(BadValue):
        parse_number("nan", unchecked=True)


@pytest.mark.promise(41)
@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_what_is_written_out_in_any_usual_way_reads_back_the_same(region: str) -> None:
    for kind in phonenumbers.PhoneNumberType.values():
        example = phonenumbers.example_number_for_type(region, kind)
        if example is None or not phonenumbers.is_possible_number(example):
            continue
        e164 = phonenumbers.format_number(example, PhoneNumberFormat.E164)
        number = int(e164.removeprefix("+"))
        forms = (e164, phonenumbers.format_number(example, PhoneNumberFormat.INTERNATIONAL))
        for text in (*forms, phonenumbers.format_number(example, PhoneNumberFormat.RFC3966)):
            assert parse_number(text) == number, (text, e164)
            assert parse_number(text, region) == number, (text, e164)
        national = phonenumbers.format_number(example, PhoneNumberFormat.NATIONAL)
        back = phonenumbers.parse(national, region)
        if phonenumbers.format_number(back, PhoneNumberFormat.E164) == e164:
            assert read(national, region) in (number, AREA_ALONE), (national, region, e164)


AREA_ALONE = -1  # what is dialled within one area alone has no national form of its own


def read(text: str, region: str) -> int:
    try:
        return parse_number(text, region)
    except BadValue as refused:
        return AREA_ALONE if "lacks its area code" in refused.message else 0


@pytest.mark.parametrize("text", ["x (0)20 7946 0958", "(0)20 7946 0958", "+ (0)20 7946 0958"])
def test_a_zero_in_parentheses_after_no_country_code_is_no_number(text: str) -> None:
    with pytest.raises(BadValue):
        parse_range(text)
