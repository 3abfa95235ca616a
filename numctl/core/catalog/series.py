"""The rows of series, and which of them may be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.errors import NotFound
from numctl.core.text import fold, nearest

if TYPE_CHECKING:
    from numctl.core.catalog.view import View
    from numctl.core.store.connection import Connection

_HOLDERS = "SELECT DISTINCT series, organization FROM tally WHERE n > 0"


def find(view: View, name: str) -> int:
    """The series of this name, whatever its case; below the root only one with numbers in scope.

    Raises NotFound with the nearest names.
    """
    known = visible(view)
    found = known.get(fold(name.strip()))
    if found is None:
        close = nearest(name, [shown for _, shown in known.values()])
        raise NotFound(
            f"There is no series '{name}'.",
            f"Nearest: {', '.join(close)}." if close else "See `numctl series list`.",
            series=name,
            nearest=close,
        )
    return found[0]


def visible(view: View) -> dict[str, tuple[int, str]]:
    """Row id and name of each series that may be seen, by its folded name."""
    rows = view.connection.execute("SELECT folded, id, name FROM series ORDER BY folded").fetchall()
    if not view.sees_all:
        held = {
            series for series, organization in view.connection.execute(_HOLDERS) if organization in view.scope
        }
        rows = [row for row in rows if row[1] in held]
    return {folded: (id, name) for folded, id, name in rows}


def find_or_make(connection: Connection, name: str, description: str = "") -> int:
    """The series of this (clean) name, made if it is new."""
    row = connection.execute("SELECT id FROM series WHERE folded = ?", (fold(name),)).fetchone()
    return int(row[0]) if row else insert(connection, name, description)


def insert(connection: Connection, name: str, description: str) -> int:
    """Write the row of a series; give its row id."""
    (id,) = connection.execute(
        "INSERT INTO series (name, folded, description) VALUES (?, ?, ?) RETURNING id",
        (name, fold(name), description),
    ).fetchone()
    return int(id)


def is_taken(connection: Connection, name: str) -> bool:
    """Tell whether a series has the name, in any case."""
    return connection.execute("SELECT 1 FROM series WHERE folded = ?", (fold(name),)).fetchone() is not None


def names(connection: Connection) -> dict[int, str]:
    """The name of each series, by row id."""
    return dict(connection.execute("SELECT id, name FROM series"))


def descriptions(connection: Connection) -> dict[int, str]:
    """The description of each series, by row id."""
    return dict(connection.execute("SELECT id, description FROM series"))


def name_of(connection: Connection, series: int) -> str | None:
    """The name of a series, None where there is none of this row id."""
    row = connection.execute("SELECT name FROM series WHERE id = ?", (series,)).fetchone()
    return str(row[0]) if row else None


def rename(connection: Connection, series: int, name: str) -> None:
    """Give a series another (clean) name."""
    connection.execute("UPDATE series SET name = ?, folded = ? WHERE id = ?", (name, fold(name), series))


def delete(connection: Connection, name: str) -> None:
    """Delete the row of a series of this name, in any case, that no number was ever in."""
    connection.execute("DELETE FROM series WHERE folded = ?", (fold(name),))
