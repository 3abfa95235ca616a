"""A list of subscribers, and the peers that read it: a row per number, with users and history or without.

``python -m benchmarks.subscribers JOB ...``: ``write PATH COUNT KIND [CHANGED]`` writes the list, ``read LIST
PATH`` is what a careful script makes of it: a row per number, users by name and organization, a history,
three indexes, one transaction. ``copy LIST ADDRESS`` is what PostgreSQL does at once: the list as it is, with
an index on its users.
"""

from __future__ import annotations

import csv
import json
import random
import sqlite3
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time

FIRST = 15_550_000_000
SERIES = "1555"
SLICE = 10_000

KINDS = {
    "run": "number,series,organization,status",
    "users": "number,series,organization,status,user",
    "labels": "number,series,organization,status,label.circuit",
    "both": "number,series,organization,status,user,label.circuit",
}
"""One run of available numbers; 60 % with a user of their own; each with a label of its own; both."""

SCHEMA = """
CREATE TABLE organization (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE user (id INTEGER PRIMARY KEY, organization INTEGER, name TEXT);
CREATE TABLE number (
  number INTEGER PRIMARY KEY, series TEXT, organization INTEGER, status TEXT, user INTEGER
);
CREATE TABLE history (
  id INTEGER PRIMARY KEY, operation INTEGER, number INTEGER, before TEXT, after TEXT, user INTEGER
);
CREATE INDEX number_status ON number (organization, status);
CREATE INDEX history_number ON history (number);
CREATE UNIQUE INDEX user_name ON user (name, organization);
"""
COPIED = """
CREATE SCHEMA {schema};
CREATE TABLE number (number BIGINT PRIMARY KEY, series TEXT, organization TEXT, status TEXT, "user" TEXT);
"""
NUMBER = "INSERT INTO number VALUES (?, ?, ?, ?, ?)"
HISTORY = "INSERT INTO history (operation, number, before, after, user) VALUES (?, ?, ?, ?, ?)"


def write(path: str, count: str, kind: str, changed: str = "0") -> None:
    """The list; ``changed`` per cent of the users are others, for a comparison with the list without."""
    chance = random.Random(20_260_101)  # noqa: S311 - the same list each time
    other = random.Random(1)  # noqa: S311
    with Path(path).open("w", encoding="utf-8") as out:
        print(KINDS[kind], file=out)
        for at in range(int(count)):
            held = ("Sales", "Support")[at % 2] if "user" in KINDS[kind] else "Sales"
            user = label = ""
            if "user" in KINDS[kind] and chance.random() < 0.6:
                user = f"User {chance.randrange(10**9):09d}"
                user = f"New {user}" if other.random() * 100 < int(changed) else user
            if "label" in KINDS[kind]:
                label = f"C-{chance.randrange(10**9):09d}"
            row = [FIRST + at, SERIES, held, "in-use" if user else "available"]
            row += [user] if "user" in KINDS[kind] else []
            row += [label] if "label" in KINDS[kind] else []
            print(*row, sep=",", file=out)


def read(source: str, path: str) -> None:
    """The peer."""
    Path(path).unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    connection.executescript(SCHEMA)
    connection.execute("BEGIN IMMEDIATE")
    with Path(source).open(newline="", encoding="utf-8") as lines:
        rows = iter(csv.DictReader(lines))
        while some := list(islice(rows, SLICE)):
            numbers = list(_numbers(connection, some))
            connection.executemany(NUMBER, numbers)
            connection.executemany(HISTORY, [(1, row[0], None, row[3], row[4]) for row in numbers])
    connection.execute("COMMIT")


def _numbers(
    connection: sqlite3.Connection, some: list[dict[str, str]]
) -> Iterator[tuple[int, str, int, str, int | None]]:
    holders: dict[str, int] = dict(connection.execute("SELECT name, id FROM organization").fetchall())
    for row in some:
        name = row["organization"]
        if name not in holders:
            holders[name] = (
                connection.execute("INSERT INTO organization (name) VALUES (?)", (name,)).lastrowid or 0
            )
        user = _user(connection, row["user"], holders[name]) if row["user"] else None
        yield int(row["number"]), row["series"], holders[name], row["status"], user


def _user(connection: sqlite3.Connection, name: str, holder: int) -> int | None:
    found = connection.execute(
        "SELECT id FROM user WHERE name = ? AND organization = ?", (name, holder)
    ).fetchone()
    if found:
        return int(found[0])
    return connection.execute("INSERT INTO user (organization, name) VALUES (?, ?)", (holder, name)).lastrowid


def copy(source: str, address: str) -> None:
    """The peer on a server, whose address ends in the name of a schema."""
    import psycopg

    with psycopg.connect(address) as connection, Path(source).open("rb") as lines:
        connection.execute(COPIED.format(schema=address.rpartition("%3D")[2]).encode())
        with connection.cursor().copy(b"COPY number FROM STDIN (FORMAT csv, HEADER)") as rows:
            while some := lines.read(1 << 20):
                rows.write(some)
        connection.execute(b'CREATE INDEX number_user ON number ("user")')


def usage(path: str, count: str) -> None:
    """A record of usage for each number of the list, on one day."""
    with Path(path).open("w", encoding="utf-8") as out:
        print("date,number,voice_outgoing_seconds", file=out)
        for at in range(int(count)):
            print("2026-01-05", FIRST + at, at % 600, sep=",", file=out)


JOBS = {job.__name__: job for job in (write, read, copy, usage)}

if __name__ == "__main__":
    started, worked = perf_counter(), process_time()
    JOBS[sys.argv[1]](*sys.argv[2:])
    print(json.dumps({"seconds": perf_counter() - started, "cpu": process_time() - worked}))
