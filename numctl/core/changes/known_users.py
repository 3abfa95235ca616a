"""Users by organization and name within one operation; a part of the writer.

Those of a name that was asked for ahead are known, or known to be new: these are written by ``flush``.
"""

from __future__ import annotations

import json
from itertools import chain
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
        self._last = 0  # the greatest row id

    def ahead(self, numbers: Sequence[int], names: Iterable[str]) -> Callable[[], None]:
        """Ask for the users of these names, and for those of numbers; what is given takes the answer in."""
        run = self._connection.execute
        folded = {fold(name) for name in names}
        asked = [
            run(_OF_THESE, (json.dumps(sorted(folded)),)),
            run(_WITH_THESE, (json.dumps(numbers),)),
            run(_LAST),
        ]

        def take_in() -> None:
            *found, last = (answer.fetchall() for answer in asked)
            for id, own, organization, name in chain.from_iterable(found):
                self._ids[organization, own] = id
                self._names[id] = (organization, name)
                self._asked.add(own)
            self._asked |= folded
            self._last = max(self._last, last[0][0])

        return take_in

    def id(self, organization: int, name: str) -> int:
        """The row id of a user within an organization, made if new. ``name`` is clean and not empty."""
        own = fold(name)
        known = self._ids.get((organization, own))
        if known is not None:
            return known
        if own in self._asked:
            id = self._last + 1
            self._new.append((id, organization, name))
        else:
            self.write()
            id = users.user_id(self._connection, organization, name)
        self._last = max(self._last, id)
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
