"""What was done is told in full, and taken back truly: whole jobs at the command line, over days."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from numctl import clock
from tests.commands.conftest import FIRST, number
from tests.conftest import Numctl


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Sets the day on which what follows happens."""

    def day(text: str) -> None:
        moment = datetime.fromisoformat(f"{text}T12:00:00").replace(tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda: moment)

    return day  # type: ignore[return-value]


def test_undo_of_a_rename_frees_no_numbers(acme: Path, numctl, state, on) -> None:
    on("2026-02-01")
    numctl("reserve", FIRST, number(1), number(2), "--tag", "fair")
    on("2026-02-03")
    numctl("org", "rename", "Finance", "Money")
    assert numctl("undo").code == 0
    assert state(FIRST)["status"] == "reserved"
    assert numctl("org", "show", "Finance").code == 0


def test_undo_of_an_import_leaves_no_organization_and_no_series(acme: Path, numctl, tmp_path) -> None:
    before = numctl("org", "list", "-o", "csv").out, numctl("series", "list", "-o", "csv").out
    file = tmp_path / "list.csv"
    file.write_text("number,organization,series\n15145550100,North/One,New\n15145550101,North/Two,New\n")
    assert numctl("import", file, "--create-orgs").code == 0
    assert numctl("undo").code == 0
    assert (numctl("org", "list", "-o", "csv").out, numctl("series", "list", "-o", "csv").out) == before
    assert numctl("check").code == 0


def test_what_is_needed_by_now_stays_and_is_named(acme: Path, numctl, answer, tmp_path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("number,organization,series\n15145550100,North,New\n")
    made = answer("import", str(file), "--create-orgs")["operation"]
    numctl("move", FIRST, "--to", "North")
    told = numctl("undo", str(made))
    assert (told.code, "Acme/North stay" in told.out) == (0, True)


def test_history_says_from_what_to_what(acme: Path, numctl, rows) -> None:
    numctl("org", "set", "Sales", "--threshold", "75", "--email", "new@acme.example")
    said = rows("history", "--limit", "1")[0]["summary"]
    assert said == ("set up Acme/Sales: e-mail sales@acme.example -> new@acme.example; threshold 90% -> 75%")
    numctl("undo")
    assert "threshold 75% -> 90%" in rows("history", "--limit", "1")[0]["summary"]


def test_a_move_does_not_rewrite_the_history_of_a_number(acme: Path, numctl, rows) -> None:
    def paths() -> list[str]:
        return [row["organization"] for row in rows("history", number(70))]

    before = paths()
    assert before[0] == "Acme/Sales/EMEA"
    numctl("org", "move", "EMEA", "--to", "Finance")
    assert paths() == before
    numctl("undo")
    assert paths() == before


def test_history_of_a_time_an_action_and_a_message(acme: Path, numctl, rows, on) -> None:
    on("2026-03-10")
    numctl("reserve", FIRST, "--tag", "fair", "--message", "For the Fair")
    on("2026-04-10")
    numctl("unreserve", FIRST)

    def found(*options: str) -> list[str]:
        return [row["action"] for row in rows("history", *options)]

    assert found("--since", "2026-03-10", "--until", "2026-03-10") == ["reserve"]
    assert found("--since", "2026-03-11") == ["unreserve"]
    assert found("--since", "operation:5") == ["unreserve"]
    assert found("--message", "fair") == ["reserve"]
    assert found("--action", "unreserve", "--action", "reserve") == ["unreserve", "reserve"]
    assert found("--tag", "fair", "--since", "2026-03-01") == ["unreserve", "reserve"]
    assert found("--actor", "tester") == ["batch"] * 3 + ["init"]
    assert found("--org", "Finance") == ["batch"] * 3
    assert found("--series", "Short") == ["batch"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--since", "2999-01-01"], 2),
        (["--until", "soon"], 2),
        (["--since", "2026-01-01T10:00:00"], 2),
        (["--since", "operation:x"], 2),
        (["--action", "resreve"], 2),
        (["--org", "Nowhere"], 5),
        (["--series", "Nothing"], 5),
        (["--user", "Nobody"], 5),
        (["--user", "Bob", "--operation", "3"], 2),
    ],
    ids=repr,
)
def test_history_filters_that_make_no_sense(acme: Path, refusal, options: list[str], code: int) -> None:
    assert refusal("history", *options)["code"] == code


