"""``check`` where it looks at tables as a whole: what is amiss in one row is found among all the others."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from numctl.core.actions import inventory, subscribers
from numctl.core.actions import labels as labelling
from numctl.core.actions.subscribers import Keep
from numctl.core.changes import journal
from numctl.core.check import findings, labels, replay, spans
from numctl.core.numbers.ranges import Range
from numctl.core.store import integrity
from numctl.core.store.file_connection import FileConnection
from tests.company import Company

pytestmark = pytest.mark.of_a_file("a file is written to by hand")


@pytest.fixture
def connection(store: Path) -> Iterator[FileConnection]:
    """Users of two organizations, of single numbers and within a run; forwarding; two blocks."""
    company = Company(store)
    company.do("add", lambda op: inventory.add(op, [Range(1418200, 1418209)], "1418"))
    company.do("move", lambda op: inventory.move(op, [Range(1418010, 1418019)], "Sales"))
    for number, name in enumerate(("ann", "bob", "Élodie"), 1418000):
        company.do(
            "assign",
            lambda op, number=number, name=name: subscribers.assign(op, [Range(number, number)], name),
        )
    company.do("assign", lambda op: subscribers.assign(op, [Range(1418010, 1418012)], "cleo", "Sales"))
    company.do("release", lambda op: subscribers.release(op, [Range(1418001, 1418001)], Keep("x", 1418099)))
    company.store.close()
    with closing(sqlite3.connect(store, factory=FileConnection, isolation_level=None)) as opened:
        yield opened


LOOKS = (
    integrity.references,
    spans.overlaps,
    spans.extents,
    findings.counts,
    findings.folded,
    findings.single_numbers,
    replay.inventory,
    replay.details,
)


def found(connection: FileConnection) -> list[str]:
    return [said for look in LOOKS for said in look(connection)]


def test_of_a_sound_store_no_row_is_looked_at_by_itself(connection: FileConnection) -> None:
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    assert found(connection) == []
    by_itself = (findings._SINGLE, replay._CHANGES, "PRAGMA foreign_key_check", spans._SPANS)
    assert not set(asked) & set(by_itself)


AMISS = [
    ("UPDATE detail SET user = 99 WHERE number = 1418000", "Row 1418000 of detail names one of user that"),
    ("UPDATE detail SET user = 0 WHERE number = 1418000", "Row 1418000 of detail names one of user that"),
    ("DELETE FROM user WHERE id = 1", "Row 1418000 of detail names one of user that isn't there."),
    ("DELETE FROM user", "Row 1418012 of detail names one of user that isn't there."),
    ("UPDATE piece SET before = 99 WHERE before IS NOT NULL", "A row of piece names one of state that isn't"),
    ("UPDATE piece SET operation = 99 WHERE operation = 5", "A row of piece names one of operation that"),
    (
        "UPDATE user SET organization = 3 WHERE id = 1",
        "1418000 has a user of organization 3, but organization 1",
    ),
    ("UPDATE user SET organization = 3 WHERE name = 'cleo'", "1418011 has a user of organization 3, but"),
    ("UPDATE detail SET number = 1418013 WHERE number = 1418012", "1418013 is available, but has a user."),
    (
        "UPDATE detail SET number = 1418150 WHERE number = 1418012",
        "1418150 is not in the inventory, but has a",
    ),
    (
        "DELETE FROM detail WHERE number = 1418011",
        "1418010..1418012 is given to users, but not each number has",
    ),
    (
        "UPDATE detail SET number = 1418050 WHERE forward_to = 1418099",
        "1418050 is available, but is forwarded.",
    ),
    (
        "UPDATE detail SET number = 1418150 WHERE forward_to = 1418099",
        "1418150 is not in the inventory, but is",
    ),
    (
        "UPDATE detail SET user = NULL, forward_to = 1418099 WHERE number = 1418000",
        "1418000 is assigned, but is forwarded.",
    ),
    (
        "UPDATE detail SET user = 2 WHERE number = 1418000",
        "1418000 has another user or forwarding number than",
    ),
    (
        "UPDATE detail SET forward_to = 1418098 WHERE user IS NULL",
        "1418001 has another user or forwarding num",
    ),
    (
        "INSERT INTO detail_change (operation, position, number, user_after)"
        " SELECT operation, 9, number, user_after FROM detail_change WHERE number = 1418000;"
        " INSERT INTO detail VALUES (1418050, 1, NULL)",
        "1418050 has a user or forwarding number that the journal doesn't know.",
    ),
    (
        "INSERT INTO detail_change (operation, position, number, user_after)"
        " SELECT operation, 9, number, user_after FROM detail_change WHERE number = 1418000",
        "found 1418000 with another user or forwarding number.",
    ),
    (
        "INSERT INTO piece (operation, position, first, more, after)"
        " SELECT operation, 9, first, more, after FROM piece WHERE first = 1418200;"
        " INSERT INTO span VALUES (1418150, 0, 1)",
        "1418150 is in state 1, but by the journal it is in no state",
    ),
    (
        "UPDATE extent SET first = first + 1, last = last + 1 WHERE first = 1418000",
        "The block 1418001..1418100 is",
    ),
    (
        "UPDATE extent SET last = last - 1 WHERE first = 1418000;"
        " UPDATE extent SET last = last + 1 WHERE first = 1418200",
        "The unbroken block 1418000..1418099 of the inventory is not listed.",
    ),
    (
        "UPDATE tally SET n = n + 1 WHERE status = 'assigned' AND organization = 1",
        "organization 1 in series 1 is",
    ),
    ("UPDATE user SET folding = 'anna' WHERE name = 'ann'", "Row 1 of user is not found by its name"),
    ("UPDATE user SET folding = NULL WHERE name = 'Élodie'", "Row 3 of user is not found by its name"),
    (
        "UPDATE user SET name = 'x' || char(0) || 'Ä' WHERE name = 'ann'",
        "Row 1 of user is not found by its name",
    ),
    (
        "UPDATE organization SET folded = 'other' WHERE id = 2",
        "Row 2 of organization is not found by its name",
    ),
    ("UPDATE series SET folded = 'other'", "Row 1 of series is not found by its name"),
]


@pytest.mark.parametrize(("script", "told"), AMISS)
def test_one_row_among_many_is_found(connection: FileConnection, script: str, told: str) -> None:
    connection.executescript(script)
    said = found(connection)
    assert any(told in sentence for sentence in said), said


def test_where_ids_have_holes_each_reference_is_looked_at(connection: FileConnection) -> None:
    connection.execute("INSERT INTO user (id, organization, name) VALUES (50, 1, 'far')")
    assert list(integrity.references(connection)) == []
    connection.execute("UPDATE detail SET user = 49 WHERE number = 1418000")
    (said,) = integrity.references(connection)
    assert said == "Row 1418000 of detail names one of user that isn't there."


def test_rows_are_hashed_as_they_always_were(connection: FileConnection) -> None:
    """The text that the first stores were sealed with, whatever puts it together now."""
    pieces = "printf('%s,%s,%s,%s,%s', line, first, last, before, after)"
    details = "number || " + " || ".join(
        f"',' || quote({name})" for name in ("user_before", "user_after", "forward_before", "forward_after")
    )
    for label, text, now, table in (
        ("pieces", pieces, journal._PIECE_TEXT, "piece"),
        ("details", details, journal._DETAIL_TEXT, "detail_change"),
    ):
        statement = "SELECT group_concat({}, ';') FROM (SELECT * FROM {} ORDER BY operation, position)"
        (then,) = connection.execute(statement.format(text, table)).fetchone()
        (rows,) = connection.execute(statement.format(now, table)).fetchone()
        assert journal.spelled(label, rows) == f"{label}:{then}".encode()


LABELLED = [
    ("UPDATE label_set SET checksum = checksum + 1 WHERE id = 2", "The labels of set 2 are not found"),
    ("UPDATE label SET folded = 'c' WHERE label_set = 2", "The labels of set 2 are not what is beside it."),
    ("UPDATE label SET written = 'c' WHERE label_set = 2", "The labels of set 2 are not what is beside it."),
    ("UPDATE label SET key = 'other' WHERE label_set = 2", "The labels of set 2 are not what is beside it."),
    ("UPDATE label SET label_set = 9 WHERE label_set = 3", "The labels of set 3 are not what is beside it."),
    ("DELETE FROM label WHERE label_set = 1", "The labels of set 1 are not what is beside it."),
    ("INSERT INTO label VALUES ('more', 'x', 3, NULL)", "The labels of set 3 are not what is beside it."),
    (
        "UPDATE label SET folded = 'É', written = 'É' WHERE label_set = 4",
        "The labels of set 4 are not what is",
    ),
]


@pytest.mark.parametrize("at_once", [1, 2, 10_000])
@pytest.mark.parametrize(("script", "told"), [("", ""), *LABELLED])
def test_one_set_of_labels_among_many_is_found(
    store: Path, monkeypatch: pytest.MonkeyPatch, script: str, told: str, at_once: int
) -> None:
    """Sets of one plain label, of several, and of what JSON writes otherwise."""
    monkeypatch.setattr(labels, "_AT_ONCE", at_once)
    company = Company(store)
    for number, given in enumerate(
        ({"site": "Paris"}, {"site": "Lyon"}, {"a": "b", "site": "Lyon"}, {"site": "Évry"}, {"note": 'a"b'}),
        1418000,
    ):
        company.do(
            "label",
            lambda op, number=number, given=given: labelling.label(op, [Range(number, number)], given),
        )
    company.store.close()
    with closing(sqlite3.connect(store, factory=FileConnection, isolation_level=None)) as opened:
        opened.executescript(script)
        assert [said[: len(told)] for said in labels.sets(opened)] == [told] * bool(told)
