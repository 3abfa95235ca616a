"""``numctl batch``: all or nothing, line by line, and what answers say."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from numctl.core.batch import running
from tests.company import Company
from tests.conftest import Numctl

FIRST = 1418000


@pytest.fixture
def company(store: Path) -> Company:
    return Company(store)


def lines(*changes: dict[str, Any]) -> str:
    return "".join(json.dumps(change) + "\n" for change in changes)


def reserve(n: int, tag: str = "x") -> dict[str, Any]:
    return {"action": "reserve", "numbers": [str(FIRST + n)], "tag": tag}


EVERY_ACTION: list[dict[str, Any]] = [
    {"action": "reserve", "numbers": ["1418000..1418009"], "tag": "x", "until": "2999-12-31"},
    {"action": "reserve", "series": "1418", "quantity": 5, "contiguous": True, "tag": "y", "org": "EMEA"},
    {"action": "retag", "numbers": "1418000+2", "tag": "z"},
    {"action": "unreserve", "numbers": [1418001]},
    {"action": "assign", "numbers": ["1418020"], "user": "ann"},
    {"action": "assign", "series": "1418", "user": "bob", "matching": "9$"},
    {"action": "register", "user": "ann"},
    {"action": "register", "numbers": ["1418019"]},
    {"action": "release", "user": "ann", "reserve": "left", "forward_to": "1418099"},
    {"action": "release", "number": "1418019", "cool": 30},
    {"action": "forward", "number": "1418020", "to": "1418098"},
    {"action": "forward", "number": "1418020", "remove": True},
    {"action": "move", "numbers": ["1418030..1418039"], "to": "Sales"},
    {"action": "allocate", "series": "1418", "quantity": 3, "to": "Finance"},
    {"action": "withdraw", "from": "Sales", "series": "1418", "quantity": 2},
    {"action": "add", "numbers": ["1419000+10"], "series": "1419", "org": "Sales"},
    {"action": "remove", "numbers": ["1419009"], "reason": "ported out"},
    {"action": "remove", "numbers": ["1419008"], "reason": "ported out"},
    {"action": "remove", "numbers": ["1419007"], "reason": "never ours"},
    {"action": "series move", "numbers": ["1419000"], "to": "1418"},
]


def test_every_action_as_one_operation_that_is_undone_as_a_whole(company: Company, numctl: Numctl) -> None:
    before = company.dump()
    would = numctl("batch", "-", "--dry-run", "-o", "json", input=lines(*EVERY_ACTION))
    assert company.dump() == before
    done = numctl("batch", "-", "-o", "json", input=lines(*EVERY_ACTION))
    assert (done.code, done.err) == (0, "")
    (facts,) = json.loads(done.out)
    assert (facts["action"], facts["lines"], facts["changed"], facts["rejected"]) == ("batch", 20, 20, 0)
    assert facts["reasons"] == [[17, 18, "ported out"], [19, 19, "never ours"]]
    made = {"organizations": [], "series_made": facts["series_made"]}
    assert json.loads(would.out) == [facts | made | {"operation": None, "dry_run": True}]
    assert company.rows("SELECT DISTINCT line FROM piece WHERE operation = 6 ORDER BY line") == [
        (line,) for line in range(1, 21)
    ]
    assert numctl("undo").code == 0
    assert company.dump() == before


def test_csv_says_the_same(company: Company, numctl: Numctl, tmp_path: Path) -> None:
    keys = list(dict.fromkeys(key for change in EVERY_ACTION for key in change))
    text = io.StringIO()
    writer = csv.DictWriter(text, keys)
    writer.writeheader()
    for change in EVERY_ACTION:
        writer.writerow(
            {key: " ".join(map(str, v)) if isinstance(v, list) else v for key, v in change.items()}
        )
    as_json = numctl("batch", "-", "--dry-run", "-o", "json", input=lines(*EVERY_ACTION))
    as_csv = numctl("batch", "-", "--dry-run", "-o", "json", input=text.getvalue())
    assert as_csv.code == 0
    (facts,) = json.loads(as_csv.out)
    assert facts | {"reasons": []} == json.loads(as_json.out)[0] | {"reasons": []}
    assert facts["reasons"] == [[18, 19, "ported out"], [20, 20, "never ours"]]


def test_several_numbers_in_a_cell(company: Company, numctl: Numctl) -> None:
    ending = numctl(
        "batch", "-", "-o", "json", input="action;numbers;tag\nreserve;1418000 1418002..1418003 1418009;x\n"
    )
    assert json.loads(ending.out)[0]["count"] == 4


@pytest.mark.parametrize("place", [0, 5_000, 9_999])
def test_one_bad_line_of_ten_thousand_changes_nothing(company: Company, numctl: Numctl, place: int) -> None:
    numctl("add", "15140000+10000", "--series", "big")
    before = company.dump()
    changes = [{"action": "reserve", "numbers": [15140000 + n], "tag": "x"} for n in range(10_000)]
    changes[place] = {"action": "reserve", "numbers": [99999], "tag": "x"}
    ending = numctl("batch", "-", input=lines(*changes))
    assert ending.code == 5
    assert f"Line {place + 1}: 99999 is not in the inventory" in ending.err
    assert company.dump() == before


def test_every_error_is_told_with_its_line_and_the_first_gives_the_code(
    company: Company, numctl: Numctl
) -> None:
    text = lines(reserve(0), reserve(0), {"action": "fly"}, reserve(999), {"action": "reserve", "tag": "x"})
    ending = numctl("batch", "-", "-o", "json", input="\n" + text)
    assert ending.code == 6
    error = json.loads(ending.err)["error"]
    assert error["count"] == 4
    assert [one["line"] for one in error["errors"]] == [3, 4, 5, 6]
    assert error["details"][1].startswith("Line 4: There is no action 'fly'")


def test_no_more_than_twenty_errors_are_told_and_the_rest_counted(company: Company, numctl: Numctl) -> None:
    ending = numctl("batch", "-", input=lines(*[reserve(900)] * 25))
    assert ending.code == 5
    assert "Line 20:" in ending.err
    assert "Line 21:" not in ending.err
    assert "and 5 more" in ending.err


def test_keep_going_does_the_rest_and_gives_back_what_was_refused(
    company: Company, numctl: Numctl, tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.jsonl"
    bad = '{"action":  "reserve", "numbers": ["1418000"], "tag": "again"}'
    text = lines(reserve(0)) + bad + "\n\nnot json\n" + lines(reserve(1))
    ending = numctl("batch", "-", "--keep-going", "--rejects", rejects, "-o", "json", input=text)
    assert ending.code == 3
    (facts,) = json.loads(ending.out)
    assert (facts["count"], facts["lines"], facts["changed"], facts["rejected"]) == (2, 4, 2, 2)
    assert rejects.read_text() == bad + "\nnot json\n"
    assert "Line 2: 1418000 is reserved" in ending.err
    assert "Line 4: This isn't JSON" in ending.err
    assert numctl("batch", rejects).code == 6


def test_rejects_of_a_csv_can_be_fed_in_again(company: Company, numctl: Numctl, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    text = 'action,numbers,tag\nreserve,1418000,"a ""b"", c"\nreserve,99999,"x\ny"\nreserve,1418001,x\n'
    assert numctl("batch", "-", "--keep-going", "--rejects", rejects, input=text).code == 3
    assert rejects.read_text() == 'action,numbers,tag\nreserve,99999,"x\ny"\n'
    mended = rejects.read_text().replace("99999", "1418002").replace("x\ny", "xy")
    ending = numctl("batch", "-", "-o", "json", input=mended)
    assert json.loads(ending.out)[0]["ranges"][0]["first"] == "1418002"


def test_a_line_after_a_record_of_several_lines_is_counted_right(company: Company, numctl: Numctl) -> None:
    text = 'action,numbers,tag\nreserve,1418000,"x\ny"\n\nreserve,99999,x\n'
    ending = numctl("batch", "-", input=text)
    assert "Line 2: " in ending.err
    assert "Line 5: 99999" in ending.err


def test_nothing_is_left_of_a_series_that_a_refused_line_would_have_made(
    company: Company, numctl: Numctl
) -> None:
    text = lines({"action": "add", "numbers": ["1418000"], "series": "new"}, reserve(1))
    assert numctl("batch", "-", "--keep-going", input=text).code == 3
    assert company.rows("SELECT name FROM series") == [("1418",)]


def test_with_everything_refused_there_is_no_operation(company: Company, numctl: Numctl) -> None:
    ending = numctl("batch", "-", "--keep-going", "-o", "json", input=lines(reserve(900)))
    assert ending.code == 3
    (facts,) = json.loads(ending.out)
    assert (facts["operation"], facts["count"], facts["rejected"]) == (None, 0, 1)
    assert company.rows("SELECT max(id) FROM operation") == [(5,)]


def test_a_key_answers_as_the_first_time_and_leaves_the_rejects_alone(
    company: Company, numctl: Numctl, tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects"
    args = ("batch", "-", "--keep-going", "--rejects", rejects, "--op-key", "k", "-o", "json")
    text = lines(reserve(0), reserve(0))
    first = numctl(*args, input=text)
    rejects.write_text("mine")
    again = numctl(*args, input=text)
    assert (again.code, again.out) == (first.code, first.out) == (3, first.out)
    assert rejects.read_text() == "mine"
    assert numctl(*args, input=lines(reserve(2))).code == 6


def test_below_the_root_only_what_is_in_scope_changes(company: Company, numctl: Numctl) -> None:
    numctl("move", "1418000..1418009", "--to", "Sales")
    text = lines(reserve(0), reserve(50), {"action": "add", "numbers": ["15"], "series": "s"})
    ending = numctl("batch", "-", "--as", "Sales", "-o", "json", input=text)
    assert ending.code == 5
    error = json.loads(ending.err)["error"]
    assert [one["line"] for one in error["errors"]] == [2, 3]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, "'action' is missing"),
        ({"action": "resreve", "numbers": ["1418000"]}, "Did you mean reserve"),
        ({"action": ["reserve"]}, "There is no action"),
        ({"action": "reserve", "numbers": ["1418000"]}, "'tag' is missing for reserve"),
        ({"action": "reserve", "numbers": ["1418000"], "tag": "x", "to": "Sales"}, "no key 'to'"),
        ({"action": "reserve", "numbers": [], "tag": "x"}, "names none"),
        ({"action": "reserve", "numbers": [True], "tag": "x"}, "is no text"),
        ({"action": "reserve", "numbers": ["1418000", "1418000"], "tag": "x"}, "given twice"),
        ({"action": "reserve", "numbers": ["1418000"], "tag": ["x"]}, "is no text"),
        ({"action": "reserve", "numbers": ["1418000"], "tag": "\u202e"}, "A tag"),
        ({"action": "reserve", "series": "1418", "tag": "x"}, "'quantity' is missing"),
        ({"action": "reserve", "series": "1418", "quantity": 0, "tag": "x"}, "1 or more"),
        ({"action": "reserve", "series": "1418", "quantity": 2.5, "tag": "x"}, "is no text"),
        ({"action": "reserve", "numbers": ["1418000"], "quantity": 2, "tag": "x"}, "is for a series"),
        ({"action": "reserve", "numbers": ["1418000"], "tag": "x", "until": "2026-02-30"}, "no day"),
        ({"action": "reserve", "numbers": ["1418000"], "tag": "x", "until": "2020-01-01"}, "passed"),
        ({"action": "release", "numbers": ["1418000"], "user": "ann"}, "either numbers, or a user"),
        ({"action": "release", "user": "ann", "cool": 4000}, "3650 days"),
        ({"action": "release", "user": "ann", "cool": 4, "reserve": "x"}, "'cool' goes with neither"),
        ({"action": "release", "user": "ann", "until": "2999-01-01"}, "Add 'reserve'"),
        ({"action": "forward", "numbers": ["1418000"]}, "exactly one"),
        ({"action": "forward", "numbers": ["1418000"], "to": "1418000"}, "itself"),
        ({"action": "forward", "numbers": ["1418000"], "remove": "perhaps"}, "neither true nor false"),
        ({"action": "remove", "numbers": ["1418000"]}, "'reason' is missing"),
        ({"action": "undo"}, "There is no action 'undo'"),
    ],
)
def test_what_a_line_can_t_say(company: Company, numctl: Numctl, change: dict[str, Any], told: str) -> None:
    ending = numctl("batch", "-", input=lines(change))
    assert ending.code == 2
    assert told in ending.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"number,tag\n1418000,x\n", "no column 'action'"),
        (b"action,tag,tag\n", "there twice"),
        (b"[{}]\n", "JSON array"),
        (b'{"action": "reserve"', "isn't JSON"),
        (b"{}\n1\n", "isn't a JSON object"),
        (b"action,numbers,tag\nreserve,1418000\n", "2 cells"),
        (b'action,numbers,tag\nreserve,1418000,"x\nreserve,1418001,x\n', "a quote isn't closed"),
        (b"action,numbers\nunreserve,\xff\n", "not text in UTF-8"),
        (b"action,numbers,tag\nreserve,1418000," + b"x" * 1_000_000 + b"\n", "field larger"),
    ],
)
def test_what_is_no_batch(company: Company, numctl: Numctl, text: bytes, told: str) -> None:
    ending = numctl("batch", "-", input=text)
    assert ending.code == 2
    assert told in ending.err


def test_marks_and_ends_of_lines_of_other_systems(company: Company, numctl: Numctl) -> None:
    text = "action,numbers,tag\rreserve,1418000,x\rreserve,1418001,=1+1\r"
    assert numctl("batch", "-", "-o", "json", input=text.encode("utf-8-sig")).code == 0
    assert company.rows("SELECT tag FROM state WHERE tag <> '' ORDER BY tag") == [("=1+1",), ("x",)]
    again = lines(reserve(2)).replace("\n", "\r\n").encode("utf-16")
    assert numctl("batch", "-", input=again).code == 0


def test_an_empty_file_changes_nothing(company: Company, numctl: Numctl) -> None:
    for text in ("", "\n\n", "action,numbers\n", "action;numbers"):
        ending = numctl("batch", "-", "-o", "json", input=text)
        assert ending.code == 0
        assert json.loads(ending.out)[0]["operation"] is None


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--rejects", "x"], "--rejects is for --keep-going"),
        (["--keep-going", "--rejects", "-"], "Name a file"),
        (["--keep-going", "--rejects", "/"], "can't be a file"),
        (["--keep-going", "--rejects", "/none/x"], "can't be a file"),
    ],
)
def test_rejects_need_a_place(company: Company, numctl: Numctl, args: list[str], told: str) -> None:
    ending = numctl("batch", "-", *args, input=lines(reserve(0)))
    assert ending.code == 2
    assert told in ending.err
    assert company.rows("SELECT max(id) FROM operation") == [(5,)]


def test_what_is_not_of_a_line_ends_the_batch(
    company: Company, numctl: Numctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_OF_LINES", ())
    assert numctl("batch", "-", "--keep-going", input=lines(reserve(900))).code == 5


def test_a_week_is_no_date(numctl: Numctl, store: Path) -> None:
    """What Python takes for a date in ISO 8601, and the command line doesn't."""
    numctl("init", "--name", "Acme")
    numctl("add", "14188980000+2", "--series", "1418")
    line = '{"action": "reserve", "numbers": ["14188980000"], "tag": "x", "until": "2099-W01-1"}'
    ending = numctl("batch", "-", input=line)
    assert ending.code == 2
    assert "2099-W01-1" in ending.err
    assert numctl("search", "--status", "reserved", "--count").out == "0\n"


