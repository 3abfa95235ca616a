"""What holds for every command that changes something, told once for all of them."""

from __future__ import annotations

import json
import os
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from numctl import clock
from tests.commands.conftest import FIRST, number
from tests.conftest import FULL
from tests.on_server import WANTED, contents

LIST = str(Path(__file__).with_name("synced.csv"))
NUMBERS = {  # Those that change numbers, each with one that does, and how many it changes.
    "add": (["add", "5000+3", "--series", "New"], 3),
    "remove": (["remove", "3990+2", "--reason", "r"], 2),
    "reserve": (["reserve", "3990", FIRST, "--tag", "t"], 2),
    "retag": (["retag", number(73), number(74), "--tag", "u"], 2),
    "unreserve": (["unreserve", number(74)], 1),
    "move": (["move", "3990..3994", number(71), "--to", "Finance"], 6),
    "allocate": (["allocate", "--series", "1418", "--quantity", "7", "--to", "EMEA"], 7),
    "withdraw": (["withdraw", "--from", "EMEA", "--series", "1418", "--quantity", "4"], 4),
    "assign": (["assign", "--series", "Short", "--user", "Zoé"], 1),
    "register": (["register", "Ann Lee"], 1),
    "release": (["release", "Ann Lee", "--reserve", "t", "--forward-to", "3990"], 2),
    "age": (["age", "3990+2", "--until", "+90d"], 2),
    "label": (["label", "3990+2", "site=Paris", "note=a b"], 2),
    "forward": (["forward", number(74), "--remove"], 1),
    "series move": (["series", "move", "3990+3", "--to", "1418"], 3),
    "sync": (["sync", LIST, "--map", "series='Short'"], 3),
}
CATALOG = {
    "org add": ["org", "add", "Lab", "--email", "a@b.example"],
    "org rename": ["org", "rename", "Sales", "Vente"],
    "org set": ["org", "set", "Sales", "--no-email"],
    "org move": ["org", "move", "EMEA", "--to", "Finance"],
    "series set": ["series", "set", "Short", "--aging", "30"],
    "series add": ["series", "add", "New"],
    "series rename": ["series", "rename", "Short", "New"],
    "threshold set": ["threshold", "set", "5"],
    "user rename": ["user", "rename", "Bob", "Rob"],
    "user forget": ["user", "forget", "Bob", "--yes"],
}
LINES = {**{name: line for name, (line, _) in NUMBERS.items()}, **CATALOG}
every_change = pytest.mark.parametrize("name", LINES)
every_change_of_numbers = pytest.mark.parametrize("name", NUMBERS)


def dump(path: Path) -> list[str]:
    with sqlite3.connect(path) as connection:
        return list(connection.iterdump())


@every_change
def test_answer_has_every_key(acme: Path, answer, name: str) -> None:
    made = answer(*LINES[name])
    assert tuple(made)[:11] == (
        *("operation", "action", "dry_run", "count", "ranges", "from", "to", "series", "tag", "user"),
        "queued_mail",
    )
    assert (made["operation"], made["action"], made["dry_run"]) == (5, name, False)
    assert made["count"] == (NUMBERS[name][1] if name in NUMBERS else 0)
    assert sum(range["count"] for range in made["ranges"]) == made["count"]


@every_change
def test_one_line_in_jsonl_and_one_sentence_elsewhere(acme: Path, numctl, name: str) -> None:
    line = json.loads(numctl(*LINES[name], "--dry-run", "-o", "jsonl").out)
    assert line["action"] == name
    for format in ("tsv", "csv", "table", "github", "ranges"):
        out = numctl(*LINES[name], "--dry-run", "-o", format).out
        assert out.startswith("Would ")
        assert out.endswith(" Nothing was changed: this was a dry run.\n")
    said = numctl(*LINES[name])
    assert (said.code, said.err) == (0, "")
    assert said.out.count("\n") == 1
    assert "(operation 5" in said.out
    assert ("numctl undo 5" in said.out) is (name != "user forget")


@every_change
def test_dry_run_changes_nothing_and_says_the_same(acme: Path, answer, name: str) -> None:
    before = contents(acme)
    would = answer(*LINES[name], "--dry-run")
    assert contents(acme) == before
    done = answer(*LINES[name])
    assert {word: would[word] for word in done} == {**done, "operation": None, "dry_run": True}


@every_change
def test_message_is_kept_with_the_operation(acme: Path, numctl, name: str) -> None:
    assert numctl(*LINES[name], "--message", " asked for by\nJo ").code == 0
    with sqlite3.connect(acme) as connection:
        (kept,) = connection.execute("SELECT message FROM operation WHERE id = 5").fetchone()
    assert kept == "asked for by Jo"


@pytest.mark.parametrize(
    "message", ["", " ", "a\x1b[2J", "x" * 1001], ids=["empty", "space", "escape", "long"]
)
def test_message_that_is_none(acme: Path, refusal, message: str) -> None:
    before = contents(acme)
    assert refusal("reserve", "3990", "--tag", "t", "--message", message)["code"] == 2
    assert contents(acme) == before


