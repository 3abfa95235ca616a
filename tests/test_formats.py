"""The formats for programs: every text comes back, runs are their rows, nothing is held that needn't be."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numctl.core.text import FORMULA_STARTS, unguard
from numctl.output import formats, writing
from numctl.output.writing import in_slices

pytestmark = pytest.mark.pure


FIELDS = ("series", "number", "organization", "reserved_tag")
AS_TYPED = ("007", "1e5", "nan", "[/]", "[link=x]y[/link]", ":smile:", "a\\", "%s%%", "é", "東京", "", " x ")

any_text = st.text(st.characters(exclude_categories=["Cs"]))
values = st.one_of(st.none(), st.booleans(), st.integers(), any_text)
formulas = st.builds(
    "".join, st.tuples(st.sampled_from(["", "'", "''"]), st.sampled_from("=+-@\t\r\n"), any_text)
)


def written(name: str, fields: tuple[str, ...], rows: list[tuple[object, ...]], **how: bool) -> str:
    out = io.StringIO(newline="")
    writing.write_rows(formats.layout(name, fields, **how), rows, out.write)
    return out.getvalue()


def read_tsv(text: str) -> list[tuple[str, ...]]:
    escapes = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}

    def cell(escaped: str) -> str:
        chars = iter(escaped)
        return "".join(escapes[next(chars)] if char == "\\" else char for char in chars)

    return [tuple(map(cell, line.split("\t"))) for line in text.split("\n")[:-1]]


@pytest.mark.parametrize("tag", AS_TYPED)
def test_a_text_is_written_as_typed(tag: str) -> None:
    row = ("1418", "14180000000", "Acme", tag)
    assert list(csv.reader(io.StringIO(written("csv", FIELDS, [row]), newline="")))[1] == list(row)
    assert json.loads(written("json", FIELDS, [row])) == [dict(zip(FIELDS, row, strict=True))]
    assert json.loads(written("jsonl", FIELDS, [row])) == dict(zip(FIELDS, row, strict=True))
    assert read_tsv(written("tsv", FIELDS, [row])) == [row]


@pytest.mark.parametrize(
    ("name", "nothing"),
    [("csv", "series,number\r\n"), ("tsv", ""), ("json", "[]\n"), ("jsonl", "")],
)
def test_no_rows(name: str, nothing: str) -> None:
    assert written(name, ("series", "number"), []) == nothing


def test_what_values_become() -> None:
    fields, row = ("a", "b", "c", "d", "e"), (None, True, 1, False, ["x", "y"])
    assert written("csv", fields, [row]) == 'a,b,c,d,e\r\n,true,1,false,"x, y"\r\n'
    assert written("tsv", fields, [row]) == "\ttrue\t1\tfalse\tx, y\n"
    assert written("jsonl", fields, [row]) == '{"a": null, "b": true, "c": 1, "d": false, "e": ["x", "y"]}\n'


def test_one_and_true_are_told_apart_in_one_column() -> None:
    assert written("tsv", ("a",), [(1,), (True,), ("1",), (0,), (False,)]) == "1\ntrue\n1\n0\nfalse\n"
    assert written("jsonl", ("a",), [(True,), (1,)]) == '{"a": true}\n{"a": 1}\n'


def test_a_row_of_the_wrong_length_is_a_mistake() -> None:
    for row in [("1",), ("1", "2", "3")]:
        with pytest.raises(ValueError, match="values for"):
            written("csv", ("a", "b"), [row])


@given(st.lists(st.lists(any_text, min_size=2, max_size=2).map(tuple)))
def test_csv_is_what_the_csv_module_reads(rows: list[tuple[object, ...]]) -> None:
    text = written("csv", ("a", "b"), rows, guarded=False)
    read = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert read == [["a", "b"], *map(list, rows)]


@given(st.lists(any_text))
def test_a_csv_of_one_column_has_no_empty_lines(texts: list[str]) -> None:
    text = written("csv", ("a",), [(one,) for one in texts], guarded=False)
    assert list(csv.reader(io.StringIO(text, newline=""), strict=True)) == [["a"], *([one] for one in texts)]


@given(st.lists(st.tuples(any_text, any_text)))
def test_tsv_comes_back(rows: list[tuple[object, ...]]) -> None:
    assert read_tsv(written("tsv", ("a", "b"), rows)) == rows


@given(st.lists(st.tuples(values, values)), st.booleans())
def test_json_comes_back(rows: list[tuple[object, ...]], ascii_only: bool) -> None:
    text = written("json", ("a", "b"), rows, ascii_only=ascii_only)
    lines = written("jsonl", ("a", "b"), rows, ascii_only=ascii_only)
    expected = [{"a": a, "b": b} for a, b in rows]
    assert json.loads(text) == expected
    assert [json.loads(line) for line in lines.split("\n")[:-1]] == expected
    assert all(formats.is_showable(char) or char == "\n" for char in text)
    assert text.isascii() or not ascii_only


@given(st.one_of(formulas, any_text))
def test_guarding_is_undone(text: str) -> None:
    assert unguard(formats.guard(text)) == text
    assert formats.guard(text)[:1] not in tuple(FORMULA_STARTS)


@given(formulas)
def test_formulas_are_guarded_in_csv_alone(text: str) -> None:
    [_, [cell]] = csv.reader(io.StringIO(written("csv", ("a",), [(text,)]), newline=""))
    assert cell == "'" + text
    assert json.loads(written("jsonl", ("a",), [(text,)])) == {"a": text}
    assert read_tsv(written("tsv", ("a",), [(text,)])) == [(text,)]
    [_, [bare]] = csv.reader(io.StringIO(written("csv", ("a",), [(text,)], guarded=False), newline=""))
    assert bare == text


def test_a_figure_is_no_formula() -> None:
    assert written("csv", ("a",), [(-5,)]) == "a\r\n-5\r\n"


HIDING = ("Cc", "Cf", "Cs", "Zl", "Zp")


def test_whatever_controls_or_hides_is_shown_escaped() -> None:
    for code in range(0x110000):
        char = chr(code)
        seen = formats.shown(char)
        if unicodedata.category(char) in HIDING:
            assert seen.startswith("\\"), hex(code)
            assert seen.isascii()
        elif unicodedata.category(char) not in ("Cn", "Co"):
            assert seen == char, hex(code)


def test_the_shapes_of_escapes() -> None:
    assert formats.shown("a\x1b[31m\u202eb\n\x7f\x85\udcff\U000e0041 \\x") == (
        "a\\x1b[31m\\u202eb\\n\\x7f\\x85\\udcff\\U000e0041 \\x"
    )


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_on_a_terminal_text_formats_are_shown_safely(name: str) -> None:
    text = written(name, ("a", "b"), [("\x1b]0;x\x07", "\u202e\\")], terminal=True)
    assert all(formats.is_showable(char) or char in "\t\r\n" for char in text)
    assert "\\x1b]0;x\\x07" in text


numbers = st.integers(100, 10**15 - 1)
shared_rows = st.lists(st.tuples(st.sampled_from(["1418", "33"]), any_text, values), min_size=1)
run_lists = st.lists(
    st.tuples(numbers, st.integers(0, 30), st.integers(0, 9), st.none() | any_text, values).map(
        lambda run: (run[0], run[0] + run[1], *run[2:])
    )
)
RUN_FIELDS = (*FIELDS, "user", "forwarded_to")


@given(shared_rows, run_lists, st.sampled_from(formats.STREAMED), st.integers(0, 3), st.integers(1, 7))
def test_runs_are_their_rows(
    shared: list[tuple[object, ...]], runs: list[formats.Run], name: str, at: int, at_once: int
) -> None:
    rows = {key: (*row[:at], None, *row[at:], None, None) for key, row in enumerate(shared)}
    runs = [(first, last, key % len(rows), *own) for first, last, key, *own in runs]
    expected = [
        (*rows[key][:at], str(number), *rows[key][at + 1 : -2], *(None if its == "" else its for its in own))
        for first, last, key, *own in runs
        for number in range(first, last + 1)
    ]
    slices = [*in_slices(runs[:3]), *in_slices(runs[3:])]
    fast = io.StringIO(newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "ROWS_AT_ONCE", at_once)
        patch.setattr(writing, "RUNS_AT_ONCE", at_once)
        patch.setattr(formats, "KEPT", 2)
        patch.setattr(writing, "KEPT", 2)
        count = writing.write_runs(
            formats.layout(name, RUN_FIELDS), rows, slices, (at, len(RUN_FIELDS) - 2), fast.write
        )
    assert fast.getvalue() == written(name, RUN_FIELDS, expected)
    assert list(writing.spread(rows, slices, (at, len(RUN_FIELDS) - 2))) == expected
    assert count == len(expected)


@pytest.mark.parametrize(
    ("first", "last"), [(100, 1001), (1998, 2000), (999, 999), (33199998500, 33200001500)]
)
def test_numbers_of_a_run_have_all_their_digits(first: int, last: int) -> None:
    out = io.StringIO(newline="")
    form = formats.layout("tsv", ("number", "user", "forwarded_to"))
    writing.write_runs(
        form, {1: (None, None, None)}, in_slices([(first, last, 1, None, None)]), (0, 1), out.write
    )
    assert out.getvalue() == "".join(f"{number}\t\t\n" for number in range(first, last + 1))


@pytest.mark.parametrize("name", formats.STREAMED)
def test_a_long_run_is_never_held_whole(name: str) -> None:
    longest = 0

    def write(text: str) -> None:
        nonlocal longest
        longest = max(longest, len(text))

    form, row = formats.layout(name, RUN_FIELDS), ("1418", None, "Acme", None, None, None)
    tracemalloc.start()
    runs = in_slices([(14180000000, 14180199999, 1, None, None)])
    writing.write_runs(form, {1: row}, runs, (1, len(row) - 2), write)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 0 < longest < 4_000_000
    assert peak < 16_000_000


def test_ranges_join_what_follows_on_within_one_length() -> None:
    out = io.StringIO()
    ranges = [(100, 199), (200, 200), (202, 300), (998, 999), (1000, 1001), (500, 500)]
    count = writing.write_ranges(ranges, out.write)
    assert out.getvalue() == "100..200\n202..300\n998..999\n1000..1001\n500..500\n"
    assert count == sum(last - first + 1 for first, last in ranges)
