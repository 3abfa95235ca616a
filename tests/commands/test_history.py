"""``numctl history`` and ``numctl undo`` at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from numctl.core.actions import allocation, inventory, reservations
from numctl.core.numbers.ranges import Range
from numctl.session import Session
from tests.company import Company
from tests.conftest import Numctl

TEN = [Range(1418000, 1418009)]


@pytest.fixture
def company(store: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    """A company whose changes were made by whoever runs the command."""
    monkeypatch.setattr(Session, "actor", "tester")
    company = Company(store)
    company.do("allocate", lambda op: allocation.allocate(op, allocation.Quantity("1418", 20), "Sales"))
    company.do("reserve", lambda op: reservations.reserve(op, TEN, "x"))
    return company


def test_history_has_the_contract_s_fields(company: Company, numctl: Numctl) -> None:
    rows = json.loads(numctl("history", "-o", "json").out)
    assert [*rows[0]] == [
        *("operation", "at", "actor", "acting_as", "action", "count", "summary", "message", "undone_by"),
    ]
    assert [row["operation"] for row in rows] == [7, 6, 5, 4, 3, 2, 1]
    (one,) = json.loads(numctl("history", "--operation", "6", "-o", "json").out)
    assert one == {
        **rows[1],
        "ranges": [{"first": "1418000", "last": "1418019", "count": 20}],
        "catalog": [],
    }
    assert len(json.loads(numctl("history", "--limit", "2", "-o", "json").out)) == 2


def test_history_of_a_number_has_the_contract_s_fields(company: Company, numctl: Numctl) -> None:
    rows = json.loads(numctl("history", "1418000", "-o", "json").out)
    assert [*rows[0]] == [
        *("since", "until", "operation", "action", "organization"),
        *("series", "status", "reserved_tag", "user", "forwarded_to"),
    ]
    assert [row["status"] for row in rows] == ["reserved", "available", "available"]
    assert rows[0]["until"] is None


def test_a_table_says_how_many_more_there_are(company: Company, numctl: Numctl) -> None:
    for tag in map(str, range(60)):
        company.do("retag", lambda op, tag=tag: reservations.retag(op, TEN, tag))
    shown = numctl("history", "-o", "table")
    assert "50 of 67 rows" in shown.err
    assert numctl("history", "-o", "tsv").out.count("\n") == 67


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["--operation", "99"], 5),
        (["--operation", "0"], 2),
        (["--limit", "x"], 2),
        (["14"], 2),
        (["999999"], 5),
        (["--head", "00"], 2),
        (["--verify", "--head", "00"], 2),
        (["--verify", "1418000"], 2),
        (["--verify", "--as", "Sales"], 4),
        (["--as", "Finance", "1418000"], 5),
        (["--as", "Finance", "--operation", "6"], 5),
    ],
)
def test_what_history_refuses(company: Company, numctl: Numctl, args: list[str], code: int) -> None:
    ending = numctl("history", *args)
    assert ending.code == code
    assert ending.out == ""
    assert ending.err


def test_verify_prints_the_head_and_checks_one_kept_elsewhere(company: Company, numctl: Numctl) -> None:
    (facts,) = json.loads(numctl("history", "--verify", "-o", "json").out)
    assert facts["operations"] == 7
    assert facts["head"] in numctl("history", "--verify").out
    company.do("move", lambda op: inventory.move(op, TEN, "Sales/EMEA"))
    (later,) = json.loads(numctl("history", "--verify", "--head", facts["head"], "-o", "json").out)
    assert (later["operations"], later["found_at"]) == (8, 7)
    refused = numctl("history", "--verify", "--head", "0" * 64)
    assert refused.code == 12
    assert "cut off" in refused.err


def test_verify_finds_an_edit(company: Company, numctl: Numctl) -> None:
    company.store.connection.execute("UPDATE operation SET at = '2020-01-01T00:00:00Z' WHERE id = 6")
    ending = numctl("history", "--verify")
    assert ending.code == 12
    assert "Operation 6 is not as it was written" in ending.err


def test_undo_and_again(company: Company, numctl: Numctl) -> None:
    before = company.dump()
    said = numctl("undo")
    assert said.code == 0
    assert "Undid operation 7" in said.out
    assert "numctl undo 8" in said.out
    (facts,) = json.loads(numctl("undo", "-o", "json").out)
    assert (facts["action"], facts["undoes"], facts["count"]) == ("undo", 6, 20)
    assert numctl("undo", "9").code == numctl("undo", "8").code == 0
    assert company.dump() == before


def test_undo_with_a_key_answers_as_the_first_time(company: Company, numctl: Numctl) -> None:
    first = numctl("undo", "--op-key", "k", "-o", "json")
    assert numctl("undo", "--op-key", "k", "-o", "json") == first
    assert json.loads(first.out)[0]["undoes"] == 7


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["x"], 2),
        (["0"], 2),
        (["99"], 5),
        (["2"], 6),
        (["6"], 6),
        (["7", "--expect", "3"], 6),
        (["--as", "Sales", "6"], 5),
        (["--as", "Sales"], 5),
    ],
)
def test_what_undo_refuses(company: Company, numctl: Numctl, args: list[str], code: int) -> None:
    before = company.dump()
    ending = numctl("undo", *args)
    assert ending.code == code
    assert company.dump() == before
