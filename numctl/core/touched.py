"""Which numbers an operation touched, read from its pieces in the journal."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from operator import lt
from typing import TYPE_CHECKING, overload

from numctl.core.ranges import Range, adjoins

if TYPE_CHECKING:
    import sqlite3

_CHUNK = 10_000  # pieces read at a time
_PIECES = "SELECT first, last FROM piece WHERE operation = ? ORDER BY position"


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

    def joined(self) -> Touched:
        """The same numbers, ascending, with what overlaps or adjoins joined."""
        firsts, lasts = self._firsts, self._lasts
        if all(map(lt, map((1).__add__, lasts), firsts[1:])):
            return self
        joined = Touched(array("q"), array("q"))
        for at in sorted(range(len(firsts)), key=firsts.__getitem__):
            joined._put(firsts[at], lasts[at])
        return joined

    def _put(self, first: int, last: int) -> None:
        """Add a range that begins where the last one does, or later."""
        if self._lasts and (first <= self._lasts[-1] or adjoins(self._lasts[-1], first)):
            self._lasts[-1] = max(self._lasts[-1], last)
        else:
            self._firsts.append(first)
            self._lasts.append(last)


def touched(connection: sqlite3.Connection, operation: int) -> Touched:
    """The numbers that an operation touched, ascending and joined."""
    firsts, lasts = array("q"), array("q")
    rows = connection.execute(_PIECES, (operation,))
    while some := rows.fetchmany(_CHUNK):
        more_firsts, more_lasts = zip(*some, strict=True)
        firsts.extend(more_firsts)
        lasts.extend(more_lasts)
    return Touched(firsts, lasts).joined()
