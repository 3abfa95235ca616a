"""Users: a name, by the organization that holds the number; one row for each pair of the two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.text import fold

if TYPE_CHECKING:
    import sqlite3


def user_id(connection: sqlite3.Connection, organization: int, name: str) -> int:
    """The row id of a user within an organization, made if new. ``name`` is clean and not empty."""
    row = connection.execute(
        "SELECT id FROM user WHERE folded = ? AND organization = ?", (fold(name), organization)
    ).fetchone()
    if row is not None:
        return int(row[0])
    made = connection.execute(
        "INSERT INTO user (organization, name, folded) VALUES (?, ?, ?)", (organization, name, fold(name))
    ).lastrowid
    assert made is not None  # noqa: S101 - an INSERT has always one
    return made


def taken_along(connection: sqlite3.Connection, user: int, organization: int) -> int:
    """The row id by which ``organization`` knows a user whose number it takes over."""
    holder, name = connection.execute("SELECT organization, name FROM user WHERE id = ?", (user,)).fetchone()
    if holder == organization or not name:  # a forgotten user is nobody's
        return user
    return user_id(connection, organization, name)