def test_a_leaver_s_numbers_of_last_spring_are_one_command(acme: Path, numctl, rows, on) -> None:
    on("2026-04-02")
    numctl("release", "Bob")
    on("2026-11-02")
    (released, *_) = rows("history", "--user", "bob")
    assert released["summary"] == f"released 1 number of Acme/Sales/EMEA, series 1418, user Bob: {number(72)}"


def test_history_of_a_tag(acme: Path, numctl, rows) -> None:
    assert [row["operation"] for row in rows("history", "--tag", "secret")] == [4]
    assert rows("history", "--tag", "nowhere") == []


def test_changes_tell_of_users_and_of_what_is_gone(acme: Path, numctl, rows) -> None:
    for line in ("user rename Bob Rob", "org add Lab", "org remove Lab"):
        assert numctl(*line.split()).code == 0
    renamed, added, gone = rows("changes", "--after", "4")
    assert (renamed["kind"], renamed["name"]) == ("user", "Rob")
    assert (renamed["before"]["name"], renamed["after"]["name"]) == ("Bob", "Rob")
    assert (added["name"], added["before"], added["after"]["parent"]) == ("Acme/Lab", None, "Acme")
    assert (gone["name"], gone["before"], gone["after"]) == ("Acme/Lab", added["after"], None)


def test_what_refuses_is_told_as_one_or_many(acme: Path, numctl) -> None:
    assert f"{number(72)} is in-use, so" in numctl("reserve", number(72), "--tag", "x").err
    told = numctl("assign", f"{number(70)}..{number(71)}", "--user", "Eve").err
    assert f"{number(70)} is assigned" in told
    numctl("assign", f"{FIRST}..{number(3)}", "--user", "Eve")
    assert (
        f"{FIRST}..{number(3)} are assigned, so"
        in numctl("reserve", f"{FIRST}..{number(3)}", "--tag", "x").err
    )


def test_an_operation_s_numbers_and_rows(acme: Path, numctl, rows, answer) -> None:
    done = answer("reserve", FIRST, number(2), number(3), "--tag", "x")
    (told,) = rows("history", "--operation", str(done["operation"]))
    assert told["ranges"] == done["ranges"]
    assert numctl("history", "--operation", str(done["operation"]), "-o", "ranges").out.split() == [
        FIRST,
        f"{number(2)}..{number(3)}",
    ]
    numctl("org", "rename", "Finance", "Money")
    (told,) = rows("history", "--operation", "6")
    assert [(row["kind"], row["name"], row["before"]["organization"]) for row in told["catalog"]] == [
        ("organization", "Acme/Money", "Acme/Finance")
    ]


def test_answers_name_up_to_five_ranges(acme: Path, numctl) -> None:
    few = [number(n) for n in range(0, 10, 2)]
    said = numctl("reserve", *few, "--tag", "x").out
    assert said.startswith(f"Reserved 5 numbers of Acme, tag 'x': {', '.join(few)} (operation 5;")
    many = [number(n) for n in range(11, 33, 3)]
    said = numctl("reserve", *many, "--tag", "x").out
    assert f"{', '.join(many[:5])} and 3 more ranges; see them with `numctl history --operation 6`" in said
    assert numctl("unreserve", *few, "-q").out == ""


def test_what_not_all_share_is_not_said_of_all(acme: Path, numctl, answer) -> None:
    done = numctl("import", "-", "--series", "N", input="number,user\n4000,\n4001,Kim\n")
    assert "Kim" not in done.out
    moved = answer("move", number(71), number(73), "--to", "Finance")
    assert moved["user"] is None


def test_a_batch_counts_numbers_each_once(acme: Path, numctl, answer) -> None:
    lines = [
        {"action": "reserve", "numbers": [FIRST, number(1)], "tag": "x"},
        {"action": "retag", "numbers": [FIRST], "tag": "y"},
    ]
    text = "\n".join(map(json.dumps, lines))
    assert answer("batch", "-", "--expect", "2", input=text)["count"] == 2
    assert numctl("check").code == 0


