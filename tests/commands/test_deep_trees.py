"""Organizations in a deep tree: made with what is above, removed with what is below, thresholds of below."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.conftest import FIRST, number


def test_add_makes_what_is_missing_above(acme: Path, numctl, answer, refusal) -> None:
    made = answer("org", "add", "Sales/Field/North", "--parents", "--email", "n@acme.example")
    assert made["organization"] == "Acme/Sales/Field/North"
    assert numctl("org", "show", "Acme/Sales/Field").code == 0
    assert refusal("org", "add", "Sales/Field/North", "--parents")["code"] == 6
    assert refusal("org", "add", "Sales/Field/South")["code"] == 2
    assert refusal("org", "add", "Sales//South", "--parents")["code"] == 2
    numctl("undo")
    assert refusal("org", "show", "Acme/Sales/Field")["code"] == 5


def test_remove_takes_all_that_is_below(acme: Path, numctl, answer, refusal) -> None:
    numctl("org", "add", "Lab/One/Two", "--parents")
    assert refusal("org", "remove", "Lab")["code"] == 6
    assert answer("org", "remove", "Lab", "--recursive")["name"] == "Acme/Lab"
    assert refusal("org", "show", "Acme/Lab/One/Two")["code"] == 5
    numctl("undo")
    assert numctl("org", "show", "Acme/Lab/One/Two").code == 0
    assert refusal("org", "remove", "Sales", "--recursive")["code"] == 6
    assert numctl("check").code == 0


def test_series_remove_and_set(acme: Path, numctl, refusal, rows) -> None:
    assert refusal("series", "remove", "Short")["code"] == 6
    assert numctl("series", "remove", "empty").code == 0
    assert "Empty" not in {row["series"] for row in rows("series", "list")}
    numctl("undo")
    assert "Empty" in {row["series"] for row in rows("series", "list")}
    numctl("series", "set", "Empty", "--description", "for later")
    assert {row["series"]: row["description"] for row in rows("series", "list")}["Empty"] == "for later"
    assert refusal("series", "set", "Empty", "--as", "Sales", "--aging", "3")["code"] == 4
    assert refusal("series", "set", "Empty")["code"] == 2


def test_a_basis_of_below_counts_use_anywhere_and_no_allocation(acme: Path, numctl, rows, answer) -> None:
    numctl("org", "set", "Acme", "--basis", "below", "--threshold", "50")
    (row,) = rows("utilization")
    assert (row["over_threshold"], row["utilization_percent"] >= 50) == (False, True)
    assert answer("allocate", "--series", "1418", "--quantity", "20", "--to", "Finance")["queued_mail"] == 0
    numctl("org", "set", "Finance", "--threshold", "off")
    done = answer("reserve", f"{FIRST}+60", "--tag", "x", "--as", "Acme")
    assert done["queued_mail"] >= 1
    assert rows("mail", "list")[-1]["subject"].startswith("Acme: ")
    assert rows("utilization")[0]["over_threshold"] is True


@pytest.mark.parametrize("wrong", [["--basis", "above"], ["--aging", "-1"], ["--aging", "3651"], []])
def test_settings_that_make_no_sense(acme: Path, refusal, wrong: list[str]) -> None:
    assert refusal("org", "set", "Sales", *wrong)["code"] == 2


def test_only_the_root_says_who_is_a_carrier(acme: Path, numctl, refusal) -> None:
    assert numctl("org", "set", "Sales", "--intermediate").code == 0
    assert refusal("org", "set", "EMEA", "--intermediate", "--as", "Sales")["code"] == 4
    assert refusal("org", "set", "Sales", "--intermediate", "--no-intermediate")["code"] == 2


def test_a_user_s_numbers_move(acme: Path, answer, refusal, numctl) -> None:
    moved = answer("move", "--user", "Bob", "--to", "Finance")
    assert (moved["count"], moved["user"]) == (1, "Bob")
    assert refusal("move", "--user", "Bob", number(1), "--to", "Finance")["code"] == 2
    assert refusal("move", "--to", "Finance")["code"] == 2


def test_one_file_of_new_hires_across_branches_is_one_operation(acme: Path, numctl, answer, rows) -> None:
    lines = [
        {"action": "org add", "name": "Sales/Field/North", "parents": True, "email": "n@acme.example"},
        {"action": "series add", "name": "New", "description": "for the field"},
        {"action": "add", "numbers": ["15145550100+3"], "series": "New", "org": "North"},
        {"action": "assign", "series": "New", "org": "North", "user": "Ida"},
        {"action": "assign", "series": "1418", "org": "EMEA", "user": "Ole"},
    ]
    made = answer("batch", "-", input="\n".join(map(json.dumps, lines)))
    assert (made["lines"], made["changed"], made["count"]) == (5, 5, 4)
    assert [row["user"] for row in rows("search", "--user", "ida")] == ["Ida"]
    numctl("undo")
    assert numctl("org", "show", "Acme/Sales/Field").code == 5
    assert "New" not in {row["series"] for row in rows("series", "list")}
    assert numctl("check").code == 0


def test_a_refused_line_that_makes_an_organization_makes_none(acme: Path, numctl) -> None:
    lines = [{"action": "org add", "name": "Lab"}, {"action": "org add", "name": "Lab"}]
    told = numctl("batch", "-", "--keep-going", input="\n".join(map(json.dumps, lines)))
    assert told.code == 3
    assert "Line 2: Acme has an organization 'Lab' already." in told.err
