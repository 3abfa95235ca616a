"""The peer on a server: a row per number, with the same journal as ``rows`` has; a program of its own.

One index finds the free pool in order and counts for utilization. Each change is one statement in a
transaction of its own: it checks the status, changes it, and writes before and after into the journal.

``python -m benchmarks.server_rows JOB ADDRESS [ARGUMENTS]``: the address ends in the name of a schema.
"""

from __future__ import annotations

import sys
from pathlib import Path

import psycopg

SCHEMA = """
CREATE TABLE number (
  number BIGINT PRIMARY KEY, series BIGINT NOT NULL, organization BIGINT NOT NULL,
  status TEXT NOT NULL, tag TEXT, "user" TEXT
);
CREATE TABLE change (
  operation BIGINT NOT NULL, number BIGINT NOT NULL,
  organization_before BIGINT, status_before TEXT, tag_before TEXT,
  organization_after BIGINT, status_after TEXT, tag_after TEXT,
  PRIMARY KEY (operation, number)
);
CREATE TABLE operation (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, action TEXT NOT NULL);
"""
INDEX = "CREATE INDEX holding ON number (organization, series, status, number)"
RESERVE = """
WITH made AS (INSERT INTO operation (action) VALUES ('reserve') RETURNING id),
noted AS (
  INSERT INTO change SELECT made.id, number, organization, status, tag, organization, 'reserved', 'bench'
  FROM made, number WHERE status = 'available' AND {chosen}
)
UPDATE number SET status = 'reserved', tag = 'bench' WHERE status = 'available' AND {chosen}
"""
LOWEST = """number = (
  SELECT number FROM number WHERE organization = 1 AND series = 1 AND status = 'available'
  ORDER BY number LIMIT 1
)"""
SLICE = 100_000


def fill(address: str, first: str, count: str) -> None:
    """Import: so many available numbers in one block, with the index, in one transaction."""
    schema = address.rpartition("%3D")[2]
    with psycopg.connect(address) as connection:
        connection.execute(f"CREATE SCHEMA {schema}".encode())
        connection.execute(SCHEMA.encode())
        with connection.cursor().copy(
            b"COPY number (number, series, organization, status) FROM STDIN"
        ) as rows:
            for start in range(int(first), int(first) + int(count), SLICE):
                some = range(start, min(start + SLICE, int(first) + int(count)))
                rows.write("".join(f"{number}\t1\t1\tavailable\n" for number in some))
        connection.execute(INDEX.encode())


def settle(address: str) -> None:
    """Tidy all tables of the database, as the server would by itself sooner or later."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(b"VACUUM ANALYZE")
        connection.execute(b"CHECKPOINT")


def block(address: str, first: str, count: str) -> None:
    """Reserve a block."""
    _reserve(address, f"number BETWEEN {int(first)} AND {int(first) + int(count) - 1}", int(count))


def lowest(address: str) -> None:
    """Reserve the lowest available number."""
    _reserve(address, LOWEST, 1)


def _reserve(address: str, chosen: str, count: int) -> None:
    with psycopg.connect(address) as connection:
        done = connection.execute(RESERVE.format(chosen=chosen).encode())
        assert done.rowcount == count, "a number is not available"


def scattered(address: str, path: str) -> None:
    """Reserve single numbers, listed in a file one a line, set-wise."""
    with psycopg.connect(address) as connection:
        connection.execute(b"CREATE TEMP TABLE wanted (number BIGINT PRIMARY KEY) ON COMMIT DROP")
        with connection.cursor() as cursor:
            with cursor.copy(b"COPY wanted FROM STDIN") as rows, Path(path).open("rb") as lines:
                while some := lines.read(1 << 20):
                    rows.write(some)
            wanted = cursor.rowcount
        connection.execute(b"ANALYZE wanted")
        done = connection.execute(RESERVE.format(chosen="number IN (SELECT number FROM wanted)").encode())
        assert done.rowcount == wanted, "a number is not available"


def page(address: str) -> None:
    """The first five numbers, with all that is known of them."""
    _ask(address, "SELECT * FROM number ORDER BY number LIMIT 5")


def utilization(address: str) -> None:
    """How many numbers of each status every organization has."""
    _ask(address, "SELECT organization, status, count(*) FROM number GROUP BY 1, 2")


def one(address: str, number: str) -> None:
    """All that is known of one number."""
    _ask(address, f"SELECT * FROM number WHERE number = {int(number)}")  # noqa: S608


def _ask(address: str, statement: str) -> None:
    with psycopg.connect(address) as connection:
        assert connection.execute(statement.encode()).fetchall(), "nothing is there"


JOBS = {job.__name__: job for job in (fill, settle, block, lowest, scattered, page, utilization, one)}

if __name__ == "__main__":
    JOBS[sys.argv[1]](*sys.argv[2:])
