"""``utilization --by label.KEY``, ``--since``, ``report utilization --months``: against counts one by one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from numctl import clock
from tests.commands.conftest import number

FIGURES = ("total", "in_use", "available", "reserved", "assigned", "registered", "allocated")


@pytest.fixture
def labelled(acme, numctl) -> None:
    """Site Paris for 5 of Acme's, 65..74 of Sales and EMEA; Oslo, in another case too, for one each."""
    for numbers, site in [
        (f"{number(0)}+5", "Paris"),
        (f"{number(65)}+10", "Paris"),
        (number(90), "Oslo"),
        (number(91), "oslo"),
    ]:
        assert numctl("label", numbers, f"site={site}", "floor=1").code == 0


def counted(rows, organization: str, site: str | None) -> dict[str, int]:
    """The figures, from a list of all numbers."""
    found = [
        row for row in rows("search", "--org", organization, "--below") if row["labels"].get("site") == site
    ]
    own = [row["status"] for row in found if row["organization"] == organization]
    return {
        "total": len(found),
        "in_use": len(found) - own.count("available"),
        "available": own.count("available"),
        "reserved": own.count("reserved") + own.count("aging"),
        "assigned": own.count("assigned"),
        "registered": own.count("in-use"),
        "allocated": len(found) - len(own),
    }


def test_each_value_has_a_row_and_what_has_none_comes_last(labelled, rows) -> None:
    found = rows("utilization", "--tree", "--by", "label.site")
    assert [(row["organization"], row["label.site"]) for row in found] == [
        ("Acme", "Oslo"),
        ("Acme", "oslo"),
        ("Acme", "Paris"),
        ("Acme", None),
        ("Acme/Finance", "Oslo"),
        ("Acme/Finance", "oslo"),
        ("Acme/Finance", None),
        ("Acme/Sales", "Paris"),
        ("Acme/Sales", None),
        ("Acme/Sales/EMEA", "Paris"),
        ("Acme/Sales/EMEA", None),
    ]
    assert [*found[0]][:2] == ["organization", "label.site"]
    for row in found:
        assert {field: row[field] for field in FIGURES} == counted(
            rows, row["organization"], row["label.site"]
        )


def test_by_a_label_within_scope_and_in_the_past(labelled, rows, numctl) -> None:
    mine = rows("utilization", "--as", "Finance", "--by", "label.site")
    assert [row["label.site"] for row in mine] == ["Oslo", "oslo", None]
    assert rows("utilization", "--by", "label.site", "--at", "operation:4")[0]["label.site"] is None
    assert [row["label.none"] for row in rows("utilization", "--by", "label.none")] == [None]
    for wrong in (["--by", "label."], ["--by", "org"], ["--by", "label.site", "--forecast"]):
        assert numctl("utilization", *wrong).code == 2


def test_since_shows_both(acme, numctl, rows) -> None:
    numctl("org", "add", "New")
    numctl("reserve", number(0), "--tag", "x")
    found = rows("utilization", "--tree", "--since", "operation:4")
    assert [*found[0]][:2] == ["at", "organization"]
    assert [(row["organization"], row["reserved"]) for row in found[:2]] == [("Acme", 0), ("Acme", 1)]
    assert found[0]["at"] == "2026-01-05T09:00:00Z" < found[1]["at"]
    assert [row["organization"] for row in found].count("Acme/New") == 1
    assert rows("utilization", "--since", "operation:5", "--at", "operation:5")[0]["reserved"] == 0
    assert numctl("utilization", "--since", "operation:4", "--forecast").code == 2


def test_a_row_for_each_months_end(acme, numctl, rows, monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 2, 10, tzinfo=UTC))
    numctl("reserve", number(0), "--tag", "x")
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 4, 1, 12, tzinfo=UTC))
    numctl("unreserve", number(0))
    found = rows("report", "utilization", "--months", "12", "--org", "Acme")
    own = [row for row in found if (row["organization"], row["series"]) == ("Acme", "1418")]
    assert [(row["at"], row["reserved"]) for row in own] == [
        ("2026-01-31T23:59:59Z", 0),
        ("2026-02-28T23:59:59Z", 1),
        ("2026-03-31T23:59:59Z", 1),
    ]
    header = numctl("report", "utilization", "--months", "1").out.splitlines()[0]
    assert header.startswith("at,organization,series,total")
    assert numctl("report", "utilization", "--months", "1", "--at", "yesterday").code == 2
    assert numctl("report", "utilization", "--months", "0").code == 2


def test_reports_as_of_a_moment(acme, numctl, rows, monkeypatch, tmp_path) -> None:
    before = {
        line: rows("report", *line.split()) for line in ("blocks --size 10", "nruf --size 10", "utilization")
    }
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 1, 8, tzinfo=UTC))
    numctl("assign", number(0), "--user", "Eve")
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 8, tzinfo=UTC))
    numctl("register", number(0))
    for line, there in before.items():
        if line != "nruf --size 10":
            assert rows("report", *line.split(), "--at", "operation:4") == there
            assert rows("report", *line.split()) != there
    (block, *_) = rows("report", "nruf", "--size", "10", "--at", "2026-01-13")
    assert (block["assigned"], block["available"]) == (0, 10)  # the short ones
    by_day = {
        day: next(r for r in rows("report", "nruf", "--size", "10", "--at", day) if r["first"] == number(0))
        for day in ("2026-01-08", "2026-01-12", "2026-01-13", "2026-12-08")
    }
    kinds = {day: (row["assigned"], row["reserved"]) for day, row in by_day.items()}
    assert kinds == {
        "2026-01-08": (1, 0),
        "2026-01-12": (1, 0),
        "2026-01-13": (0, 1),
        "2026-12-08": (1, 0),
    }
    preamble = numctl("report", "nruf", "--at", "2026-01-12", "--preamble").out.splitlines()
    assert "time,2026-01-12T23:59:59Z" in preamble
    page = tmp_path / "page.html"
    numctl("report", "dashboard", "--at", "2026-01-12", "--out", page)
    assert 'datetime="2026-01-12T23:59:59Z"' in page.read_text()
