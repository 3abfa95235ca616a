"""What a server doesn't hold by itself, looked for: references without keys, tables of another shape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from numctl.core.store import schema
from numctl.core.store.server.reader_views import VIEWS
from numctl.core.store.server.tables import UNCHECKED, columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.store.connection import Connection

_REFERRING = re.compile(r"^\s*(\w+) INTEGER.*? REFERENCES (\w+) \(id\)", re.MULTILINE)
_DANGLING = """
SELECT count(*) FROM {table} AS row_of
WHERE {column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "{parent}" AS named WHERE named.id = row_of.{column})
"""
_COLUMNS = """
SELECT c.relname, a.attname FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0
AND NOT a.attisdropped
"""
_WITH_ROLES = "SELECT to_regclass('numctl_role') IS NOT NULL"
_OPEN = """
SELECT relname FROM pg_catalog.pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY relname
"""
_VIEWS = """
SELECT viewname FROM pg_catalog.pg_views WHERE schemaname = current_schema() || '_read'
"""
_INDEXES = "SELECT indexname FROM pg_catalog.pg_indexes WHERE schemaname = current_schema()"


def references(connection: Connection) -> Iterator[str]:
    """Rows that name others that aren't there, in the tables without foreign keys."""
    for table in UNCHECKED:
        for column, parent in _REFERRING.findall(schema.parts()["table", table] or ""):
            statement = _DANGLING.format(table=table, column=column, parent=parent)
            (count,) = connection.execute(statement).fetchone()
            if count:
                yield f"{count} rows of {table} name one of {parent} that isn't there."


def tables(connection: Connection) -> Iterator[str]:
    """Where the server's catalog differs from the schema."""
    there: dict[str, set[str]] = {}
    for table, column in connection.execute(_COLUMNS):
        there.setdefault(table, set()).add(column)
    for table in schema.tables():
        if table not in there:
            yield f"The table {table} is missing."
        elif there[table] != columns(table):
            yield f"The table {table} is not what it should be."
    yield from _roles(connection)
    indexes = {name for (name,) in connection.execute(_INDEXES)}
    for (kind, name), sql in sorted(schema.parts().items()):
        if kind == "index" and sql and name not in indexes:
            yield f"The index {name} is missing."


def _roles(connection: Connection) -> Iterator[str]:
    """Where roles that may only read could see more than theirs, or less."""
    if not connection.execute(_WITH_ROLES).fetchone()[0]:
        return
    for (table,) in connection.execute(_OPEN):
        yield f"The table {table} is not behind row-level security: `role add` puts it there."
    there = {name for (name,) in connection.execute(_VIEWS)}
    for name in VIEWS:
        if name not in there:
            yield f"The view of {name} that roles read is missing."
