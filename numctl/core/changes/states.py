"""States by their row id and back, read as they are needed; a part of the writer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.rules.model import State, Status
from numctl.core.text import fold

if TYPE_CHECKING:
    from numctl.core.store.connection import Connection

_REMEMBERED = 20_000  # states; a hundred thousand tags would otherwise fill the memory


class States:
    """The ``state`` table within one transaction. Forget it when the transaction is rolled back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._by_id: dict[int, State] = {}
        self._ids: dict[State, int] = {}

    def __getitem__(self, id: int) -> State:
        state = self._by_id.get(id)
        if state is None:
            series, organization, status, tag, until = self._connection.execute(
                "SELECT series, organization, status, tag, until FROM state WHERE id = ?", (id,)
            ).fetchone()
            state = State(series, organization, Status(status), tag, until)
            self._remember(id, state)
        return state

    def find(self, state: State) -> int | None:
        """The row id of a state that has been made before, or None."""
        id = self._ids.get(state)
        if id is None:
            row = self._connection.execute(
                "SELECT id FROM state"
                " WHERE organization = ? AND series = ? AND status = ? AND tag = ? AND until = ?",
                (state.organization, state.series, state.status, state.tag, state.until),
            ).fetchone()
            if row is None:
                return None
            id = int(row[0])
            self._remember(id, state)
        return id

    def id(self, state: State) -> int:
        """The row id of a state, made if it is new."""
        id = self.find(state)
        if id is None:
            (id,) = self._connection.execute(
                "INSERT INTO state (series, organization, status, tag, until, folded)"
                " VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
                (*state, fold(state.tag)),
            ).fetchone()
            id = int(id)
            self._remember(id, state)
        return id

    def _remember(self, id: int, state: State) -> None:
        if len(self._by_id) >= _REMEMBERED:
            self._by_id.clear()
            self._ids.clear()
        self._by_id[id] = state
        self._ids[state] = id
