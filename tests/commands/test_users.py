"""``user list``, ``user rename`` and ``user forget``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import number
from tests.on_server import contents


def test_list(acme: Path, rows) -> None:
    assert rows("user", "list") == [
        {"user": "Ann Lee", "numbers": 2, "assigned": 1, "registered": 1},
        {"user": "Bob", "numbers": 1, "assigned": 0, "registered": 1},
        {"user": "Cat", "numbers": 1, "assigned": 0, "registered": 1},
    ]
    assert [row["user"] for row in rows("user", "list", "LEE")] == ["Ann Lee"]
    assert rows("user", "list", "nobody") == []


def test_list_merges_a_name_over_organizations(acme: Path, numctl, rows) -> None:
    numctl("move", number(71), "--to", "Finance")
    assert rows("user", "list", "ann") == [{"user": "Ann Lee", "numbers": 2, "assigned": 1, "registered": 1}]
    assert [row["numbers"] for row in rows("user", "list", "ann", "--as", "Finance")] == [1]


def test_released_users_are_listed_only_on_demand(acme: Path, numctl, rows) -> None:
    numctl("release", "Bob")
    assert "Bob" not in [row["user"] for row in rows("user", "list")]
    assert {"user": "Bob", "numbers": 0, "assigned": 0, "registered": 0} in rows("user", "list", "--former")


def test_list_in_other_formats(acme: Path, numctl) -> None:
    assert numctl("user", "list", "bob").out == "Bob\t1\t0\t1\n"
    assert (
        numctl("user", "list", "bob", "-o", "csv").out == "user,numbers,assigned,registered\r\nBob,1,0,1\r\n"
    )
    assert "Bob" in numctl("user", "list", "-o", "table").out


def test_rename(acme: Path, numctl, answer, state) -> None:
    renamed = answer("user", "rename", "ann lee", "Ann Roy")
    assert (renamed["operation"], renamed["action"], renamed["user"]) == (5, "user rename", "Ann Roy")
    assert state(number(71))["user"] == "Ann Roy"
    assert (
        numctl("user", "rename", "Ann Roy", "ANN ROY").out
        == "Renamed a user to ANN ROY (operation 6; take it back with `numctl undo 6`).\n"
    )
    assert answer("user", "rename", "ann roy", "ANN ROY")["operation"] is None


def test_rename_over_organizations(acme: Path, numctl, state) -> None:
    numctl("move", number(71), "--to", "Finance")
    numctl("user", "rename", "Ann Lee", "A. Lee")
    assert {state(number(n))["user"] for n in (70, 71)} == {"A. Lee"}


@pytest.mark.parametrize(("old", "new", "code"), [("Nobody", "X", 5), ("Bob", "ann LEE", 6), ("Bob", " ", 2)])
def test_rename_refusals(acme: Path, refusal, old: str, new: str, code: int) -> None:
    assert refusal("user", "rename", old, new)["code"] == code


def test_rename_sees_no_name_outside(acme: Path, numctl, refusal, state) -> None:
    assert refusal("user", "rename", "Cat", "Dog", "--as", "Sales")["code"] == 5
    assert numctl("user", "rename", "Bob", "Cat", "--as", "Sales").code == 0
    assert state(number(90))["user"] == "Cat"


def test_forget_blanks_the_name_everywhere(acme: Path, numctl, answer, rows, state) -> None:
    forgotten = answer("user", "forget", "ann lee", "--yes")
    assert (forgotten["operation"], forgotten["action"], forgotten["user"]) == (5, "user forget", None)
    assert (state(number(71))["status"], state(number(71))["user"]) == ("in-use", None)
    assert "Ann Lee" not in [row["user"] for row in rows("user", "list", "--former")]
    data = contents(acme)
    assert b"Ann Lee" not in data
    assert b"ann lee" not in data
    assert b"Bob" in data


def test_forget_works_for_users_without_numbers(acme: Path, numctl, rows) -> None:
    numctl("release", "Bob")
    assert numctl("user", "forget", "Bob", "--yes").out == (
        "Forgot a user; the name is blank everywhere, history included (operation 6).\n"
    )
    assert b"Bob" not in contents(acme)


def test_forgotten_user_s_numbers_live_on(acme: Path, numctl, answer) -> None:
    numctl("user", "forget", "Ann Lee", "--yes")
    assert answer("register", number(70))["user"] is None
    assert answer("move", number(70), "--to", "Finance")["count"] == 1
    assert answer("release", number(70), number(71))["count"] == 2


def test_name_may_be_used_again(acme: Path, numctl, rows) -> None:
    numctl("user", "forget", "Ann Lee", "--yes")
    numctl("assign", number(75), "--user", "Ann Lee")
    assert rows("user", "list", "ann") == [{"user": "Ann Lee", "numbers": 1, "assigned": 1, "registered": 0}]


@pytest.mark.parametrize(
    ("name", "acting", "code"), [("Nobody", "Acme", 5), ("Cat", "Acme/Sales", 5), ("", "Acme", 2)]
)
def test_forget_refusals(acme: Path, refusal, name: str, acting: str, code: int) -> None:
    assert refusal("user", "forget", name, "--yes", "--as", acting)["code"] == code


def test_forget_leaves_the_same_name_outside_alone(acme: Path, numctl, state) -> None:
    numctl("move", number(71), "--to", "Finance")
    numctl("user", "forget", "Ann Lee", "--yes", "--as", "Sales")
    assert state(number(70))["user"] is None
    assert state(number(71))["user"] == "Ann Lee"


def test_dry_run_forgets_nobody(acme: Path, numctl) -> None:
    out = numctl("user", "forget", "Bob", "--yes", "--dry-run").out
    assert out.startswith("Would forget the user")
    assert b"Bob" in contents(acme)


def test_forget_reaches_organizations_that_were_removed(acme: Path, numctl, refusal) -> None:
    for line in (
        ["org", "add", "Lab", "--parent", "Sales"],
        ["move", number(10), number(11), "--to", "Lab"],
        ["assign", number(10), "--user", "Carol Quux"],
        ["assign", number(11), "--user", "Dora Quux"],
        ["register", number(10), number(11)],
        ["move", number(10), number(11), "--to", "Acme"],
        ["org", "remove", "Lab"],
        ["release", "Dora Quux"],
        ["user", "rename", "Dora Quux", "Thea Quux"],
    ):
        assert numctl(*line).code == 0, line
    assert "Thea Quux" in numctl("history", number(11)).out
    assert "Dora" not in numctl("history", number(11)).out
    assert refusal("user", "forget", "Carol Quux", "--yes", "--as", "Finance")["code"] == 5
    for name, n in (("Carol Quux", 10), ("Thea Quux", 11)):
        assert name in numctl("history", number(n)).out
        assert numctl("user", "forget", name, "--yes").code == 0
        assert name not in numctl("history", number(n)).out
        assert refusal("user", "forget", name, "--yes")["code"] == 5
    assert b"Quux" not in contents(acme)
    assert numctl("check").code == 0


def test_forget_finds_who_was_only_ever_in_a_removed_organization(acme: Path, numctl, answer) -> None:
    for line in (
        ["org", "add", "Lab"],
        ["move", number(10), "--to", "Lab"],
        ["assign", number(10), "--user", "Carol Quux"],
        ["release", "Carol Quux"],
        ["move", number(10), "--to", "Acme"],
        ["org", "remove", "Lab"],
    ):
        assert numctl(*line).code == 0, line
    assert answer("user", "forget", "carol quux", "--yes")["action"] == "user forget"
    assert b"Carol" not in contents(acme)


def test_rename_meets_a_name_of_a_removed_organization(acme: Path, numctl, refusal) -> None:
    for line in (
        ["org", "add", "Lab"],
        ["move", number(10), number(11), "--to", "Lab"],
        ["assign", number(10), "--user", "Carol"],
        ["assign", number(11), "--user", "Dora"],
        ["release", number(10), number(11)],
        ["move", number(10), number(11), "--to", "Acme"],
        ["org", "remove", "Lab"],
    ):
        assert numctl(*line).code == 0, line
    refused = refusal("user", "rename", "Carol", "Dora")
    assert (refused["code"], refused["user"]) == (6, "Dora")
    assert numctl("user", "rename", "Carol", "CAROL").code == 0


def test_users_of_a_removed_organization_belong_to_where_it_was(acme: Path, numctl, refusal) -> None:
    for line in (
        ["org", "add", "Lab", "--parent", "EMEA"],
        ["move", number(10), "--to", "Lab"],
        ["assign", number(10), "--user", "Carol Quux"],
        ["release", "Carol Quux"],
        ["move", number(10), "--to", "Acme"],
        ["org", "remove", "Lab"],
        ["org", "move", "EMEA", "--to", "Finance"],
    ):
        assert numctl(*line).code == 0, line
    for acting in ("Finance", "EMEA"):
        assert ("Quux" in numctl("history", number(10), "--as", acting).out) is (acting == "EMEA")
    assert refusal("user", "forget", "Carol Quux", "--yes", "--as", "Finance")["code"] == 5
    assert numctl("user", "forget", "Carol Quux", "--yes", "--as", "Sales").code == 0
    assert b"Quux" not in contents(acme)


def test_the_list_of_users_is_cut_off(acme, rows, numctl) -> None:
    assert [row["user"] for row in rows("user", "list", "--limit", "2")] == ["Ann Lee", "Bob"]
    assert numctl("user", "list", "--limit", "0").code == 2
