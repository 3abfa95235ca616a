"""``reserve``, ``retag`` and ``unreserve``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.commands.conftest import FIRST, number
from tests.on_server import contents


def in_days(n: int) -> str:
    return (datetime.now(UTC).date() + timedelta(n)).isoformat()


def test_reserve_tags_numbers(acme: Path, answer, state) -> None:
    held = answer("reserve", f"{FIRST}+3", "3990", "--tag", " new office ")
    assert (held["action"], held["count"], held["tag"]) == ("reserve", 4, "new office")
    assert (held["from"], held["to"], held["series"]) == ("Acme", "Acme", None)
    found = state("3990")
    assert (found["status"], found["reserved_tag"], found["reserved_until"]) == (
        "reserved",
        "new office",
        None,
    )


def test_reserve_for_an_organization_below(acme: Path, answer, state) -> None:
    held = answer("reserve", "3990", "--tag", "t", "--org", "EMEA", "--until", "9999-12-31")
    assert (held["from"], held["to"]) == ("Acme", "Acme/Sales/EMEA")
    assert state("3990")["reserved_until"] == "9999-12-31"


def test_sentence(acme: Path, numctl) -> None:
    assert numctl("reserve", f"{FIRST}+2", "--tag", "t").out == (
        f"Reserved 2 numbers of Acme, tag 't': {FIRST}..{number(1)}"
        " (operation 5; take it back with `numctl undo 5`).\n"
    )


def test_reserve_by_quantity_takes_the_lowest_of_ones_own(acme: Path, answer) -> None:
    held = answer("reserve", "--series", "1418", "--quantity", "3", "--tag", "t", "--as", "Sales")
    assert held["ranges"] == [{"first": number(40), "last": number(42), "count": 3}]


def test_reserve_by_quantity_scattered_and_in_one_block(acme: Path, numctl, answer) -> None:
    numctl("reserve", number(2), "--tag", "gap")
    scattered = answer("reserve", "--series", "1418", "--quantity", "3", "--tag", "t", "--dry-run")
    assert [range["count"] for range in scattered["ranges"]] == [2, 1]
    block = answer("reserve", "--series", "1418", "--quantity", "3", "--contiguous", "--tag", "t")
    assert [range["first"] for range in block["ranges"]] == [number(3)]


def test_reserve_by_quantity_and_pattern(acme: Path, answer) -> None:
    held = answer("reserve", "--series", "1418", "--quantity", "2", "--matching", "7$", "--tag", "t")
    assert [range["first"] for range in held["ranges"]] == [number(7), number(17)]


def test_more_than_there_is_says_how_many_there_are(acme: Path, refusal) -> None:
    error = refusal("reserve", "--series", "1418", "--quantity", "41", "--tag", "t")
    assert (error["code"], error["kind"], error["wanted"], error["available"]) == (6, "not-enough", 41, 40)
    assert "41 numbers are wanted" in error["message"]
    whole = refusal("reserve", "--series", "Short", "--quantity", "11", "--contiguous", "--tag", "t")
    assert whole["available"] == 10


def test_series_that_is_not_there(acme: Path, refusal) -> None:
    error = refusal("reserve", "--series", "Shirt", "--quantity", "1", "--tag", "t")
    assert (error["code"], error["nearest"]) == (5, ["Short"])


def test_all_or_nothing_names_the_number_its_status_and_what_it_allows(acme: Path, refusal, state) -> None:
    error = refusal("reserve", number(75), number(73), number(76), "--tag", "t")
    assert error["code"] == 6
    assert error["refused"] == [
        {
            "numbers": number(73),
            "status": "reserved",
            "allowed": ["retag", "unreserve", "assign", "age", "move", "remove"],
        }
    ]
    for part in (number(73), "reserved", "retag"):
        assert part in error["message"]
    assert state(number(75))["status"] == "available"


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["--series", "1418"],
        ["--quantity", "3"],
        ["3990", "--series", "1418", "--quantity", "3"],
        ["3990", "--series", "1418"],
        ["3990", "--contiguous"],
        ["3990", "--matching", "7"],
        ["--matching", "7"],
        ["--series", "1418", "--quantity", "3", "--from-file", "x"],
        ["--series", "1418", "--quantity", "3", "--matching", ""],
        ["--series", "1418", "--quantity", "3", "--matching", "1+1"],
        ["--series", " ", "--quantity", "3"],
        ["3990", "--until", in_days(-1)],
        ["3990", "--until", "2026-02-29"],
        ["3990", "--until", "10000-01-01"],
        ["3990", "--until", "tomorrow"],
        ["3990", "3990"],
        ["3990..3995", "3995..3999"],
    ],
    ids=repr,
)
def test_command_lines_that_make_no_sense(acme: Path, refusal, args: list[str]) -> None:
    before = contents(acme)
    assert refusal("reserve", *args, "--tag", "t")["code"] == 2
    assert contents(acme) == before


def test_values_are_read_before_the_store(store: Path, refusal) -> None:
    for args in (
        ["39"],
        ["3990", "--until", in_days(-1)],
        ["--series", "S", "--quantity", "1", "--matching", "$^"],
    ):
        assert refusal("reserve", *args, "--tag", "t")["code"] == 2
    assert refusal("reserve", "3990", "--tag", " ")["code"] == 2
    assert refusal("reserve", "3990", "--tag", "t")["code"] == 10


@pytest.mark.parametrize("day", [in_days(0), in_days(1), "2028-02-29"])
def test_today_and_later_are_fine(acme: Path, answer, state, day: str) -> None:
    assert answer("reserve", "3990", "--tag", "t", "--until", day)["count"] == 1
    assert state("3990")["reserved_until"] == day


def test_retag_keeps_the_date_and_forwarding(acme: Path, numctl, answer, state) -> None:
    numctl("reserve", "3990", "--tag", "t", "--until", "2999-01-01")
    again = answer("retag", "3990", number(74), "--tag", "other")
    assert (again["action"], again["count"], again["tag"]) == ("retag", 2, "other")
    assert state("3990")["reserved_until"] == "2999-01-01"
    assert state(number(74))["forwarded_to"] == number(71)


def test_retag_refuses_what_is_not_reserved(acme: Path, refusal) -> None:
    error = refusal("retag", "3990", "--tag", "t")
    assert (error["code"], error["refused"][0]["allowed"]) == (
        6,
        ["reserve", "assign", "age", "move", "remove"],
    )


def test_retag_with_the_same_tag_changes_nothing(acme: Path, answer) -> None:
    assert answer("retag", number(73), "--tag", "fair")["operation"] is None


def test_unreserve_drops_everything(acme: Path, numctl, answer, state) -> None:
    numctl("reserve", "3990", "--tag", "t", "--until", "2999-01-01")
    free = answer("unreserve", "3990", number(73), number(74))
    assert (free["action"], free["count"], free["tag"]) == ("unreserve", 3, None)
    for one in ("3990", number(74)):
        found = state(one)
        assert found["status"] == "available"
        assert {found[name] for name in ("reserved_tag", "reserved_until", "forwarded_to")} == {None}


def test_unreserve_refuses_what_is_not_reserved(acme: Path, refusal) -> None:
    assert refusal("unreserve", number(70))["refused"][0]["status"] == "assigned"


def test_numbers_that_are_not_there(acme: Path, refusal) -> None:
    error = refusal("unreserve", "3989", "4000", number(73))
    assert (error["code"], error["numbers"]) == (5, ["3989", "4000"])
    assert error["message"] == "3989, 4000 are not in the inventory."


def test_a_hold_lasts_through_its_last_day_while_another_ends(acme, numctl, rows, monkeypatch) -> None:
    from numctl import clock

    def on(day: str) -> None:
        moment = datetime.fromisoformat(f"{day}T12:00:00+00:00")
        monkeypatch.setattr(clock, "now", lambda: moment)

    on("2026-02-01")
    for n, day in ((0, "2026-02-09"), (1, "2026-02-10"), (2, "2026-02-11")):
        assert numctl("reserve", number(n), "--tag", "held", "--until", day).code == 0
    for today, held in (
        ("2026-02-09", [0, 1, 2]),
        ("2026-02-10", [1, 2]),
        ("2026-02-11", [2]),
        ("2026-02-12", []),
    ):
        on(today)
        assert [row["number"] for row in rows("search", "--tag", "held")] == [number(n) for n in held]
        assert numctl("check").code == 0
