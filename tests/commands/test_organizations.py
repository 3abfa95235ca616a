"""``org ...``: the tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import number


def paths(rows, *args: str) -> list[str]:
    return [row["organization"] for row in rows("org", "list", *args)]


# add


def test_add_goes_under_the_acting_one(acme: Path, answer) -> None:
    made = answer("org", "add", "Lab")
    assert (made["operation"], made["action"], made["organization"]) == (5, "org add", "Acme/Lab")
    assert answer("org", "add", "APAC", "--as", "Sales")["organization"] == "Acme/Sales/APAC"
    assert answer("org", "add", "Paris", "--parent", "emea")["organization"] == "Acme/Sales/EMEA/Paris"


def test_add_sentence(acme: Path, numctl) -> None:
    assert (
        numctl("org", "add", "Lab").out
        == "Added organization Acme/Lab (operation 5; take it back with `numctl undo 5`).\n"
    )


def test_add_with_addresses_and_threshold(acme: Path, numctl, rows) -> None:
    numctl("org", "add", "Lab", "--email", "a@x.example", "--email", "b@x.example", "--threshold", "55")
    assert rows("org", "list", "lab") == [
        {
            "organization": "Acme/Lab",
            "parent": "Acme",
            "emails": ["a@x.example", "b@x.example"],
            "threshold_percent": 55,
            "total": 0,
        }
    ]


@pytest.mark.parametrize("name", ["sales", "SALES", "Sales "])
def test_twins_by_case_are_refused(acme: Path, refusal, name: str) -> None:
    assert refusal("org", "add", name)["code"] == 6


def test_twins_by_unicode_form_are_refused(acme: Path, numctl, refusal) -> None:
    numctl("org", "add", "Café")
    assert refusal("org", "add", "CAFE\u0301")["code"] == 6
    assert numctl("org", "add", "Café", "--parent", "Sales").code == 0


@pytest.mark.parametrize(
    "name", ["", " ", "a/b", "/", "a\nb", "\x07", "\u200b", "a\u202e", "x" * 201, "x" * 1_000_000]
)
def test_names_that_are_none(acme: Path, refusal, name: str) -> None:
    assert refusal("org", "add", name)["code"] == 2
    assert refusal("org", "rename", "Sales", name)["code"] == 2


@pytest.mark.parametrize(
    "name", ["..", "-rf", "007", "1e5", "nan", "[b]", "a\\", "=1+1", "%_", "';DROP TABLE"]
)
def test_names_are_kept_as_typed(acme: Path, numctl, answer, rows, name: str) -> None:
    assert answer("org", "add", "--", name)["organization"] == f"Acme/{name}"
    assert f"Acme/{name}" in paths(rows)
    assert numctl("move", "3990", f"--to={name}").code == 0


def test_thousand_levels(store: Path, numctl, rows) -> None:
    from numctl.core.actions import founding, organizations
    from numctl.core.actions.opening import open_store
    from numctl.core.actions.perform import perform
    from numctl.core.changes.operation import Operation
    from tests.commands.conftest import ACT

    def dig(operation: Operation) -> None:
        parent = operation.tree.root
        for _ in range(1000):
            parent = organizations.found(operation, parent, "o")
        operation.note(organization=parent)

    founding.found(store, ACT, "o")
    with open_store(store) as opened:
        perform(opened, ACT, "org add", dig)
    deepest = "/".join(["o"] * 1001)
    assert numctl("add", "3990", "--series", "S", "--org", deepest).code == 0
    assert len(rows("utilization", "--tree")) == 1001
    assert numctl("org", "tree").code == 0
    assert rows("search", "3990")[0]["organization"] == deepest


# list, tree, show


def test_list(acme: Path, rows) -> None:
    assert rows("org", "list") == [
        {
            "organization": "Acme",
            "parent": None,
            "emails": ["boss@acme.example"],
            "threshold_percent": 80,
            "total": 110,
        },
        {
            "organization": "Acme/Finance",
            "parent": "Acme",
            "emails": ["finance@acme.example"],
            "threshold_percent": None,
            "total": 10,
        },
        {
            "organization": "Acme/Sales",
            "parent": "Acme",
            "emails": ["sales@acme.example"],
            "threshold_percent": 90,
            "total": 50,
        },
        {
            "organization": "Acme/Sales/EMEA",
            "parent": "Acme/Sales",
            "emails": [],
            "threshold_percent": 80,
            "total": 20,
        },
    ]


def test_list_of_some_and_of_ones_own(acme: Path, rows, numctl) -> None:
    assert paths(rows, "SALES") == ["Acme/Sales", "Acme/Sales/EMEA"]
    assert paths(rows, "--as", "Sales") == ["Acme/Sales", "Acme/Sales/EMEA"]
    assert rows("org", "list", "nothing") == []
    assert numctl("org", "list", "emea").out == "Acme/Sales/EMEA\tAcme/Sales\t\t80\t20\n"


def test_tree_is_drawn(acme: Path, numctl) -> None:
    assert numctl("org", "tree").out == ("Acme  (110)\n├─ Finance  (10)\n└─ Sales  (50)\n   └─ EMEA  (20)\n")
    assert numctl("org", "tree", "--as", "Sales").out == "Acme/Sales  (50)\n└─ EMEA  (20)\n"


def test_tree_as_a_list_where_one_is_asked_for(acme: Path, rows) -> None:
    assert rows("org", "tree", "--as", "Sales") == [
        {"organization": "Acme/Sales", "depth": 0, "total": 50},
        {"organization": "Acme/Sales/EMEA", "depth": 1, "total": 20},
    ]


def test_show(acme: Path, answer) -> None:
    assert answer("org", "show", "emea") == {
        "organization": "Acme/Sales/EMEA",
        "parent": "Acme/Sales",
        "emails": [],
        "threshold_percent": 80,
        "total": 20,
        "in_use": 5,
        "available": 15,
        "reserved": 2,
        "assigned": 1,
        "registered": 2,
        "allocated": 0,
        "utilization_percent": 25,
        "over_threshold": False,
    }


def test_show_goes_downwards_in_a_table(acme: Path, numctl) -> None:
    lines = numctl("org", "show", "emea", "-o", "table").out.splitlines()
    assert ["parent", "Acme/Sales"] in [line.split() for line in lines]


# ORG as people write it


def test_path_wins_over_tail(acme: Path, numctl, answer) -> None:
    numctl("org", "add", "Acme", "--parent", "Finance")
    assert answer("org", "show", "acme")["organization"] == "Acme"
    assert answer("org", "show", "Finance/ACME")["organization"] == "Acme/Finance/Acme"


def test_tail_that_fits_several_names_all_of_them(acme: Path, numctl, refusal) -> None:
    numctl("org", "add", "EMEA", "--parent", "Finance")
    error = refusal("org", "show", "emea")
    assert (error["code"], error["kind"]) == (5, "ambiguous")
    assert error["candidates"] == ["Acme/Finance/EMEA", "Acme/Sales/EMEA"]
    assert all(path in error["message"] for path in error["candidates"])


def test_tail_that_fits_one_in_scope_is_that_one(acme: Path, numctl, answer) -> None:
    numctl("org", "add", "EMEA", "--parent", "Finance")
    assert answer("org", "show", "emea", "--as", "Sales")["organization"] == "Acme/Sales/EMEA"


def test_nearest_names_are_offered(acme: Path, refusal) -> None:
    error = refusal("org", "show", "Acme/Seles")
    assert error["nearest"][0] == "Acme/Sales"
    assert "Acme/Sales" in error["advice"]


def test_empty_name_is_a_bad_value(acme: Path, refusal) -> None:
    assert refusal("org", "show", "")["code"] == 2


# rename, set, move, remove


def test_rename(acme: Path, numctl, answer, rows) -> None:
    renamed = answer("org", "rename", "Sales", "Vente")
    assert (renamed["organization"], renamed["old"], renamed["name"]) == ("Acme/Vente", "Sales", "Vente")
    assert paths(rows) == ["Acme", "Acme/Finance", "Acme/Vente", "Acme/Vente/EMEA"]
    assert numctl("org", "rename", "Vente", "VENTE").out == (
        "Renamed organization Vente to Acme/VENTE (operation 6; take it back with `numctl undo 6`).\n"
    )
    assert answer("org", "rename", "vente", "VENTE")["operation"] is None


def test_rename_the_root(acme: Path, rows, numctl) -> None:
    assert numctl("org", "rename", "Acme", "Globex").code == 0
    assert paths(rows)[-1] == "Globex/Sales/EMEA"


def test_rename_to_a_sibling_s_name(acme: Path, refusal) -> None:
    assert refusal("org", "rename", "Sales", "FINANCE")["code"] == 6


def test_set_replaces_addresses(acme: Path, numctl, answer) -> None:
    changed = answer("org", "set", "Sales", "--email", "new@x.example", "--threshold", "70")
    assert (changed["action"], changed["organization"]) == ("org set", "Acme/Sales")
    assert (changed["emails"], changed["threshold"]) == (["new@x.example"], 70)
    shown = answer("org", "show", "Sales")
    assert (shown["emails"], shown["threshold_percent"]) == (["new@x.example"], 70)
    assert numctl("org", "set", "Sales", "--no-email", "--threshold", "off").out == (
        "Set up organization Acme/Sales: no e-mail addresses of its own; threshold off"
        " (operation 6; take it back with `numctl undo 6`).\n"
    )
    shown = answer("org", "show", "Sales")
    assert (shown["emails"], shown["threshold_percent"]) == ([], None)


def test_set_what_is_set_changes_nothing(acme: Path, answer) -> None:
    again = answer("org", "set", "Sales", "--email", "sales@acme.example", "--threshold", "90")
    assert again["operation"] is None


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["--email", "a@b.example", "--no-email"],
        ["--email", "nobody"],
        ["--email", "a@b.example\nBcc: x@y.example"],
        ["--threshold", "0"],
        ["--threshold", "OFF"],
    ],
    ids=repr,
)
def test_set_lines_that_make_no_sense(acme: Path, refusal, args: list[str]) -> None:
    assert refusal("org", "set", "Sales", *args)["code"] == 2


def test_move_takes_everything_along(acme: Path, numctl, answer, rows, state) -> None:
    moved = answer("org", "move", "EMEA", "--to", "Finance")
    assert (moved["organization"], moved["old_parent"], moved["parent"]) == (
        "Acme/Finance/EMEA",
        "Acme/Sales",
        "Acme/Finance",
    )
    assert state(number(70))["organization"] == "Acme/Finance/EMEA"
    totals = {row["organization"]: row["total"] for row in rows("org", "list")}
    assert (totals["Acme/Sales"], totals["Acme/Finance"]) == (30, 30)
    assert numctl("org", "move", "EMEA", "--to", "Sales").out == (
        "Moved organization Acme/Sales/EMEA under Acme/Sales"
        " (operation 6; take it back with `numctl undo 6`).\n"
    )
    assert answer("org", "move", "EMEA", "--to", "Sales")["operation"] is None


@pytest.mark.parametrize(
    ("org", "to", "code"),
    [
        ("Sales", "EMEA", 6),
        ("Sales", "Sales", 6),
        ("Acme", "Sales", 4),
        ("Nowhere", "Sales", 5),
        ("Sales", "Nowhere", 5),
    ],
)
def test_move_refusals(acme: Path, refusal, org: str, to: str, code: int) -> None:
    assert refusal("org", "move", org, "--to", to)["code"] == code


def test_move_says_scope_before_not_found(acme: Path, refusal) -> None:
    assert refusal("org", "move", "Nowhere", "--to", "Acme", "--as", "Sales")["code"] == 4
    assert refusal("org", "move", "Sales", "--to", "Nowhere", "--as", "Sales")["code"] == 4


def test_move_to_where_the_name_is_taken(acme: Path, numctl, refusal) -> None:
    numctl("org", "add", "emea", "--parent", "Finance")
    assert refusal("org", "move", "Sales/EMEA", "--to", "Finance")["code"] == 6


def test_remove_an_empty_one(acme: Path, numctl, answer, rows) -> None:
    numctl("org", "add", "Lab")
    gone = answer("org", "remove", "Lab")
    assert (gone["action"], gone["name"], gone["organization"]) == ("org remove", "Acme/Lab", None)
    assert "Acme/Lab" not in paths(rows)
    assert numctl("org", "add", "lab").code == 0
    assert (
        numctl("org", "remove", "Lab").out
        == "Removed organization Acme/lab (operation 8; take it back with `numctl undo 8`).\n"
    )


@pytest.mark.parametrize(("org", "code"), [("Finance", 6), ("Sales", 6), ("Acme", 4), ("Nowhere", 5)])
def test_remove_refusals(acme: Path, refusal, org: str, code: int) -> None:
    assert refusal("org", "remove", org)["code"] == code
