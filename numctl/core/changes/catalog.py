"""The one way that organizations, series and users' names change: journaled with the row before and after.

No other code writes ``organization``, ``administrator`` or ``series``, or gives users another name.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.catalog import organizations, series, users
from numctl.core.catalog.organizations import OrganizationRow
from numctl.core.catalog.series import SeriesRow
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numctl.core.store.connection import Connection

ORGANIZATION, SERIES, USER = "organization", "series", "user"
Row = OrganizationRow | SeriesRow
_SHAPES: dict[str, type[OrganizationRow] | type[SeriesRow]] = {
    ORGANIZATION: OrganizationRow,
    SERIES: SeriesRow,
}

_NOTE = """
INSERT INTO catalog_change (operation, position, line, kind, row, before, after, name_before, name_after)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_LAST = "SELECT coalesce(max(id), 0) FROM {}"
_OF_AN_OPERATION = """
SELECT kind, row, before, after, name_before, name_after FROM catalog_change
WHERE operation = ? ORDER BY position
"""
_OF_OPERATIONS = """
SELECT operation, kind, row, before, after, name_before, name_after FROM catalog_change
WHERE operation IN (SELECT value FROM json_each(?)) ORDER BY operation, position
"""


class CatalogChange(NamedTuple):
    """What an operation did to one row (a row id): as it was before and after, None for not there.

    Of a user, only the names are told.
    """

    kind: str
    row: int
    before: Row | None
    after: Row | None
    name_before: str = ""
    name_after: str = ""


class CatalogWriter:
    """The catalog's rows within one operation; ``line`` is that of a batch."""

    def __init__(self, connection: Connection, operation: int) -> None:
        self._connection = connection
        self._operation = operation
        self.positions = 0
        self.added = dict.fromkeys((ORGANIZATION, SERIES), 0)  # how many rows, by kind
        self.changed = dict.fromkeys((ORGANIZATION, SERIES), 0)  # how often others were
        self._rows: dict[tuple[str, int], Row | None] = {}  # those that were read ahead
        self._removed: dict[str, int] | None = None  # series, by folded name, once they were asked for
        self.line = 0
        self._last: dict[str, int] = {}  # the greatest row ids, once they were asked for
        self.new: list[tuple[str, int]] = []  # rows that were not there before, by kind and row id

    def add_organization(self, row: OrganizationRow) -> int:
        """Make an organization; give its row id."""
        id = self._next(ORGANIZATION)
        organizations.insert(self._connection, id, row)
        self._note(ORGANIZATION, id, None, row)
        return id

    def add_series(self, *rows: SeriesRow) -> list[int]:
        """Make series; give their row ids. What was removed under one of these names comes back."""
        ids = []
        removed = self._look_up_removed()
        for row in rows:
            id = removed.pop(fold(row.name), None)
            if id is not None:
                self.put(SERIES, id, row)
            else:
                id = self._next(SERIES)
                series.insert(self._connection, id, row)
                self._note(SERIES, id, None, row)
            ids.append(id)
        return ids

    def _next(self, kind: str) -> int:
        """The row id of what is made now: the next after the greatest."""
        self._look_up_last(kind)
        self._last[kind] += 1
        return self._last[kind]

    def _look_up_removed(self) -> dict[str, int]:
        """The series that were removed, by folded name."""
        if self._removed is None:
            asked = series.ask_removed(self._connection)
            self._look_up_last(SERIES)  # waited for together
            self._removed = asked()
        return self._removed

    def _look_up_last(self, kind: str) -> None:
        if kind not in self._last:
            (self._last[kind],) = self._connection.execute(_LAST.format(kind)).fetchone()

    def made(self, kind: str, id: int) -> int:
        """Note that a row is new; give its row id."""
        self._note(kind, id, None, self.read(kind, id))
        return id

    def set(self, kind: str, id: int, **fields: object) -> bool:
        """Change fields of a row; tell whether anything changed."""
        row = self.read(kind, id)
        return row is not None and self.put(kind, id, row._replace(**fields))  # type: ignore[arg-type]

    def put(self, kind: str, id: int, row: Row | None) -> bool:
        """Let this be a row, None take it away; tell whether anything changed."""
        before = self.read(kind, id)
        if before == row:
            return False
        if kind == ORGANIZATION:
            had, has = (one if isinstance(one, OrganizationRow) else None for one in (before, row))
            organizations.write(self._connection, id, had, has)
        else:
            series.write(self._connection, id, row if isinstance(row, SeriesRow) else None)
            self._removed = None if row is None else self._removed
        if (kind, id) in self._rows:
            self._rows[kind, id] = row
        self._note(kind, id, before, row)
        return True

    def read(self, kind: str, id: int) -> Row | None:
        """A row as it is now; None where it is not there, or not any more."""
        if (kind, id) in self._rows:
            return self._rows[kind, id]
        if kind == ORGANIZATION:
            return organizations.read(self._connection, id)
        return series.read(self._connection, id)

    def read_ahead(self, rows: Iterable[tuple[str, int]]) -> None:
        """Have rows at hand, by their kinds and row ids."""
        wanted = list(rows)
        ids = {of: [id for kind, id in wanted if kind == of] for of in (ORGANIZATION, SERIES)}
        asked = organizations.ask(self._connection, ids[ORGANIZATION])
        more = series.ask(self._connection, ids[SERIES])
        found: dict[str, Mapping[int, Row]] = {ORGANIZATION: asked(), SERIES: more()}
        self._rows.update({(kind, id): found[kind].get(id) for kind, id in wanted})

    def rename_users(self, ids: Iterable[int], name: str) -> None:
        """Give users, by row id, another (clean) name."""
        ids = list(ids)
        for id in ids:
            self.positions += 1
            before = users.name_of(self._connection, id) or ""
            values = (USER, id, "{}", "{}", before, name)
            self._connection.execute(_NOTE, (self._operation, self.positions, self.line, *values))
        users.rename(self._connection, ids, name)

    def forget_users(self, ids: Iterable[int]) -> None:
        """Blank users' names, by row id, here and in all that was journaled of them."""
        ids = list(ids)
        users.rename(self._connection, ids, "")
        self._connection.executemany(
            "UPDATE catalog_change SET name_before = '', name_after = '' WHERE kind = 'user' AND row = ?",
            [(id,) for id in ids],
        )

    def _note(self, kind: str, id: int, before: Row | None, after: Row | None) -> None:
        self.positions += 1
        (self.added if before is None else self.changed)[kind] += 1
        if before is None:
            self.new.append((kind, id))
        values = (kind, id, as_text(before), as_text(after), "", "")
        self._connection.execute(_NOTE, (self._operation, self.positions, self.line, *values))


