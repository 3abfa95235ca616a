"""Labels: set, dropped, found, listed, kept by every action, ended by removal, in lists in and out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.conftest import FIRST, number


def found(rows, *args: str) -> list[str]:
    return [row["number"] for row in rows("search", *args)]


def test_label_sets_and_drops(acme: Path, numctl, answer, state, rows) -> None:
    done = answer("label", f"{FIRST}+3", "site=Paris", "note=second floor, left")
    assert (done["action"], done["count"], done["labels"]) == (
        *("label", 3),
        {"site": "Paris", "note": "second floor, left"},
    )
    assert state(FIRST)["labels"] == {"note": "second floor, left", "site": "Paris"}
    assert numctl("label", FIRST, "site=Lyon", "--remove", "note").code == 0
    assert state(FIRST)["labels"] == {"site": "Lyon"}
    assert answer("label", FIRST, "site=Lyon")["operation"] is None
    assert rows("label", "--list") == [
        {"key": "note", "value": "second floor, left", "count": 2},
        {"key": "site", "value": "Lyon", "count": 1},
        {"key": "site", "value": "Paris", "count": 2},
    ]
    assert [row["value"] for row in rows("label", "--list", "site")] == ["Lyon", "Paris"]


@pytest.mark.parametrize(
    "line",
    [
        ["label", FIRST],
        ["label", "site=x"],
        ["label", FIRST, "Site=x"],
        ["label", FIRST, "=x"],
        ["label", FIRST, "site="],
        ["label", FIRST, "site=a", "site=b"],
        ["label", FIRST, "site=a", "--remove", "site"],
        ["label", FIRST, f"site={'x' * 257}"],
        ["label", FIRST, "site=a\x1bb"],
        ["label", FIRST, f"{'k' * 33}=a"],
        ["label", "--list", "site", "note"],
        ["search", "--label", "Site"],
        ["search", "--no-label", "a b"],
        ["search", "--sort", "label.Site"],
    ],
    ids=repr,
)
def test_labels_that_make_no_sense(acme: Path, refusal, line: list[str]) -> None:
    assert refusal(*line)["code"] == 2


def test_a_number_has_thirty_two_at_most(acme: Path, numctl, refusal) -> None:
    assert numctl("label", FIRST, *[f"k{n}=v" for n in range(32)]).code == 0
    assert refusal("label", FIRST, "one=more")["code"] == 6


def test_search_by_labels(acme: Path, numctl, rows) -> None:
    numctl("label", FIRST, number(1), "site=Paris")
    numctl("label", number(1), number(2), "site=Lyon", "carrier=Orange")
    assert found(rows, "--label", "site") == [FIRST, number(1), number(2)]
    assert found(rows, "--label", "site=paris") == [FIRST]
    assert found(rows, "--label", "site=paris", "--label", "site=LYON") == [FIRST, number(1), number(2)]
    assert found(rows, "--label", "site", "--label", "carrier=orange") == [number(1), number(2)]
    assert found(rows, "--label", "site", "--no-label", "carrier") == [FIRST]
    assert numctl("search", "--no-label", "site", "--count").out == "107\n"
    assert numctl("search", "--label", "site", "--count").out == "3\n"
    ordered = found(rows, "--label", "site", "--sort", "label.site", "--desc")
    assert ordered == [FIRST, number(1), number(2)]
    assert found(rows, "--sort", "label.site")[:3] == [number(1), number(2), FIRST]
    assert found(rows, "--label", "site", "--desc")[0] == number(2)


def test_every_action_keeps_them_and_removal_ends_them(acme: Path, numctl, state, answer) -> None:
    numctl("label", number(50), "site=Paris")
    for line in (
        ["reserve", number(50), "--tag", "x"],
        ["assign", number(50), "--user", "Zoe"],
        ["register", number(50)],
        ["move", number(50), "--to", "Finance"],
        ["release", number(50), "--cool", "9"],
        ["series", "move", number(50), "--to", "Short"],
        ["free", number(50), "--message", "m"],
    ):
        assert numctl(*line).code == 0, line
        assert state(number(50))["labels"] == {"site": "Paris"}, line
    numctl("remove", number(50), "--reason", "ported")
    assert numctl("label", "--list").out == ""
    numctl("undo")
    assert state(number(50))["labels"] == {"site": "Paris"}
    numctl("remove", number(50), "--reason", "ported")
    numctl("add", number(50), "--series", "1418")
    assert state(number(50))["labels"] == {}
    assert numctl("check").code == 0


def test_undo_gives_them_back_exactly_or_names_what_changed(acme: Path, numctl, state, refusal) -> None:
    numctl("label", f"{FIRST}+5", "site=Paris")
    numctl("label", number(2), "site=Lyon")
    told = refusal("undo", "5")
    assert (told["code"], told["numbers"], told["operations"]) == (6, [number(2)], [6])
    for operation in ("6", "5"):
        assert numctl("undo", operation).code == 0
    assert state(FIRST)["labels"] == {}
    assert numctl("check").code == 0


def test_lists_bring_them_in_and_take_them_out(acme: Path, numctl, tmp_path: Path, rows) -> None:
    text = "number,label.site,label.cost-centre,label.note\n4000,Paris,12,a;b\\c\n4001,,,\n4002,Paris,12,\n"
    assert numctl("import", "-", "--series", "N", input=text).code == 0
    assert [row["labels"] for row in rows("search", "--series", "N")] == [
        {"cost-centre": "12", "note": "a;b\\c", "site": "Paris"},
        {},
        {"cost-centre": "12", "site": "Paris"},
    ]
    for form in ("csv", "json", "jsonl"):
        for how in ([], ["--ranges"]):
            out = tmp_path / f"all.{form}"
            out.write_bytes(numctl("search", "--all", *how, "-o", form).out.encode())
            copy = ["--db", str(tmp_path / f"{form}{len(how)}.db")]
            numctl(*copy, "init", "--name", "Acme")
            assert numctl(*copy, "import", out, "--create-orgs").code == 0
            assert numctl(*copy, "search", "--all", *how, "-o", form).out.encode() == out.read_bytes()
            assert numctl(*copy, "check").code == 0
    assert numctl("import", "-", "--series", "N", input="number,label.Site\n4005,x\n").code == 2
    numctl("undo")
    assert numctl("check").code == 0


def test_formulas_in_labels_are_guarded_and_come_back(acme: Path, numctl, rows) -> None:
    numctl("label", FIRST, "note==1+1")
    text = numctl("search", FIRST, "-o", "csv").out
    assert "note==1+1" in text
    given = "number,label.note\n4000,'=1+1\n"
    assert numctl("import", "-", "--series", "N", input=given).code == 0
    assert rows("search", "4000")[0]["labels"] == {"note": "=1+1"}


def test_an_undo_counts_what_it_gave_back_once_labels_or_not(acme: Path, answer) -> None:
    lines = [
        {"action": "reserve", "numbers": [FIRST, number(1)], "tag": "x"},
        {"action": "label", "numbers": [number(1), number(2)], "labels": ["site=Paris"]},
    ]
    assert answer("batch", "-", input="\n".join(map(json.dumps, lines)))["count"] == 3
    undone = answer("undo")
    assert undone["count"] == 3
    assert answer("undo", str(undone["operation"]))["count"] == 3


def test_batches_show_history_and_feed_know_them(acme: Path, numctl, answer, rows) -> None:
    lines = [
        {"action": "label", "numbers": [FIRST], "labels": {"site": "Paris", "note": "x"}},
        {"action": "label", "numbers": [FIRST], "labels": "site=Lyon", "remove": ["note"]},
    ]
    made = answer("batch", "-", input="\n".join(map(json.dumps, lines)))
    assert (made["count"], made["changed"]) == (1, 2)
    (known,) = rows("show", FIRST)
    assert known["labels"] == {"site": "Lyon"}
    (told,) = rows("history", "--operation", "5")
    assert (told["count"], told["ranges"]) == (1, [{"first": FIRST, "last": FIRST, "count": 1}])
    fed = rows("changes", "--after", "4")
    assert [row["after"] for row in fed] == [
        {"labels": {"note": "x", "site": "Paris"}},
        {"labels": {"site": "Lyon"}},
    ]
    assert numctl("history", "--verify").code == 0


def test_labels_of_others_are_not_told(acme: Path, numctl, rows, refusal) -> None:
    numctl("label", number(90), "site=Secret")
    assert rows("label", "--list", "--as", "Sales") == []
    assert found(rows, "--label", "site", "--as", "Sales") == []
    assert refusal("label", number(90), "site=x", "--as", "Sales")["code"] == 5
    assert [row["action"] for row in rows("history", "--as", "Sales")] == ["batch"] * 3
    assert rows("changes", "--after", "4", "--as", "Sales") == []


def test_labels_end_where_the_adding_of_their_numbers_is_undone(acme: Path, numctl, answer) -> None:
    added = answer("add", number(200), "--series", "1418")["operation"]
    assert numctl("label", number(200), "site=Oslo").code == 0
    assert numctl("undo", str(added)).code == 0
    assert numctl("label", "--list").out == ""
    assert numctl("check").code == 0
