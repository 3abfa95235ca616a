"""Numbers that rest: by the rule of their series or organization, until their day, and given to nobody."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from numctl import clock
from tests.commands.conftest import FIRST, number
from tests.faults import auditing


def in_days(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days)).isoformat()


def test_the_rule_is_the_series_then_the_nearest_organization_s(acme: Path, numctl, state) -> None:
    numctl("org", "set", "Acme", "--aging", "10")
    numctl("org", "set", "Finance", "--aging", "off")
    numctl("release", number(72))  # EMEA's, by the root's rule
    assert (state(number(72))["status"], state(number(72))["reserved_until"]) == ("aging", in_days(10))
    numctl("release", number(90))  # Finance's
    assert state(number(90))["status"] == "available"
    numctl("series", "set", "1418", "--aging", "45")
    numctl("release", number(70))
    assert state(number(70))["reserved_until"] == in_days(45)
    numctl("release", number(71), "--cool", "0")
    assert state(number(71))["status"] == "available"
    numctl("series", "set", "1418", "--aging", "inherit")
    numctl("org", "set", "EMEA", "--aging", "3")
    numctl("assign", number(75), "--user", "Zoe")
    numctl("release", number(75))
    assert state(number(75))["reserved_until"] == in_days(3)


@pytest.mark.promise(44)
@pytest.mark.parametrize(
    "line",
    [
        ["assign", FIRST, "--user", "New"],
        ["reserve", FIRST, "--tag", "x"],
        ["unreserve", FIRST],
        ["retag", FIRST, "--tag", "x"],
        ["register", FIRST],
        ["release", FIRST],
        ["age", FIRST, "--until", "+9d"],
        ["forward", FIRST, "--to", "3990"],
    ],
    ids=" ".join,
)
def test_an_aging_number_is_nobody_s(acme: Path, numctl, refusal, line: list[str]) -> None:
    numctl("age", FIRST, "--until", "+5d")
    assert refusal(*line)["code"] == 6


@pytest.mark.promise(44)
def test_no_choice_takes_one(acme: Path, numctl, answer, refusal) -> None:
    numctl("age", FIRST, number(1), "--until", "+5d")
    taken = answer("reserve", "--series", "1418", "--quantity", "3", "--tag", "x")
    assert taken["ranges"][0]["first"] == number(2)
    assert refusal("allocate", "--series", "1418", "--quantity", "36", "--to", "Sales")["code"] == 6


def test_it_moves_keeps_its_forwarding_and_is_freed_with_a_reason(acme: Path, numctl, state, refusal) -> None:
    numctl("release", number(72), "--cool", "30", "--forward-to", "3990")
    assert numctl("forward", number(72), "--to", "3991").code == 0
    numctl("move", number(72), "--to", "Finance")
    found = state(number(72))
    assert (found["organization"], found["status"], found["forwarded_to"]) == (
        *("Acme/Finance", "aging", "3991"),
    )
    assert refusal("free", number(72))["code"] == 2
    assert numctl("free", number(72), "--message", "asked for").code == 0
    assert (state(number(72))["status"], state(number(72))["forwarded_to"]) == ("available", None)


def test_on_its_day_it_rests_and_after_it_is_free(
    acme: Path, numctl, state, monkeypatch: pytest.MonkeyPatch
) -> None:
    numctl("age", FIRST, "--until", "2028-02-29")
    for moment, status in (("2028-02-29T23:59:59", "aging"), ("2028-03-01T00:00:00", "available")):
        monkeypatch.setattr(clock, "now", lambda at=moment: datetime.fromisoformat(at).replace(tzinfo=UTC))
        assert state(FIRST)["status"] == status


def test_it_counts_as_reserved_and_is_shown_beside(acme: Path, numctl, rows) -> None:
    numctl("age", FIRST, number(1), "--until", "+5d")
    (row,) = rows("utilization")
    assert (row["reserved"], row["aging"], [*row][-1]) == (2, 2, "aging")
    assert [row["status"] for row in rows("search", "--status", "aging")] == ["aging"] * 2


@pytest.mark.parametrize(
    ("text", "day"),
    [("+3d", 3), ("+2w", 14), ("today", 0)],
)
def test_days_from_today(acme: Path, numctl, state, text: str, day: int) -> None:
    numctl("reserve", FIRST, "--tag", "x", "--until", text)
    assert state(FIRST)["reserved_until"] == in_days(day)


def test_months_and_years_from_today(
    acme: Path, numctl, state, monkeypatch: pytest.MonkeyPatch, refusal
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2028, 1, 31, tzinfo=UTC))
    for text, day in (("+1m", "2028-02-29"), ("+1y", "2029-01-31"), ("+13m", "2029-02-28")):
        numctl("reserve", FIRST, "--tag", "x", "--until", text)
        assert state(FIRST)["reserved_until"] == day
        numctl("unreserve", FIRST)
    for text in ("-1d", "yesterday", "+3", "+3x", "+9999y", "+99999999999999999999d", "3d"):
        assert refusal("reserve", FIRST, "--tag", "x", "--until", text)["code"] == 2, text


def test_a_reservation_is_made_longer_or_endless(acme: Path, numctl, state) -> None:
    numctl("release", number(72), "--reserve", "left", "--forward-to", "3990", "--until", "+5d")
    numctl("retag", number(72), "--until", "+6w")
    found = state(number(72))
    assert (found["reserved_tag"], found["reserved_until"], found["forwarded_to"]) == (
        *("left", in_days(42), "3990"),
    )
    numctl("retag", number(72), "--until", "never", "--tag", "other")
    assert (state(number(72))["reserved_tag"], state(number(72))["reserved_until"]) == ("other", None)


def test_what_an_older_store_held_by_cool_rests_and_what_was_tagged_does_not(
    numctl, rows, store: Path
) -> None:
    """A store of the first schema, with a hold that its `release --cool` made, moved since, and two alike."""
    source = Path(__file__).parents[1] / "stores" / "v1.db"
    store.write_bytes(source.read_bytes())
    one, two, three = 14188980013, 14188980400, 14188980401
    statements = [
        "INSERT INTO state (series, organization, status, tag, until, folded)"
        " VALUES (2, 2, 'reserved', 'cooling', '2099-12-31', 'cooling')",
    ]
    for statement in statements:
        auditing.rows(store, statement)
    # The journal of v1.db: 13 was released with a tag of its own; what is tagged by hand stays reserved.
    assert numctl("history", "--limit", "1").code == 0
    assert rows("history", "--limit", "1")[0]["action"] == "upgrade"
    assert {row["status"] for row in rows("search", str(one))} == {"reserved"}
    for number_ in (two, three):
        numctl("reserve", str(number_), "--tag", "cooling", "--until", "+5d")
    assert {row["status"] for row in rows("search", "--tag", "cooling")} == {"reserved"}
    assert numctl("check").code == 0


def test_batches_know_them(acme: Path, answer, state) -> None:
    lines = [
        {"action": "age", "numbers": [FIRST, number(1)], "until": "+5d"},
        {"action": "free", "numbers": [FIRST]},
        {"action": "release", "numbers": [number(72)], "cool": 9},
        {"action": "retag", "numbers": [number(73)], "until": "+1w"},
    ]
    assert answer("batch", "-", input="\n".join(map(json.dumps, lines)))["count"] == 4
    assert [state(number(n))["status"] for n in (0, 1, 72)] == ["available", "aging", "aging"]
    assert state(number(73))["reserved_until"] == in_days(7)


def test_undo_gives_the_rule_back(acme: Path, numctl, answer: Callable[..., dict[str, object]]) -> None:
    numctl("series", "set", "1418", "--aging", "45", "--description", "Quebec")
    numctl("undo")
    assert answer("release", number(72)).get("until") is None
