"""How tables stand in few cells: paths lose their middle, rows take more lines, words stay whole."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numctl.output import layout
from numctl.output.layout import Column


def lines_of(columns: list[Column], width: int) -> list[str]:
    laid = layout.laid_out(columns, width)
    assert laid is not None
    return [line.replace(layout.MARK, "") for line in (*layout.headings(laid), *layout.rows(laid))]


NUMBERS = Column("number", ["14188980000", "14188980001"], figures=False)
PATHS = Column("organization", ["Acme/Sales/North/EMEA", "Acme/Lab"], figures=False)
STATUSES = Column("status", ["available", "in-use"], figures=False)


def test_what_fits_stands_on_one_line() -> None:
    assert lines_of([NUMBERS, PATHS, STATUSES], 80) == [
        "number       organization           status",
        "14188980000  Acme/Sales/North/EMEA  available",
        "14188980001  Acme/Lab               in-use",
    ]


def test_a_path_loses_its_middle_before_a_row_takes_two_lines() -> None:
    assert lines_of([NUMBERS, PATHS, STATUSES], 36) == [
        "number      organization   status",
        "14188980000 Acme/…/EMEA    available",
        "14188980001 Acme/Lab       in-use",
    ]


def test_a_row_takes_two_lines_before_a_word_breaks() -> None:
    assert lines_of([NUMBERS, PATHS, STATUSES], 30) == [
        "number      organization",
        "  status",
        "14188980000 Acme/…/North/EMEA",
        "  available",
        "14188980001 Acme/Lab",
        "  in-use",
    ]


def test_what_would_take_too_many_lines_is_no_table() -> None:
    assert layout.laid_out([NUMBERS, PATHS, STATUSES, *[NUMBERS] * 9], 20) is None


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (30, "Acme/Sales/North/Region/EMEA"),
        (27, "Acme/…/North/Region/EMEA"),
        (20, "Acme/…/Region/EMEA"),
        (17, "Acme/…/EMEA"),
        (10, "…/EMEA"),
    ],
)
def test_the_middle_of_a_path_goes_first(width: int, shown: str) -> None:
    assert layout.shortened("Acme/Sales/North/Region/EMEA", width) == shown


@given(st.text("ab 漢é", max_size=60), st.integers(2, 20))
def test_words_that_fit_stay_whole_and_nothing_is_lost(text: str, width: int) -> None:
    lines = layout.wrapped(text, width)
    assert all(layout.cells(line) <= width for line in lines)
    words = [word for word in re.split(" +", text) if word and layout.cells(word) <= width]
    on_lines = [word for line in lines for word in line.split(" ")]
    assert not [word for word in words if word not in on_lines]
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
