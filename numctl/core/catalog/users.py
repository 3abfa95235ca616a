"""The rows of users: a name, by the organization that holds the number; one row for each pair of the two."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from numctl.core.errors import NotFound
from numctl.core.store.inserting import insert
from numctl.core.store.integrity import wipe
from numctl.core.text import fold, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numctl.core.store.connection import Connection

_KNOWN = """
SELECT id, folded, organization FROM user WHERE folded <> '' AND folded IN (SELECT atom FROM json_each(?))
"""


def user_id(connection: Connection, organization: int, name: str) -> int:
    """The row id of a user within an organization, made if new. ``name`` is clean and not empty."""
    row = connection.execute(
        "SELECT id FROM user WHERE folded = ? AND folded <> '' AND organization = ?",
        (fold(name), organization),
    ).fetchone()
    if row is not None:
        return int(row[0])
    (made,) = connection.execute(
        "INSERT INTO user (organization, name, folding) VALUES (?, ?, ?) RETURNING id",
        (organization, name, _folding(name, fold(name))),
    ).fetchone()
    return int(made)


def ids(connection: Connection, wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """The row ids of users, by organization and name; those that are new are made, as ``user_id`` does."""
    pairs = dict.fromkeys(wanted)
    keys = [(fold(name), organization) for organization, name in pairs]
    names = dict(zip(reversed(keys), reversed([name for _, name in pairs]), strict=True))  # the first to come
    rows = connection.execute(_KNOWN, (json.dumps(sorted({folded for folded, _ in names})),))
    known = {(folded, organization): id for id, folded, organization in rows}
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM user").fetchone()
    new = sorted(names.keys() - known.keys()) if known else sorted(names)
    made = [(id, key[1], names[key], _folding(names[key], key[0])) for id, key in enumerate(new, last + 1)]
    insert(connection, "user (id, organization, name, folding)", made)
    known.update(zip(new, range(last + 1, last + 1 + len(new)), strict=True))
    return dict(zip(pairs, map(known.__getitem__, keys), strict=True))


def _folding(name: str, folded: str) -> str | None:
    """What is kept of the form that a name is compared by: nothing where SQL's ``lower`` gives it."""
    return None if name.isascii() else folded


def taken_along(connection: Connection, user: int, organization: int) -> int:
    """The row id by which ``organization`` knows a user whose number it takes over."""
    holder, name = connection.execute("SELECT organization, name FROM user WHERE id = ?", (user,)).fetchone()
    if holder == organization or not name:  # a forgotten user is nobody's
        return user
    return user_id(connection, organization, name)


def unknown(connection: Connection, scope: frozenset[int], name: str) -> NotFound:
    """The refusal of a name that no user in scope has, with the nearest that are."""
    if named(connection, scope, name):
        return NotFound(
            f"'{name}' has no numbers now.",
            f"See `numctl history --user '{name}'` for those they had.",
            user=name,
        )
    rows = connection.execute(
        "SELECT DISTINCT name, organization FROM user WHERE folded <> ''"
        " AND EXISTS (SELECT 1 FROM detail WHERE detail.user = user.id) ORDER BY name"
    )
    close = nearest(name, [known for known, organization in rows if organization in scope])
    return NotFound(
        f"There is no user '{name}'.",
        f"Nearest: {', '.join(close)}." if close else "See `numctl user list`.",
        user=name,
        nearest=close,
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
