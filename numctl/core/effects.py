"""What an operation has done to the counts, and what its answer says of it; a part of the one door."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from operator import lt
from typing import TYPE_CHECKING, Any, TypeVar, overload

from numctl.core.desk import ABSENT
from numctl.core.model import Status
from numctl.core.ranges import Pair, Range, adjoins, any_adjoin, total

if TYPE_CHECKING:
    import sqlite3

    from numctl.core.states import States

_T = TypeVar("_T")

_ADD = """
INSERT INTO tally (organization, series, status, n) VALUES (:organization, :series, :status, :n)
ON CONFLICT (organization, series, status) DO UPDATE SET n = n + :n
"""
_SUBTRACT = "UPDATE tally SET n = n - ? WHERE organization = ? AND series = ? AND status = ?"


class Touched(Sequence[Range]):
    """Ranges kept in arrays: a million of them would fill the memory."""

    def __init__(self, firsts: array[int], lasts: array[int]) -> None:
        self._firsts, self._lasts = firsts, lasts

    def __len__(self) -> int:
        return len(self._firsts)

    @overload
    def __getitem__(self, at: int) -> Range: ...
    @overload
    def __getitem__(self, at: slice) -> Touched: ...
    def __getitem__(self, at: int | slice) -> Range | Touched:
        if isinstance(at, slice):
            return Touched(self._firsts[at], self._lasts[at])
        return Range(self._firsts[at], self._lasts[at])

    def put(self, first: int, last: int) -> None:
        """Add a range that begins where the last one does, or later."""
        if self._lasts and (first <= self._lasts[-1] or adjoins(self._lasts[-1], first)):
            self._lasts[-1] = max(self._lasts[-1], last)
        else:
            self._firsts.append(first)
            self._lasts.append(last)


class Effects:
    """Counts moved, numbers touched, and the one thing that all of them share, where there is one."""

    def __init__(self, states: States) -> None:
        self._states = states
        self._firsts = array("q")
        self._lasts = array("q")
        self._pairs: dict[tuple[int, int], int] = {}  # states before and after: numbers, not reckoned yet
        self._unwritten: dict[tuple[int, int, str], int] = {}
        self.moved: dict[tuple[int, int, str], int] = {}  # (organization, series, status): net difference
        self.assigned_from_reserve: set[int] = set()  # organizations
        self.count = 0
        self.due = ""  # the earliest end of a hold made
        # At most two of each are kept: that is enough to tell "the one" from "several".
        self.sources: set[int] = set()
        self.targets: set[int] = set()
        self.series: set[int] = set()
        self.tags: set[str] = set()
        self.users: set[int | None] = set()

    def note(self, first: int, last: int, before: int, after: int) -> None:
        """Numbers went from one state to another (row ids)."""
        self.note_range(first, last)
        self.note_states(before, after, last - first + 1)

    def note_range(self, first: int, last: int) -> None:
        """Numbers were touched, without saying how."""
        self.count += last - first + 1
        if self._lasts and adjoins(self._lasts[-1], first):
            self._lasts[-1] = last
        else:
            self._firsts.append(first)
            self._lasts.append(last)

    def note_ranges(self, ranges: Sequence[Pair]) -> None:
        """Many ranges were touched, in ascending order, without saying how."""
        if self._lasts or any_adjoin(ranges):
            for first, last in ranges:
                self.note_range(first, last)
        elif ranges:
            firsts, lasts = zip(*ranges, strict=True)
            self._firsts.extend(firsts)
            self._lasts.extend(lasts)
            self.count += total(ranges)

    def note_states(self, before: int, after: int, n: int) -> None:
        """``n`` numbers went from one state to another, without saying which."""
        pair = (before, after)
        self._pairs[pair] = self._pairs.get(pair, 0) + n

    def _reckon(self) -> None:
        """Turn what was noted into counts and what all numbers share."""
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
            _keep(self.series, (new or old).series)  # type: ignore[union-attr]
        self._pairs = {}

    def note_user(self, user: int | None) -> None:
        _keep(self.users, user)

    def ranges(self) -> Touched:
        """What was touched, ascending and joined."""
        if all(map(lt, self._lasts, self._firsts[1:])):  # in order, and then joined already
            return Touched(self._firsts, self._lasts)
        joined = Touched(array("q"), array("q"))
        for at in sorted(range(len(self._firsts)), key=self._firsts.__getitem__):
            joined.put(self._firsts[at], self._lasts[at])
        return joined

    def shared(self) -> dict[str, object]:
        """Row ids of the organizations before and after, series and user, and the tag; None for several."""
        return {
            "from": _only(self.sources),
            "to": _only(self.targets),
            "series": _only(self.series),
            "tag": _only(self.tags) or None,
            "user": _only(self.users),
        }

    def _count(self, organization: int, series: int, status: Status, n: int) -> None:
        key = (organization, series, str(status))
        self._unwritten[key] = self._unwritten.get(key, 0) + n
        self.moved[key] = self.moved.get(key, 0) + n

    def write_counts(self, connection: sqlite3.Connection) -> None:
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
