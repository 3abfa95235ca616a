"""The demo: everything that there is to see is in it, and nothing is overwritten."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.on_server import contents


@pytest.fixture
def demo(store: Path, answer) -> dict[str, object]:
    return answer("demo")  # type: ignore[no-any-return]


def test_answers_like_a_change(demo, numctl) -> None:
    assert (demo["action"], demo["dry_run"]) == ("demo", False)
    assert demo["operation"] > 1
    assert (demo["organizations"], demo["numbers"]) == (8, 3490)
    assert int(numctl("search", "--count").out) == demo["numbers"]


def test_shows_all_there_is(demo, rows) -> None:
    paths = [row["organization"] for row in rows("org", "list")]
    assert max(path.count("/") for path in paths) == 2
    assert any(row["emails"] for row in rows("org", "list"))
    assert len(rows("series", "list")) == 3
    for status in ("available", "reserved", "assigned", "in-use"):
        assert rows("search", "--status", status, "--ranges")
    reserved = rows("search", "--status", "reserved")
    assert any(row["reserved_until"] for row in reserved)
    assert any(row["forwarded_to"] for row in reserved)
    assert rows("user", "list")
    over = [row for row in rows("utilization", "--tree") if row["over_threshold"]]
    assert [row["organization"] for row in over] == ["Acme/Finance"]


def test_its_five_categories_add_up(demo, rows) -> None:
    for row in rows("utilization", "--tree"):
        parts = ("available", "reserved", "assigned", "registered", "allocated")
        assert sum(row[part] for part in parts) == row["total"]


def test_its_consumption_ends_yesterday(demo, store: Path) -> None:
    today = datetime.now(UTC).date()
    days = [day for (day,) in sqlite3.connect(store).execute("SELECT DISTINCT day FROM usage ORDER BY day")]
    assert len(days) == 60
    assert date.fromisoformat(days[-1]) in (today - timedelta(1), today - timedelta(2))  # around midnight


def test_is_the_same_each_time_but_for_dates(demo, numctl, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    assert numctl("demo", "--db", other).code == 0
    columns = ("search", "--all", "-o", "csv")
    assert numctl(*columns).out == numctl(*columns, "--db", other).out


def test_readme_s_commands_run_on_it(demo, numctl) -> None:
    for line in (
        ("reserve", "14188980000+20", "--tag", "new office"),
        ("allocate", "--series", "1418", "--quantity", "200", "--to", "Sales"),
        ("withdraw", "--from", "Sales", "--series", "1418", "--quantity", "50"),
        ("move", "14188980100..14188980149", "--to", "Support"),
        ("assign", "--series", "1418", "--user", "Ada Moreau"),
        ("release", "14188980100", "--reserve", "left", "--forward-to", "14188980000"),
    ):
        assert numctl(*line).code == 0


def test_sentence_names_what_was_made(store: Path, numctl) -> None:
    out = numctl("demo").out
    assert out.startswith("Filled a store with 8 organizations and 3490 numbers (operation ")


def test_fills_a_store_that_is_empty(store: Path, numctl, rows) -> None:
    numctl("init", "--name", "Globex")
    assert numctl("demo").code == 0
    assert "Globex/Sales/EMEA" in [row["organization"] for row in rows("org", "list")]


@pytest.mark.parametrize("what", ["numbers", "organizations"])
def test_leaves_a_store_alone_that_is_in_use(store: Path, numctl, refusal, what: str) -> None:
    numctl("init", "--name", "Acme")
    numctl(*(["add", "3990", "--series", "S"] if what == "numbers" else ["org", "add", "Sales"]))
    before = contents(store)
    assert refusal("demo")["code"] == 6
    assert contents(store) == before


def test_leaves_another_file_alone(store: Path, refusal) -> None:
    store.write_text("precious")
    assert refusal("demo")["code"] == 10
    assert store.read_text() == "precious"


def test_is_the_root_s_alone(store: Path, numctl, refusal) -> None:
    numctl("init", "--name", "Acme")
    numctl("org", "add", "Sales")
    assert refusal("demo", "--as", "Sales")["code"] == 4


@pytest.mark.of_a_file("whether it is there")
@pytest.mark.parametrize("founded", [False, True])
def test_dry_run_makes_nothing(store: Path, numctl, answer, founded: bool) -> None:
    if founded:
        numctl("init", "--name", "Acme")
    before = contents(store) if founded else None
    would = answer("demo", "--dry-run")
    assert (would["operation"], would["dry_run"], would["numbers"]) == (None, True, 3490)
    assert (contents(store) if founded else None) == before
    assert store.exists() is founded


def test_retry_with_its_key_answers_as_the_first_time(store: Path, answer, refusal) -> None:
    first = answer("demo", "--op-key", "k")
    assert answer("demo", "--op-key", "k") == first
    assert refusal("demo", "--op-key", "l")["code"] == 6


def test_expecting_another_count_is_refused(store: Path, numctl, refusal) -> None:
    assert refusal("demo", "--expect", "1")["code"] == 6
    assert not store.exists()
    assert numctl("demo", "--expect", "3490").code == 0


@pytest.mark.of_a_file("whether it is there")
def test_the_program_alone_says_how_the_store_stands(numctl, store, tmp_path) -> None:
    said = numctl().out
    assert said.startswith(f"There is no store yet ({store}).")
    assert "\nUsage: numctl" in said
    assert not store.exists()
    assert numctl("demo").code == 0
    first, *told = numctl().out.split("\n\n")[0].splitlines()
    assert first == f"Acme: 3490 numbers, 45% in use, 1890 available to give out ({store})."
    assert told[0].startswith("At or above the threshold: Acme/Finance 76%.")
    assert "Messages that wait: 2." in told[-1]
    numctl("reserve", "14188980155", "--tag", "x", "--until", "+3d")
    assert "Held until a day of this week: 1." in numctl("--as", "Sales").out
    assert "Finance" not in numctl("--as", "Sales").out
    for env in ({"NUMCTL_AS": "Nobody"}, {"NUMCTL_DB": str(tmp_path)}):
        assert numctl(env=env).out.startswith("Usage: numctl")
    assert numctl("org").out.startswith("Usage: numctl org")
