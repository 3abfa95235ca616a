"""The names that someone may use: what a shell completes.

Only what is in scope, and what still stands for something: no tag that no number has any more.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from numctl.core.catalog import series as series_table
from numctl.core.catalog.tree import SEPARATOR
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.catalog.view import View

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
    ends = [list(_ends(path)) for path in paths]
    known = Counter(fold(end) for path in ends for end in path)
    clear = (
        next((end for end in path if fold(end).startswith(wanted) and known[fold(end)] == 1), None)
        for path in ends
    )
    return sorted(filter(None, clear))[:LIMIT]


def _ends(path: str) -> Iterator[str]:
    """The ends of a path, the shortest first: `EMEA`, `Sales/EMEA`, `Acme/Sales/EMEA`."""
    names = path.split(SEPARATOR)
    for kept in range(1, len(names) + 1):
        yield SEPARATOR.join(names[-kept:])


def series(view: View, start: str) -> list[str]:
    """Names of the series that may be seen and begin so, in any case."""
    known = series_table.visible(view)
    return [name for folded, (_, name) in known.items() if folded.startswith(fold(start))][:LIMIT]


def tags(view: View, start: str) -> list[str]:
    """Tags of reserved numbers in scope that begin so, in any case, from A to Z."""
    return _named(
        view,
        "SELECT DISTINCT tag, folded FROM state WHERE folded <> '' "
        "AND substr(folded, 1, length(:start)) = :start "
        "AND (:all OR organization IN (SELECT value FROM json_each(:scope))) "
        "AND EXISTS (SELECT 1 FROM span WHERE span.state = state.id) ORDER BY folded LIMIT :most",
        start,
    )


def users(view: View, start: str) -> list[str]:
    """Names of users who have numbers in scope and begin so, in any case, from A to Z."""
    return _named(
        view,
        "SELECT DISTINCT name, folded FROM user WHERE folded <> '' "
        "AND substr(folded, 1, length(:start)) = :start "
        "AND (:all OR organization IN (SELECT value FROM json_each(:scope))) "
        "AND EXISTS (SELECT 1 FROM detail WHERE detail.user = user.id) ORDER BY folded LIMIT :most",
        start,
    )


def _named(view: View, query: str, start: str) -> list[str]:
    scope = "[]" if view.sees_all else json.dumps(sorted(view.scope))
    asked = {"start": fold(start), "all": view.sees_all, "scope": scope, "most": LIMIT}
    return [name for name, _ in view.connection.execute(query, asked)]
