"""Series: named groups of numbers. Every number is in exactly one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core.errors import NotFound, NumbersRefuse
from numctl.core.rules.model import Change
from numctl.core.text import fold, nearest

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from numctl.core.catalog.view import View
    from numctl.core.changes.operations import Operation
    from numctl.core.numbers.ranges import Range

_HOLDERS = "SELECT DISTINCT series, organization FROM tally WHERE n > 0"


class Listed(NamedTuple):
    """A series and how many of its numbers are held in scope, by status."""

    series: str
    description: str
    total: int
    available: int
    reserved: int
    assigned: int
    registered: int


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


def find_or_make(connection: sqlite3.Connection, name: str, description: str = "") -> int:
    """The series of this (clean) name, made if it is new."""
    row = connection.execute("SELECT id FROM series WHERE folded = ?", (fold(name),)).fetchone()
    return int(row[0]) if row else _insert(connection, name, description)


def add(operation: Operation, name: str, description: str) -> None:
    """Make a series without numbers. Raises NumbersRefuse where the name is taken."""
    operation.root_only()
    _expect_free(operation.connection, name)
    _insert(operation.connection, name, description)
    operation.furnish(name=name)


def rename(operation: Operation, old: str, new: str) -> None:
    """Give a series another name. Raises NotFound, or NumbersRefuse where the name is taken."""
    operation.root_only()
    id = find(operation, old)
    if fold(old.strip()) != fold(new):
        _expect_free(operation.connection, new)
    (before,) = operation.connection.execute("SELECT name FROM series WHERE id = ?", (id,)).fetchone()
    if before == new:
        return
    operation.connection.execute("UPDATE series SET name = ?, folded = ? WHERE id = ?", (new, fold(new), id))
    operation.furnish(old=before, name=new)


def reclassify(operation: Operation, numbers: Iterable[Range], to: str) -> None:
    """Put numbers into another series, whatever their status. Raises NotFound for either."""
    operation.root_only()
    operation.door.change(numbers, Change("series move", series=find(operation, to)))


def listed(view: View, text: str = "") -> list[Listed]:
    """Series by name, those whose name or description contains ``text``, with their counts in scope."""
    counts: dict[int, dict[str, int]] = {}
    for series, organization, status, n in view.connection.execute(
        "SELECT series, organization, status, n FROM tally"
    ):
        if organization in view.scope:
            own = counts.setdefault(series, {})
            own[status] = own.get(status, 0) + n
    needle = fold(text)
    descriptions = dict(view.connection.execute("SELECT id, description FROM series"))
    rows = []
    for folded, (id, name) in visible(view).items():
        if needle in folded or needle in fold(descriptions[id]):
            n = counts.get(id, {})
            four = [n.get(status, 0) for status in ("available", "reserved", "assigned", "in-use")]
            rows.append(Listed(name, descriptions[id], sum(four), *four))
    return rows


def _insert(connection: sqlite3.Connection, name: str, description: str) -> int:
    id = connection.execute(
        "INSERT INTO series (name, folded, description) VALUES (?, ?, ?)", (name, fold(name), description)
    ).lastrowid
    assert id is not None  # noqa: S101 - an INSERT has always one
    return id


def _expect_free(connection: sqlite3.Connection, name: str) -> None:
    if connection.execute("SELECT 1 FROM series WHERE folded = ?", (fold(name),)).fetchone():
        raise NumbersRefuse(f"There is a series '{name}' already.", "Choose another name.", series=name)