def as_text(row: Row | None) -> str | None:
    """A row as the journal keeps it: a JSON object with its keys in order; None for not there."""
    if row is None:
        return None
    return json.dumps(row._asdict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def as_row(kind: str, text: str | None) -> Row | None:
    """A row as the journal kept it. Raises ValueError or TypeError for what it never wrote."""
    if text is None or kind not in _SHAPES:
        return None
    fields = json.loads(text)
    if "emails" in fields:
        fields["emails"] = tuple(fields["emails"])
    return _SHAPES[kind](**fields)


def changes_of(connection: Connection, operation: int) -> Iterator[CatalogChange]:
    """What an operation did to the catalog, in order."""
    for row in connection.execute(_OF_AN_OPERATION, (operation,)).fetchall():
        yield _change(*row)


def changes_of_each(
    connection: Connection, operations: Sequence[int]
) -> Callable[[], dict[int, list[CatalogChange]]]:
    """Ask for the same of several operations, by these; what is given takes the answer in."""
    asked = connection.execute(_OF_OPERATIONS, (json.dumps(operations),))

    def take_in() -> dict[int, list[CatalogChange]]:
        found: dict[int, list[CatalogChange]] = {}
        for operation, *row in asked:
            found.setdefault(operation, []).append(_change(*row))
        return found

    return take_in


def _change(
    kind: str, id: int, before: str | None, after: str | None, name_before: str, name_after: str
) -> CatalogChange:
    return CatalogChange(
        kind, id, as_row(kind, before), as_row(kind, after), name_before or "", name_after or ""
    )


def begins(connection: Connection) -> int | None:
    """The first operation whose changes of the catalog are journaled; None for a store without any."""
    (first,) = connection.execute("SELECT min(operation) FROM catalog_change").fetchone()
    return first if first is None else int(first)
