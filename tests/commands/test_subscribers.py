"""``assign``, ``register``, ``release`` and ``forward``: the life of a number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.commands.conftest import FIRST, number

FREE = number(75)  # EMEA's, available


def in_days(n: int) -> str:
    return (datetime.now(UTC).date() + timedelta(n)).isoformat()


# assign


def test_assign_gives_a_number_to_a_user(acme: Path, answer, state) -> None:
    given = answer("assign", FREE, "--user", " Zoé ")
    assert (given["action"], given["count"], given["user"]) == ("assign", 1, "Zoé")
    assert (given["from"], given["to"], given["series"]) == ("Acme/Sales/EMEA", "Acme/Sales/EMEA", "1418")
    found = state(FREE)
    assert (found["status"], found["user"]) == ("assigned", "Zoé")


def test_assign_sentence(acme: Path, numctl) -> None:
    assert numctl("assign", FREE, "--user", "Zoé").out == (
        f"Assigned 1 number of Acme/Sales/EMEA, user Zoé: {FREE}"
        " (operation 5; take it back with `numctl undo 5`).\n"
    )


def test_assign_out_of_a_series_takes_the_lowest_of_ones_own(acme: Path, answer) -> None:
    assert answer("assign", "--series", "1418", "--user", "Z")["ranges"][0]["first"] == FIRST
    mine = answer("assign", "--series", "1418", "--user", "Z", "--as", "Sales")
    assert mine["ranges"] == [{"first": number(40), "last": number(40), "count": 1}]


def test_assign_by_pattern(acme: Path, answer) -> None:
    given = answer("assign", "--series", "1418", "--matching", "33$", "--user", "Z")
    assert given["ranges"][0]["first"] == number(33)


def test_assign_a_reserved_number_drops_its_tag_date_and_forwarding(
    acme: Path, numctl, answer, state
) -> None:
    numctl("reserve", "3990", "--tag", "t", "--until", "2999-01-01")
    assert answer("assign", "3990", number(74), "--user", "Z")["count"] == 2
    for one in ("3990", number(74)):
        found = state(one)
        assert (found["status"], found["user"]) == ("assigned", "Z")
        assert {found[name] for name in ("reserved_tag", "reserved_until", "forwarded_to")} == {None}


def test_user_may_have_several_numbers(acme: Path, numctl, rows) -> None:
    numctl("assign", FREE, "3990", "--user", "ann lee")
    (ann,) = rows("user", "list", "ann")
    assert ann == {"user": "Ann Lee", "numbers": 4, "assigned": 3, "registered": 1}


@pytest.mark.parametrize(("n", "status"), [(70, "assigned"), (71, "in-use")])
def test_assign_refuses_what_has_a_user(acme: Path, refusal, n: int, status: str) -> None:
    error = refusal("assign", number(n), "--user", "Z")
    assert (error["code"], error["refused"][0]["status"]) == (6, status)


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["3990", "--series", "1418"],
        ["3990", "--matching", "7"],
        ["--matching", "7"],
        ["--series", "1418", "--quantity", "1"],
    ],
    ids=repr,
)
def test_assign_lines_that_make_no_sense(acme: Path, refusal, args: list[str]) -> None:
    assert refusal("assign", *args, "--user", "Z")["code"] == 2


def test_assign_out_of_an_empty_series(acme: Path, refusal) -> None:
    assert refusal("assign", "--series", "Empty", "--user", "Z")["code"] == 6
    assert refusal("assign", "--series", "None", "--user", "Z")["code"] == 5


# register


def test_register_puts_a_number_in_use(acme: Path, answer, state) -> None:
    used = answer("register", number(70))
    assert (used["action"], used["count"], used["user"]) == ("register", 1, "Ann Lee")
    assert (state(number(70))["status"], state(number(70))["user"]) == ("in-use", "Ann Lee")


@pytest.mark.parametrize("named", [["ANN LEE"], ["--user", "Ann Lee"]], ids=str)
def test_register_a_user_means_the_numbers_that_it_fits(acme: Path, answer, named: list[str]) -> None:
    used = answer("register", *named)
    assert (used["count"], used["ranges"][0]["first"], used["user"]) == (1, number(70), "Ann Lee")


def test_register_twice_is_refused(acme: Path, numctl, refusal) -> None:
    assert refusal("register", number(71))["refused"][0]["allowed"] == ["release", "move"]
    error = refusal("register", "Bob")
    assert (error["code"], error["user"]) == (6, "Bob")


def test_user_who_is_not_there(acme: Path, refusal) -> None:
    error = refusal("register", "Ann Le")
    assert (error["code"], error["nearest"]) == (5, ["Ann Lee"])
    assert refusal("register", "Cat", "--as", "Sales")["code"] == 5


# What is a number, what a user.


def test_what_reads_as_a_number_is_a_number(acme: Path, numctl, refusal, answer) -> None:
    numctl("assign", FREE, "--user", "3990")
    assert refusal("register", "3990")["kind"] == "wrong-status"
    assert answer("register", "--user", "3990")["ranges"][0]["first"] == FREE


@pytest.mark.parametrize(
    "text",
    ["1.4155552671E+10", "5552671 ext. 5", "3990-3999", "39", "0418", "+", "3990..3980", "１４１８８", "---"],
)
def test_what_was_meant_as_a_number_is_no_user(acme: Path, refusal, text: str) -> None:
    assert refusal("release", "--", text)["code"] == 2


@pytest.mark.parametrize("name", ["3com", "Ann Lee-Roy", "李", "R2D2", "O'Neil; DROP TABLE user"])
def test_what_reads_as_a_name_is_a_user(acme: Path, numctl, answer, name: str) -> None:
    numctl("assign", FREE, "--user", name)
    assert answer("register", name)["user"] == name


@pytest.mark.parametrize("command", ["register", "release"])
@pytest.mark.parametrize(
    "args", [[], ["3990", "--user", "Bob"], ["Bob", "3990"], ["Ann", "Lee"], ["--user", " "], [""]], ids=repr
)
def test_numbers_or_a_user_but_not_both(acme: Path, refusal, command: str, args: list[str]) -> None:
    assert refusal(command, *args)["code"] == 2


# release


def test_release_makes_numbers_available(acme: Path, answer, state) -> None:
    back = answer("release", number(70), number(72))
    assert (back["action"], back["count"], back["user"], back["tag"]) == ("release", 2, None, None)
    assert (state(number(72))["status"], state(number(72))["user"]) == ("available", None)


def test_release_a_user_means_all_their_numbers(acme: Path, answer, refusal) -> None:
    back = answer("release", "Ann Lee")
    assert (back["count"], back["user"]) == (2, "Ann Lee")
    assert refusal("release", "Ann Lee")["code"] == 5


def test_user_stands_for_the_numbers_in_scope(acme: Path, numctl, answer, state) -> None:
    numctl("move", number(71), "--to", "Finance")
    assert answer("release", "Ann Lee", "--as", "Sales")["count"] == 1
    assert state(number(71))["user"] == "Ann Lee"


def test_release_may_reserve_and_forward(acme: Path, answer, state) -> None:
    day = in_days(30)
    back = answer(
        "release", number(72), "--reserve", "left", "--forward-to", "+33 1 05 60 00 00", "--until", day
    )
    assert back["tag"] == "left"
    found = state(number(72))
    assert found["status"] == "reserved"
    assert (found["reserved_tag"], found["reserved_until"], found["forwarded_to"]) == (
        "left",
        day,
        "33105600000",
    )


def test_release_may_let_a_number_rest(acme: Path, answer, state) -> None:
    assert answer("release", number(72), "--cool", "90")["until"] == in_days(90)
    found = state(number(72))
    assert (found["status"], found["reserved_until"]) == ("aging", in_days(90))
    assert answer("release", number(70), "--cool", "0")["count"] == 1
    assert state(number(70))["status"] == "available"


def test_only_what_is_kept_is_forwarded(acme: Path, refusal) -> None:
    assert refusal("release", number(72), "--forward-to", "3990")["code"] == 2
    assert refusal("release", number(73), "--forward-to", "3990")["code"] == 6


def test_a_number_that_rests_may_be_forwarded(acme: Path, answer, state) -> None:
    answer("release", number(72), "--cool", "30", "--forward-to", "3990")
    assert (state(number(72))["status"], state(number(72))["forwarded_to"]) == ("aging", "3990")


@pytest.mark.parametrize("n", [0, 69, 73, 74])
def test_release_refuses_numbers_without_a_user(acme: Path, refusal, n: int) -> None:
    assert refusal("release", number(n))["kind"] == "wrong-status"


@pytest.mark.parametrize(
    "args",
    [
        ["--until", in_days(1)],
        ["--cool", "30", "--reserve", "t"],
        ["--cool", "30", "--until", in_days(1)],
        ["--cool", "0", "--forward-to", "3990"],
        ["--cool", "3651"],
        ["--cool", "1.5"],
        ["--cool=-1"],
        ["--reserve", " "],
        ["--reserve", "t", "--until", in_days(-1)],
        ["--reserve", "t", "--forward-to", "39"],
        ["--reserve", "t", "--forward-to", number(72)],
    ],
    ids=repr,
)
def test_release_lines_that_make_no_sense(store: Path, refusal, args: list[str]) -> None:
    assert refusal("release", number(72), *args)["code"] == 2  # before the store is looked for


def test_forwarding_a_user_s_number_to_itself(acme: Path, refusal) -> None:
    assert refusal("release", "Bob", "--reserve", "t", "--forward-to", number(72))["code"] == 2


def test_forwarding_goes_in_no_circle(acme: Path, numctl, refusal) -> None:
    error = refusal("release", number(71), "--reserve", "t", "--forward-to", number(74))
    assert (error["code"], error["number"], error["forward_to"]) == (6, number(71), number(74))
    assert numctl("release", number(72), "--reserve", "t", "--forward-to", number(74)).code == 0
    assert refusal("release", number(71), "--reserve", "t", "--forward-to", number(72))["code"] == 6


def test_number_that_is_not_there_comes_before_the_circle(acme: Path, numctl, refusal) -> None:
    numctl("release", number(72), "--reserve", "t", "--forward-to", "5000")
    assert refusal("release", "5000", "--reserve", "t", "--forward-to", number(72))["code"] == 5
    assert refusal("forward", "5000", "--to", number(72))["code"] == 5


# forward


def test_forward_changes_where_calls_go(acme: Path, answer, state) -> None:
    changed = answer("forward", number(74), "--to", "33105600000")
    assert (changed["action"], changed["count"], changed["tag"]) == ("forward", 1, "left")
    assert state(number(74))["forwarded_to"] == "33105600000"


def test_forward_to_where_it_goes_changes_nothing(acme: Path, answer) -> None:
    assert answer("forward", number(74), "--to", number(71))["operation"] is None


def test_removing_forwarding_is_final(acme: Path, answer, refusal, state) -> None:
    assert answer("forward", number(74), "--remove")["count"] == 1
    assert state(number(74))["forwarded_to"] is None
    assert state(number(74))["reserved_tag"] == "left"
    assert refusal("forward", number(74), "--to", "3990")["code"] == 6
    assert refusal("forward", number(74), "--remove")["code"] == 6


@pytest.mark.parametrize("n", [73, 75, 70, 71])
def test_number_without_forwarding_can_t_get_it(acme: Path, refusal, n: int) -> None:
    assert refusal("forward", number(n), "--to", "3990")["code"] == 6


@pytest.mark.parametrize(
    "args",
    [[], ["--to", "3990", "--remove"], ["--to", "39"], ["--to", number(74)], ["3991", "--remove"]],
    ids=repr,
)
def test_forward_lines_that_make_no_sense(store: Path, refusal, args: list[str]) -> None:
    assert refusal("forward", number(74), *args)["code"] == 2


def test_forward_in_a_circle(acme: Path, numctl, refusal) -> None:
    numctl("release", number(72), "--reserve", "t", "--forward-to", number(74))
    assert refusal("forward", number(74), "--to", number(72))["code"] == 6


# Holds that end


def test_hold_ends_by_itself_after_its_last_day(acme: Path, numctl, state, monkeypatch) -> None:
    from numctl import clock

    numctl("reserve", "3990", "--tag", "t", "--until", "2028-02-29")
    for moment, status in (("2028-02-29T23:59:59", "reserved"), ("2028-03-01T00:00:00", "available")):
        monkeypatch.setattr(clock, "now", lambda at=moment: datetime.fromisoformat(at).replace(tzinfo=UTC))
        assert state("3990")["status"] == status


def test_cooling_past_the_last_year_is_refused(store: Path, refusal, monkeypatch) -> None:
    from numctl import clock

    monkeypatch.setattr(clock, "now", lambda: datetime(9999, 12, 1, tzinfo=UTC))
    assert refusal("release", "3990", "--cool", "31")["code"] == 2


@pytest.mark.parametrize("form", [["-o", "csv"], ["-o", "table"], ["-o", "ranges"]], ids=" ".join)
@pytest.mark.parametrize("desc", [[], ["--desc"]], ids=str)
def test_the_runs_of_a_user_are_whole_however_few_are_wanted(numctl, acme, form, desc) -> None:
    for run in ("100000+3", "100040+60", "100200+4"):
        assert numctl("add", run, "--series", "Six").code == 0
        assert numctl("assign", run, "--user", "Zed").code == 0
    runs = [("100000", "100002", "3"), ("100040", "100099", "60"), ("100200", "100203", "4")]
    runs = runs[::-1] if desc else runs
    for limit in (1, 2, 3, 4):
        told = numctl("search", "--user", "zed", "--ranges", "--limit", str(limit), *desc, *form).out
        for place, (first, last, count) in enumerate(runs):
            shown = f"{first}..{last}" if form[1] == "ranges" else first
            assert (shown in told) == (place < limit), told
            assert form[1] == "ranges" or place >= limit or count in told.split(last)[1].splitlines()[0]
    released = numctl("search", "--user", "Zed", "--ranges", "--limit", "1", *desc, "-o", "ranges").out
    assert numctl("release", "-", input=released).code == 0
    assert numctl("search", "--user", "Zed", "--count").out == f"{67 - int(runs[0][2])}\n"
