"""`usage import`: each row belongs to whoever held the number that day; once, all or nothing."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numctl.core.actions import inventory, organizations
from numctl.core.actions.founding import found
from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from numctl.core.changes.operation import Act
from numctl.core.dates import end_of
from numctl.core.numbers.ranges import Range
from numctl.core.usage.consumption import record
from numctl.core.usage.holders import holder_at, holdings
from numctl.core.usage.reading import FIELDS, form, read
from tests.conftest import Ending, Numctl

HEADER = ",".join(FIELDS) + "\n"
NUMBER = 14188980000


def act(at: str) -> Act:
    return Act("tester", at, at[:10])


@pytest.fixture(autouse=True)
def _acme(store: Path) -> None:
    """Acme with ten numbers since January, which are Sales' since February, and Support's since March."""
    found(store, act("2026-01-10T12:00:00Z"), "Acme")
    numbers = [Range(NUMBER, NUMBER + 9)]
    with open_store(store) as opened:
        for name in ("Sales", "Support"):
            perform(
                opened,
                act("2026-01-10T12:00:00Z"),
                "org add",
                lambda op, name=name: organizations.add(op, name, None),
            )
        perform(opened, act("2026-01-10T12:00:00Z"), "add", lambda op: inventory.add(op, numbers, "1418"))
        perform(opened, act("2026-02-10T12:00:00Z"), "move", lambda op: inventory.move(op, numbers, "Sales"))
        perform(
            opened, act("2026-03-10T23:30:00Z"), "move", lambda op: inventory.move(op, numbers, "Support")
        )


def booked(store: Path) -> dict[tuple[str, int], tuple[str, int]]:
    """The organization and the data of each row."""
    with sqlite3.connect(store) as connection:
        rows = connection.execute(
            "SELECT day, number, name, data FROM usage JOIN organization o ON o.id = organization"
        ).fetchall()
    connection.close()
    return {(day, number): (name, data) for day, number, name, data in rows}


def row(day: str, number: object = NUMBER, data: object = 0) -> str:
    return f"{day},{number},1,2,3,4,{data}\n"


def refused(ending: Ending, code: int, *said: str) -> None:
    assert ending.code == code, ending.err
    for part in said:
        assert part in ending.err
    assert ending.out == ""


def test_a_row_belongs_to_whoever_held_the_number_at_the_end_of_that_day(store: Path, numctl: Numctl) -> None:
    days = {
        "2020-01-01": "Acme",  # before the store knew the number: its first holder
        "2026-01-10": "Acme",
        "2026-02-09": "Acme",
        "2026-02-10": "Sales",
        "2026-03-09": "Sales",
        "2026-03-10": "Support",
        "9999-12-31": "Support",
    }
    ending = numctl("usage", "import", "-", "-o", "json", input=HEADER + "".join(map(row, days)))
    assert ending.code == 0, ending.err
    answer = json.loads(ending.out)[0]
    assert (answer["action"], answer["count"], answer["rows"]) == ("usage import", 0, 7)
    assert booked(store) == {(day, NUMBER): (name, 0) for day, name in days.items()}


def test_days_end_in_the_time_zone_of_the_settings(store: Path, tmp_path: Path, numctl: Numctl) -> None:
    config = tmp_path / "config.toml"
    config.write_text('timezone = "Europe/Paris"\n')
    text = HEADER + row("2026-03-10") + row("2026-03-11")
    assert numctl("usage", "import", "-", input=text, env={"NUMCTL_CONFIG": str(config)}).code == 0
    assert booked(store) == {("2026-03-10", NUMBER): ("Sales", 0), ("2026-03-11", NUMBER): ("Support", 0)}


@pytest.mark.parametrize(
    ("day", "timezone", "moment"),
    [
        ("2026-03-10", "UTC", "2026-03-11T00:00:00Z"),
        ("2024-02-29", "Europe/Paris", "2024-02-29T23:00:00Z"),
        ("2017-10-14", "America/Sao_Paulo", "2017-10-15T03:00:00Z"),  # clocks skip this midnight
        ("2011-12-29", "Pacific/Apia", "2011-12-30T10:00:00Z"),  # and here the whole day that follows
        ("9999-12-31", "UTC", "9999-12-31T23:59:59Z"),
    ],
)
def test_the_end_of_a_day(day: str, timezone: str, moment: str) -> None:
    assert end_of(day, timezone) == moment


def test_later_moves_rewrite_nothing(store: Path, numctl: Numctl) -> None:
    assert numctl("usage", "import", "-", input=HEADER + row("2026-02-11")).code == 0
    assert numctl("move", str(NUMBER), "--to", "Acme").code == 0
    assert numctl("undo").code == 0
    assert booked(store) == {("2026-02-11", NUMBER): ("Sales", 0)}


def test_a_number_that_left_stays_with_its_last_holder(store: Path, numctl: Numctl) -> None:
    assert numctl("remove", str(NUMBER), "--reason", "ported out").code == 0
    assert numctl("usage", "import", "-", input=HEADER + row("2026-05-01") + row("9999-01-01")).code == 0
    assert set(booked(store).values()) == {("Support", 0)}


def test_the_same_file_counts_once_and_a_later_one_replaces(store: Path, numctl: Numctl) -> None:
    text = HEADER + row("2026-02-11", data=5) + row("2026-02-12", data=6)
    assert numctl("usage", "import", "-", input=text).out.startswith("Read 2 rows of usage (operation ")
    again = numctl("usage", "import", "-", input=text)
    assert again.out == "Nothing was to be changed.\n"
    corrected = json.loads(numctl("usage", "import", "-", "-o", "json", input=text.replace(",6", ",7")).out)[
        0
    ]
    assert (corrected["rows"], corrected["same"]) == (1, 1)
    assert [data for _, data in booked(store).values()] == [5, 7]


def test_a_number_and_day_twice_in_a_file(store: Path, numctl: Numctl) -> None:
    text = HEADER + row("2026-02-11") + row("2026-02-12") + row("2026-02-11", f"+{NUMBER}")
    refused(
        numctl("usage", "import", "-", input=text), 2, f"Line 4: {NUMBER} has a row for 2026-02-11 on line 2"
    )
    assert booked(store) == {}


def test_numbers_that_the_store_never_knew(store: Path, numctl: Numctl) -> None:
    text = HEADER + row("2026-02-11", 3999) + row("2026-02-11") + row("2026-02-12", 3998)
    refused(numctl("usage", "import", "-", input=text), 5, "Line 2: 3999 is", "Line 4: 3998 is")
    ending = numctl("usage", "import", "-", "--skip-unknown", "-o", "json", input=text)
    assert (json.loads(ending.out)[0]["rows"], json.loads(ending.out)[0]["skipped"]) == (1, 2)
    assert "Left out 2 rows" in ending.err
    assert list(booked(store)) == [("2026-02-11", NUMBER)]


def test_numbers_out_of_scope_are_answered_like_unknown_ones(store: Path, numctl: Numctl) -> None:
    text = HEADER + row("2026-02-11") + row("2026-03-11")
    sales = numctl("--as", "Sales", "usage", "import", "-", input=text)
    unknown = numctl(
        "--as",
        "Sales",
        "usage",
        "import",
        "-",
        input=text.replace(row("2026-03-11"), row("2026-03-11", 3999)),
    )
    refused(sales, 5, f"Line 3: {NUMBER} is not in the inventory.")
    assert sales.err.replace(str(NUMBER), "3999") == unknown.err
    assert numctl("--as", "Sales", "usage", "import", "-", "--skip-unknown", input=text).code == 0
    assert booked(store) == {("2026-02-11", NUMBER): ("Sales", 0)}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (row("2025-02-29"), "no day '2025-02-29'"),
        (row("10000-01-01"), "YYYY-MM-DD"),
        (row("20260101"), "YYYY-MM-DD"),
        (row("2026-W01-1"), "YYYY-MM-DD"),
        (row("2026-02-11", "x"), "'x'"),
        (row("2026-02-11", ""), "Line 2"),
        (row("2026-02-11", data=-1), "data_bytes is a whole number"),
        (row("2026-02-11", data="5.0"), "data_bytes is a whole number"),
        (row("2026-02-11", data=""), "data_bytes is a whole number"),
        (row("2026-02-11", data="1e3"), "data_bytes is a whole number"),
        (row("2026-02-11", data="٣"), "data_bytes is a whole number"),
        (row("2026-02-11", data=2**63), "data_bytes is a whole number"),
        (row("2026-02-11", data="9" * 5_000), "data_bytes is a whole number"),
        ("2026-02-11,14188980000\n", "2 fields"),
    ],
)
def test_bad_rows(store: Path, numctl: Numctl, line: str, said: str) -> None:
    text = HEADER + line + row("2026-02-12")
    refused(numctl("usage", "import", "-", input=text), 2, "Line 2: ", said, "Nothing was imported.")
    assert booked(store) == {}


def test_missing_columns(numctl: Numctl) -> None:
    refused(numctl("usage", "import", "-", input="date,number\n"), 2, "data_bytes")
    refused(numctl("usage", "import", "-", "--map", "bytes=x", input=HEADER), 2, "no field 'bytes'")


@pytest.mark.parametrize("text", ["", HEADER, "[]"])
def test_nothing_to_read(numctl: Numctl, text: str) -> None:
    assert numctl("usage", "import", "-", input=text).out == "Nothing was to be changed.\n"


def test_the_largest_figures(numctl: Numctl) -> None:
    text = HEADER + row("2026-02-11", data=2**63 - 1) + row("2026-02-12", data=2**63 - 1)
    assert numctl("usage", "import", "-", input=text).code == 0
    report = numctl("report", "consumption", "--from", "2026-01-01").out.splitlines()
    assert report[1].endswith(",18446744073709.55")


def test_json_lines_and_other_columns(store: Path, numctl: Numctl) -> None:
    line = dict(zip(FIELDS, ["2026-02-11", NUMBER, 1, 2, 3, 4, 5.0], strict=True)) | {"carrier": "x"}
    ending = numctl("usage", "import", "-", input=json.dumps(line))
    assert ending.code == 0, ending.err
    assert "Columns left out: carrier." in ending.err
    assert booked(store) == {("2026-02-11", NUMBER): ("Sales", 5)}


def test_undo_leaves_usage_alone(store: Path, numctl: Numctl) -> None:
    assert numctl("usage", "import", "-", input=HEADER + row("2026-02-11")).code == 0
    operation = json.loads(numctl("history", "-o", "json").out)[0]
    assert operation["action"] == "usage import"
    assert numctl("undo", str(operation["operation"])).code == 6
    assert list(booked(store)) == [("2026-02-11", NUMBER)]


def test_dry_run(store: Path, numctl: Numctl) -> None:
    ending = numctl("usage", "import", "-", "--dry-run", input=HEADER + row("2026-02-11"))
    assert ending.out.startswith("Would read 1 rows of usage")
    assert booked(store) == {}


# Against a plain model

moves = st.lists(
    st.tuples(st.integers(0, 39), st.integers(1, 20), st.sampled_from(["Acme", "Sales", "Support"])),
    max_size=12,
)


@given(moves=moves, window=st.integers(1, 7))
def test_holders_are_the_models(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[int, int, str]], window: int
) -> None:
    path = tmp_path_factory.mktemp("holders") / "store.db"
    model: dict[int, list[tuple[str, int]]] = {}
    found(path, act("2026-01-01T00:00:00Z"), "Acme")
    with open_store(path) as store, pytest.MonkeyPatch.context() as patched:
        patched.setattr("numctl.core.usage.holders.WINDOW", window)
        for name in ("Sales", "Support"):
            perform(
                store,
                act("2026-01-01T00:00:00Z"),
                "org add",
                lambda op, name=name: organizations.add(op, name, None),
            )
        ids = {"Acme": 1, "Sales": 2, "Support": 3}
        for day, (start, count, name) in enumerate(moves, 2):
            numbers = range(3000 + start, 3000 + start + count)
            at = f"2026-01-{day:02}T12:00:00Z"
            new = [Range(n, n) for n in numbers if n not in model]
            held = [Range(n, n) for n in numbers if n in model]
            perform(store, act(at), "add", lambda op, new=new, name=name: inventory.add(op, new, "s", name))
            perform(store, act(at), "move", lambda op, held=held, name=name: inventory.move(op, held, name))
            for number in numbers:
                if not model.get(number) or model[number][-1][1] != ids[name]:
                    model.setdefault(number, []).append((at, ids[name]))
        asked = range(2998, 3062)
        got = {n: [tuple(one) for one in holding] for n, holding in holdings(store.connection, asked)}
    assert got == {number: model.get(number, []) for number in asked}


def test_holder_at_edges(store: Path) -> None:
    with open_store(store) as opened:
        ((_, held),) = list(holdings(opened.connection, [NUMBER]))
    assert [holder_at(held, moment) for moment in ("2026-02-10T12:00:00Z", "2026-02-10T12:00:01Z")] == [1, 2]


def test_the_core_alone(store: Path, tmp_path: Path) -> None:
    file = tmp_path / "usage.csv"
    file.write_text(HEADER + row("2026-02-11"))
    with file.open(newline="") as stream:
        records = read(stream, form({}, None), region=None)
    with open_store(store) as opened:
        perform(opened, act("2026-04-01T00:00:00Z"), "usage import", lambda op: record(op, records, "UTC"))
    assert list(booked(store)) == [("2026-02-11", NUMBER)]


def test_a_profile_for_usage(numctl: Numctl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        '[usage.exchange]\nmap = ["date=Day", "number=Line", "voice_incoming_seconds=In"]\n'
        'delimiter = ";"\ndate-format = "%d.%m.%Y"\nregion = "CA"\n[usage.wrong]\nmap = []\nsheet = "x"\n'
    )
    monkeypatch.setenv("NUMCTL_CONFIG", str(config))
    calls = tmp_path / "calls.csv"
    calls.write_text("Day;Line;In;Out\n15.03.2026;(418) 898-0000;90;5\n")
    assert numctl("usage", "import", str(calls), "--profile", "exchange").code == 0
    days = ("--from", "2026-03-15", "--to", "2026-03-15", "--by", "number", "-o", "json")
    (row,) = json.loads(numctl("report", "consumption", *days).out)
    assert (row["number"], row["voice_incoming_minutes"]) == (str(NUMBER), 1.5)
    shown = json.loads(numctl("profiles", "-o", "json").out)
    assert shown[0] == {
        "profile": "exchange",
        "reads": "records of usage (usage import)",
        "source": str(config),
    }
    ended = numctl("usage", "import", str(calls), "--profile", "exchnage")
    assert (ended.code, "Did you mean exchange" in ended.err) == (5, True)
    ended = numctl("usage", "import", str(calls), "--profile", "wrong")
    assert (ended.code, "no option of usage import" in ended.err) == (2, True)
