"""``search --idle`` and ``report consumption --idle``: in use, with records of the days, and no usage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from numctl import clock
from tests.commands.conftest import number

TODAY = datetime(2026, 3, 1, 9, tzinfo=UTC)
IN_USE = [number(71), number(72), number(90)]


@pytest.fixture
def used(acme, numctl, monkeypatch) -> None:
    """71 was used 31 days ago, 72 yesterday, 90 had a record of nothing yesterday; all three are in use."""
    monkeypatch.setattr(clock, "now", lambda: TODAY)
    rows = [(31, number(71), 60), (1, number(72), 5), (1, number(90), 0)]
    listed = [f"{(TODAY - timedelta(ago)).date()},{number},{seconds}" for ago, number, seconds in rows]
    text = "\n".join(["date,number,voice_incoming_seconds", *listed]) + "\n"
    assert numctl("usage", "import", "-", input=text).code == 0


@pytest.mark.parametrize(
    ("days", "idle"), [("1", IN_USE[::2]), ("30", IN_USE[::2]), ("31", [IN_USE[2]]), ("32", []), ("900", [])]
)
def test_idle_is_without_usage_in_days_that_records_cover(used, numctl, days, idle) -> None:
    ended = numctl("search", "--idle", days, "--columns", "number")
    assert ended.out.split() == idle
    assert ("don't cover" in ended.err) == (not idle)
    assert numctl("search", "--idle", days, "--count").out == f"{len(idle)}\n"
    down = numctl("search", "--idle", days, "--columns", "number", "--desc")
    assert down.out.split() == idle[::-1]


def test_records_of_several_days_count_together(used, numctl) -> None:
    """The later number was used first."""
    text = f"date,number,data_bytes\n2026-02-20,{number(90)},1\n2026-02-25,{number(71)},1\n"
    assert numctl("usage", "import", "-", input=text).code == 0
    assert numctl("search", "--idle", "31").out == ""


def test_idle_narrows_with_the_rest(used, numctl, rows) -> None:
    assert [row["number"] for row in rows("search", "--idle", "30", "--org", "EMEA")] == [number(71)]
    assert rows("search", "--idle", "30", "--status", "available") == []
    assert [row["number"] for row in rows("search", "--idle", "30", "--as", "Finance")] == [number(90)]
    assert [row["number"] for row in rows("search", "--idle", "30", "--user", "ann")] == [number(71)]
    assert numctl("search", "--idle", "30", "--at", "operation:4").out == ""
    for wrong in ("0", "-1", "x", "9" * 15):
        assert numctl("search", "--idle", wrong).code == 2


def test_the_report_tells_those_of_a_period(used, numctl, rows) -> None:
    period = ("--from", "2026-01-29", "--to", "2026-02-27")
    found = rows("report", "consumption", "--idle", *period)
    assert [row["number"] for row in found] == IN_USE[1:]
    assert {*found[0].values()} == {number(72), 0}
    assert (
        numctl("report", "consumption", "--idle", *period).out.splitlines()[1]
        == f"{number(72)},0.00,0.00,0,0,0.00"
    )
    assert [
        row["number"] for row in rows("report", "consumption", "--idle", "--org", "Finance", *period)
    ] == [number(90)]
    assert rows("report", "consumption", "--idle", "--from", "2025-01-01") == []
    assert numctl("report", "consumption", "--idle", "--by", "day").code == 2


def test_consumption_by_a_label(used, numctl, rows) -> None:
    for n, site in [(71, "Paris"), (72, "oslo"), (90, "oslo")]:
        assert numctl("label", number(n), f"site={site}").code == 0
    found = rows("report", "consumption", "--by", "label.site", "--from", "2026-01-01")
    sums = [(row["label.site"], row["voice_incoming_minutes"]) for row in found]
    assert sums == [("oslo", 0.08), ("Paris", 1.0)]
    (row,) = rows("report", "consumption", "--by", "label.none", "--from", "2026-01-01")
    assert (row["label.none"], row["voice_incoming_minutes"]) == (None, 1.08)
    assert numctl("report", "consumption", "--by", "label.").code == 2


def test_days_of_reports_count_from_today(used, numctl, rows) -> None:
    named = rows("report", "consumption", "--by", "number", "--from", "2026-01-29", "--to", "2026-02-28")
    assert rows("report", "consumption", "--by", "number", "--from=-31d", "--to", "yesterday") == named
    assert [row["number"] for row in named] == [number(71), number(72), number(90)]
    assert rows("report", "disconnects", "--from=-2m", "--to", "today") == []
    assert numctl("report", "disconnects", "--from", "today", "--to", "yesterday").code == 2
    assert numctl("report", "consumption", "--from", "soon").code == 2
