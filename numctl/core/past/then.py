"""What series and users were called then: their names now, and the renames since, taken back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numctl.core.store.connection import Connection

_RENAMES = """
SELECT operation, kind, row, before, name_before FROM catalog_change
WHERE kind IN ('series', 'user') AND before IS NOT NULL ORDER BY operation, position
"""
_NOW = {"series": "SELECT name FROM series WHERE id = ?", "user": "SELECT name FROM user WHERE id = ?"}


class NamesThen:
    """Names of series and users by row id, once an operation was done."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._before: dict[tuple[str, int], list[tuple[int, str]]] = {}
        for operation, kind, row, before, name in connection.execute(_RENAMES):
            was = json.loads(before)["name"] if kind == "series" else name
            self._before.setdefault((kind, row), []).append((operation, was))
        self._now: dict[tuple[str, int], str | None] = {}

    def series(self, id: int, operation: int) -> str | None:
        """A series' name then."""
        return self._name("series", id, operation)

    def user(self, id: int | None, operation: int) -> str | None:
        """A user's name then; None without one, or where it was forgotten since."""
        return self._name("user", id, operation) if id is not None else None

    def _name(self, kind: str, id: int, operation: int) -> str | None:
        for later, was in self._before.get((kind, id), ()):
            if later > operation:
                return was or None
        if (kind, id) not in self._now:
            row = self._connection.execute(_NOW[kind], (id,)).fetchone()
            self._now[kind, id] = (row[0] or None) if row else None
        return self._now[kind, id]
