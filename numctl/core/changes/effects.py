"""What an operation has done to the counts, and what its answer says of it; a part of the writer."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from numctl.core.changes.cache import ABSENT
from numctl.core.rules.model import Status

if TYPE_CHECKING:
    from numctl.core.changes.states import States
    from numctl.core.store.connection import Connection

_T = TypeVar("_T")

_ADD = """
INSERT INTO tally (organization, series, status, n) VALUES (:organization, :series, :status, :n)
ON CONFLICT (organization, series, status) DO UPDATE SET n = tally.n + excluded.n
"""
_SUBTRACT = "UPDATE tally SET n = n - ? WHERE organization = ? AND series = ? AND status = ?"


class Effects:
    """Counts moved, and the one thing that all numbers share, where there is one."""

    def __init__(self, states: States) -> None:
        self._states = states
        self._pairs: dict[tuple[int, int], int] = {}  # states before and after: numbers, not reckoned yet
        self._unwritten: dict[tuple[int, int, str], int] = {}
        self.moved: dict[tuple[int, int, str], int] = {}  # (organization, series, status): net difference
        self.assigned_from_reserve: set[int] = set()  # organizations
        self.count = 0
        self._with_user = 0
        self.due = ""  # the earliest end of a hold made
        # At most two of each are kept: that is enough to tell "the one" from "several".
        self.sources: set[int] = set()
        self.targets: set[int] = set()
        self.series: set[int] = set()
        self.tags: set[str] = set()
        self.untils: set[str] = set()
        self.users: set[int | None] = set()

    def note(self, before: int, after: int, n: int) -> None:
        """``n`` numbers went from one state to another (row ids)."""
        self.count += n
        pair = (before, after)
        self._pairs[pair] = self._pairs.get(pair, 0) + n

    @property
    def has_unwritten(self) -> bool:
        """Whether counts moved that aren't written."""
        return bool(self._pairs or self._unwritten)

    def _reckon(self) -> None:
        """Turn what was noted into counts and what all numbers share."""
        self._states.look_up(set(chain.from_iterable(self._pairs)) - {ABSENT})()
        for (before, after), n in self._pairs.items():
            old = self._states[before] if before != ABSENT else None
            new = self._states[after] if after != ABSENT else None
            if old is not None:
                self._count(old.organization, old.series, old.status, -n)
                _keep(self.sources, old.organization)
                if new is not None and old.status is Status.RESERVED and new.status is Status.ASSIGNED:
                    self.assigned_from_reserve.add(old.organization)
            if new is not None:
                self._count(new.organization, new.series, new.status, n)
                _keep(self.targets, new.organization)
                if new.until and (not self.due or new.until < self.due):
                    self.due = new.until
            _keep(self.tags, new.tag if new is not None else "")
            _keep(self.untils, new.until if new is not None else "")
            _keep(self.series, (new or old).series)  # type: ignore[union-attr]
        self._pairs = {}

    def note_user(self, user: int | None, n: int = 1) -> None:
        """``n`` of the numbers have, or had, a user."""
        _keep(self.users, user)
        self._with_user += n

    def shared(self) -> dict[str, object]:
        """Row ids of the organizations before and after, series and user, and the tag; None for several."""
        return {
            "from": _only(self.sources),
            "to": _only(self.targets),
            "series": _only(self.series),
            "tag": _only(self.tags) or None,
            "user": _only(self.users) if self._with_user == self.count else None,
            **({"until": until} if (until := _only(self.untils)) else {}),
        }

    def _count(self, organization: int, series: int, status: Status, n: int) -> None:
        key = (organization, series, str(status))
        self._unwritten[key] = self._unwritten.get(key, 0) + n
        self.moved[key] = self.moved.get(key, 0) + n

    def write_counts(self, connection: Connection) -> None:
        """Apply the net differences: a count never passes through less than nothing.

        What is public here, but for ``count``, holds from then on.
        """
        self._reckon()
        for (organization, series, status), n in self._unwritten.items():
            if n > 0:
                connection.execute(
                    _ADD, {"organization": organization, "series": series, "status": status, "n": n}
                )
            elif n < 0:
                connection.execute(_SUBTRACT, (-n, organization, series, status))
        self._unwritten = {}


def _keep(seen: set[_T], value: _T) -> None:
    if len(seen) < 2:
        seen.add(value)


def _only(seen: set[Any]) -> Any:
    return next(iter(seen)) if len(seen) == 1 else None
