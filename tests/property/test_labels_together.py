"""Labels of many rows, or of many sets, read together are what they are one by one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numctl.core.files.columns import Columns
from numctl.core.lists import sheets
from numctl.core.lists.list_options import ListOptions
from numctl.core.lists.sheet_reading import form
from numctl.core.rules.labels import of, pairs, singles

KEYS = st.sampled_from(["site", "note", "cost-centre"])
VALUES = st.text(alphabet='aZ9 "\\{}:,;=é', min_size=1, max_size=6)
SETS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=2).map(lambda labels: of(labels).text)
PLAIN = st.builds(lambda key, value: of({key: value}).text, KEYS, st.text(alphabet="aZ{}:,;= é", min_size=1))


@pytest.mark.promise(43)
@given(st.lists(SETS | PLAIN, min_size=1, max_size=5) | st.lists(PLAIN, min_size=1, max_size=5))
def test_single_labels_of_many_sets(texts: list[str]) -> None:
    apart = [pairs(text) for text in texts]
    found = singles(texts)
    assert found is None or list(zip(*found, strict=True)) == [pair for one in apart for pair in one]
    is_plain = all(len(one) == 1 and "\\" not in text for one, text in zip(apart, texts, strict=True))
    assert (found is not None) == is_plain


CELLS = st.text(alphabet="aZ ;\\=", max_size=4)
HEADERS = st.sampled_from(
    [
        ["number", "label.site"],
        ["number", "label.site", "label.note"],
        ["number", "labels", "label.site"],
        ["number", "labels"],
    ]
)


@pytest.mark.promise(43)
@given(HEADERS, st.data())
def test_labels_of_many_rows(header: list[str], data: st.DataObject) -> None:
    columns = Columns(header, form(ListOptions()), whole=True)
    width = len(header) - 1
    rows = data.draw(st.lists(st.tuples(st.just("1418"), *[CELLS] * width), min_size=1, max_size=4))
    one_by_one = [columns.pick([*row, ""]) for row in rows]
    together = columns.pick_all(list(zip(*rows, strict=True)))
    assert list(zip(*together, strict=True)) == one_by_one


ROWS = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 1), st.sampled_from(["", "a", "b", "c"])))


@pytest.mark.promise(43)
@given(ROWS, st.integers(1, 4))
def test_rows_that_go_on_with_the_same_labels_are_joined(rows: list[tuple[int, int, str]], many: int) -> None:
    """Wherever rows that are looked at together end, and one length of digits does."""
    at, told = 990, []
    for count, gap, labels in rows:
        told.append((at + gap, at + gap + count - 1, labels))
        at += gap + count
        at = 1000 if at in (999, 1001) else at
    sheet: Any = SimpleNamespace(
        firsts=[row[0] for row in told],
        lasts=[row[1] for row in told],
        labels=[row[2] for row in told],
        lines=list(range(2, len(told) + 2)),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheets, "AT_ONCE", many)
        found = list(sheets.labelled(sheet, None))
    expected: list[tuple[int, int, str, int]] = []
    for line, (first, last, labels) in enumerate(told, 2):
        before = expected[-1] if expected else (0, 0, "", 0)
        if labels and labels == before[2] and first == before[1] + 1 and first != 1000:
            expected[-1] = (before[0], last, labels, before[3])
        elif labels:
            expected.append((first, last, labels, line))
    assert found == expected
