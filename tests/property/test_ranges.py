"""The laws of range algebra, against plain sets of integers around the borders of lengths."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numctl.core.numbers.ranges import Range, adjoins, intersect, normalize, overlaps, subtract, total

pytestmark = pytest.mark.pure


CORNERS = (95, 990, 9_985)


@st.composite
def a_range(draw: st.DrawFn) -> Range:
    """Give a small range near a border of lengths, never across it."""
    corner = draw(st.sampled_from(CORNERS))
    first = corner + draw(st.integers(0, 30))
    last = first + draw(st.integers(0, 12))
    if len(str(first)) != len(str(last)):
        last = 10 ** len(str(first)) - 1
    return Range(first, last)


many = st.lists(a_range(), max_size=12)


def numbers(ranges: list[Range]) -> set[int]:
    return {number for first, last in ranges for number in range(first, last + 1)}


def is_sorted(ranges: list[Range]) -> bool:
    return all(a.last < b.first for a, b in pairwise(ranges))


@given(many)
def test_normalize_is_the_union_in_as_few_ranges_as_lengths_allow(ranges: list[Range]) -> None:
    joined = normalize(ranges)
    assert numbers(joined) == numbers(ranges)
    assert is_sorted(joined)
    assert all(len(str(first)) == len(str(last)) for first, last in joined)
    assert not any(adjoins(a.last, b.first) for a, b in pairwise(joined))
    assert normalize(joined) == joined


@given(many, many)
def test_subtract_and_intersect_are_those_of_sets(a: list[Range], b: list[Range]) -> None:
    a, b = normalize(a), normalize(b)
    without, common = subtract(a, b), intersect(a, b)
    assert numbers(without) == numbers(a) - numbers(b)
    assert numbers(common) == numbers(a) & numbers(b)
    assert is_sorted(without)
    assert is_sorted(common)
    assert normalize(without + common) == a


@given(many)
def test_total_counts_every_range(ranges: list[Range]) -> None:
    assert total(ranges) == sum(len(numbers([one])) for one in ranges) == sum(one.count for one in ranges)


@given(many)
def test_overlaps_gives_the_lowest_numbers_in_two_ranges(ranges: list[Range]) -> None:
    twice = [n for n in sorted(numbers(ranges)) if sum(first <= n <= last for first, last in ranges) > 1]
    found = overlaps(ranges)
    if found is None:
        assert twice == []
    else:
        assert found.first == twice[0]
        assert numbers([found]) <= set(twice)


@given(st.integers(90, 10_010), st.integers(90, 10_010))
def test_neighbours_have_one_length(a: int, b: int) -> None:
    assert adjoins(a, b) == (b == a + 1 and len(str(a)) == len(str(b)))
    assert adjoins(a, a + 1) == (len(str(a)) == len(str(a + 1)))


def test_a_range_is_written_as_people_write_it() -> None:
    assert str(Range(14188980000, 14188980099)) == "14188980000..14188980099"
    assert str(Range(3999, 3999)) == "3999"
    assert Range(990, 999).count == 10
