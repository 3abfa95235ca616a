"""Which of some blocks are taken: cut where blocks begin."""

from __future__ import annotations

import pytest

from numctl.core.actions.pool.choices import by_blocks


@pytest.mark.parametrize(
    ("first", "last", "parts"),
    [
        (1000, 1099, [(1000, 1099)]),
        (1000, 1100, [(1000, 1099), (1100, 1100)]),
        (999, 1099, [(999, 999), (1000, 1099)]),
        (950, 1250, [(950, 999), (1000, 1199), (1200, 1250)]),
        (1001, 1098, [(1001, 1098)]),
        (1050, 1149, [(1050, 1099), (1100, 1149)]),
    ],
)
def test_a_span_is_cut_where_its_first_and_last_block_are_not_whole(
    first: int, last: int, parts: list[tuple[int, int]]
) -> None:
    assert list(by_blocks(first, last, 100)) == parts