@every_change_of_numbers
def test_expect(acme: Path, numctl, refusal, name: str) -> None:
    line, count = NUMBERS[name]
    before = dump(acme)
    for wrong in (count - 1, count + 1):
        error = refusal(*line, "--expect", str(wrong))
        assert (error["code"], error["expected"], error["count"]) == (6, wrong, count)
    assert dump(acme) == before
    assert numctl(*line, "--expect", str(count)).code == 0


@every_change
def test_same_key_does_it_once(acme: Path, answer, refusal, name: str) -> None:
    first = answer(*LINES[name], "--op-key", "k")
    after = dump(acme)
    assert answer(*LINES[name], "--op-key", "k") == first
    assert dump(acme) == after
    other = ["retag", number(73), "--tag", "z"] if name != "retag" else ["unreserve", number(73)]
    assert refusal(*other, "--op-key", "k")["code"] == 6
    assert dump(acme) == after


def test_key_belongs_to_who_acts(acme: Path, answer) -> None:
    one = answer("reserve", number(75), "--tag", "t", "--op-key", "k")
    two = answer("retag", number(73), "--tag", "t", "--op-key", "k", "--as", "Sales")
    assert two["operation"] == one["operation"] + 1


def test_key_is_remembered_only_for_what_was_done(acme: Path, numctl, answer, refusal) -> None:
    line = ("reserve", number(75), "--tag", "t", "--op-key", "k")
    answer(*line, "--dry-run")
    numctl("reserve", number(75), "--tag", "other")
    assert refusal(*line)["code"] == 6
    numctl("unreserve", number(75))
    assert answer(*line)["count"] == 1


def test_numbers_read_from_a_pipe_are_part_of_the_command(acme: Path, answer, refusal) -> None:
    line = ("reserve", "-", "--tag", "t", "--op-key", "k")
    first = answer(*line, input="3990\n")
    assert answer(*line, input="3990\n") == first
    assert refusal(*line, input="3991\n")["code"] == 6


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in NUMBERS
        if name not in ("add", "allocate", "withdraw", "assign", "register", "release", "forward", "sync")
    ],
)
def test_one_bad_number_and_nothing_changes(acme: Path, refusal, name: str) -> None:
    line = LINES[name]
    at = 2 if name == "series move" else 1
    before = contents(acme)
    assert refusal(*line[:at], "4444", *line[at:])["code"] == 5
    assert refusal(*line[:at], "39", *line[at:])["code"] == 2
    assert contents(acme) == before


@every_change
def test_store_that_is_not_there(store: Path, refusal, name: str) -> None:
    assert refusal(*LINES[name])["code"] == 10
    assert not store.exists()


@every_change
def test_acting_as_nobody(acme: Path, refusal, name: str) -> None:
    assert refusal(*LINES[name], "--as", "Nobody")["code"] == 5


@pytest.mark.parametrize("name", LINES if FULL or WANTED in os.environ else ["reserve", "sync", "org add"])
def test_answer_that_can_t_be_written_is_14(acme: Path, shell, name: str) -> None:
    """In short form of a few: of a store in a file, ``tests/faults/test_disks.py`` says it of all."""
    with Path("/dev/full").open("w") as full:
        done = shell(*LINES[name], stdout=full, capture_output=False, stderr=-1)
    assert done.returncode == 14
    assert "Operation 5 was made" in done.stderr


BAD_TAGS = {
    "empty": "",
    "spaces": "  ",
    "no-break": "\u00a0",
    "zero-width": "\u200b",
    "escape": "\x1b[31m",
    "C1": "\x9b31m",
    "bidirectional": "a\u202eb",
    "header": "a\r\nBcc: x@y.example",
    "surrogate": "\udcff",
    "long": "x" * 65,
    "megabyte": "x" * 1_000_000,
}
TAG_LINES = {
    "reserve": ["reserve", "3990"],
    "retag": ["retag", number(73)],
    "release": ["release", number(72)],
}


@pytest.mark.parametrize("tag", BAD_TAGS.values(), ids=BAD_TAGS)
@pytest.mark.parametrize("name", TAG_LINES)
def test_tags_that_are_none(acme: Path, refusal, name: str, tag: str) -> None:
    option = "--reserve" if name == "release" else "--tag"
    assert refusal(*TAG_LINES[name], f"{option}={tag}")["code"] == 2


@pytest.mark.parametrize(
    "tag",
    [
        "[/]",
        ":smile:",
        "a\\",
        "1e5",
        "007",
        "nan",
        "=cmd|'/c calc'!A1",
        "%_",
        "*",
        "';DROP TABLE",
        "-rf",
        "x" * 64,
        "null",
    ],
)
def test_tags_are_kept_as_typed(acme: Path, numctl, answer, state, tag: str) -> None:
    assert answer("reserve", "3990", f"--tag={tag}")["tag"] == tag
    assert state("3990")["reserved_tag"] == tag
    assert f"tag '{tag}'" in numctl("retag", number(73), f"--tag={tag}").out


