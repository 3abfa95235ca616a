"""States by their row id and back, read as they are needed; a part of the writer."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING

from numctl.core.changes.cache import parts, places
from numctl.core.rules.model import State, Status
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numctl.core.numbers.ranges import Pair
    from numctl.core.store.connection import Connection

_AROUND = """
SELECT DISTINCT state.id, series, organization, status, tag, until FROM (VALUES {asked}) AS asked
JOIN span AS s ON s.first <= asked.column2
AND s.first >= coalesce((SELECT max(first) FROM span WHERE first <= asked.column1), asked.column1)
JOIN state ON state.id = s.state
"""
_TAGGED = """
SELECT id, series, organization, status, tag, until FROM state
WHERE tag <> '' AND tag IN (SELECT atom FROM json_each(?))
"""
_BY_IDS = """
SELECT id, series, organization, status, tag, until FROM state
WHERE id IN (SELECT value FROM json_each(?))
"""
_FIRST_ONES = "SELECT id, series, organization, status, tag, until FROM state ORDER BY id LIMIT ?"
_LAST = "SELECT coalesce(max(id), 0) FROM state"
_FIND = """
SELECT id FROM state WHERE organization = :organization AND series = :series AND status = :status
AND tag = :tag AND until = :until
"""
_MAKE = """
INSERT INTO state (series, organization, status, tag, until, folded)
SELECT :series, :organization, :status, :tag, :until, :folded WHERE NOT EXISTS (
  SELECT 1 FROM state WHERE organization = :organization AND series = :series AND status = :status
  AND tag = :tag AND until = :until
)
"""
_PUT = """
INSERT INTO state (id, series, organization, status, tag, until, folded)
VALUES (:id, :series, :organization, :status, :tag, :until, :folded)
"""
_REMEMBERED = 20_000  # states; a hundred thousand tags would otherwise fill the memory
ALL = 10_000  # states; so many are read whole


class States:
    """The ``state`` table within one transaction. Forget it when the transaction is rolled back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._by_id: dict[int, State] = {}
        self._ids: dict[State, int] = {}
        self._tags: set[str] = set()  # of which every state is known
        self._missing: set[State] = set()  # that were looked for, and not found
        self._knows_all = False
        self._asked_for_all = False
        self._last = 0  # the greatest row id, once it was asked for

    def __getitem__(self, id: int) -> State:
        state = self._by_id.get(id)
        if state is None:
            series, organization, status, tag, until = self._connection.execute(
                "SELECT series, organization, status, tag, until FROM state WHERE id = ?", (id,)
            ).fetchone()
            state = State(series, organization, Status(status), tag, until)
            self._remember(id, state)
        return state

    def ahead_of_all(self, tags: Iterable[str]) -> Callable[[], None]:
        """Ask for every state, or where that are too many for those with these tags."""
        if self._asked_for_all:
            return self.ahead((), tags)
        self._asked_for_all = True
        found = self._connection.execute(_FIRST_ONES, (ALL + 1,))

        def take_in() -> None:
            rows = found.fetchall()
            if len(rows) > ALL:
                self.ahead((), tags)()
                return
            for id, series, organization, status, tag, until in rows:
                self._remember(id, State(series, organization, Status(status), tag, until))
            self._knows_all = True
            self._last = max(self._last, rows[-1][0] if rows else 0)

        return take_in

    def look_up(self, ids: set[int]) -> Callable[[], None]:
        """Ask for these, by row id; what is given takes them in."""
        unknown = sorted(ids - self._by_id.keys())
        found = self._connection.execute(_BY_IDS, (json.dumps(unknown),)) if unknown else ()

        def take_in() -> None:
            for id, series, organization, status, tag, until in found:
                self._remember(id, State(series, organization, Status(status), tag, until))

        return take_in

    def ahead(self, numbers: Sequence[Pair], tags: Iterable[str]) -> Callable[[], None]:
        """Ask for the states around some ranges, and for all with these tags; what is given takes them in."""
        wanted = [] if self._knows_all else sorted({*tags} - self._tags - {""})
        asked = [
            self._connection.execute(_AROUND.format(asked=places(some)), [*chain.from_iterable(some)])
            for some in parts(numbers)
        ]
        if wanted:
            asked.append(self._connection.execute(_TAGGED, (json.dumps(wanted),)))
            last = self._connection.execute(_LAST)

        def take_in() -> None:
            for id, series, organization, status, tag, until in chain.from_iterable(asked):
                self._remember(id, State(series, organization, Status(status), tag, until))
            if wanted:
                self._tags.update(wanted)
                (self._last,) = last.fetchone()

        return take_in

    def find(self, state: State) -> int | None:
        """The row id of a state that has been made before, or None."""
        id = self._ids.get(state)
        if id is None and not self._is_known(state.tag) and state not in self._missing:
            row = self._connection.execute(_FIND, state._asdict()).fetchone()
            if row is None:
                self._missing.add(state)
            else:
                id = int(row[0])
                self._remember(id, state)
        return id

    def id(self, state: State) -> int:
        """The row id of a state, made if it is new."""
        id = self._ids.get(state)
        if id is None:
            known = {**state._asdict(), "folded": fold(state.tag)}
            if self._is_known(state.tag):
                id = self._last + 1
                self._connection.execute(_PUT, {**known, "id": id})
            else:
                self._connection.execute(_MAKE, known)
                (id,) = self._connection.execute(_FIND, state._asdict()).fetchone()
            self._last = max(self._last, id)
            self._remember(id, state)
        return id

    def _is_known(self, tag: str) -> bool:
        """Whether every state with a tag is."""
        return self._knows_all or tag in self._tags

    def _remember(self, id: int, state: State) -> None:
        if len(self._by_id) >= _REMEMBERED:
            self._by_id.clear()
            self._ids.clear()
            self._tags.clear()
            self._knows_all = False
        self._by_id[id] = state
        self._ids[state] = id
        self._missing.discard(state)
