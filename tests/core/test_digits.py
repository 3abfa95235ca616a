"""Digit search by example: needles, patterns, and what is no pattern."""

from __future__ import annotations

import pytest

from numctl.core.errors import BadValue
from numctl.core.numbers.automaton import contains, intersect, matching
from numctl.core.numbers.ranges import HIGHEST, Range

pytestmark = pytest.mark.pure


ALL_OF_11 = (10**10, 10**11 - 1)


def test_a_needle_that_overlaps_itself_is_counted_once_a_number() -> None:
    assert list(contains("11").runs(100, 119)) == [Range(110, 119)]
    assert contains("11").count(111, 111) == 1


def test_leading_zeros_of_a_needle_count() -> None:
    assert list(contains("00").runs(1000, 1101)) == [Range(1000, 1009), Range(1100, 1100)]
    assert not contains("0100").matches(1002)


def test_a_beginning_that_matches_for_good_is_one_run_of_any_size() -> None:
    block = Range(14188000000, 14188999999)
    assert list(contains("14188").runs(*block)) == [block]
    assert contains("14188").count(*block) == 1_000_000


def test_runs_that_meet_are_joined_both_ways() -> None:
    assert list(contains("9").runs(889, 911)) == [Range(889, 911)]
    assert list(contains("9").runs(880, 911, descending=True)) == [Range(889, 911)]


def test_the_highest_number_has_nothing_after_it() -> None:
    assert list(contains("999").runs(HIGHEST - 5, HIGHEST)) == [Range(HIGHEST - 5, HIGHEST)]
    assert list(contains("0").runs(HIGHEST - 5, HIGHEST)) == []


@pytest.mark.parametrize("pattern", ["1" * 16, "?" * 16, "^" + "?" * 200, "?*" * 16, "1" * 100_000])
def test_more_positions_than_a_number_has_digits_never_match(pattern: str) -> None:
    assert matching(pattern).count(10**14, HIGHEST) == 0
    assert not matching(pattern).possible(15)


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("?", 9 * 10**10),
        ("*", 9 * 10**10),
        ("^1", 10**10),
        ("00$", 9 * 10**8),
        ("^1*2$", 10**9),
        ("^?10$", 0),
    ],
)
def test_patterns_are_counted_over_all_numbers_of_a_length(pattern: str, count: int) -> None:
    assert matching(pattern).count(*ALL_OF_11) == count


@pytest.mark.parametrize("pattern", ["1800FLOWERS", "1-800-flowers", "+1 (800) FLO.WERS", "^18003569377$"])
def test_letters_stand_for_their_digits_on_the_keypad(pattern: str) -> None:
    assert list(matching(pattern).runs(*ALL_OF_11)) == [Range(18003569377, 18003569377)]


@pytest.mark.parametrize(
    "pattern", ["1?????????????", "1???????", "?1?2?3?4?5?6?7", "1*2*3*4?5??6", "12?12?12?"]
)
def test_patterns_with_many_wild_digits_stay_small(pattern: str) -> None:
    automaton = matching(pattern)
    automaton.count(10**14, HIGHEST)
    assert len(automaton._after) < 2_000 * 11


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        ("", "no digits"),
        ("  ", "no digits"),
        ("^$", "no digits"),
        ("+-", "no digits"),
        ("1^2", "'^'"),
        ("1$2", "'$'"),
        ("[12]", "'['"),
        ("12%", "'%'"),
        ("\uff11", "'\uff11'"),
        ("1\u200b2", "\\u200b"),
        ("1\u00e9", "'\u00e9'"),
    ],
)
def test_what_is_no_pattern_is_refused_with_what_is_wrong(pattern: str, named: str) -> None:
    with pytest.raises(BadValue) as refused:
        matching(pattern)
    assert named in refused.value.message
    assert refused.value.advice


@pytest.mark.parametrize("needle", ["", "1a", "\u0661", " 1"])
def test_only_digits_are_looked_for(needle: str) -> None:
    with pytest.raises(BadValue):
        contains(needle)


def test_an_intersection_is_no_wider_than_either() -> None:
    both = intersect(contains("98"), matching("^1*76$"))
    assert list(both.runs(1009800, 1989876)) == [
        Range(number, number) for number in range(1009876, 1989877, 100) if "98" in str(number)
    ]


@pytest.mark.parametrize("descending", [False, True])
def test_a_block_that_ends_right_before_gives_no_run(descending: bool) -> None:
    """All of 1110000 to 1119999 match, but the search begins behind them: there is no empty run before it."""
    found = list(contains("111").runs(1_120_000, 2_000_000, descending))
    assert all(run.first <= run.last for run in found)
    numbers = [number for run in sorted(found) for number in range(run.first, run.last + 1)]
    assert numbers == [number for number in range(1_120_000, 2_000_001) if "111" in str(number)]