def test_composed_and_decomposed_are_one_tag(acme: Path, numctl, answer, state) -> None:
    numctl("reserve", "3990", "--tag", "Cafe\u0301")
    assert state("3990")["reserved_tag"] == "Caf\u00e9"
    assert answer("retag", "3990", "--tag", "Caf\u00e9")["operation"] is None


def on(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    moment = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.mark.parametrize(
    "line",
    [
        ["reserve", number(75), "--tag", "t", "--until", "2026-01-10"],
        ["release", "Bob", "--reserve", "t", "--until", "2026-01-10"],
        ["release", "Bob", "--cool", "4"],
    ],
    ids=" ".join,
)
def test_a_retry_is_answered_on_whatever_day(acme: Path, answer, refusal, monkeypatch, line) -> None:
    on(monkeypatch, "2026-01-10")
    first = answer(*line, "--op-key", "k")
    on(monkeypatch, "2026-02-01")
    assert answer(*line, "--op-key", "k") == first
    if "--until" in line:
        assert refusal(*line)["code"] == 2


def test_a_day_that_has_passed_comes_first_under_a_new_key(acme: Path, answer, refusal, monkeypatch) -> None:
    on(monkeypatch, "2026-01-10")
    answer("reserve", number(75), "--tag", "t", "--until", "2026-01-10", "--op-key", "used")
    on(monkeypatch, "2026-02-01")
    for words in (
        ["reserve", number(76), "--tag", "t", "--until", "2026-01-10"],
        ["release", "Bob", "--reserve", "t", "--until", "2026-01-10"],
    ):
        for more in (
            ["--op-key", "new", "--as", "Nobody"],
            ["--op-key", "new", "--db", "none.db"],
            ["--op-key", "new"],
            ["--op-key", "used"],
        ):
            assert refusal(*words, *more)["code"] == 2, more


def test_a_batch_is_answered_again_on_whatever_day(acme: Path, answer, monkeypatch) -> None:
    text = json.dumps({"action": "reserve", "number": number(75), "tag": "t", "until": "2026-01-10"})
    on(monkeypatch, "2026-01-10")
    first = answer("batch", "-", "--op-key", "k", input=text)
    on(monkeypatch, "2026-02-01")
    assert answer("batch", "-", "--op-key", "k", input=text) == first


@every_change
def test_a_dry_run_of_what_was_done_under_a_key_changes_nothing_more(
    acme: Path, numctl, answer, refusal, name: str
) -> None:
    answer(*LINES[name], "--op-key", "k")
    after = dump(acme)
    again = answer(*LINES[name], "--op-key", "k", "--dry-run")
    assert (again["operation"], again["dry_run"], again["count"], again["ranges"]) == (None, True, 0, [])
    assert "Nothing was to be changed." in numctl(*LINES[name], "--op-key", "k", "--dry-run").out
    other = ["retag", number(73), "--tag", "z"] if name != "retag" else ["unreserve", number(73)]
    assert refusal(*other, "--op-key", "k", "--dry-run")["code"] == 6
    assert dump(acme) == after


def test_a_retry_names_places_as_the_first_time(acme: Path, numctl, answer) -> None:
    lines = {
        "move": ["move", "40", "--to", "EMEA"],
        "move back": ["move", number(45), "--to", "EMEA", "--as", "Sales"],
        "org": ["org", "add", "Lab", "--parent", "EMEA", "--as", "Sales"],
        "series": ["series", "add", "New"],
    }
    lines["move"][1] = number(40)
    first = {name: answer(*line, "--op-key", name) for name, line in lines.items()}
    assert first["move back"]["to"] == "Acme/Sales/EMEA"
    for line in (
        ["org", "move", "EMEA", "--to", "Finance"],
        ["org", "rename", "EMEA", "Secret"],
        ["org", "rename", "Acme/Finance", "Money"],
        ["series", "rename", "1418", "Other"],
    ):
        assert numctl(*line).code == 0
    lines["move"][-1] = lines["move back"][3] = lines["org"][4] = "EMEA"
    assert {name: answer(*line, "--op-key", name) for name, line in lines.items()} == first


def test_more_numbers_than_can_be_given_a_user_are_refused_before_the_lock(acme: Path, numctl) -> None:
    assert numctl("add", "700000000..700999999", "--series", "Big").code == 0
    with sqlite3.connect(acme, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        for words in (
            ["assign", "700000000..701000000", "--user", "Zoé"],
            ["release", "700000000..701000000", "--reserve", "t", "--forward-to", number(1)],
        ):
            ended = numctl(*words, "--lock-timeout", "0")
            assert (ended.code, "At most 1000000 numbers" in ended.err) == (2, True)
    other.close()
    for line in (
        {"action": "assign", "numbers": "700000000..701000000", "user": "Zoé"},
        {"action": "forward", "numbers": "700000000..701000000", "to": number(1)},
        {"action": "release", "numbers": "700000000+1000001", "reserve": "t", "forward_to": number(1)},
    ):
        ended = numctl("batch", "-", input=json.dumps(line))
        assert (ended.code, "Line 1: At most 1000000 numbers" in ended.err) == (2, True)
