"""`report consumption`: sums of a period by organization, number or day, to the cent."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from numctl.core.dates import Period, period
from numctl.core.usage.consumption import megabytes, minutes
from tests.conftest import Numctl

HEADER = (
    "date,number,voice_incoming_seconds,voice_outgoing_seconds,messages_sent,messages_received,data_bytes\n"
)
FIGURES = [
    "voice_incoming_minutes",
    "voice_outgoing_minutes",
    "messages_sent",
    "messages_received",
    "data_mb",
]
TODAY = date.today()


@pytest.fixture(autouse=True)
def _acme(store: Path, numctl: Numctl) -> None:
    """Acme, Sales and Sales/EMEA, with usage in January 2026 and today."""
    for line in ("init --name Acme", "org add Sales", "org add EMEA --parent Sales", "org add =Lab"):
        assert numctl(*line.split()).code == 0
    for number, org in ((3001, "Acme"), (3002, "Sales"), (3003, "EMEA"), (3004, "=Lab")):
        assert numctl("add", str(number), "--series", "s", "--org", org).code == 0
    rows = [
        "2026-01-01,3001,90,0,1,2,1500000",
        "2026-01-31,3001,1,59,1,0,0",
        "2026-01-15,3002,60,0,0,0,4999",
        "2026-01-15,3003,0,0,5,0,5000",
        "2026-02-01,3003,600,0,0,0,0",
        f"{TODAY},3002,30,30,0,0,0",
    ]
    assert numctl("usage", "import", "-", input=HEADER + "\n".join(rows)).code == 0


JANUARY = ("--from", "2026-01-01", "--to", "2026-01-31")


def report(numctl: Numctl, *options: str) -> list[list[str]]:
    ending = numctl("report", "consumption", *options)
    assert ending.code == 0, ending.err
    return list(csv.reader(io.StringIO(ending.out)))


def test_by_organization(numctl: Numctl) -> None:
    assert report(numctl, *JANUARY) == [
        ["organization", *FIGURES],
        ["Acme", "1.52", "0.98", "2", "2", "1.50"],
        ["Acme/Sales", "1.00", "0.00", "0", "0", "0.00"],
        ["Acme/Sales/EMEA", "0.00", "0.00", "5", "0", "0.01"],
    ]


def test_by_number_and_by_day(numctl: Numctl) -> None:
    assert [row[:2] for row in report(numctl, *JANUARY, "--by", "number")] == [
        ["number", FIGURES[0]],
        ["3001", "1.52"],
        ["3002", "1.00"],
        ["3003", "0.00"],
    ]
    assert [row[:4:3] for row in report(numctl, *JANUARY, "--by", "day")] == [
        ["day", "messages_sent"],
        ["2026-01-01", "1"],
        ["2026-01-15", "5"],
        ["2026-01-31", "1"],
    ]


def test_an_organization_and_what_is_below_it(numctl: Numctl) -> None:
    assert [row[0] for row in report(numctl, *JANUARY, "--org", "Sales")][1:] == [
        "Acme/Sales",
        "Acme/Sales/EMEA",
    ]
    below = ["--as", "Sales"]
    assert numctl(*below, "report", "consumption", "--org", "Acme").code == 4
    assert numctl(*below, "report", "consumption", "--org", "=Lab").code == 5
    assert "3001" not in numctl(*below, "report", "consumption", *JANUARY, "--by", "number").out


def test_open_ends(numctl: Numctl) -> None:
    assert report(numctl, "--to", "2026-01-01")[1][1] == "1.50"
    assert len(report(numctl, "--from", "2026-02-01", "--by", "day")) == 3


def test_periods(numctl: Numctl) -> None:
    for named in ("today", "last-7-days", "current-cycle"):
        assert report(numctl, "--period", named)[1:] == [["Acme/Sales", "0.50", "0.50", "0", "0", "0.00"]]
    assert report(numctl) == report(numctl, "--period", "current-cycle")
    last = period("last-cycle", TODAY.isoformat())
    assert report(numctl, "--period", "last-cycle") == report(numctl, "--from", last.first, "--to", last.last)


@pytest.mark.parametrize(
    ("name", "today", "days"),
    [
        ("today", "2024-02-29", Period("2024-02-29", "2024-02-29")),
        ("last-7-days", "2024-03-01", Period("2024-02-24", "2024-03-01")),
        ("current-cycle", "2024-02-29", Period("2024-02-01", "2024-02-29")),
        ("current-cycle", "2025-12-01", Period("2025-12-01", "2025-12-31")),
        ("last-cycle", "2024-03-31", Period("2024-02-01", "2024-02-29")),
        ("last-cycle", "2026-01-01", Period("2025-12-01", "2025-12-31")),
    ],
)
def test_what_periods_are(name: str, today: str, days: Period) -> None:
    assert period(name, today) == days


@pytest.mark.parametrize(
    "options",
    [
        ["--period", "yesterday"],
        ["--by", "series"],
        ["--period", "today", "--from", "2026-01-01"],
        ["--from", "2026-01-02", "--to", "2026-01-01"],
        ["--from", "2025-02-29"],
        ["--preamble", "-o", "json"],
    ],
)
def test_bad_options(numctl: Numctl, options: list[str]) -> None:
    ending = numctl("report", "consumption", *options)
    assert (ending.code, ending.out) == (2, "")


def test_json_has_numbers(numctl: Numctl) -> None:
    first = json.loads(numctl("report", "consumption", *JANUARY, "-o", "json").out)[0]
    assert first == dict(zip(["organization", *FIGURES], ["Acme", 1.52, 0.98, 2, 2, 1.5], strict=True))


def test_formulas_are_guarded_unless_told_otherwise(numctl: Numctl) -> None:
    assert numctl("org", "rename", "EMEA", "x").code == 0
    assert numctl("org", "rename", "Acme", "=Acme").code == 0
    assert report(numctl, *JANUARY)[1][0] == "'=Acme"
    assert report(numctl, *JANUARY, "--no-guard")[1][0] == "=Acme"


def test_preamble_and_file(numctl: Numctl, tmp_path: Path) -> None:
    file = tmp_path / "january.csv"
    assert numctl("report", "consumption", *JANUARY, "--preamble", "--out", file).out == ""
    lines = file.read_text().splitlines()
    assert lines[0] == 'report,"consumption, 2026-01-01 to 2026-01-31"'
    assert "organization,Acme" in lines
    assert "time zone,UTC" in lines
    assert ",".join(["organization", *FIGURES]) in lines


def test_nothing_was_consumed(numctl: Numctl) -> None:
    assert report(numctl, "--to", "2000-01-01") == [["organization", *FIGURES]]
    assert numctl("report", "consumption", "--to", "2000-01-01", "-o", "json").out == "[]\n"


def test_usage_of_a_removed_organization_is_still_told(numctl: Numctl) -> None:
    assert numctl("move", "3003", "--to", "Sales").code == 0
    assert numctl("org", "remove", "EMEA").code == 0
    assert [row[0] for row in report(numctl, *JANUARY, "--org", "Sales")][1:] == [
        "Acme/Sales",
        "Acme/Sales/EMEA",
    ]
    yesterday = (TODAY - timedelta(days=400)).isoformat()
    assert numctl("usage", "import", "-", input=f"{HEADER}{yesterday},3003,1,1,1,1,1\n").code == 0


@pytest.mark.parametrize(("seconds", "hundredths"), [(0, 0), (1, 2), (59, 98), (60, 100), (3, 5), (9, 15)])
def test_minutes_are_rounded_half_up(seconds: int, hundredths: int) -> None:
    assert minutes(seconds) == hundredths


def test_megabytes_are_millions_of_bytes() -> None:
    assert [megabytes(data) for data in (0, 4_999, 5_000, 1_000_000, 10**18)] == [0, 0, 1, 100, 10**14]
