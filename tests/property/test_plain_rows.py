"""Rows read many at a time say what they say one by one."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numctl.core.files import tables
from numctl.core.lists import plain_rows, sheet_reading
from numctl.core.lists.list_options import ListOptions
from numctl.core.lists.sheets import Sheet

NUMBERS = st.one_of(
    st.integers(14188980000, 14188980040).map(str),
    st.sampled_from(["+1 418 898 0050", "0418", "14188980060\n14188980061", "12", "", "١٢٣٤", "1" * 16]),
)
ORGANIZATIONS, STATUSES = st.sampled_from(["", "Acme", "Sales"]), st.sampled_from(["", "in-use"])
NAMES = st.sampled_from(
    ["", "Ann", "Ann B. Clark", "O'Hara", "É", "Ann\nBob", " Ann", "=1+1", "'=1", "x" * 201]
)
LABELS = st.sampled_from(
    ["", "Paris", "1.2/3", "a;b", "a=b", 'a"b', "back\\slash", "Paris\nLyon", "x" * 257, " x "]
)
Cells = tuple[str, str, str, str, str]
ROWS = st.lists(st.tuples(NUMBERS, ORGANIZATIONS, STATUSES, NAMES, LABELS), max_size=12)
HEADER: Cells = ("number", "organization", "status", "user", "label.site")
TODAY = "2026-11-26"
KINDS: list[Cells] = [
    (f"1418898{at:04}", organization, status, user, "")
    for at, (organization, (status, user)) in enumerate(
        product(("", "Acme", "Sales"), (("", ""), ("", "Ann"), ("in-use", ""), ("in-use", "Ann"))), 1000
    )
]


def told(rows: list[Cells], width: int) -> object:
    """All that is read of the first columns of some rows, what is wrong with them too."""
    text = StringIO()
    csv.writer(text).writerows(row[:width] for row in (HEADER, *rows))
    text.seek(0)
    sheet: Sheet = sheet_reading.read(text, ListOptions(series="1418"), today=TODAY)
    wrong = sheet.rejects.refusal() if sheet.rejects else None
    texts = (sheet.tags, sheet.users, sheet.labels)
    columns: tuple[Iterable[object], ...] = (sheet.firsts, sheet.lasts, sheet.lines, sheet.forwards, *texts)
    kinds = [sheet.kind(place) for place in range(len(sheet))]
    return [list(column) for column in columns], kinds, wrong and (wrong.message, wrong.facts)


@given(ROWS, st.sampled_from([len(HEADER), len(HEADER) - 1]))
def test_together_as_one_by_one(rows: list[Cells], width: int) -> None:
    """A first row of each kind is read by itself, so that those alike can be read together."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_rows, "read", lambda columns, known: None)
        one_by_one = told(KINDS + rows, width)
    for many in (1, 3):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tables, "AT_ONCE", many)
            assert told(KINDS + rows, width) == one_by_one


def test_most_rows_are_so_plain() -> None:
    rows = [("1418", "", "", "", "", "", "", "Acme", "", "", "", "", "Ann B. Clark", "", "site=Paris 2")]
    known: dict[plain_rows.Alike, tuple[int, str]] = {(rows[0][1:-3], False): (3, "tag")}
    columns = list(zip(*rows, strict=True))
    assert plain_rows.read(columns, known) == (
        [1418],
        [3],
        ["tag"],
        ("Ann B. Clark",),
        ['{"site":"Paris 2"}'],
    )
    assert plain_rows.read(columns, {}) is None