def test_keep_going_doesn_t_say_that_nothing_was_changed(acme: Path, numctl) -> None:
    lines = [
        {"action": "reserve", "numbers": [FIRST], "tag": "x"},
        {"action": "reserve", "numbers": [FIRST], "tag": "x"},
        {"action": "reserve", "numbers": ["99999"], "tag": "x"},
    ]
    told = numctl("batch", "-", "--keep-going", input="\n".join(map(json.dumps, lines)))
    assert told.code == 3
    assert "Nothing was changed" not in told.err + told.out


def test_a_replay_says_that_it_is_one_and_whether_it_is_undone(acme: Path, numctl, answer) -> None:
    line = ("reserve", FIRST, "--tag", "x", "--op-key", "k")
    first = answer(*line)
    assert answer(*line) == first
    assert "done before under the same key, as operation 5" in numctl(*line).err
    numctl("undo")
    assert "undone since, by operation 6" in numctl(*line).err


def test_a_refused_undo_names_just_what_changed_and_who_did(acme: Path, numctl, refusal) -> None:
    numctl("allocate", "--series", "1418", "--quantity", "30", "--to", "Sales")
    numctl("assign", number(3), number(7), "--user", "Zoe", "--as", "Sales")
    told = refusal("undo", "5")
    assert told["numbers"] == [number(3), number(7)]
    assert told["operations"] == [6]
    assert "`numctl undo 6`" in told["advice"] if "advice" in told else True
    for operation in ("6", "5"):
        assert numctl("undo", operation).code == 0


def test_no_dead_end_when_a_hold_has_ended(acme: Path, numctl, state, on) -> None:
    on("2026-02-01")
    numctl("reserve", FIRST, "--tag", "x", "--until", "2026-02-05")
    numctl("move", FIRST, "--to", "Sales")
    on("2026-02-06")
    assert numctl("search", FIRST).code == 0
    assert numctl("undo", "6").code == 0
    assert (state(FIRST)["status"], state(FIRST)["organization"]) == ("available", "Acme")
    assert numctl("undo", "5").code == 0


def test_what_nothing_takes_back_is_not_stepped_over(acme: Path, numctl, refusal) -> None:
    numctl("reserve", FIRST, "--tag", "x")
    numctl("user", "forget", "Bob", "--yes")
    told = refusal("undo")
    assert (told["code"], told["operation"], told["before"]) == (6, 6, 5)
    assert numctl("undo", "5").code == 0


def test_forgetting_asks(acme: Path, numctl, refusal) -> None:
    assert refusal("user", "forget", "Bob")["code"] == 2
    assert (
        "--yes"
        in refusal("user", "forget", "Bob", "--no-input")["message"] + numctl("user", "forget", "Bob").err
    )
    assert numctl("user", "forget", "Bob", "--dry-run").code == 0


def test_exact_is_the_whole_of_it(acme: Path, numctl, rows) -> None:
    numctl("reserve", number(1), "--tag", "Sales floor 2")
    numctl("reserve", number(2), "--tag", "sales floor 20")

    def found(*args: str) -> list[str]:
        return [row["number"] for row in rows("search", *args)]

    assert found("--tag", "sales floor 2") == [number(1), number(2)]
    assert found("--tag", "sales floor 2", "--exact") == [number(1)]
    assert found("sales floor 20", "--exact") == [number(2)]
    assert found(FIRST, "--exact") == [FIRST]
    assert found(FIRST[:-1], "--exact") == []
    assert found("--user", "ann", "--exact") == []
    assert found("--user", "ann lee", "--exact") == [number(70), number(71)]
    assert int(numctl("search", "3990", "--exact", "--count").out) == 1


def test_search_by_the_day_on_which_a_hold_ends(acme: Path, numctl, rows) -> None:
    numctl("reserve", number(1), "--tag", "x", "--until", "2999-01-10")
    numctl("reserve", number(2), "--tag", "x", "--until", "2999-02-10")
    found = [row["number"] for row in rows("search", "--until-before", "2999-02-10")]
    assert found == [number(1)]


