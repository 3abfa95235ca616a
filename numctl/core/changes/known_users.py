"""Users by organization and name within one operation; a part of the writer.

Those of a name that was asked for ahead are known, or known to be new: these are written by ``flush``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from numctl.core.catalog import users
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

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
_NUMBERS = """
SELECT number, user.folded FROM user JOIN detail ON detail.user = user.id
WHERE user.folded <> '' AND user.folded IN (SELECT atom FROM json_each(?)) LIMIT ?
"""
_BEARERS = """
SELECT user.id, name, organization, count(*) FROM user JOIN detail ON detail.user = user.id
WHERE folded <> '' GROUP BY user.id, name, organization LIMIT ?
"""
Bearer = tuple[str, int]  # the name of a user, and its organization (a row id)
MOST_OWNED = 20_000  # users, and numbers of users that are kept in memory


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
            self._names.setdefault(id, (organization, name))
        self._last = None if self._last is None else max(self._last, id)
        self._ids[organization, own] = id
        return id

    def taken_along(self, user: int, organization: int) -> int:
        """The row id by which ``organization`` knows a user whose number it takes over."""
        holder, name = self.organization(user), self.name(user)
        if holder == organization or not name:  # a forgotten user is nobody's
            return user
        return self.id(organization, name)

    def has(self, name: str, organizations: Iterable[int]) -> bool | None:
        """Whether a user of one of these bears a name; None where it wasn't asked for."""
        own = fold(name)
        if own not in self._asked:
            return None
        return any((organization, own) in self._ids for organization in organizations)

    def name(self, user: int) -> str:
        """The name of a user, by row id; empty for one who was forgotten."""
        known = self._names.get(user)
        if known is None:
            known = self._names[user] = users.of(self._connection, user)
        return known[1]

    def organization(self, user: int) -> int:
        """The organization of a user, both by row id."""
        self.name(user)
        return self._names[user][0]

    def write(self) -> None:
        """Write the users that are new."""
        new, self._new = self._new, []
        users.put(self._connection, new)

    def flush(self) -> None:
        """The same, and forget all: others may make some."""
        self.write()
        self._forget()


class Owned:
    """Which numbers the users of some names have, as an operation has left them so far.

    ``unwritten`` gives numbers with the user that they don't have in the store yet, or no more.
    """

    def __init__(
        self, connection: Connection, users: KnownUsers, unwritten: Callable[[], Mapping[int, int | None]]
    ) -> None:
        self._connection = connection
        self._users = users
        self._unwritten = unwritten
        self._numbers: dict[str, set[int]] = {}  # by folded name
        self._bearers: dict[int, Bearer] | None = None  # by row id
        self._counts: dict[int, int] = {}  # of their numbers

    @property
    def is_kept(self) -> bool:
        """Whether any of it is at hand."""
        return bool(self._numbers) or self._bearers is not None

    def __getitem__(self, name: str) -> list[int] | None:
        """Those of a name, ascending; None where it wasn't asked for."""
        found = self._numbers.get(fold(name))
        return None if found is None else sorted(found)

    def ask(self, names: Iterable[str]) -> list[int]:
        """Keep the numbers of these names and of no others, and give them; none where they are too many."""
        unwritten = self._unwritten()
        wanted = sorted(set(map(fold, names)))
        rows = self._connection.execute(_NUMBERS, (json.dumps(wanted), MOST_OWNED + 1)).fetchall()
        if len(rows) > MOST_OWNED:
            self.forget()
            return []
        self._numbers = {name: set() for name in wanted}
        for number, name in rows:
            if number not in unwritten:
                self._numbers[name].add(number)
        for number, user in unwritten.items():
            own = self._numbers.get("" if user is None else fold(self._users.name(user)))
            if own is not None:
                own.add(number)
        return [number for numbers in self._numbers.values() for number in numbers]

    def has_user(self, name: str, organizations: Iterable[int]) -> bool | None:
        """Whether a user of one of these bears a name; None where that isn't at hand."""
        return self._users.has(name, organizations)

    def bearers(self, write: Callable[[], None]) -> list[Bearer] | None:
        """Users that have numbers, by name; None where they are too many. ``write`` writes all there is."""
        if self._bearers is None:
            write()
            rows = self._connection.execute(_BEARERS, (MOST_OWNED + 1,)).fetchall()
            if len(rows) > MOST_OWNED:
                return None
            self._bearers = {id: (name, organization) for id, name, organization, _ in rows}
            self._counts = {id: n for id, _, _, n in rows}
        return sorted(one for id, one in self._bearers.items() if self._counts[id])

    def changed(self, number: int, before: int | None, after: int | None) -> None:
        """Note that another user, or none, has a number."""
        for user, n in ((before, -1), (after, 1)):
            name = "" if user is None else self._users.name(user)
            if user is None or not name:
                continue
            numbers = self._numbers.get(fold(name))
            if numbers is not None:
                (numbers.add if n > 0 else numbers.discard)(number)
            if self._bearers is not None:
                self._counts[user] = self._counts.get(user, 0) + n
                self._bearers.setdefault(user, (name, self._users.organization(user)))

    def forget(self) -> None:
        """Let go of all: numbers change, and it isn't told which."""
        self._numbers, self._bearers = {}, None
