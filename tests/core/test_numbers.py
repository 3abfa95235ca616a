"""Numbers and ranges as people write them: what is read, and what is refused with which sentence."""

from __future__ import annotations

import pytest

from numctl.core.errors import BadValue
from numctl.core.numbers.parsing import (
    digits_alone,
    parse_number,
    parse_numbers,
    parse_range,
    read_lines,
    show,
)
from numctl.core.numbers.ranges import Range

pytestmark = pytest.mark.pure


def refused(text: str, region: str | None = None) -> BadValue:
    """Give the refusal of a text, which no way of reading takes for a number."""
    with pytest.raises(BadValue) as by_range:
        parse_range(text, region)
    if text:  # An empty line is no error.
        with pytest.raises(BadValue, match=r"^Line 2: "):
            read_lines(["# numbers", text], region)
    with pytest.raises(BadValue):
        parse_numbers([text], region)
    assert by_range.value.advice or "digits" in by_range.value.message
    return by_range.value


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("14188984760", 14188984760),
        ("+14188984760", 14188984760),
        ("+1 (418) 898-4760", 14188984760),
        ("(+33) 1.05.60.00.00", 33105600000),
        ("1418898476", 1418898476),
        ("3999", 3999),
        (" 100 ", 100),
        ("1\u00a0418\u202f898 4760", 14188984760),
        ("-14188984760", 14188984760),
        ("999999999999999", 999_999_999_999_999),
    ],
)
def test_what_numbers_are_written_with_is_dropped(text: str, number: int) -> None:
    assert parse_number(text) == number
    assert parse_range(text) == Range(number, number)
    assert parse_numbers([text]) == [Range(number, number)]
    assert show(number).isdecimal()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\uff14\uff11\uff15", "a digit of another script"),
        ("\u0664\u0661\u0665\u0665", "a digit of another script"),
        ("4155\u200b552671", "the invisible character \\u200b"),
        ("\ufeff4155552671", "the invisible character \\ufeff"),
        ("415\x1b5552671", "the invisible character \\x1b"),
        ("4155552671 ext. 5", "an extension"),
        ("4155552671x5", "an extension"),
        ("4155552671#5", "an extension"),
        ("1.4155552671E+10", "a spreadsheet has rewritten it"),
        ("1,4155552671e10", "a spreadsheet has rewritten it"),
        ("+1.4155552671E+10", "a spreadsheet has rewritten it"),
        ("12", "is too short"),
        ("1234567890123456", "is too long"),
        ("1" * 1_000_000, "is too long"),
        ("+", "holds no digits"),
        ("", "holds no digits"),
        ("()", "holds no digits"),
        ("04188984760", "starts with 0"),
        ("+04188984760", "starts with 0"),
        ("1800FLOWERS", "holds 'F'"),
        ("1418/8984760", "holds '/'"),
        ("nan", "holds 'n'"),
    ],
)
def test_what_is_no_number_is_refused_with_what_is_wrong(text: str, said: str) -> None:
    assert said in refused(text).message
    assert len(str(refused(text))) < 400
    with pytest.raises(BadValue):
        parse_number(text)


def test_a_leading_zero_without_a_region_names_the_option() -> None:
    assert "--region" in refused("0105600000").advice
    assert "--region" not in refused("+0105600000").advice