def test_a_name_in_two_organizations_is_ambiguous(acme: Path, numctl, refusal, answer) -> None:
    numctl("move", number(71), "--to", "Finance")
    told = refusal("release", "Ann Lee")
    assert (told["code"], told["candidates"]) == (5, ["Acme/Finance", "Acme/Sales/EMEA"])
    assert answer("release", "Ann Lee", "--org", "Finance")["count"] == 1
    assert answer("release", "Ann Lee")["count"] == 1


def test_messages_say_what_is_wrong(acme: Path, numctl) -> None:
    numctl("release", "Bob")
    said = numctl("release", "Bob").err
    assert "'Bob' has no numbers now" in said
    assert "Nearest" not in said
    assert "match '99999$'" in numctl("assign", "--series", "1418", "--matching", "99999$", "--user", "X").err
    assert "One user at a time" in numctl("release", "Ann Lee", "Cat").err
    for line in (["show", f"{FIRST}..{number(3)}"], ["history", f"{FIRST}+3"]):
        assert "one number" in numctl(*line).err
    assert "It has 10 at present" in numctl("request", "--quantity", "5", "--series", "Short").out


def test_text_is_also_tried_as_the_country_writes_it(acme: Path, numctl: Numctl) -> None:
    numctl("add", "33199000101", "--series", "Paris")
    for text in ("01 99 00 01 01", "0199", "33199"):
        assert numctl("--region", "FR", "search", text, "-o", "csv").out.count("33199000101") == 1, text


def test_show_says_who_and_why_and_the_last_usage(acme: Path, numctl, on) -> None:
    numctl("assign", FIRST, "--user", "Zoe", "--message", "starts in May")
    usage = (
        "date,number,voice_incoming_seconds,voice_outgoing_seconds,messages_sent,messages_received,data_bytes"
    )
    rows = [f"2026-0{month}-0{day},{FIRST},1,1,1,1,1" for month in (1, 2) for day in (1, 7)]
    assert numctl("usage", "import", "-", input="\n".join([usage, *rows])).code == 0
    (known,) = json.loads(numctl("show", FIRST, "-o", "json").out)
    assert known["last_usage"] == "2026-02-07"
    assert known["history"][0]["message"] == "starts in May"
    assert known["history"][0]["actor"]
    numctl("release", FIRST, "--cool", "30")
    assert "It rests until" in numctl("show", FIRST, "-o", "table").out


def test_wrong_numbers_are_not_let_in(store: Path, numctl, refusal) -> None:
    numctl("init", "--name", "Acme")
    for text in ("(212) 555-0100", "3990-3999", "+4420794609", "14188980100.5"):
        assert refusal("add", text, "--series", "S")["code"] == 2, text
    assert numctl("add", "+44 (0)20 7946 0958", "14188980100.0", "--series", "S").code == 0
    assert numctl("add", "(212) 555-0100", "--series", "S", "--unchecked").code == 0
    assert numctl("search", "-o", "ranges").out.split("\n")[:-1] == [
        f"{number}..{number}" for number in ("2125550100", "14188980100", "442079460958")
    ]
    list_ = "number\n(212) 555-0111\n"
    assert numctl("import", "-", "--series", "S", input=list_).code == 2
    assert numctl("import", "-", "--series", "S", "--unchecked", input=list_).code == 0


def test_a_list_without_statuses_is_read_as_people_mean_it(store: Path, numctl, rows) -> None:
    numctl("init", "--name", "Acme")
    text = "number,user,reserved_tag\n4000,Kim,\n4001,,fair\n4002,,\n"
    assert numctl("import", "-", "--series", "S", input=text).code == 0
    assert [row["status"] for row in rows("search")] == ["in-use", "reserved", "available"]
    text = "number,status,reserved_until\n4003,aging,2999-01-01\n"
    assert numctl("import", "-", "--series", "S", input=text).code == 0
    assert rows("search", "4003")[0]["reserved_until"] == "2999-01-01"
    assert numctl("import", "-", "--series", "S", input="number,status\n4004,aging\n").code == 2
