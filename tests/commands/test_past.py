"""``--at``: the store as it stood, whatever was done since."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from numctl import clock
from tests.commands.conftest import number

READ: tuple[tuple[str, ...], ...] = (
    ("search", "--all"),
    ("search", "--ranges"),
    ("search", "--count"),
    ("utilization", "--tree", "--by", "series"),
    ("report", "utilization"),
    ("org", "list"),
    ("org", "tree"),
    ("series", "list"),
)
SINCE: tuple[tuple[str, ...], ...] = (
    ("reserve", number(0), number(1), "--tag", "later"),
    ("label", number(2), "site=Oslo"),
    ("org", "rename", "Finance", "Money"),
    ("org", "move", "EMEA", "--to", "Money"),
    ("move", number(40), "--to", "Money"),
    ("add", f"{number(100)}..{number(109)}", "--series", "new"),
    ("remove", number(20), "--reason", "ported"),
    ("user", "rename", "Ann Lee", "Ann Low"),
    ("org", "add", "Lab"),
)


def test_everything_reads_as_it_did(acme: Path, numctl, rows) -> None:
    last = rows("history", "--limit", "1")[0]["operation"]
    before = {line: numctl(*line, "-o", "csv").out for line in READ}
    for line in SINCE:
        assert numctl(*line).code == 0, line
    for line, told in before.items():
        assert numctl(*line, "-o", "csv", "--at", f"operation:{last}").out == told, line
        today = numctl(*line, "-o", "csv", "--at", "today")
        assert (today.code, today.out, today.err) == (0, numctl(*line, "-o", "csv").out, ""), line


def test_what_is_to_come_is_refused(acme: Path, numctl) -> None:
    assert numctl("search", "--at", "operation:9999").code == 2


def test_a_hold_that_had_ended_by_then_shows_as_ended(acme: Path, numctl, rows, monkeypatch) -> None:
    reserved = ("reserve", number(0), "--tag", "x", "--until")
    for day, line in (("2030-01-01", (*reserved, "2030-01-03")), ("2030-01-09", ("series", "list"))):
        moment = datetime.fromisoformat(f"{day}T12:00:00+00:00")
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        assert numctl(*line).code == 0
    told = [rows("search", number(0), "--at", f"2030-01-0{day}")[0]["status"] for day in (2, 3, 4, 9)]
    assert told == ["reserved", "reserved", "available", "available"]
    assert rows("search", "--status", "reserved", "--tag", "x", "--at", "2030-01-05") == []
