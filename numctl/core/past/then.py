"""What series and users are called and were called: their names now, and the renames since, taken back."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING

from numctl.core.catalog import series

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numctl.core.store.connection import Connection

_RENAMES = """
SELECT operation, kind, row, before, name_before FROM catalog_change
WHERE kind IN ('series', 'user') AND before IS NOT NULL ORDER BY operation, position
"""
_USERS = "SELECT id, name, organization FROM user WHERE id IN (SELECT value FROM json_each(?))"


class NamesNow:
    """Names of series and users by row id; users are asked for one by one where they weren't ahead."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._users: dict[int, tuple[str, int]] = {}

    @cached_property
    def series(self) -> dict[int, str]:
        """The names of all series."""
        return series.names(self._connection)

    def ahead(self, users: Iterable[int | None]) -> Callable[[], None]:
        """Ask for users; what is given takes the answer in."""
        wanted = sorted({id for id in users if id is not None} - self._users.keys())
        asked = self._connection.execute(_USERS, (json.dumps(wanted),)) if wanted else ()

        def take_in() -> None:
            self._users.update((id, (name, holder)) for id, name, holder in asked)

        return take_in

    def user(self, id: int | None) -> tuple[str, int] | None:
        """The name (empty: forgotten) and the organization of a user; None where there is none."""
        if id is None:
            return None
        if id not in self._users:
            self.ahead([id])()
        return self._users.get(id)


class NamesThen:
    """Names of series and users by row id, once an operation was done."""

    def __init__(self, connection: Connection, now: NamesNow) -> None:
        self._now = now
        self._asked = connection.execute(_RENAMES)

    @cached_property
    def _before(self) -> dict[tuple[str, int], list[tuple[int, str]]]:
        found: dict[tuple[str, int], list[tuple[int, str]]] = {}
        for operation, kind, row, before, name in self._asked:
            was = json.loads(before)["name"] if kind == "series" else name
            found.setdefault((kind, row), []).append((operation, was))
        return found

    def series(self, id: int, operation: int) -> str | None:
        """A series' name then."""
        was = self._was("series", id, operation)
        return (self._now.series.get(id) if was is None else was) or None

    def user(self, id: int | None, operation: int) -> str | None:
        """A user's name then; None without one, or where it was forgotten since."""
        if id is None:
            return None
        was = self._was("user", id, operation)
        if was is None:
            was, _ = self._now.user(id) or ("", 0)
        return was or None

    def _was(self, kind: str, id: int, operation: int) -> str | None:
        return next((was for later, was in self._before.get((kind, id), ()) if later > operation), None)
