"""The peer: a row per number in SQLite, as good as it can be; a program of its own.

One covering index finds the free pool and counts for utilization without touching the rows. Each job is
one transaction that checks the status, changes it, and writes before and after into a journal, with the
same durability as numctl's (rollback journal, synchronous=FULL) and a cache that holds the index.

``python -m benchmarks.rows JOB PATH [ARGUMENTS]`` does a job and prints its seconds as JSON.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time

SCHEMA = """
CREATE TABLE number (
  number INTEGER PRIMARY KEY, series INTEGER NOT NULL, organization INTEGER NOT NULL,
  status TEXT NOT NULL, tag TEXT, user TEXT
);
CREATE TABLE change (
  operation INTEGER NOT NULL, number INTEGER NOT NULL,
  organization_before INTEGER, status_before TEXT, tag_before TEXT,
  organization_after INTEGER, status_after TEXT, tag_after TEXT,
  PRIMARY KEY (operation, number)
) WITHOUT ROWID;
CREATE TABLE operation (id INTEGER PRIMARY KEY, action TEXT NOT NULL);
"""
INDEX = "CREATE INDEX holding ON number (organization, series, status)"
EXPAND = """
SELECT first, last, series, organization, status, nullif(tag, '')
FROM span JOIN state ON state.id = span.state
ORDER BY first
"""
POOL = "organization = :holder AND series = :series AND status = 'available'"


def open_rows(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -400000")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def make(path: str, store: str) -> None:
    """The same numbers as a store of numctl holds, a row each."""
    Path(path).unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA journal_mode = OFF")
    connection.executescript(SCHEMA)
    source = sqlite3.connect(store)
    users = dict(source.execute("SELECT number, name FROM detail JOIN user ON user.id = detail.user"))
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO number VALUES (?, ?, ?, ?, ?, ?)", _expanded(source, users))
    connection.execute(INDEX)
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("ANALYZE")


def _expanded(source: sqlite3.Connection, users: dict[int, str]) -> Iterator[tuple[object, ...]]:
    for first, last, series, organization, status, tag in source.execute(EXPAND):
        for number in range(first, last + 1):
            yield number, series, organization, status, tag, users.get(number)


def fill(path: str, count: str) -> None:
    """Import: so many available numbers in one block, with the index, in one transaction."""
    Path(path).unlink(missing_ok=True)
    connection = open_rows(path)
    connection.executescript(SCHEMA)
    connection.execute("BEGIN IMMEDIATE")
    rows = ((33_100_000_000 + at, 1, 1, "available", None, None) for at in range(int(count)))
    connection.executemany("INSERT INTO number VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.execute(INDEX)
    connection.execute("COMMIT")


def allocate(
    path: str, series: str, quantity: str, *, order: str = "ASC", holder: int = 1, to: int = 2
) -> None:
    """Give the lowest numbers of the pool to another organization (``order`` DESC: the highest)."""
    connection = open_rows(path)
    given = {"holder": holder, "to": to, "series": int(series), "quantity": int(quantity)}
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO operation (action) VALUES ('allocate')")
    end = "max" if order == "ASC" else "min"
    found, given["end"] = connection.execute(
        f"SELECT count(*), {end}(number) FROM (SELECT number FROM number WHERE {POOL}"  # noqa: S608
        f" ORDER BY number {order} LIMIT :quantity)",
        given,
    ).fetchone()
    assert found == given["quantity"], "not enough numbers"
    chosen = f"{POOL} AND number {'<=' if order == 'ASC' else '>='} :end"
    connection.execute(
        "INSERT INTO change SELECT last_insert_rowid(), number, organization, status, tag, :to, status, tag"  # noqa: S608
        f" FROM number WHERE {chosen}",
        given,
    )
    connection.execute(f"UPDATE number SET organization = :to WHERE {chosen}", given)  # noqa: S608
    connection.execute("COMMIT")


def withdraw(path: str, series: str, quantity: str) -> None:
    """Take the highest numbers back."""
    allocate(path, series, quantity, order="DESC", holder=2, to=1)


def batch(path: str, numbers: str) -> None:
    """Reserve single numbers, listed in a file one a line, all in one transaction, set-wise."""
    wanted = [(int(line),) for line in Path(numbers).read_text().split()]
    connection = open_rows(path)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO operation (action) VALUES ('batch')")
    connection.execute("CREATE TEMP TABLE wanted (number INTEGER PRIMARY KEY)")
    connection.executemany("INSERT INTO wanted VALUES (?)", sorted(wanted))
    done = connection.execute(
        "INSERT INTO change SELECT last_insert_rowid(), number, organization, status, tag, organization,"
        " 'reserved', 'batch' FROM wanted JOIN number USING (number) WHERE status = 'available'"
    ).rowcount
    assert done == len(wanted), "a number is not available"
    connection.execute(
        "UPDATE number SET status = 'reserved', tag = 'batch' WHERE number IN (SELECT number FROM wanted)"
    )
    connection.execute("COMMIT")


def count(path: str, digits: str) -> None:
    """How many numbers contain these digits."""
    open_rows(path).execute("SELECT count(*) FROM number WHERE number LIKE ?", (f"%{digits}%",)).fetchone()


def page(path: str, digits: str) -> None:
    """The first 50 numbers that contain these digits."""
    open_rows(path).execute(
        "SELECT * FROM number WHERE number LIKE ? ORDER BY number LIMIT 50", (f"%{digits}%",)
    ).fetchall()


def utilization(path: str) -> None:
    """How many numbers of each status every organization has."""
    open_rows(path).execute("SELECT organization, status, count(*) FROM number GROUP BY 1, 2").fetchall()


JOBS = {job.__name__: job for job in (make, fill, allocate, withdraw, batch, count, page, utilization)}

if __name__ == "__main__":
    started, worked = perf_counter(), process_time()
    JOBS[sys.argv[1]](*sys.argv[2:])
    print(json.dumps({"seconds": perf_counter() - started, "cpu": process_time() - worked}))
