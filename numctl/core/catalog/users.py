"""The rows of users: a name, by the organization that holds the number; one row for each pair of the two."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from numctl.core.errors import NotFound
from numctl.core.store.integrity import wipe
from numctl.core.text import fold, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numctl.core.store.connection import Connection

_KNOWN = """
SELECT id, folded, organization FROM user WHERE folded <> '' AND folded IN (SELECT atom FROM json_each(?))
"""
_MAKE = """
INSERT INTO user (organization, name, folding) SELECT :organization, :name, :folding
WHERE NOT EXISTS (SELECT 1 FROM user WHERE folded = :folded AND folded <> '' AND organization = :organization)
"""
_FIND = "SELECT id FROM user WHERE folded = :folded AND folded <> '' AND organization = :organization"
_USERS = "user (id, organization, name, folding)"

New = tuple[int, int, str]  # row id, organization, clean name


def user_id(connection: Connection, organization: int, name: str) -> int:
    """The row id of a user within an organization, made if new. ``name`` is clean and not empty."""
    folded = fold(name)
    these = {"organization": organization, "name": name, "folded": folded, "folding": _folding(name, folded)}
    connection.execute(_MAKE, these)
    (id,) = connection.execute(_FIND, these).fetchone()
    return int(id)


def put(connection: Connection, new: Iterable[New]) -> None:
    """Write users that are new."""
    rows = [(id, organization, name, _folding(name, fold(name))) for id, organization, name in new]
    connection.put(_USERS, rows)


def ids(connection: Connection, wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """The row ids of users, by organization and name; those that are new are made, as ``user_id`` does."""
    pairs = dict.fromkeys(wanted)
    keys = [(fold(name), organization) for organization, name in pairs]
    names = dict(zip(reversed(keys), reversed([name for _, name in pairs]), strict=True))  # the first to come
    if not names:
        return {}
    rows = connection.execute(_KNOWN, (json.dumps(sorted({folded for folded, _ in names})),))
    latest = connection.execute("SELECT coalesce(max(id), 0) FROM user")  # waited for together
    known = {(folded, organization): id for id, folded, organization in rows}
    (last,) = latest.fetchone()
    new = sorted(names.keys() - known.keys()) if known else sorted(names)
    made = [(id, key[1], names[key], _folding(names[key], key[0])) for id, key in enumerate(new, last + 1)]
    connection.put(_USERS, made)
    known.update(zip(new, range(last + 1, last + 1 + len(new)), strict=True))
    return dict(zip(pairs, map(known.__getitem__, keys), strict=True))


def _folding(name: str, folded: str) -> str | None:
    """What is kept of the form that a name is compared by: nothing where SQL's ``lower`` gives it."""
    return None if name.isascii() else folded


def of(connection: Connection, user: int) -> tuple[int, str]:
    """The organization (row id) and the name of a user."""
    organization, name = connection.execute(
        "SELECT organization, name FROM user WHERE id = ?", (user,)
    ).fetchone()
    return int(organization), str(name)


def unknown(connection: Connection, scope: frozenset[int], name: str) -> NotFound:
    """The refusal of a name that no user in scope has, with the nearest that are."""
    if named(connection, scope, name):
        return idle(name)
    rows = connection.execute(
        "SELECT DISTINCT name, organization FROM user WHERE folded <> ''"
        " AND EXISTS (SELECT 1 FROM detail WHERE detail.user = user.id) ORDER BY name"
    )
    return strange(name, (known for known, organization in rows if organization in scope))


def strange(name: str, known: Iterable[str]) -> NotFound:
    """The refusal of a name that no user has, with the nearest of those that are known."""
    close = nearest(name, known)
    return NotFound(
        f"There is no user '{name}'.",
        f"Nearest: {', '.join(close)}." if close else "See `numctl user list`.",
        user=name,
        nearest=close,
    )


def idle(name: str) -> NotFound:
    """The refusal of the name of a user who has no numbers."""
    return NotFound(
        f"'{name}' has no numbers now.",
        f"See `numctl history --user '{name}'` for those they had.",
        user=name,
    )


def named(connection: Connection, scope: frozenset[int], name: str) -> list[tuple[int, str]]:
    """Row id and name of each row in scope that has the name in any case."""
    rows = connection.execute(
        "SELECT id, name, organization FROM user WHERE folded = ? AND folded <> '' ORDER BY id", (fold(name),)
    )
    return [(id, known) for id, known, organization in rows if organization in scope]


def all_named(connection: Connection, scope: frozenset[int]) -> list[tuple[int, str]]:
    """Row id and name of each row in scope that has a name, by name."""
    rows = connection.execute("SELECT id, name, organization FROM user WHERE folded <> '' ORDER BY name")
    return [(id, name) for id, name, organization in rows if organization in scope]


def name_of(connection: Connection, user: int) -> str | None:
    """The name of a user; None where it was forgotten, or there is none of this row id."""
    row = connection.execute("SELECT name FROM user WHERE id = ?", (user,)).fetchone()
    return str(row[0]) if row and row[0] else None


def holder_of(connection: Connection, user: int) -> int | None:
    """The organization of a user, both by row id."""
    row = connection.execute("SELECT organization FROM user WHERE id = ?", (user,)).fetchone()
    return int(row[0]) if row else None


def rename(connection: Connection, users: Iterable[int], name: str) -> None:
    """Give users, by row id, another (clean) name, or none; what was there doesn't stay on the disk."""
    wipe(connection)
    connection.executemany(
        "UPDATE user SET name = ?, folding = ? WHERE id = ?",
        [(name, _folding(name, fold(name)), id) for id in users],
    )
