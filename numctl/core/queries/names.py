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

END = "\U0010ffff"  # comes after all that goes on behind a text
_HAD = """
EXISTS (SELECT 1 FROM label_span AS run
  JOIN span ON span.first <= run.last AND span.last >= run.first AND span.first >= coalesce(
    (SELECT max(first) FROM span WHERE first <= run.first), run.first)
  JOIN state ON state.id = span.state
  WHERE run.label_set = label.label_set
  AND (:all = 1 OR state.organization IN (SELECT value FROM json_each(:scope))))
"""
# From one key to the next by the index: there may be millions of values.
_KEYS = f"""
WITH RECURSIVE known (key) AS (
  SELECT min(key) FROM label
  UNION ALL SELECT (SELECT min(key) FROM label WHERE key > known.key) FROM known WHERE known.key IS NOT NULL)
SELECT key FROM known WHERE substr(key, 1, length(:start)) = :start
AND EXISTS (SELECT 1 FROM label WHERE label.key = known.key AND {_HAD}) ORDER BY key LIMIT :most
"""  # noqa: S608 - conditions are ours
_VALUES = f"""
SELECT DISTINCT value, folded FROM label WHERE key = :key AND folded >= :start AND folded < :end AND {_HAD}
ORDER BY folded, value LIMIT :most
"""  # noqa: S608
LIMIT = 1_000  # names of one kind; nobody reads more, and a shell takes long to show them


def organizations(view: View, start: str) -> list[str]:
    """Paths that begin so; where none does, the shortest ends of paths that begin so and are clear.

    Where an end begins so and isn't clear, the whole path. ``start`` is compared without case.
    """
    tree = view.tree
    wanted = fold(start)
    paths = [tree.path(id) for id in tree.below(view.acting)]
    found = [path for path in paths if fold(path).startswith(wanted)]
    if found:
        return found[:LIMIT]
    ends = [list(_ends(path)) for path in paths]
    known = Counter(fold(end) for path in ends for end in path)
    fitting = ([end for end in path if fold(end).startswith(wanted)] + path[-1:] for path in ends)
    clear = (next(end for end in some if known[fold(end)] == 1) for some in fitting if len(some) > 1)
    return sorted(clear)[:LIMIT]


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
        "AND (:all = 1 OR organization IN (SELECT value FROM json_each(:scope))) "
        "AND EXISTS (SELECT 1 FROM span WHERE span.state = state.id) ORDER BY folded LIMIT :most",
        start,
    )


def users(view: View, start: str) -> list[str]:
    """Names of users who have numbers in scope and begin so, in any case, from A to Z."""
    return _named(
        view,
        "SELECT DISTINCT name, folded FROM user WHERE folded <> '' "
        "AND substr(folded, 1, length(:start)) = :start "
        "AND (:all = 1 OR organization IN (SELECT value FROM json_each(:scope))) "
        "AND EXISTS (SELECT 1 FROM detail WHERE detail.user = user.id) ORDER BY folded LIMIT :most",
        start,
    )


def label_keys(view: View, start: str) -> list[str]:
    """Keys of labels that numbers in scope have and that begin so, from A to Z."""
    return [key for (key,) in view.connection.execute(_KEYS, _asked(view, start))]


def label_values(view: View, key: str, start: str) -> list[str]:
    """Values of a label that numbers in scope have and that begin so, in any case, from A to Z."""
    found = view.connection.execute(_VALUES, {"key": key, "end": fold(start) + END, **_asked(view, start)})
    return [value for value, _ in found]


def _named(view: View, query: str, start: str) -> list[str]:
    return [name for name, _ in view.connection.execute(query, _asked(view, start))]


def _asked(view: View, start: str) -> dict[str, object]:
    scope = "[]" if view.sees_all else json.dumps(sorted(view.scope))
    return {"start": fold(start), "all": int(view.sees_all), "scope": scope, "most": LIMIT}
