"""Who held a number when: pieces of every size, at their very ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from numctl.core.actions import inventory
from numctl.core.numbers.ranges import Range
from numctl.core.usage.holders import holdings
from tests.company import Company

FIRST = 33_100_000_000


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    company = Company(tmp_path / "inventory.db")
    yield company
    company.store.close()


SIZES = [1, 2, 15, 16, 17, 255, 256, 257, 4095, 4096, 4097, 65_536, 65_537, 1_048_576]


@pytest.mark.parametrize("size", SIZES)
def test_the_last_number_of_a_piece_is_held_as_the_first_is(company: Company, size: int) -> None:
    company.do("add", lambda op: inventory.add(op, [Range(FIRST, FIRST + size - 1)], "red"))
    ends = sorted({FIRST - 1, FIRST, FIRST + size - 1, FIRST + size})
    held = {
        number: [one.organization for one in some]
        for number, some in holdings(company.store.connection, ends)
    }
    assert held == {number: [1] if FIRST <= number < FIRST + size else [] for number in ends}
    for number in ends:  # alone, so that none of the others brings the piece along
        ((_, alone),) = holdings(company.store.connection, [number])
        assert [one.organization for one in alone] == held[number]


def test_pieces_that_end_where_others_go_on(company: Company) -> None:
    company.do("add", lambda op: inventory.add(op, [Range(FIRST, FIRST + 9)], "red"))
    company.do("move", lambda op: inventory.move(op, [Range(FIRST, FIRST + 4)], "Sales"))
    company.do("move", lambda op: inventory.move(op, [Range(FIRST + 2, FIRST + 9)], "Finance"))
    numbers = range(FIRST - 1, FIRST + 12)
    held = [[one.organization for one in some] for _, some in holdings(company.store.connection, numbers)]
    assert held == [[], *[[1, 2]] * 2, *[[1, 2, 4]] * 3, *[[1, 4]] * 5, [], []]


def test_a_piece_that_is_over_takes_none_with_it_that_ends_one_later(company: Company) -> None:
    company.do("add", lambda op: inventory.add(op, [Range(FIRST, FIRST + 9)], "red"))
    company.do("move", lambda op: inventory.move(op, [Range(FIRST, FIRST + 4)], "Sales"))
    company.do("move", lambda op: inventory.move(op, [Range(FIRST, FIRST + 3)], "Finance"))
    numbers = [FIRST + n for n in (3, 4, 5)]
    held = [[one.organization for one in some] for _, some in holdings(company.store.connection, numbers)]
    assert held == [[1, 2, 4], [1, 2], [1]]


def test_a_number_is_looked_at_when_what_covered_the_one_before_is_over(company: Company) -> None:
    company.do("add", lambda op: inventory.add(op, [Range(FIRST, FIRST + 2)], "red"))
    company.do("add", lambda op: inventory.add(op, [Range(FIRST + 3, FIRST + 9)], "red"))
    company.do("move", lambda op: inventory.move(op, [Range(FIRST, FIRST + 5)], "Sales"))
    numbers = [FIRST + n for n in (1, 3, 5, 6, 9)]
    held = [[one.organization for one in some] for _, some in holdings(company.store.connection, numbers)]
    assert held == [[1, 2], [1, 2], [1, 2], [1], [1]]
