"""The laws of digit search, against looking at every number of small ranges."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numctl.core.numbers.automaton import Automaton, contains, intersect, matching
from numctl.core.numbers.patterns import KEYPAD
from numctl.core.numbers.ranges import Range, normalize

pytestmark = pytest.mark.pure


# Numbers of few different digits, so that a short needle is often found, and overlaps itself.
FEW = "01129"


@st.composite
def a_range(draw: st.DrawFn) -> Range:
    """Give up to 3,000 numbers of one length, 3 to 15 digits."""
    length = draw(st.integers(3, 15))
    start = draw(st.text(FEW, min_size=length - 1, max_size=length - 1))
    first = int(draw(st.sampled_from("129")) + start)
    last = min(first + draw(st.integers(0, 3_000)), 10**length - 1)
    return Range(first, last)


needles = st.text(FEW, min_size=1, max_size=6)
anchored = st.tuples(
    st.sampled_from(["", "^"]), st.text("0129?*?*?BWz", max_size=8), st.sampled_from(["", "$"])
)
patterns = anchored.map("".join).filter(lambda text: text.strip("^$") != "")


def as_expression(pattern: str) -> re.Pattern[str]:
    """Give the regular expression that means what a pattern means."""
    wild = {"?": "[0-9]", "*": "[0-9]*"}
    return re.compile("".join(wild.get(char, KEYPAD.get(char, char)) for char in pattern))


def agree(automaton: Automaton, within: Range, expected: list[int]) -> None:
    """Hold every question an automaton answers against the matches found by looking."""
    first, last = within
    assert automaton.count(first, last) == automaton.count_many([first], [last]) == len(expected)
    ascending = list(automaton.runs(first, last))
    assert ascending == normalize(Range(number, number) for number in expected)
    assert list(automaton.runs(first, last, descending=True)) == ascending[::-1]


@given(needles, a_range())
def test_digits_are_found_wherever_they_stand(needle: str, within: Range) -> None:
    expected = [n for n in range(within.first, within.last + 1) if needle in str(n)]
    agree(contains(needle), within, expected)


@given(patterns, a_range())
def test_a_pattern_means_what_its_regular_expression_means(pattern: str, within: Range) -> None:
    expression = as_expression(pattern)
    expected = [n for n in range(within.first, within.last + 1) if expression.search(str(n))]
    agree(matching(pattern), within, expected)


@given(needles, patterns, a_range())
def test_an_intersection_matches_what_both_match(needle: str, pattern: str, within: Range) -> None:
    expression = as_expression(pattern)
    numbers = range(within.first, within.last + 1)
    expected = [n for n in numbers if needle in str(n) and expression.search(str(n))]
    agree(intersect(contains(needle), matching(pattern)), within, expected)


@given(patterns, st.lists(a_range(), max_size=6))
def test_one_automaton_answers_for_ranges_of_every_length(pattern: str, ranges: list[Range]) -> None:
    automaton, expression = matching(pattern), as_expression(pattern)
    expected = [n for first, last in ranges for n in range(first, last + 1) if expression.search(str(n))]
    firsts, lasts = [one.first for one in ranges], [one.last for one in ranges]
    assert automaton.count_many(firsts, lasts) == len(expected)
    assert all(automaton.matches(number) for number in expected)


@given(patterns)
def test_all_numbers_of_up_to_four_digits_are_counted(pattern: str) -> None:
    automaton, expression = matching(pattern), as_expression(pattern)
    for length in (3, 4):
        numbers = range(10 ** (length - 1), 10**length)
        expected = [n for n in numbers if expression.search(str(n))]
        agree(automaton, Range(numbers[0], numbers[-1]), expected)
        assert automaton.possible(length) == bool(expected)
