"""``allocate`` and ``withdraw``: quantities of a series, down the tree and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import FIRST, number


def test_allocate_answers_as_the_contract_has_it(acme: Path, answer) -> None:
    given = answer("allocate", "--series", "1418", "--quantity", "10", "--to", "Sales")
    assert given == {
        "operation": 5,
        "action": "allocate",
        "dry_run": False,
        "count": 10,
        "ranges": [{"first": FIRST, "last": number(9), "count": 10}],
        "from": "Acme",
        "to": "Acme/Sales",
        "series": "1418",
        "tag": None,
        "user": None,
        "queued_mail": 0,
    }


def test_allocate_sentence(acme: Path, numctl) -> None:
    assert numctl("allocate", "--series", "1418", "--quantity", "10", "--to", "emea").out == (
        f"Allocated 10 numbers from Acme to Acme/Sales/EMEA, series 1418: {FIRST}..{number(9)}"
        " (operation 5; take it back with `numctl undo 5`).\n"
    )


def test_allocate_takes_only_what_the_acting_one_itself_has_available(acme: Path, numctl, answer) -> None:
    numctl("reserve", number(40), number(42), "--tag", "t")
    given = answer("allocate", "--series", "1418", "--quantity", "3", "--to", "EMEA", "--as", "Sales")
    assert [range["first"] for range in given["ranges"]] == [number(41), number(43)]
    assert given["from"] == "Acme/Sales"


def test_allocate_one_block(acme: Path, numctl, answer, refusal) -> None:
    numctl("reserve", number(5), number(30), "--tag", "t")
    block = ("allocate", "--series", "1418", "--to", "Sales", "--contiguous", "--quantity")
    assert answer(*block, "6", "--dry-run")["ranges"][0]["first"] == number(6)
    error = refusal(*block, "25")
    assert (error["code"], error["available"]) == (6, 24)


def test_allocate_by_pattern(acme: Path, answer, refusal) -> None:
    given = ("allocate", "--series", "1418", "--to", "Sales", "--matching", "^1418898??2?$", "--quantity")
    assert answer(*given, "1")["ranges"][0]["first"] == number(20)
    assert refusal(*given, "10")["available"] == 9


def test_allocate_more_than_there_is(acme: Path, refusal) -> None:
    error = refusal("allocate", "--series", "Short", "--quantity", "11", "--to", "Sales")
    assert (error["code"], error["wanted"], error["available"]) == (6, 11, 10)
    assert refusal("allocate", "--series", "Empty", "--quantity", "1", "--to", "Sales")["available"] == 0


@pytest.mark.parametrize("acting", ["Acme", "Acme/Sales"])
def test_allocate_to_oneself_is_out_of_scope(acme: Path, refusal, acting: str) -> None:
    command = ("allocate", "--series", "1418", "--quantity", "1", "--to", acting, "--as", acting)
    assert refusal(*command)["code"] == 4


def test_withdraw_takes_the_highest_back_to_the_immediate_parent(acme: Path, answer) -> None:
    back = answer("withdraw", "--from", "EMEA", "--series", "1418", "--quantity", "5")
    assert (back["action"], back["from"], back["to"]) == ("withdraw", "Acme/Sales/EMEA", "Acme/Sales")
    assert back["ranges"] == [{"first": number(85), "last": number(89), "count": 5}]


def test_withdraw_takes_only_what_is_available(acme: Path, answer, refusal) -> None:
    taken = ("withdraw", "--from", "EMEA", "--series", "1418", "--quantity")
    assert refusal(*taken, "16")["available"] == 15
    assert answer(*taken, "15")["ranges"][0]["first"] == number(75)


def test_withdraw_from_the_acting_one_or_above(acme: Path, refusal) -> None:
    taken = ("withdraw", "--series", "1418", "--quantity", "1", "--as", "Acme/Sales", "--from")
    assert refusal(*taken, "Sales")["code"] == 4
    assert refusal(*taken, "Acme")["code"] == 4
    assert refusal(*taken, "Finance")["code"] == 5


def test_allocate_crossing_the_threshold_queues_one_message(acme: Path, numctl, answer) -> None:
    numctl("threshold", "set", "80")
    assert answer("allocate", "--series", "1418", "--quantity", "40", "--to", "Sales")["queued_mail"] == 1


@pytest.mark.parametrize(
    "quantity", ["0", "-1", "+5", " 7", "5.0", "1_000", "9223372036854775808", "1" * 30, "", "five", "٣"]
)
@pytest.mark.parametrize(
    "command",
    [("allocate", "--to", "Sales"), ("withdraw", "--from", "Sales"), ("reserve", "--tag", "t")],
    ids=lambda c: c[0],
)
def test_quantities_that_are_none(acme: Path, refusal, command: tuple[str, ...], quantity: str) -> None:
    assert refusal(*command, "--series", "1418", f"--quantity={quantity}")["code"] == 2


def test_two_wrong_things_have_one_order(acme: Path, refusal) -> None:
    def code(*args: str) -> int:
        return int(refusal("allocate", *args)["code"])

    assert code("--series", "none", "--quantity", "0", "--to", "none") == 2
    assert code("--series", "none", "--quantity", "1", "--to", "Acme") == 4
    assert code("--series", "none", "--quantity", "999", "--to", "Sales") == 5
    assert code("--series", "1418", "--quantity", "999", "--to", "none") == 5
