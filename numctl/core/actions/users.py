"""Users: a name, by the organization that holds the number; one row for each pair of the two."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.errors import NotFound, NumbersRefuse
from numctl.core.text import fold, nearest

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from numctl.core.catalog.view import View
    from numctl.core.changes.operations import Operation

_STATUSES = """
SELECT user.folded, user.name, user.organization, status, count(number) FROM user
LEFT JOIN detail ON detail.user = user.id
LEFT JOIN span ON span.first = (SELECT max(first) FROM span WHERE first <= number)
LEFT JOIN state ON state.id = span.state
WHERE user.folded <> '' GROUP BY user.id, status ORDER BY user.folded, user.id
"""


class Listed(NamedTuple):
    """A user and how many numbers held in scope are theirs: in all, invited to, and in use."""

    user: str
    numbers: int
    assigned: int
    registered: int


def user_id(connection: sqlite3.Connection, organization: int, name: str) -> int:
    """The row id of a user within an organization, made if new. ``name`` is clean and not empty."""
    row = connection.execute(
        "SELECT id FROM user WHERE folded = ? AND folded <> '' AND organization = ?",
        (fold(name), organization),
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


def listed(view: View, text: str = "", *, former: bool = False) -> Iterator[Listed]:
    """Users by name, those whose name contains ``text``; ``former`` also without numbers any more."""
    needle, scope = fold(text), view.scope
    rows = (row for row in view.connection.execute(_STATUSES) if row[2] in scope and needle in row[0])
    for _, theirs in groupby(rows, key=itemgetter(0)):
        user, counts = "", {"assigned": 0, "in-use": 0}
        for _, name, _, status, n in theirs:
            user = user or name
            if status in counts:
                counts[status] += n
        numbers = sum(counts.values())
        if numbers or former:
            yield Listed(user, numbers, *counts.values())


def rename(operation: Operation, old: str, new: str) -> None:
    """Give a user in scope another name, in the history too.

    Raises NotFound, or NumbersRefuse where another user in scope has the name.
    """
    rows = _rows(operation, old)
    if fold(old) != fold(new) and _named(operation, new):
        raise NumbersRefuse(
            f"There is a user '{new}' already.", "Choose another name, or forget that user first.", user=new
        )
    changed = [id for id, name in rows if name != new]
    if changed:
        _write(operation, changed, new)


def forget(operation: Operation, name: str) -> None:
    """Blank the name of a user in scope everywhere; their numbers stay as they are. Raises NotFound."""
    _write(operation, [id for id, _ in _rows(operation, name)], "")


def unknown(connection: sqlite3.Connection, scope: frozenset[int], name: str) -> NotFound:
    """The refusal of a name that no user in scope has, with the nearest that are."""
    rows = connection.execute("SELECT DISTINCT name, organization FROM user WHERE folded <> ''")
    close = nearest(name, [known for known, organization in rows if organization in scope])
    return NotFound(
        f"There is no user '{name}'.",
        f"Nearest: {', '.join(close)}." if close else "See `numctl user list`.",
        user=name,
        nearest=close,
    )


def _rows(operation: Operation, name: str) -> list[tuple[int, str]]:
    found = _named(operation, name)
    if not found:
        raise unknown(operation.connection, operation.scope, name)
    return found


def _named(operation: Operation, name: str) -> list[tuple[int, str]]:
    """Row id and name of each row in scope that has the name in any case."""
    rows = operation.connection.execute(
        "SELECT id, name, organization FROM user WHERE folded = ? AND folded <> '' ORDER BY id", (fold(name),)
    )
    return [(id, known) for id, known, organization in rows if organization in operation.scope]


def _write(operation: Operation, ids: list[int], name: str) -> None:
    operation.connection.execute("PRAGMA secure_delete = ON")  # what was there must not stay on the disk
    operation.connection.executemany(
        "UPDATE user SET name = ?, folded = ? WHERE id = ?", [(name, fold(name), id) for id in ids]
    )
    operation.furnish(user=ids[0], organizations=len(ids))
