"""The names that someone may use: what a shell completes.

Only what is in scope, and what still stands for something: no tag that no number has any more.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from numctl.core import series as series_table
from numctl.core.text import fold
from numctl.core.tree import SEPARATOR

if TYPE_CHECKING:
    from numctl.core.view import View

LIMIT = 1_000  # names of one kind; nobody reads more, and a shell takes long to show them


def organizations(view: View, start: str) -> list[str]:
    """Paths that begin so; where none does, the shortest tails of paths that begin so and are clear.

    ``start`` is compared without case.
    """
    tree = view.tree
    wanted = fold(start)
    paths = [tree.path(id) for id in tree.below(view.acting)]
    found = [path for path in paths if fold(path).startswith(wanted)]
    if found:
        return found[:LIMIT]
    return sorted({tail for path in paths if (tail := _tail(path, wanted, paths))})[:LIMIT]


def _tail(path: str, wanted: str, paths: list[str]) -> str | None:
    """The shortest end of the path that begins as wanted and is the end of no other path."""
    names = path.split(SEPARATOR)
    for kept in range(1, len(names)):
        tail = SEPARATOR.join(names[-kept:])
        if fold(tail).startswith(wanted):
            ending = fold(SEPARATOR + tail)
            if sum(fold(SEPARATOR + other).endswith(ending) for other in paths) == 1:
                return tail
    return None


def series(view: View, start: str) -> list[str]:
    """Names of the series that may be seen and begin so, in any case."""
    known = series_table.visible(view)
    return [name for folded, (_, name) in known.items() if folded.startswith(fold(start))][:LIMIT]


def tags(view: View, start: str) -> list[str]:
    """Tags of reserved numbers in scope that begin so, in any case, from A to Z."""
    return _named(
        view,
        "SELECT DISTINCT tag, folded FROM state WHERE folded <> '' AND substr(folded, 1, length(?1)) = ?1 "
        "AND (?2 OR organization IN (SELECT value FROM json_each(?3))) "
        "AND EXISTS (SELECT 1 FROM span WHERE span.state = state.id) ORDER BY folded LIMIT ?4",
        start,
    )


def users(view: View, start: str) -> list[str]:
    """Names of users who have numbers in scope and begin so, in any case, from A to Z."""
    return _named(
        view,
        "SELECT DISTINCT name, folded FROM user WHERE folded <> '' AND substr(folded, 1, length(?1)) = ?1 "
        "AND (?2 OR organization IN (SELECT value FROM json_each(?3))) "
        "AND EXISTS (SELECT 1 FROM detail WHERE detail.user = user.id) ORDER BY folded LIMIT ?4",
        start,
    )


def _named(view: View, query: str, start: str) -> list[str]:
    scope = "[]" if view.sees_all else json.dumps(sorted(view.scope))
    return [name for name, _ in view.connection.execute(query, (fold(start), view.sees_all, scope, LIMIT))]