@pytest.mark.parametrize(
    "line",
    [
        '{"action": "reserve", "number": "1418001", "numbers": ["1418002"], "tag": "x"}',
        '{"action": "reserve", "numbers": ["1418001"], "number": "1418002", "tag": "x"}',
        '{"action": "reserve", "numbers": "1418001", "numbers": "1418002", "tag": "x"}',
        '{"action": "reserve", "tag": "y", "numbers": "1418001", "tag": "x"}',
        '{"action": "reserve", "action": "retag", "numbers": "1418001", "tag": "x"}',
    ],
)
def test_what_is_said_twice_is_an_error_of_the_line(company: Company, numctl: Numctl, line: str) -> None:
    before = company.dump()
    text = lines(reserve(0)) + line + "\n"
    refused = numctl("batch", "-", input=text)
    assert refused.code == 2
    assert refused.err.startswith("numctl: Line 2: ")
    assert company.dump() == before
    kept = numctl("batch", "-", "--keep-going", "-o", "json", input=text)
    (answer,) = json.loads(kept.out)
    assert (kept.code, answer["count"], answer["rejected"]) == (3, 1, 1)


def test_number_and_numbers_in_one_row_are_an_error_of_the_row(company: Company, numctl: Numctl) -> None:
    text = "action,number,numbers,tag\nreserve,1418001,,x\nreserve,1418002,1418003,x\n"
    refused = numctl("batch", "-", input=text)
    assert (refused.code, "Line 3: Both 'number' and 'numbers'" in refused.err) == (2, True)


