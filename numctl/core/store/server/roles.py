"""Roles of a server that may read their own organization and what is below it, and write nothing.

The first one makes what all need: a table of who they are, the views that they read in a schema of their
own, and row-level security on every table, forced, that lets none but the owner through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import psycopg

from numctl.core.errors import BadValue, NotFound, NumbersRefuse
from numctl.core.store import schema
from numctl.core.store.server.reader_scope import KNOWN, filled
from numctl.core.store.server.reader_views import VIEWS
from numctl.core.store.server.tables import VERSION_TABLE
from numctl.core.store.server.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.store.server.connection import ServerConnection

TABLE = "numctl_role"
_OWN_TABLE = (
    "CREATE TABLE IF NOT EXISTS numctl_role (name TEXT PRIMARY KEY, organization BIGINT, made BIGINT)"
)
_THERE = "SELECT to_regclass('numctl_role') IS NOT NULL"
_OWNER = """
SELECT tableowner FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename = 'numctl_schema'
"""
_ABOUT = """
SELECT rolsuper, rolbypassrls, pg_has_role(rolname, $2, 'MEMBER'), rolcanlogin
FROM pg_catalog.pg_roles WHERE rolname = $1
"""
_LISTED = "SELECT name, organization FROM numctl_role ORDER BY name"


class Role(NamedTuple):
    """A role, and the row id of the organization that it reads."""

    name: str
    organization: int


def views_of(name: str) -> str:
    """The schema of the views on the tables in a schema."""
    return f"{name}_read"


def listed(connection: ServerConnection) -> list[Role]:
    """All roles, by name."""
    if not _are_there(connection):
        return []
    return [Role(*row) for row in connection.driver.execute(_LISTED.encode())]


def add(connection: ServerConnection, name: str, organization: int) -> bool:
    """Let a role read an organization (a row id) and what is below; make it if there is none of this name.

    Within a transaction. Gives whether it was made. Raises NumbersRefuse for one that could see more anyway,
    or reads already; psycopg's errors where who asks may not do this.
    """
    run = connection.driver.execute
    owner = _owner(connection)
    install(connection, owner)
    about = run(_ABOUT.encode(), [name, owner]).fetchone()
    if about is not None:
        _expect_no_rights(name, owner, about)
    if run(b"SELECT 1 FROM numctl_role WHERE name = $1", [name]).fetchone():
        raise NumbersRefuse(f"{name} reads an organization already.", "See `numctl role list`.", role=name)
    if about is None:
        try:
            run(f"CREATE ROLE {quoted(name)} LOGIN".encode())
            connection.arrive()
        except psycopg.errors.ReservedName:
            raise BadValue(f"{name} is a name that the server keeps for itself.", "Choose another.") from None
    run(b"INSERT INTO numctl_role VALUES ($1, $2, $3)", [name, organization, about is None])
    for statement in _grants(connection, name):
        run(statement.encode())
    return about is None


def _expect_no_rights(name: str, owner: str, about: tuple[bool, bool, bool, bool]) -> None:
    whole, bypasses, is_member, logs_in = about
    said = {
        "is a superuser": whole,
        "may bypass row-level security": bypasses,
        f"may act as {owner}, whose the tables are": is_member,
        "may not log in": not logs_in,
    }
    for reason in filter(said.get, said):
        raise NumbersRefuse(
            f"{name} {reason}.",
            "Nothing was changed. Name another role, or one that there is none of.",
            role=name,
        )


def remove(connection: ServerConnection, name: str) -> bool:
    """Take back from a role what was granted, and drop it if ``add`` made it; give whether it was.

    Within a transaction. Raises NotFound for one that reads nothing here, psycopg's errors otherwise.
    """
    run = connection.driver.execute
    row = None
    if _are_there(connection):
        row = run(b"DELETE FROM numctl_role WHERE name = $1 RETURNING made", [name]).fetchone()
    if row is None:
        raise NotFound(f"There is no role '{name}' that reads.", "See `numctl role list`.", role=name)
    if run(b"SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1", [name]).fetchone():
        _take_back(connection, name, drop=bool(row[0]))
    return bool(row[0])


def _take_back(connection: ServerConnection, name: str, *, drop: bool) -> None:
    run = connection.driver.execute
    tables, views = quoted(connection.schema), quoted(views_of(connection.schema))
    run(f"REVOKE ALL ON ALL TABLES IN SCHEMA {views} FROM {quoted(name)}".encode())
    run(f"REVOKE ALL ON SCHEMA {views}, {tables} FROM {quoted(name)}".encode())
    for setting in ("search_path", "jit"):
        where = f"{quoted(name)} IN DATABASE {quoted(_database(connection))}"
        run(f"ALTER ROLE {where} RESET {setting}".encode())
    if drop:
        try:
            run(f"DROP ROLE {quoted(name)}".encode())
            connection.arrive()
        except psycopg.errors.DependentObjectsStillExist as error:
            raise NumbersRefuse(
                f"{name} has other things on this server: {str(error).splitlines()[-1]}.",
                "Nothing was changed. Take those from it first.",
                role=name,
            ) from None


def _grants(connection: ServerConnection, name: str) -> Iterator[str]:
    tables, views, role = quoted(connection.schema), quoted(views_of(connection.schema)), quoted(name)
    yield f"GRANT USAGE ON SCHEMA {tables}, {views} TO {role}"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {views} TO {role}"
    where = f"{role} IN DATABASE {quoted(_database(connection))}"
    yield f"ALTER ROLE {where} SET search_path = {views}, {tables}"
    yield f"ALTER ROLE {where} SET jit = off"  # compiling what the views are made of takes longer than it


def install(connection: ServerConnection, owner: str) -> None:
    """Make what roles need, anew if it is there, within a transaction. ``owner`` is whose the tables are."""
    run = connection.driver.execute
    tables, views = quoted(connection.schema), quoted(views_of(connection.schema))
    run(_OWN_TABLE.encode())
    for table in (*schema.tables(), VERSION_TABLE, TABLE):
        run(f"ALTER TABLE {quoted(table)} ENABLE ROW LEVEL SECURITY".encode())
        run(f"ALTER TABLE {quoted(table)} FORCE ROW LEVEL SECURITY".encode())
        run(f"DROP POLICY IF EXISTS owner_alone ON {quoted(table)}".encode())
        run(f"CREATE POLICY owner_alone ON {quoted(table)} TO {quoted(owner)} USING (true)".encode())
    run(f"DROP SCHEMA IF EXISTS {views} CASCADE".encode())
    run(b"DROP VIEW IF EXISTS numctl_known")
    run(f"CREATE VIEW numctl_known AS {filled(KNOWN, tables, views)}".encode())
    run(f"CREATE SCHEMA {views}".encode())
    for name, text in VIEWS.items():
        view = f"{views}.{quoted(name)} WITH (security_barrier)"
        run(f"CREATE VIEW {view} AS {filled(text, tables, views)}".encode())
    for role in listed(connection):
        for statement in _grants(connection, role.name):
            run(statement.encode())


def renew(connection: ServerConnection) -> None:
    """Make what roles need anew, where there are any: for tables of another version."""
    if _are_there(connection):
        connection.driver.execute(b"SET CONSTRAINTS ALL IMMEDIATE")  # of the rows that were put in just now
        install(connection, _owner(connection))


def _are_there(connection: ServerConnection) -> bool:
    return connection.driver.execute(_THERE.encode()).fetchone() == (True,)


def _owner(connection: ServerConnection) -> str:
    row = connection.driver.execute(_OWNER.encode(), [connection.schema]).fetchone()
    assert row is not None  # noqa: S101 - the store was opened by it
    return str(row[0])


def _database(connection: ServerConnection) -> str:
    return connection.driver.info.dbname
