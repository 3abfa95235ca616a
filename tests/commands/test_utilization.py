"""``utilization``, ``report utilization`` and ``threshold``: what is used, and when that is too much."""

from __future__ import annotations

import csv
import io
import stat
from pathlib import Path

import pytest

from tests.commands.conftest import number

FIELDS = (
    "organization",
    "total",
    "in_use",
    "available",
    "reserved",
    "assigned",
    "registered",
    "allocated",
    "utilization_percent",
    "subscriber_percent",
    "threshold_percent",
    "over_threshold",
    "aging",
)
PARTS = ("available", "reserved", "assigned", "registered", "allocated")


def test_one_row_for_the_acting_one(acme: Path, answer) -> None:
    assert answer("utilization") == {
        "organization": "Acme",
        "total": 110,
        "in_use": 60,
        "available": 50,
        "reserved": 0,
        "assigned": 0,
        "registered": 0,
        "allocated": 60,
        "utilization_percent": 54,
        "subscriber_percent": 3,
        "threshold_percent": 80,
        "over_threshold": False,
        "aging": 0,
    }


def test_fields_stand_in_their_order(acme: Path, rows, numctl) -> None:
    assert tuple(rows("utilization")[0]) == FIELDS
    assert tuple(rows("utilization", "--by", "series")[0]) == (FIELDS[0], "series", *FIELDS[1:])
    assert numctl("utilization", "-o", "csv").out.splitlines()[0] == ",".join(FIELDS)


def test_organization_named(acme: Path, answer) -> None:
    found = answer("utilization", "emea", "--as", "Sales")
    assert (found["organization"], found["total"], found["in_use"]) == ("Acme/Sales/EMEA", 20, 5)
    assert (found["registered"], found["assigned"], found["reserved"]) == (2, 1, 2)


def test_tree_has_a_row_for_each(acme: Path, rows) -> None:
    found = rows("utilization", "--tree")
    assert [row["organization"] for row in found] == [
        "Acme",
        "Acme/Finance",
        "Acme/Sales",
        "Acme/Sales/EMEA",
    ]
    assert [row["organization"] for row in rows("utilization", "--tree", "--as", "Sales")] == [
        "Acme/Sales",
        "Acme/Sales/EMEA",
    ]
    assert [row["threshold_percent"] for row in found] == [80, None, 90, 80]


