"""Edges that other tests pass by: each of these sees a fault that was put in on purpose."""

from __future__ import annotations

import json

import pytest

from tests.commands.conftest import number


def test_the_nearest_names_are_named_once(acme, refusal) -> None:
    error = refusal("search", "--org", "Acme/Sale")
    assert error["nearest"]
    assert len(error["nearest"]) == len(set(error["nearest"]))


@pytest.mark.parametrize(("said", "contiguous"), [("yes", True), ("true", True), ("1", True), ("no", False)])
def test_a_batch_reads_yes_and_no(acme, numctl, rows, said: str, contiguous: bool) -> None:
    numctl("reserve", number(1), "--tag", "x")
    text = f"action,series,quantity,to,contiguous\nallocate,1418,5,Sales,{said}\n"
    assert numctl("batch", "-", input=text).code == 0
    found = [row["number"] for row in rows("search", "--org", "Sales", "--limit", "5")]
    assert found == ([number(n) for n in range(2, 7)] if contiguous else [number(n) for n in (0, 2, 3, 4, 5)])


def test_a_column_that_is_there_twice_is_refused(acme, numctl) -> None:
    ended = numctl("import", "-", input="number,series,number\n5550001,x,5550002\n")
    assert (ended.code, "number" in ended.err) == (2, True)


def test_a_lone_quote_is_no_text(acme, numctl) -> None:
    ended = numctl("import", "-", "--map", "series='", input="number\n5550001\n")
    assert ended.code == 2


def test_a_list_s_forwarding_is_compared(acme, rows) -> None:
    (row,) = rows("search", number(74))
    assert row["forwarded_to"] == number(71)
    text = f"number,forwarded_to\n{number(74)},{number(72)}\n"
    found = rows("diff", "-", "--org", "EMEA", input=text)
    differing = [one for one in found if one["number"] == number(74)]
    assert [(one["difference"], one["here"], one["there"]) for one in differing] == [
        ("forwarded_to", number(71), number(72))
    ]


def test_what_is_below_is_compared_where_it_is_asked_for(acme, numctl) -> None:
    text = f"number\n{number(40)}\n"
    lines = numctl("diff", "-", "--org", "Sales", "--below", "-o", "batch", input=text).out.splitlines()
    removed = {one for line in lines for one in json.loads(line).get("numbers", [])}
    alone = numctl("diff", "-", "--org", "Sales", "-o", "batch", input=text).out.splitlines()
    assert len(lines) > len(alone)
    assert any(number(75) in one or one.startswith(number(73)[:9]) for one in removed)


def test_the_highest_numbers_come_first_downwards(acme, rows) -> None:
    found = rows("search", "--org", "Sales", "--desc", "--limit", "3")
    assert [row["number"] for row in found] == [number(69), number(68), number(67)]
    up = rows("search", "--org", "Sales", "--limit", "3")
    assert [row["number"] for row in up] == [number(40), number(41), number(42)]


def test_a_run_that_was_cut_then_is_cut_in_the_past(acme, numctl) -> None:
    assert numctl("reserve", number(20), number(25), "--tag", "x").code == 0
    then = numctl("search", "--ranges", "-o", "csv").out
    assert numctl("unreserve", number(20), number(25)).code == 0
    assert numctl("search", "--ranges", "-o", "csv", "--at", "operation:5").out == then
    assert (
        numctl("search", "--all", "-o", "csv", "--at", "operation:5").out
        != numctl("search", "--all", "-o", "csv").out
    )


def test_only_uses_that_ended_in_the_period_are_told(acme, numctl, rows) -> None:
    assert numctl("release", number(72), "--cool", "0").code == 0
    assert [row["number"] for row in rows("report", "disconnects", "--from", "today")] == [number(72)]
    assert rows("report", "disconnects", "--to", "yesterday", "--from", "-7d") == []
    assert numctl("undo").code == 0
    assert rows("report", "disconnects") == []


def test_the_history_says_which_threshold_was_set(acme, numctl, rows) -> None:
    numctl("threshold", "set", "55", "Sales")
    numctl("threshold", "set", "off", "Sales")
    off, on = (row["summary"] for row in rows("history", "--limit", "2"))
    assert "55" in on
    assert "off" in off
    assert "55%" not in off.partition("off")[2]
