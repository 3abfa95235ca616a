"""The tables of a store on a server, derived from the one schema; what the server is taught.

What is written by the hundred thousand has neither foreign keys nor triggers here: each row would be looked
up by itself, which takes 2 to 20 times as long as all the rest. ``check`` finds what they would hold.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from numctl.core.store import schema
from numctl.core.store.server.words import declared, said

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION_TABLE = "numctl_schema"

# Words of SQLite that PostgreSQL can be taught. An id is the next after the greatest, as in a file: one
# writer at a time is at work, so that there are no gaps, and both engines give the same.
_FUNCTIONS = (
    "FUNCTION instr(text, text) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN strpos($1, $2)",
    "FUNCTION length(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN length($1::text)",
    "FUNCTION max(bigint, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN"
    " CASE WHEN $1 >= $2 THEN $1 WHEN $1 < $2 THEN $2 END",
    "FUNCTION min(bigint, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN"
    " CASE WHEN $1 <= $2 THEN $1 WHEN $1 > $2 THEN $2 END",
    "FUNCTION quote(bigint) RETURNS text LANGUAGE sql IMMUTABLE RETURN coalesce($1::text, 'NULL')",
    "FUNCTION quote(text) RETURNS text LANGUAGE sql IMMUTABLE"
    " RETURN coalesce('''' || replace($1, '''', '''''') || '''', 'NULL')",
    # Hashes are put together with it by an older numctl on another host.
    "FUNCTION printf(text, bigint, bigint, bigint, bigint, bigint) RETURNS text LANGUAGE sql STABLE"
    " RETURN format($1, $2, $3, $4, $5, $6)",
    "FUNCTION json_each(text) RETURNS TABLE (value bigint, atom text) LANGUAGE sql IMMUTABLE AS $$"
    " SELECT CASE WHEN jsonb_typeof(one) = 'number' THEN one::bigint END, one #>> '{}'"
    " FROM jsonb_array_elements($1::jsonb) AS one $$",
    "FUNCTION is_day(text) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN CASE WHEN"
    r" $1 ~ '^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$' THEN"
    " extract(day FROM make_date(left($1, 4)::int, substr($1, 6, 2)::int, 1)"
    " + (right($1, 2)::int - 1)) = right($1, 2)::int ELSE false END",
    "FUNCTION next_id(text) RETURNS bigint LANGUAGE plpgsql AS $$ DECLARE found bigint; BEGIN"
    " EXECUTE format('SELECT coalesce(max(id), 0) + 1 FROM %I', $1) INTO found; RETURN found; END $$",
    "FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'a state never changes'; END $$",
)
_TRIGGERS = ("TRIGGER state_stays BEFORE UPDATE ON state FOR EACH ROW EXECUTE FUNCTION refuse()",)

_NAMED = re.compile(r'CREATE TABLE "?(\w+)"?')
UNCHECKED = ("span", "piece", "detail_change", "label_span", "label_piece")


def statements(name: str, version: int = schema.VERSION) -> Iterator[str]:
    """What makes the tables of a version in an empty schema of this name, which is searched first."""
    for function in _FUNCTIONS:
        yield f"CREATE {function}"
    parts = schema.parts(version)
    for table in schema.tables(version):
        yield _table(table, parts["table", table] or "", name)
    for (kind, _), sql in sorted(parts.items()):
        if kind == "index" and sql:
            yield said(sql, name).text
    for trigger in _TRIGGERS:
        yield f"CREATE {trigger}"
    yield f"CREATE TABLE {VERSION_TABLE} AS SELECT {version}::bigint AS version"


def functions() -> list[str]:
    """What the server is taught: each function by its name and the types of what it is given."""
    return [text[len("FUNCTION ") : text.index(")") + 1] for text in _FUNCTIONS]


def columns(table: str) -> set[str]:
    """The names of a table's columns, the computed ones too."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.execute(schema.parts()["table", table] or "")
        return {row[1] for row in fresh.execute(f'PRAGMA table_xinfo("{table}")')}


def _table(name: str, sql: str, schema_name: str) -> str:
    sql = _NAMED.sub(f"CREATE TABLE {name}", sql, count=1)
    if name in UNCHECKED:
        sql = schema.REFERENCE.sub("", sql)
    sql = schema.REFERENCE.sub(r"\g<0> DEFERRABLE", sql)
    sql = re.sub(r"\bid INTEGER PRIMARY KEY,", f"id INTEGER PRIMARY KEY DEFAULT next_id('{name}'),", sql)
    return declared(said(sql, schema_name).text)