@pytest.mark.parametrize(
    "args", [["--tree"], ["--tree", "--by", "series"], ["Sales"], ["--by", "series"]], ids=str
)
def test_five_categories_add_up(acme: Path, rows, args: list[str]) -> None:
    for row in rows("utilization", *args):
        assert sum(row[part] for part in PARTS) == row["total"]
        assert row["in_use"] == row["total"] - row["available"]
        assert row["utilization_percent"] == (100 * row["in_use"] // row["total"] if row["total"] else 0)


def test_by_series(acme: Path, rows) -> None:
    found = rows("utilization", "--by", "series")
    assert [(row["series"], row["total"], row["allocated"]) for row in found] == [
        ("1418", 100, 60),
        ("Short", 10, 0),
    ]
    assert [row["series"] for row in rows("utilization", "Sales", "--by", "series")] == ["1418"]


def test_organization_without_numbers_is_at_nothing_and_never_over(acme: Path, numctl, answer) -> None:
    numctl("org", "add", "Lab", "--threshold", "1")
    found = answer("utilization", "Lab")
    assert (found["total"], found["utilization_percent"], found["over_threshold"]) == (0, 0, False)


def test_exactly_at_the_threshold_is_over(acme: Path, numctl, answer) -> None:
    for percent, over in (("25", True), ("26", False), ("1", True), ("100", False)):
        numctl("threshold", "set", percent, "--org", "EMEA")
        assert answer("utilization", "EMEA")["over_threshold"] is over


def test_figure_is_rounded_down_but_compared_exactly(acme: Path, numctl, answer) -> None:
    numctl("reserve", number(40), "--tag", "t")  # Sales: 21 of 50 are in use with EMEA's 20
    numctl("move", number(41), number(42), "--to", "Acme")  # 21 of 48: 43.75 %
    numctl("threshold", "set", "44", "--org", "Sales")
    found = answer("utilization", "Sales")
    assert (found["utilization_percent"], found["over_threshold"]) == (43, False)


@pytest.mark.parametrize(
    ("args", "code"), [(["--by", "tag"], 2), (["Nowhere"], 5), (["Acme", "--as", "Sales"], 4)]
)
def test_refusals(acme: Path, refusal, args: list[str], code: int) -> None:
    assert refusal("utilization", *args)["code"] == code


def test_bars_only_on_a_terminal(acme: Path, numctl) -> None:
    assert numctl("utilization").out == "Acme\t110\t60\t50\t0\t0\t0\t60\t54\t3\t80\tfalse\t0\n"
    assert "utilization_percent" in numctl("utilization", "-o", "table", env={"COLUMNS": "400"}).out


# report utilization


def test_report_is_csv_by_organization_and_series(acme: Path, numctl) -> None:
    found = list(csv.DictReader(io.StringIO(numctl("report", "utilization").out)))
    assert tuple(found[0]) == (FIELDS[0], "series", *FIELDS[1:])
    assert [(row["organization"], row["series"], row["total"]) for row in found] == [
        ("Acme", "1418", "100"),
        ("Acme", "Short", "10"),
        ("Acme/Finance", "1418", "10"),
        ("Acme/Sales", "1418", "50"),
        ("Acme/Sales/EMEA", "1418", "20"),
    ]


def test_report_of_a_part_and_in_another_format(acme: Path, rows) -> None:
    found = rows("report", "utilization", "--org", "Sales")
    assert [row["organization"] for row in found] == ["Acme/Sales", "Acme/Sales/EMEA"]


def test_report_goes_to_a_file(acme: Path, numctl, tmp_path: Path) -> None:
    out = tmp_path / "report.csv"
    ending = numctl("report", "utilization", "--out", out)
    assert (ending.code, ending.out) == (0, "")
    assert out.read_bytes().startswith(b"organization,series,")
    assert stat.S_IMODE(out.stat().st_mode) == 0o666 & ~0o022 or out.stat().st_mode


def test_report_that_fails_leaves_the_old_file(acme: Path, numctl, refusal, tmp_path: Path) -> None:
    out = tmp_path / "report.csv"
    out.write_text("old")
    assert refusal("report", "utilization", "--org", "Nowhere", "--out", out)["code"] == 5
    assert out.read_text() == "old"
    assert [found.name for found in tmp_path.glob("*.part")] == []
    assert refusal("report", "utilization", "--out", tmp_path)["code"] == 2


def test_report_says_above_its_header_what_it_is(acme: Path, numctl) -> None:
    lines = list(csv.reader(io.StringIO(numctl("report", "utilization", "--org", "Sales", "--preamble").out)))
    assert lines[0] == ["report", "utilization"]
    assert lines[1][0] == "time"
    assert lines[1][1].endswith("Z")
    assert lines[2:4] == [["organization", "Acme/Sales"], ["time zone", "UTC"]]
    assert lines[4][:2] == ["organization", "series"]


def test_preamble_needs_a_header_to_stand_above(acme: Path, numctl, refusal) -> None:
    assert refusal("report", "utilization", "--preamble")["code"] == 2
    assert numctl("report", "utilization", "--preamble", "-o", "tsv").out.startswith("report\tutilization\n")


def test_report_guards_against_formulas(acme: Path, numctl) -> None:
    numctl("org", "rename", "Acme", "=1+1")
    guarded = numctl("report", "utilization", "--preamble").out
    assert "organization,'=1+1\r\n" in guarded
    assert "\r\n'=1+1,1418," in guarded
    assert "\r\n=1+1,1418," in numctl("report", "utilization", "--no-guard").out


# threshold


def test_threshold_show(acme: Path, rows) -> None:
    assert rows("threshold", "show") == [
        {"organization": "Acme", "threshold_percent": 80, "utilization_percent": 54, "over_threshold": False}
    ]
    assert [row["threshold_percent"] for row in rows("threshold", "show", "--tree")] == [80, None, 90, 80]
    assert rows("threshold", "show", "Finance")[0]["threshold_percent"] is None


def test_threshold_set(acme: Path, numctl, answer) -> None:
    changed = answer("threshold", "set", "95", "--org", "Sales")
    assert (changed["action"], changed["organization"], changed["threshold"]) == (
        "threshold set",
        "Acme/Sales",
        95,
    )
    assert (
        numctl("threshold", "set", "off").out
        == "Set up organization Acme: threshold off (operation 6; take it back with `numctl undo 6`).\n"
    )
    assert answer("threshold", "set", "off")["operation"] is None


@pytest.mark.parametrize("percent", ["0", "101", "80%", "79.5", "-1", "+5", " 7", "", "OFF", "1_0", "٣"])
def test_thresholds_that_are_none(acme: Path, refusal, percent: str) -> None:
    assert refusal("threshold", "set", percent)["code"] == 2
    assert refusal("org", "set", "Sales", f"--threshold={percent}")["code"] == 2


def test_threshold_of_someone_else(acme: Path, refusal) -> None:
    assert refusal("threshold", "set", "5", "--org", "Acme", "--as", "Sales")["code"] == 4
    assert refusal("threshold", "show", "Finance", "--as", "Sales")["code"] == 5
