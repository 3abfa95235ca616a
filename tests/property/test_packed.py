"""Packed ranges are what they were made of; joined, they are the union."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numctl.core.numbers import packed
from numctl.core.numbers.packed import Packed
from numctl.core.numbers.ranges import LENGTH_STARTS, Range, normalize

pytestmark = pytest.mark.pure


_starts = sorted(start for start in LENGTH_STARTS if start > 100)[:3]
_around = [*range(100, 140), *(start + by for start in _starts for by in range(-3, 4))]
ranges = st.lists(
    st.tuples(st.sampled_from(_around), st.integers(0, 6)).map(lambda pair: Range(pair[0], sum(pair)))
)


@given(some=ranges, cut=st.slices(8))
def test_a_packed_sequence_is_as_its_list(some: list[Range], cut: slice) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed, "_CHUNK", 3)
        made = Packed(some)
    assert list(made) == some
    assert [made[at] for at in range(len(made))] == some
    assert list(made[cut]) == some[cut]


@given(some=ranges)
def test_joined_is_the_union(some: list[Range]) -> None:
    within = [range for range in some if len(str(range.first)) == len(str(range.last))]
    assert list(Packed(within).joined()) == normalize(within)
    ascending = normalize(within)
    assert list(Packed(ascending).joined()) == ascending


@given(some=ranges)
def test_runs_are_the_same_numbers_in_fewer_ranges(some: list[Range]) -> None:
    within = [range for range in some if len(str(range.first)) == len(str(range.last))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed, "_CHUNK", 3)
        runs = Packed.runs(within)
    assert list(runs.joined()) == normalize(within)
    ascending = normalize(within)
    assert list(Packed.runs(ascending)) == ascending
    parts = [Range(number, number) for one in ascending for number in range(one.first, one.last + 1)]
    assert list(Packed.runs(parts)) == ascending
