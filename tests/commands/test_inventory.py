"""``add``, ``remove`` and ``move``: numbers come, go, and change hands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import number


def test_add_puts_numbers_in_available(acme: Path, answer, state) -> None:
    made = answer("add", "14188990000..14188990009", "+1 (418) 899-0020", "--series", "1418")
    assert made == {
        "operation": 5,
        "action": "add",
        "dry_run": False,
        "count": 11,
        "ranges": [
            {"first": "14188990000", "last": "14188990009", "count": 10},
            {"first": "14188990020", "last": "14188990020", "count": 1},
        ],
        "from": None,
        "to": "Acme",
        "series": "1418",
        "tag": None,
        "user": None,
        "queued_mail": 0,
    }
    found = state("14188990020")
    assert (found["organization"], found["status"]) == ("Acme", "available")


def test_add_makes_the_series_and_may_name_the_holder(acme: Path, answer, rows) -> None:
    made = answer("add", "5000+10", "--series", "New one", "--org", "emea")
    assert (made["to"], made["series"], made["count"]) == ("Acme/Sales/EMEA", "New one", 10)
    assert [row["series"] for row in rows("series", "list")] == ["1418", "Empty", "New one", "Short"]


def test_add_keeps_a_series_spelling(acme: Path, answer) -> None:
    assert answer("add", "5000", "--series", "SHORT")["series"] == "Short"


def test_sentence_says_how_to_undo_it(acme: Path, numctl) -> None:
    out = numctl("add", "5000", "--series", "Short").out
    assert (
        out
        == "Added 1 number of Acme, series Short: 5000 (operation 5; take it back with `numctl undo 5`).\n"
    )


def test_add_refuses_what_is_there(acme: Path, refusal, rows) -> None:
    error = refusal("add", "3989..3991", "--series", "Short")
    assert (error["code"], error["kind"], error["numbers"]) == (6, "already-present", ["3990..3991"])
    assert not [row for row in rows("search", "3989") if row["number"] == "3989"]


def test_remove_takes_numbers_out_and_lets_them_come_back(acme: Path, answer, rows) -> None:
    gone = answer("remove", "3990..3994", "--reason", "given back")
    assert (gone["action"], gone["count"], gone["reason"]) == ("remove", 5, "given back")
    assert (gone["from"], gone["to"]) == ("Acme", None)
    assert len(rows("search", "399")) == 5
    assert answer("add", "3990..3994", "--series", "Short")["count"] == 5


@pytest.mark.parametrize("n", [70, 71])
def test_remove_refuses_numbers_with_a_user(acme: Path, refusal, n: int) -> None:
    error = refusal("remove", number(n), "--reason", "r")
    assert (error["code"], error["kind"]) == (6, "wrong-status")
    assert error["refused"][0]["numbers"] == number(n)
    assert "release" in error["refused"][0]["allowed"]


def test_remove_takes_reserved_ones(acme: Path, answer) -> None:
    assert answer("remove", number(73), number(74), "--reason", "ported out")["count"] == 2


def test_remove_needs_a_reason(acme: Path, refusal) -> None:
    assert refusal("remove", "3990")["code"] == 2
    assert refusal("remove", "3990", "--reason", " ")["code"] == 2


@pytest.mark.parametrize(
    ("n", "kept"),
    [
        (70 + 5, {"status": "available"}),
        (71, {"status": "in-use", "user": "Ann Lee"}),
        (73, {"status": "reserved", "reserved_tag": "fair"}),
        (74, {"status": "reserved", "reserved_tag": "left", "forwarded_to": number(71)}),
    ],
)
def test_move_takes_everything_along(acme: Path, answer, state, n: int, kept: dict[str, str]) -> None:
    moved = answer("move", number(n), "--to", "Finance")
    assert (moved["from"], moved["to"], moved["count"]) == ("Acme/Sales/EMEA", "Acme/Finance", 1)
    found = state(number(n))
    assert found["organization"] == "Acme/Finance"
    assert kept.items() <= found.items()


def test_moved_user_is_seen_where_the_number_went(acme: Path, numctl, rows) -> None:
    numctl("move", number(71), "--to", "Finance")
    assert [row["user"] for row in rows("user", "list", "--as", "Finance")] == ["Ann Lee", "Cat"]
    assert [row["numbers"] for row in rows("user", "list", "ann", "--as", "EMEA")] == [1]


def test_assigned_numbers_do_not_move(acme: Path, refusal) -> None:
    error = refusal("move", number(70), "--to", "Finance")
    assert (error["code"], error["refused"][0]["status"]) == (6, "assigned")
    assert error["refused"][0]["allowed"] == ["register", "release"]


def test_move_to_where_it_is_changes_nothing(acme: Path, answer, numctl) -> None:
    still = answer("move", number(75), "--to", "EMEA")
    assert (still["operation"], still["count"], still["ranges"], still["dry_run"]) == (None, 0, [], False)
    assert numctl("move", number(75), "--to", "EMEA").out == "Nothing was to be changed.\n"


def test_move_of_some_counts_only_those(acme: Path, answer) -> None:
    moved = answer("move", number(69), number(75), number(76), "--to", "EMEA")
    assert (moved["count"], moved["from"]) == (1, "Acme/Sales")


def test_move_across_lengths_and_series(acme: Path, answer) -> None:
    moved = answer("move", "3990", number(0), "--to", "Sales")
    assert (moved["count"], moved["series"], moved["from"], moved["to"]) == (2, None, "Acme", "Acme/Sales")


def test_numbers_come_from_files_and_pipes(acme: Path, answer, tmp_path: Path) -> None:
    listed = tmp_path / "numbers.txt"
    listed.write_text("# the front desk\n3990\n\n3991..3992  # two\n")
    assert answer("move", "--from-file", listed, "--to", "Sales")["count"] == 3
    assert answer("move", "-", "--to", "Finance", input="3990\n3991+2\n")["count"] == 3
    assert answer("move", "3990", "--from-file", "-", "--to", "Sales", input="3991\n")["count"] == 2


def test_region_reads_national_numbers(acme: Path, answer) -> None:
    made = answer("add", "01 05 60 00 00", "--series", "France", "--region", "FR")
    assert made["ranges"][0]["first"] == "33105600000"


def test_dry_run_of_what_would_change_nothing(acme: Path, answer, numctl) -> None:
    line = ("move", number(75), "--to", "EMEA", "--dry-run")
    assert answer(*line)["dry_run"] is True
    assert numctl(*line).out == "Nothing was to be changed.\n"
