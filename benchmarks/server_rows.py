"""The peer on a server: a row per number, with the same journal as ``rows`` has; a program of its own.

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
INDEX = "CREATE INDEX holding ON number (organization, series, status)"
RESERVE = """
WITH made AS (INSERT INTO operation (action) VALUES ('reserve') RETURNING id),
noted AS (
  INSERT INTO change SELECT made.id, number, organization, status, tag, organization, 'reserved', 'bench'
  FROM made, number WHERE status = 'available' AND {chosen}
)
UPDATE number SET status = 'reserved', tag = 'bench' WHERE status = 'available' AND {chosen}
"""


def fill(address: str, first: str, count: str) -> None:
    """So many available numbers in one block, with the index."""
    schema = address.rpartition("%3D")[2]
    with psycopg.connect(address) as connection:
        connection.execute(f"CREATE SCHEMA {schema}".encode())
        connection.execute(SCHEMA.encode())
        with connection.cursor().copy(
            b"COPY number (number, series, organization, status) FROM STDIN"
        ) as rows:
            for at in range(int(count)):
                rows.write_row((int(first) + at, 1, 1, "available"))
        connection.execute(INDEX.encode())
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(b"VACUUM ANALYZE number")


def block(address: str, first: str, count: str) -> None:
    """Reserve a block."""
    with psycopg.connect(address) as connection:
        chosen = f"number BETWEEN {int(first)} AND {int(first) + int(count) - 1}"
        done = connection.execute(RESERVE.format(chosen=chosen).encode())
        assert done.rowcount == int(count), "a number is not available"


def scattered(address: str, path: str) -> None:
    """Reserve single numbers, listed in a file one a line."""
    with psycopg.connect(address) as connection:
        connection.execute(b"CREATE TEMP TABLE wanted (number BIGINT PRIMARY KEY) ON COMMIT DROP")
        with connection.cursor().copy(b"COPY wanted FROM STDIN") as rows, Path(path).open("rb") as lines:
            while some := lines.read(1 << 20):
                rows.write(some)
        connection.execute(b"ANALYZE wanted")
        connection.execute(RESERVE.format(chosen="number IN (SELECT number FROM wanted)").encode())


def take_in(address: str, source: str) -> None:
    """COPY a list into a table with indexes of numbers, holders and users."""
    schema = address.rpartition("%3D")[2]
    with psycopg.connect(address) as connection:
        connection.execute(f"CREATE SCHEMA {schema}".encode())
        connection.execute(
            b"CREATE TABLE listed (number BIGINT PRIMARY KEY, series TEXT, organization TEXT, status TEXT,"
            b' "user" TEXT)'
        )
        connection.execute(b"CREATE INDEX listed_holder ON listed (organization, status)")
        connection.execute(b'CREATE INDEX listed_user ON listed ("user", organization)')
        into = b"COPY listed FROM STDIN (FORMAT csv, HEADER)"
        with connection.cursor().copy(into) as rows, Path(source).open("rb") as lines:
            while some := lines.read(1 << 20):
                rows.write(some)


JOBS = {job.__name__: job for job in (fill, block, scattered, take_in)}

if __name__ == "__main__":
    JOBS[sys.argv[1]](*sys.argv[2:])
