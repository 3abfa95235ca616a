"""``numctl check`` and ``numctl backup``: a sound store, each kind of damage, what is repaired, copies."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from numctl.core.actions import inventory, organizations, reservations, subscribers
from numctl.core.actions.subscribers import Keep
from numctl.core.check import chain
from numctl.core.numbers.ranges import Range
from numctl.core.store.file_connection import FileConnection
from numctl.core.undo.undoing import undo
from tests.company import Company
from tests.conftest import FULL, Numctl
from tests.on_server import contents

FLIPS = 1_000 if FULL else 30


@pytest.fixture
def company(store: Path) -> Company:
    """Numbers in every status, an undone operation, a hold with a date, a message that waits."""
    company = Company(store)
    company.do("org set", lambda op: organizations.set_up(op, None, {"threshold": 50}))
    company.do(
        "reserve", lambda op: reservations.reserve(op, [Range(1418000, 1418059)], "é", until="2999-12-31")
    )
    company.do("assign", lambda op: subscribers.assign(op, [Range(1418060, 1418064)], "ann"))
    company.do("register", lambda op: subscribers.register(op, [Range(1418060, 1418061)]))
    company.do("release", lambda op: subscribers.release(op, [Range(1418062, 1418062)], Keep("x", 1418099)))
    company.do("move", lambda op: inventory.move(op, [Range(1418070, 1418079)], "Sales"))
    company.do("undo", undo)
    company.do("move", lambda op: inventory.move(op, [Range(1418080, 1418089)], "Finance"))
    company.store.close()
    return company


def write(store: Path, script: str) -> None:
    with closing(sqlite3.connect(store)) as connection:
        connection.executescript(script)


def dumped(store: Path) -> list[str]:
    """All rows that a store holds, as SQL, but for counts of nothing."""
    with closing(sqlite3.connect(store)) as connection:
        lines = sorted(line for line in connection.iterdump() if line.startswith("INSERT INTO"))
    return [
        line
        for line in lines
        if "_sqlite_" not in line and not (line.startswith('INSERT INTO "tally"') and line.endswith(",0);"))
    ]


def test_a_sound_store(company: Company, numctl: Numctl) -> None:
    said = numctl("check")
    assert said.code == 0
    with closing(sqlite3.connect(company.path, factory=FileConnection)) as connection:
        head = chain.verify(connection).head
    assert said.out == f"The store is sound: 13 operations, 100 numbers. The head is {head}.\n"
    assert numctl("check", "-o", "json").out == "[]\n"
    assert numctl("check", "--repair").out == said.out
    assert [path.name for path in company.path.parent.iterdir() if "repair" in path.name] == []


def test_a_list_of_what_is_wrong(company: Company, numctl: Numctl) -> None:
    write(company.path, "UPDATE tally SET n = n + 1; UPDATE message SET facts = 'x' WHERE id = 1")
    ending = numctl("check", "-o", "json")
    assert ending.code == 12
    problems = [row["problem"] for row in json.loads(ending.out)]
    assert "The count of available numbers of organization 1 in series 1 is 26, but there are 25." in problems
    assert problems[-1] == "What message 1 is to say can't be read."
    assert numctl("check").out == "".join(f"{problem}\n" for problem in problems)


MENDED = [
    "UPDATE tally SET n = n + 1",
    "DELETE FROM tally",
    "DELETE FROM extent",
    "UPDATE extent SET last = last - 1",
    "INSERT INTO extent VALUES (3999, 3999)",
    "UPDATE inventory SET due = ''",
    "UPDATE inventory SET due = '3000-01-01'",
    "UPDATE operation SET undone_by = NULL",
    "UPDATE operation SET undone_by = 3 WHERE id = 7",
    "UPDATE span SET more = 2 WHERE first = 1418090; INSERT INTO span SELECT 1418093, 2, state"
    " FROM span WHERE first = 1418090; INSERT INTO span SELECT 1418096, 3, state FROM span"
    " WHERE first = 1418090; DELETE FROM tally",
]


@pytest.mark.parametrize("statement", MENDED)
def test_what_can_be_derived_is_repaired_after_a_backup(
    company: Company, numctl: Numctl, statement: str
) -> None:
    sound = dumped(company.path)
    write(company.path, statement)
    damaged = dumped(company.path)
    assert numctl("check").code == 12
    ending = numctl("check", "--repair")
    assert (ending.code, ending.out[:18]) == (0, "The store is sound")
    (copy,) = company.path.parent.glob("inventory.db.before-repair-*")
    assert str(copy) in ending.err
    assert dumped(copy) == damaged
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert dumped(company.path) == sound


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM span WHERE first = 1418090; DELETE FROM tally",
        "UPDATE piece SET more = more - 1 WHERE operation = 7",
        "UPDATE operation SET message = 'x' WHERE id = 7",
        "DELETE FROM detail",
    ],
)
def test_what_can_not_be_derived_is_left_alone(company: Company, numctl: Numctl, statement: str) -> None:
    write(company.path, statement)
    damaged = contents(company.path)
    ending = numctl("check", "--repair")
    assert ending.code == 12
    assert "go back to a backup" in ending.err
    assert contents(company.path) == damaged
    assert not list(company.path.parent.glob("*repair*"))


@pytest.mark.of_a_file("SQLite's own schema")
def test_indexes_are_built_anew(company: Company, numctl: Numctl) -> None:
    hide = "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'message_waiting'"
    with closing(sqlite3.connect(company.path)) as connection:
        row = connection.execute("SELECT * FROM sqlite_schema WHERE name = 'message_waiting'").fetchone()
    write(company.path, hide)
    write(
        company.path,
        "INSERT INTO message (at, organization, kind, recipients, subject, facts, message_id)"
        " SELECT at, organization, kind, recipients, subject, facts, 'other' FROM message WHERE id = 1",
    )
    with closing(sqlite3.connect(company.path)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", row)
        connection.commit()
    assert "index message_waiting" in numctl("check").out
    assert "Built the indexes anew" in numctl("check", "--repair").err
    assert numctl("check").code == 0


def test_many_findings_of_a_kind_are_counted(company: Company, numctl: Numctl) -> None:
    write(
        company.path,
        "WITH RECURSIVE n (i) AS (SELECT 200 UNION ALL SELECT i + 2 FROM n WHERE i < 298)"
        " INSERT INTO extent SELECT i, i FROM n",
    )
    out = numctl("check").out.splitlines()
    assert len(out) == 21
    assert out[-1] == "And 30 more of this kind."


def test_flipped_bytes_are_found_and_never_crash(company: Company, numctl: Numctl) -> None:
    """What a flip changes in numbers, states or counts is found; nothing else than a sentence is said."""
    sound = contents(company.path)
    expected = _numbers(company.path)
    chosen = random.Random(11)  # noqa: S311 - which bytes are flipped is no secret
    for place in chosen.sample(range(len(sound)), FLIPS):
        content = bytearray(sound)
        content[place] ^= 1 << chosen.randrange(8)
        company.path.write_bytes(content)
        ending = numctl("check")
        assert ending.code in (0, 10, 12), (place, ending)
        assert "Traceback" not in ending.err
        assert ending.code or _numbers(company.path) == expected, place


def _numbers(path: Path) -> list[object]:
    with closing(sqlite3.connect(path)) as connection:
        return [
            connection.execute(statement).fetchall()
            for statement in (
                "SELECT first, last, series, organization, status, tag, until"
                " FROM span JOIN state ON state.id = state",
                "SELECT * FROM tally",
                "SELECT number, user, forward_to FROM detail",
            )
        ]


def test_below_the_root_there_is_nothing_to_check_or_copy(
    company: Company, numctl: Numctl, tmp_path: Path
) -> None:
    for line in (["check"], ["check", "--repair"], ["backup", str(tmp_path / "copy.db")]):
        assert numctl(*line, "--as", "Sales").code == 4
        assert numctl(*line, "--as", "Nobody").code == 5
    assert not (tmp_path / "copy.db").exists()


@pytest.mark.of_a_file("its backup is of the same tables")
def test_a_backup_is_a_good_store_of_the_owner_alone(
    company: Company, numctl: Numctl, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    old = os.umask(0)
    try:
        (facts,) = json.loads(numctl("backup", copy, "-o", "json").out)
    finally:
        os.umask(old)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert facts == {
        "file": str(copy),
        "bytes": copy.stat().st_size,
        "operation": 13,
        "head": json.loads(numctl("history", "--verify", "-o", "json").out)[0]["head"],
    }
    assert numctl("check", "--db", copy).code == 0
    assert numctl("history", "--verify", "--head", facts["head"]).code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "home", "inventory.db"]


@pytest.mark.parametrize("force", [False, True])
def test_a_backup_follows_no_link_and_replaces_only_when_told(
    company: Company, numctl: Numctl, tmp_path: Path, force: bool
) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    links = [tmp_path / name for name in ("link", "dangling")]
    links[0].symlink_to(precious)
    links[1].symlink_to(tmp_path / "nowhere")
    for link in links:
        ending = numctl("backup", link, *["--force"] * force)
        assert ending.code == (0 if force else 6)
        assert link.is_symlink() is not force
    assert precious.read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.of_a_file("a backup over the store")
@pytest.mark.parametrize(
    ("name", "code"), [("-", 2), ("", 2), (".", 2), ("none/copy.db", 1), ("inventory.db", 2)]
)
def test_where_a_backup_can_t_go(
    company: Company, numctl: Numctl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    before = contents(company.path)
    assert numctl("backup", name, "--force").code == code
    assert contents(company.path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "inventory.db"]


@pytest.mark.of_a_file("tables that SQLite lacks")
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM catalog_change", "The catalog has no journal."),
        ("DROP TABLE label_piece", "Labels can't be read: no such table: label_piece."),
    ],
)
def test_what_is_not_there_is_told(company: Company, numctl: Numctl, statement: str, told: str) -> None:
    write(company.path, statement)
    ending = numctl("check")
    assert (ending.code, told in ending.out.splitlines()) == (12, True)


def test_a_circle_of_forwarding_is_told_once_with_its_lowest_number(company: Company, numctl: Numctl) -> None:
    """What leads into a circle is not of it."""
    pairs = [(1418000, 1418003), (1418002, 1418003), (1418003, 1418004), (1418004, 1418002)]
    with closing(sqlite3.connect(company.path)) as connection, connection:
        connection.executemany("INSERT INTO detail (number, forward_to) VALUES (?, ?)", pairs)
    ending = numctl("check")
    assert ending.out.count("circle") + ending.err.count("circle") == 1
    assert "Forwarding goes in a circle at 1418002." in ending.out + ending.err


def test_a_piece_that_does_not_follow_from_the_one_before_is_found(company: Company, numctl: Numctl) -> None:
    """What a number is in now follows from its last piece alone; what was before must fit, too."""
    write(
        company.path,
        """
        UPDATE piece SET before = (SELECT max(id) FROM state)
        WHERE operation = (SELECT max(operation) FROM piece);
        """,
    )
    told = numctl("check", "-o", "jsonl")
    assert told.code == 12
    assert "found 1418080 otherwise than it was left before" in told.out


def test_a_label_s_key_that_was_changed_by_hand_is_found(store: Path, numctl: Numctl) -> None:
    """Also one that reads, between the quotes of JSON, as if it were the labels of the set."""
    assert numctl("init", "--name", "Acme").code == 0
    assert numctl("add", "14188980000+10", "--series", "1418").code == 0
    assert numctl("label", "14188980000", "carrier=x", "site=y").code == 0
    assert numctl("check").code == 0
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("DELETE FROM label")
        connection.execute(
            "INSERT INTO label (label_set, key, folded) VALUES (1, 'carrier\":\"x\",\"site', 'y')"
        )
    ending = numctl("check")
    assert ending.code == 12
    assert "The labels of set 1" in ending.out + ending.err


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE label_set SET checksum = checksum + 1", "labels of set 1 are not found"),
        ('UPDATE label_set SET labels = \'["site","Paris"]\'', "Labels can't be read"),
        (
            "INSERT INTO label_set SELECT 2, checksum, labels FROM label_set;"
            " INSERT INTO label (key, folded, label_set, written) SELECT key, folded, 2, written FROM label",
            "sets of labels 1 and 2 are alike",
        ),
    ],
)
def test_a_set_of_labels_that_was_changed_by_hand_is_found(
    store: Path, numctl: Numctl, statement: str, told: str
) -> None:
    assert numctl("init", "--name", "Acme").code == 0
    assert numctl("add", "14188980000+10", "--series", "1418").code == 0
    assert numctl("label", "14188980000", "site=Paris").code == 0
    with closing(sqlite3.connect(store)) as connection:
        connection.executescript(statement)
    ending = numctl("check")
    assert ending.code == 12
    assert told in ending.out + ending.err