def test_a_header_of_many_columns_takes_no_longer_than_reading_it(company: Company, shell) -> None:
    """Forty thousand columns compared with each other would take most of a minute."""
    header = ",".join(["action", "numbers", "tag", *(f"c{n}" for n in range(40_000))])
    row = f"reserve,1418001,x{',' * 40_000}"
    done = shell("batch", "-", input=f"{header}\n{row}\n", timeout=20)
    assert (done.returncode, done.stdout != "") == (0, True)


@pytest.mark.parametrize("key", ["to", "from", "org"])
@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_organization_is_an_error_of_the_line(
    company: Company, numctl: Numctl, key: str, empty: str
) -> None:
    each: dict[str, dict[str, Any]] = {
        "to": {"action": "move", "numbers": "1418001", "to": empty},
        "from": {"action": "withdraw", "series": "1418", "quantity": 1, "from": empty},
        "org": {"action": "reserve", "series": "1418", "quantity": 1, "tag": "x", "org": empty},
    }
    refused = numctl("batch", "-", input=lines(each[key]))
    assert (refused.code, "An organization's name is empty" in refused.err) == (2, True)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            {"action": "reserve", "numbers": "1418001", "tag": "x", "quantity": 1},
            "'quantity' is for a series",
        ),
        ({"action": "reserve", "numbers": "1418001", "tag": "x", "contiguous": True}, "'contiguous' is for"),
        ({"action": "reserve", "numbers": "1418001", "tag": "x", "matching": "1$"}, "'matching' is for"),
        ({"action": "assign", "numbers": "1418001", "user": "u", "matching": "1$"}, "'matching' is for"),
        ({"action": "release", "user": "ann", "cool": 3, "reserve": "x"}, "'cool' goes with neither"),
        (
            {"action": "release", "user": "ann", "cool": 0, "forward_to": "1418002"},
            "'forward_to' is for numbers that are kept",
        ),
        ({"action": "release", "user": "ann", "cool": 3, "until": "2999-01-01"}, "'cool' goes with neither"),
        ({"action": "release", "user": "ann", "forward_to": "1418002"}, "Reserve them under a tag"),
        ({"action": "release", "user": "ann", "until": "2999-01-01"}, "Add 'reserve' with a tag"),
    ],
    ids=str,
)
def test_keys_that_do_not_go_together(
    company: Company, numctl: Numctl, line: dict[str, Any], said: str
) -> None:
    assert numctl("assign", "1418009", "--user", "ann").code == 0
    before = company.dump()
    refused = numctl("batch", "-", input=lines(line))
    assert (refused.code, said in refused.err) == (2, True), refused.err
    assert company.dump() == before


@pytest.mark.parametrize("days", [1, 30])
def test_a_number_rests_for_as_many_days_as_it_says(company: Company, numctl: Numctl, days: int) -> None:
    text = lines(
        {"action": "assign", "numbers": "1418009", "user": "ann"},
        {"action": "release", "user": "ann", "cool": days},
    )
    assert numctl("batch", "-", input=text).code == 0
    told = json.loads(numctl("search", "1418009", "-o", "json").out)
    today = datetime.now(UTC).date()
    assert told[0]["reserved_until"] == (today + timedelta(days)).isoformat()
