"""The tables of a store, and the migrations that make them.

Version history (``user_version``):

1. the first schema
2. the catalog's journal, labels, aging numbers
3. the same in fewer bytes, for numbers with users or labels of their own

Every table is STRICT, and each CHECK states one invariant of the domain. What a CHECK can't see
(overlaps) a trigger holds; what neither can (counts, circles) ``check`` looks for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from numctl.core.store.migrations.first import FIRST_SCHEMA
from numctl.core.store.migrations.second import SECOND_SCHEMA
from numctl.core.store.migrations.third import THIRD_SCHEMA

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from sqlite_utils import Database

APPLICATION_ID = 0x6E6D6374  # "nmct"
VERSION = 3
CATALOG_JOURNALED = 2  # the version from which on the journal knows the catalog


def checksum(text: str) -> int:
    """CRC-32 of a text, by which labels are found."""
    from zlib import crc32

    return crc32(text.encode("utf-8", "surrogatepass"))


def statements(script: str) -> list[str]:
    """The statements of a script, in order. ``executescript`` would commit first; these don't."""
    from sqlite3 import complete_statement

    found, part = [], ""
    for line in script.splitlines(keepends=True):
        part += line
        if complete_statement(part):
            found.append(part.strip())
            part = ""
    return found


REFERENCE = re.compile(r" REFERENCES (\w+) \(id\)")
PARTS = "SELECT type, name, sql FROM sqlite_schema"

# One for each version, in order.
MIGRATIONS = (
    ("0001_first_schema", FIRST_SCHEMA),
    ("0002_catalog_journal_labels_aging", SECOND_SCHEMA),
    ("0003_fewer_bytes", THIRD_SCHEMA),
)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema to ``VERSION`` inside the transaction that ``connection`` is in.

    sqlite-utils keeps the list of what was applied; a savepoint of its own surrounds each step.
    """
    from sqlite_utils import Database, Migrations

    connection.create_function("checksum", 1, checksum, deterministic=True)
    migrations = Migrations("numctl")
    for name, script in MIGRATIONS:
        migrations(name=name)(_step(script))
    migrations.apply(Database(connection, execute_plugins=False))
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _step(script: str) -> Callable[[Database], None]:
    def step(db: Database) -> None:
        for statement in statements(script):
            db.conn.execute(statement)

    return step


def apply(connection: sqlite3.Connection, version: int, wanted: int) -> None:
    """Bring tables of a version (0: none) to a later one, but for the list of what was applied."""
    connection.create_function("checksum", 1, checksum, deterministic=True)
    for _, script in MIGRATIONS[version:wanted]:
        for statement in statements(script):
            connection.execute(statement)


def parts(version: int = VERSION) -> dict[tuple[str, str], str | None]:
    """Each table, index and trigger that a store of a version has, by type and name, with its SQL."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(":memory:")) as fresh:
        apply(fresh, 0, version)
        return {(kind, name): sql for kind, name, sql in fresh.execute(PARTS)}


def tables(version: int = VERSION) -> list[str]:
    """The names of the tables of a version, each after those that it refers to."""
    waiting = {
        name: set(REFERENCE.findall(sql or "")) - {name}
        for (kind, name), sql in parts(version).items()
        if kind == "table"
    }
    found: list[str] = []
    while waiting:
        ready = sorted(name for name, needs in waiting.items() if needs <= set(found))
        found += ready
        for name in ready:
            del waiting[name]
    return found
