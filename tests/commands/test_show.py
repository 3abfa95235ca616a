"""``numctl show``: what a number is and was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from numctl.core.actions import inventory, reservations, subscribers
from numctl.core.actions.subscribers import Keep
from numctl.core.numbers.ranges import Range
from tests.company import Company
from tests.conftest import Numctl

ONE = [Range(1418000, 1418000)]
FIELDS = [
    "number",
    "series",
    "organization",
    "status",
    "reserved_tag",
    "reserved_until",
    "user",
    "forwarded_to",
]


@pytest.fixture
def company(store: Path) -> Company:
    return Company(store)


def test_everything_known_of_a_number(company: Company, numctl: Numctl) -> None:
    company.do("assign", lambda op: subscribers.assign(op, ONE, "ann"))
    (known,) = json.loads(numctl("show", "1418000", "-o", "json").out)
    assert [*known] == [*FIELDS, "last_usage", "labels", "history"]
    assert (known["number"], known["status"], known["user"]) == ("1418000", "assigned", "ann")
    assert [one["action"] for one in known["history"]] == ["assign", "add"]
    assert [*known["history"][0]][-2:] == ["actor", "message"]
    company.do("release", lambda op: subscribers.release(op, ONE, Keep("x", 1418099, "2999-12-31")))
    (known,) = json.loads(numctl("show", "1418000", "-o", "json").out)
    assert [known[name] for name in FIELDS] == [
        *("1418000", "1418", "Acme", "reserved", "x", "2999-12-31", None, "1418099"),
    ]


def test_as_text_the_history_comes_after_an_empty_line(company: Company, numctl: Numctl) -> None:
    out = numctl("show", "1418000").out.split("\n")
    assert out[0].split("\t") == ["1418000", "1418", "Acme", "available", *[""] * 6]
    assert out[1] == ""
    assert out[2].split("\t")[3:7] == ["add", "Acme", "1418", "available"]
    assert numctl("show", "1418000", "-o", "ranges").out == "1418000..1418000\n"
    assert numctl("show", "1418000", "-o", "table").code == 0


def test_of_a_removed_number_only_the_history_is_left(company: Company, numctl: Numctl) -> None:
    company.do("remove", lambda op: inventory.remove(op, ONE, "ported"))
    (known,) = json.loads(numctl("show", "1418000", "-o", "json").out)
    assert [known[name] for name in FIELDS] == ["1418000", *[None] * 7]
    assert [one["action"] for one in known["history"]] == ["remove", "add"]


def test_out_of_scope_is_as_if_it_did_not_exist(company: Company, numctl: Numctl) -> None:
    company.do("reserve", lambda op: reservations.reserve(op, ONE, "x"))
    ghost = numctl("show", "1418999", "--as", "Sales")
    hidden = numctl("show", "1418000", "--as", "Sales")
    assert ghost.code == hidden.code == 5
    assert hidden.err == ghost.err.replace("1418999", "1418000")


def test_what_is_no_number(company: Company, numctl: Numctl) -> None:
    assert numctl("show", "12").code == 2
    assert numctl("show", "ann").code == 2
