"""The rows of series, and which of them may be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core.errors import NotFound
from numctl.core.text import fold, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numctl.core.catalog.view import View
    from numctl.core.store.connection import Connection

_THESE = """
SELECT folded, id FROM series WHERE retired = 0 AND folded IN (SELECT atom FROM json_each(?))
"""
_READ = """
SELECT id, name, description, aging FROM series WHERE id IN (SELECT value FROM json_each(?)) AND retired = 0
"""
_REMOVED = "SELECT folded, max(id) FROM series WHERE retired = 1 GROUP BY folded"
_HOLDERS = "SELECT DISTINCT series, organization FROM tally WHERE n > 0"


class SeriesRow(NamedTuple):
    """All that the store keeps of a series; ``aging`` is days, None where the organization says."""

    name: str
    description: str = ""
    aging: int | None = None


def find(view: View, name: str) -> int:
    """The series of this name, whatever its case; below the root only one with numbers in scope.

    Raises NotFound with the nearest names.
    """
    return pick(visible(view), name)


def pick(known: Mapping[str, tuple[int, str]], name: str) -> int:
    """The series of this name among those that may be seen. Raises as ``find`` does."""
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
    holders = () if view.sees_all else view.connection.execute(_HOLDERS)  # waited for with the names
    rows = view.connection.execute(
        "SELECT folded, id, name FROM series WHERE retired = 0 ORDER BY folded"
    ).fetchall()
    if not view.sees_all:
        held = {series for series, organization in holders if organization in view.scope}
        rows = [row for row in rows if row[1] in held]
    return {folded: (id, name) for folded, id, name in rows}


def read(connection: Connection, series: int) -> SeriesRow | None:
    """The row of a series; None where there is none, or none any more."""
    return ask(connection, [series])().get(series)


def ask(connection: Connection, series: Iterable[int]) -> Callable[[], dict[int, SeriesRow]]:
    """Ask for the rows of series; what is given gives those that are there, by row id."""
    rows = connection.execute(_READ, (str(list(series)),))
    return lambda: {id: SeriesRow(*row) for id, *row in rows}


def insert(connection: Connection, series: int, row: SeriesRow) -> None:
    """Write the row of a new series."""
    connection.execute(
        "INSERT INTO series (id, name, folded, description, aging) VALUES (?, ?, ?, ?, ?)",
        (series, row.name, fold(row.name), row.description, row.aging),
    )


def write(connection: Connection, series: int, row: SeriesRow | None) -> None:
    """Let this be the row of a series; None removes it. The row stays then, for what refers to it."""
    if row is None:
        connection.execute("UPDATE series SET retired = 1 WHERE id = ?", (series,))
        return
    connection.execute(
        "UPDATE series SET name = ?, folded = ?, description = ?, aging = ?, retired = 0 WHERE id = ?",
        (row.name, fold(row.name), row.description, row.aging, series),
    )


def id_of(connection: Connection, name: str) -> int | None:
    """The row id of the series of this name, in any case; None where there is none."""
    row = connection.execute(
        "SELECT id FROM series WHERE folded = ? AND retired = 0", (fold(name),)
    ).fetchone()
    return int(row[0]) if row else None


def ask_ids(connection: Connection, wanted: Iterable[str]) -> Callable[[], dict[str, int]]:
    """Ask for the row ids of the series of these names; what is given gives those that there are.

    They are by the name as it is compared.
    """
    import json

    names = sorted({fold(name) for name in wanted})
    asked = connection.execute(_THESE, (json.dumps(names),)) if names else ()
    return lambda: dict(asked)


def ask_removed(connection: Connection) -> Callable[[], dict[str, int]]:
    """Ask for the last series of each folded name that was removed; what is given gives their row ids."""
    asked = connection.execute(_REMOVED)
    return lambda: dict(asked)


def names_of(connection: Connection, ids: Iterable[int]) -> list[str | None]:
    """The name of each of some series, None where there is none of this row id."""
    wanted = list(ids)
    if len(wanted) < 2:
        return [name_of(connection, id) for id in wanted]
    known = names(connection)
    return [known.get(id) for id in wanted]


def names(connection: Connection) -> dict[int, str]:
    """The name of each series, by row id."""
    return dict(connection.execute("SELECT id, name FROM series"))


def descriptions(connection: Connection) -> dict[int, str]:
    """The description of each series, by row id."""
    return dict(connection.execute("SELECT id, description FROM series"))


def aging(connection: Connection) -> dict[int, int]:
    """The days of rest of each series that has a rule of its own, by row id."""
    return dict(connection.execute("SELECT id, aging FROM series WHERE aging IS NOT NULL"))


def name_of(connection: Connection, series: int) -> str | None:
    """The name of a series, None where there is none of this row id."""
    row = connection.execute("SELECT name FROM series WHERE id = ?", (series,)).fetchone()
    return str(row[0]) if row else None
