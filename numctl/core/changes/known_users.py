"""Users by organization and name within one operation; a part of the writer.

Those of a name that was asked for ahead are known, or known to be new: these are written by ``flush``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from numctl.core.catalog import users
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numctl.core.store.connection import Connection

_OF_THESE = """
SELECT id, folded, organization, name FROM user
WHERE folded <> '' AND folded IN (SELECT atom FROM json_each(?))
"""
# All that bear the name of one who has one of some numbers.
_WITH_THESE = """
SELECT id, folded, organization, name FROM user
WHERE folded <> '' AND folded IN (
  SELECT folded FROM user WHERE id IN (
    SELECT user FROM detail WHERE number IN (SELECT value FROM json_each(?))
  )
)
"""
# The same by their row ids.
_NAMESAKES = """
SELECT id, folded, organization, name FROM user
WHERE folded <> '' AND folded IN (
  SELECT folded FROM user WHERE id IN (SELECT value FROM json_each(?))
)
"""
_LAST = "SELECT coalesce(max(id), 0) FROM user"


class KnownUsers:
    """The ``user`` table, as far as an operation has asked for it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._forget()

    def _forget(self) -> None:
        self._ids: dict[tuple[int, str], int] = {}
        self._names: dict[int, tuple[int, str]] = {}  # organization and name, by row id
        self._asked: set[str] = set()  # folded names of which every user is known
        self._new: list[users.New] = []
        self._last: int | None = None  # the greatest row id, once it was asked for

    def ahead(self, names: Iterable[str], numbers: Sequence[int]) -> Callable[[], None]:
        """Ask for the users of these names, and for those of numbers; what is given takes the answer in."""
        run = self._connection.execute
        folded = {fold(name) for name in names} - self._asked
        asked = []
        if folded:
            asked.append(run(_OF_THESE, (json.dumps(sorted(folded)),)))
        if numbers:
            asked.append(run(_WITH_THESE, (json.dumps(numbers),)))
        last = run(_LAST) if self._last is None else None

        def take_in() -> None:
            for found in asked:
                self._take_in(found)
            self._asked |= folded
            if last is not None:
                (self._last,) = last.fetchone()

        return take_in

    def look_up(self, ids: set[int]) -> None:
        """Have at hand all that bear the names of these, by row id."""
        if unknown := sorted(ids - self._names.keys()):
            self._take_in(self._connection.execute(_NAMESAKES, (json.dumps(unknown),)))
            for id in unknown:  # who was forgotten
                self._names.setdefault(id, (0, ""))

    def _take_in(self, found: Iterable[tuple[int, str, int, str]]) -> None:
        for id, own, organization, name in found:
            self._ids[organization, own] = id
            self._names[id] = (organization, name)
            self._asked.add(own)

    def id(self, organization: int, name: str) -> int:
        """The row id of a user within an organization, made if new. ``name`` is clean and not empty."""
        own = fold(name)
        known = self._ids.get((organization, own))
        if known is not None:
            return known
        if own in self._asked and self._last is not None:
            id = self._last + 1
            self._new.append((id, organization, name))
            self._names[id] = (organization, name)
        else:
            self.write()
            id = users.user_id(self._connection, organization, name)
        self._last = None if self._last is None else max(self._last, id)
        self._ids[organization, own] = id
        return id

    def taken_along(self, user: int, organization: int) -> int:
        """The row id by which ``organization`` knows a user whose number it takes over."""
        known = self._names.get(user) or users.of(self._connection, user)
        self._names[user] = known
        holder, name = known
        if holder == organization or not name:  # a forgotten user is nobody's
            return user
        return self.id(organization, name)

    def write(self) -> None:
        """Write the users that are new."""
        new, self._new = self._new, []
        users.put(self._connection, new)

    def flush(self) -> None:
        """The same, and forget all: others may make some."""
        self.write()
        self._forget()
