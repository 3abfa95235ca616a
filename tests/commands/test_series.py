"""``series ...``: the named groups of numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import number


def test_list(acme: Path, rows, numctl) -> None:
    assert rows("series", "list") == [
        {
            "series": "1418",
            "description": "",
            "total": 100,
            "available": 93,
            "reserved": 3,
            "assigned": 1,
            "registered": 3,
        },
        {
            "series": "Empty",
            "description": "has no numbers",
            "total": 0,
            "available": 0,
            "reserved": 0,
            "assigned": 0,
            "registered": 0,
        },
        {
            "series": "Short",
            "description": "",
            "total": 10,
            "available": 10,
            "reserved": 0,
            "assigned": 0,
            "registered": 0,
        },
    ]
    assert numctl("series", "list", "NO numbers").out == "Empty\thas no numbers\t0\t0\t0\t0\t0\n"


def test_list_below_the_root_shows_only_series_in_scope(acme: Path, rows) -> None:
    (only,) = rows("series", "list", "--as", "EMEA")
    assert (only["series"], only["total"], only["registered"]) == ("1418", 20, 2)


def test_add(acme: Path, numctl, answer, rows) -> None:
    made = answer("series", "add", "Montréal", "--description", "area 514")
    assert (made["operation"], made["action"], made["name"], made["count"]) == (
        5,
        "series add",
        "Montréal",
        0,
    )
    assert [row["description"] for row in rows("series", "list", "montr")] == ["area 514"]
    assert (
        numctl("series", "add", "X").out
        == "Added series X (operation 6; take it back with `numctl undo 6`).\n"
    )


@pytest.mark.parametrize("name", ["1418", "SHORT", "empty "])
def test_add_refuses_a_name_that_is_taken(acme: Path, refusal, name: str) -> None:
    assert refusal("series", "add", name)["code"] == 6


def test_rename(acme: Path, numctl, answer, state, refusal) -> None:
    renamed = answer("series", "rename", "short", "Court")
    assert (renamed["old"], renamed["name"]) == ("Short", "Court")
    assert state("3990")["series"] == "Court"
    assert (
        numctl("series", "rename", "Court", "COURT").out
        == "Renamed series Court to COURT (operation 6; take it back with `numctl undo 6`).\n"
    )
    assert answer("series", "rename", "court", "COURT")["operation"] is None
    assert refusal("series", "rename", "court", "EMPTY")["code"] == 6
    assert refusal("series", "rename", "Shirt", "X")["code"] == 5


def test_move_takes_numbers_of_any_status(acme: Path, numctl, answer, state) -> None:
    moved = answer("series", "move", f"{number(70)}..{number(76)}", "--to", "empty")
    assert (moved["action"], moved["count"], moved["series"]) == ("series move", 7, "Empty")
    found = state(number(71))
    assert (found["series"], found["status"], found["user"]) == ("Empty", "in-use", "Ann Lee")
    assert state(number(74))["forwarded_to"] == number(71)
    assert numctl("series", "move", "3990", "--to", "1418").out == (
        "Moved 1 number to another series of Acme, series 1418: 3990"
        " (operation 6; take it back with `numctl undo 6`).\n"
    )


def test_move_to_where_they_are_changes_nothing(acme: Path, answer) -> None:
    assert answer("series", "move", "3990", "--to", "Short")["operation"] is None


def test_move_needs_a_series_that_is_there(acme: Path, refusal) -> None:
    assert refusal("series", "move", "3990", "--to", "None")["code"] == 5


@pytest.mark.parametrize("name", ["", " ", "\x1b[31mred", "a\nb", "x" * 201])
@pytest.mark.parametrize(
    "line",
    [
        ("series", "add"),
        ("series", "rename", "Short"),
        ("add", "5000", "--series"),
        ("series", "move", "3990", "--to"),
        ("assign", "--user", "u", "--series"),
    ],
    ids=" ".join,
)
def test_names_that_are_none(acme: Path, refusal, line: tuple[str, ...], name: str) -> None:
    assert refusal(*line, name)["code"] == 2


@pytest.mark.parametrize("name", ["-rf", "007", "1e5", "[/]", "a\\", "=1+1", "%_", "a/b", "';DROP TABLE"])
def test_names_are_kept_as_typed(acme: Path, numctl, state, name: str) -> None:
    assert numctl("add", "5000", f"--series={name}").code == 0
    assert state("5000")["series"] == name
    assert numctl("assign", "--user", "u", f"--series={name}").code == 0
