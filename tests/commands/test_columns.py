"""``--columns``: what a list shows, in which order, in every format."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numctl.core.errors import BadValue
from numctl.core.queries.listing import FIELDS
from numctl.output.columns import pick, read_columns
from tests.commands.conftest import FIRST, number

LISTS = (
    ("search", "--all"),
    ("search", "--ranges"),
    ("search", "--user", "Ann"),
    ("user", "list"),
    ("org", "list"),
    ("org", "tree"),
    ("series", "list"),
    ("history",),
    ("history", number(71)),
    ("history", "--operation", "4"),
    ("changes",),
    ("label", "--list"),
    ("utilization", "--tree"),
    ("utilization", "--by", "series"),
    ("report", "utilization"),
    ("report", "consumption"),
    ("report", "blocks", "--size", "10"),
    ("report", "disconnects"),
    ("report", "nruf"),
    ("threshold", "show"),
    ("mail", "list"),
    ("request", "--list"),
    ("profiles",),
)


@pytest.mark.parametrize("command", LISTS, ids=" ".join)
def test_every_list_shows_the_columns_asked_for_in_their_order(acme, numctl, command) -> None:
    header, *whole = csv.reader(io.StringIO(numctl(*command, "-o", "csv").out))
    wanted = [header[-1], header[0]]
    ended = numctl(*command, "-o", "csv", "--columns", ", ".join(wanted))
    assert [*csv.reader(io.StringIO(ended.out))] == [wanted, *([row[-1], row[0]] for row in whole)], ended.err
    for row in json.loads(numctl(*command, "-o", "json", "--columns", ",".join(wanted)).out):
        assert [*row] == wanted


@pytest.mark.parametrize(
    ("columns", "named"),
    [("nope", "'nope'"), ("number,number", "twice"), ("", "no columns"), ("number,,user", "no columns")],
)
def test_columns_that_there_are_not_are_told(acme, numctl, columns, named) -> None:
    ended = numctl("search", "--columns", columns)
    assert (ended.code, ended.out, named in ended.err) == (2, "", True), ended.err


def test_a_column_of_a_label_stands_beside_others(acme, numctl) -> None:
    numctl("label", f"{FIRST}+2", "site=Paris, 8e", "floor=2")
    numctl("label", number(2), "site==1+1")
    ended = numctl(
        "search", "141889800", "--columns", "label.site,number,label.none", "--limit", "4", "-o", "csv"
    )
    assert ended.out.splitlines() == [
        "label.site,number,label.none",
        f'"Paris, 8e",{number(0)},',
        f'"Paris, 8e",{number(1)},',
        f"'=1+1,{number(2)},",
        f",{number(3)},",
    ]
    (row, *_) = json.loads(numctl("search", "--columns", "label.site,status", "-o", "json").out)
    assert row == {"label.site": None, "status": "available"}


def test_ranges_need_no_column(acme, numctl) -> None:
    assert numctl("search", "--series", "Short", "--columns", "status", "-o", "ranges").out == "3990..3999\n"


PEOPLE = ("number", "user", "forwarded_to")


@pytest.mark.parametrize(
    "picked", [("user", "number"), PEOPLE[:2], PEOPLE, PEOPLE[::2], ("user",), PEOPLE[1:]]
)
def test_what_is_a_numbers_own_stays_with_it(acme, rows, picked) -> None:
    whole = rows("search", "--org", "EMEA")
    assert {row["user"] for row in whole} == {None, "Ann Lee", "Bob"}
    assert rows("search", "--org", "EMEA", "--columns", ",".join(picked)) == [
        {field: row[field] for field in picked} for row in whole
    ]


@given(st.permutations(FIELDS).flatmap(lambda names: st.integers(1, len(names)).map(lambda n: names[:n])))
@settings(max_examples=200)
def test_a_picked_row_has_each_value_in_its_place(names: list[str]) -> None:
    picked = pick(names, FIELDS)
    assert picked.row(FIELDS) == tuple(names)
    at = picked.runs(FIELDS.index("number"), FIELDS.index("user"))
    if at is not None:
        assert names[at[0]] == "number"
        assert names[at[1] : at[1] + 2] in ([], ["user", "forwarded_to"])


def test_names_are_read_with_blanks_around_them() -> None:
    assert read_columns(" number , label.site ") == ["number", "label.site"]
    with pytest.raises(BadValue):
        pick(["label."], FIELDS)