def test_a_spreadsheets_number_says_how_to_keep_it() -> None:
    assert "as text" in refused("1.4155552671E+10").advice


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("3990..3999", 3990, 3999),
        ("3990 .. 3999", 3990, 3999),
        ("+14180000000..+14180000099", 14180000000, 14180000099),
        ("100..100", 100, 100),
        ("+14180000000+100", 14180000000, 14180000099),
        ("1418000000+100", 1418000000, 1418000099),
        ("1 418 000 0000 + 100", 14180000000, 14180000099),
        ("1 (418) 800-0000+10", 14188000000, 14188000009),
        ("100+900", 100, 999),
        ("999999999999999+1", 999_999_999_999_999, 999_999_999_999_999),
    ],
)
def test_ranges_are_read(text: str, first: int, last: int) -> None:
    assert parse_range(text) == Range(first, last)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3999..3990", "runs backwards"),
        ("999..1000", "from a number of 3 digits to one of 4"),
        ("100..14188984760", "from a number of 3 digits to one of 11"),
        ("100+1000000000000000", "runs past the last number of 3 digits"),
        ("100+" + "9" * 5000, "runs past the last number of 3 digits"),
        ("999999999999999+2", "runs past the last number of 15 digits"),
        ("9999+2", "runs past the last number of 4 digits"),
        ("1418+0", "a range of no numbers"),
        ("1418+5.0", "isn't a count"),
        ("1418+1_000", "isn't a count"),
        ("1418+-1", "isn't a count"),
        ("1418+", "isn't a count"),
        ("1418..", "holds no digits"),
        ("..1418", "holds no digits"),
        ("3990\u20133999", "holds '\u2013'"),
        ("1..2..3", "too short"),
    ],
)
def test_what_is_no_range_is_refused_with_what_is_wrong(text: str, said: str) -> None:
    assert said in refused(text).message


@pytest.mark.parametrize("text", ["3990-3999", "3990 - 3999"])
def test_a_lone_hyphen_between_groups_of_one_length_shows_both_spellings(text: str) -> None:
    refusal = refused(text)
    assert "3990..3999" in str(refusal)
    assert "39903999" in str(refusal)
    with pytest.raises(BadValue, match="could be a range"):
        parse_number(text)


def test_hyphens_that_leave_no_doubt_are_dropped() -> None:
    assert parse_range("1-418-898-4760") == Range(14188984760, 14188984760)
    assert parse_range("1418898-4760") == Range(14188984760, 14188984760)


def test_numbers_are_joined_in_ascending_order() -> None:
    assert parse_numbers(["1003", "999", "1000..1001", "1002", "5000+10"]) == [
        Range(999, 999),
        Range(1000, 1003),
        Range(5000, 5009),
    ]
    assert parse_numbers([]) == []


@pytest.mark.parametrize(
    "texts",
    [
        ["3999", "+3999"],
        ["3990..3999", "3995"],
        ["3995", "3990..3999"],
        ["3990..3995", "3995..3999"],
        ["1000..9999", "2000", "3000..3995", "3995"],
    ],
)
def test_a_number_given_twice_is_named(texts: list[str]) -> None:
    with pytest.raises(BadValue, match="is given twice") as twice:
        parse_numbers(texts)
    number = str(twice.value.facts["number"])
    assert number in twice.value.message
    assert sum(one.first <= int(number) <= one.last for one in map(parse_range, texts)) == 2
    with pytest.raises(BadValue, match=r"^Line \d: .* is given twice"):
        read_lines(texts)


def test_lines_hold_comments_and_nothing_else_but_numbers() -> None:
    lines = [
        "\ufeff# the new block\r\n",
        "\n",
        "  3990..3999 # ten\n",
        "+14180000000+100\t# more\n",
        "#3\n",
        "3989",
    ]
    assert list(read_lines(lines)) == [Range(3989, 3999), Range(14180000000, 14180000099)]


def test_a_line_that_is_wrong_is_named_by_its_number() -> None:
    with pytest.raises(BadValue) as wrong:
        read_lines(["# comment", "", "3999", "12"])
    assert wrong.value.message.startswith("Line 4: '12' is too short")
    assert wrong.value.facts["line"] == 4
    with pytest.raises(BadValue, match="Line 3: 3999 is given twice"):
        read_lines(["3999", "4000", "3990..3999"])


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("98476", "98476"),
        ("984-76", "98476"),
        ("+33 (0) 1", "3301"),
        ("007", "007"),
        (" 1 ", "1"),
        ("sales", None),
        ("1e5", None),
        ("5%", None),
        ("\uff11", None),
        ("", None),
        ("+", None),
        ("()", None),
        ("1+1", None),
    ],
)
def test_digits_alone_are_told_from_other_text(text: str, digits: str | None) -> None:
    assert digits_alone(text) == digits
