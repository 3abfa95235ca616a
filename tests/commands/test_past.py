"""``--at``: the store as it stood, whatever was done since."""

from __future__ import annotations

from pathlib import Path

from tests.commands.conftest import number

READ = (
    ("search", "--all"),
    ("search", "--ranges"),
    ("search", "--count"),
    ("utilization", "--tree", "--by", "series"),
    ("report", "utilization"),
    ("org", "list"),
    ("org", "tree"),
    ("series", "list"),
)
SINCE = (
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
