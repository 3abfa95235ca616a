"""What the inventory holds and what a list has of the same numbers, side by side."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.numbers.ranges import Range
from numctl.core.rules.labels import NONE, Labels
from numctl.core.rules.model import Status

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Set

    from numctl.core.catalog.view import View

_STATES = """
SELECT id, organization, series, status, tag, until FROM state WHERE id IN (SELECT value FROM json_each(?))
"""

REMEMBERED = 20_000  # states


class Held(NamedTuple):
    """What is true of some numbers; ``organization`` is a row id, 0 for one that isn't here.

    ``named`` is the organization as a text, for people; ``forward`` is 0 for none.
    """

    organization: int
    named: str
    series: str
    status: Status
    tag: str = ""
    until: str = ""
    user: str = ""
    forward: int = 0
    labels: Labels = NONE


class Pair(NamedTuple):
    """Numbers with what each side says of them: None where it lacks them. ``place`` is the sheet's row."""

    numbers: Range
    here: Held | None
    there: Held | None
    place: int = -1


class States(dict[int, Held | None]):
    """What is true of all numbers in a state, by its row id; None out of scope."""

    def __init__(self, view: View, series: Mapping[int, str]) -> None:
        """``series`` are the names of all series."""
        super().__init__()
        self._view = view
        self._series = series

    def __missing__(self, id: int) -> Held | None:
        self.ahead({id})
        return self[id]

    def ahead(self, ids: Set[int]) -> None:
        """Read states together."""
        if len(self) + len(ids) >= REMEMBERED:
            self.clear()
        unknown = json.dumps(sorted(ids - self.keys()))
        rows = self._view.connection.execute(_STATES, (unknown,)) if unknown != "[]" else ()
        for id, organization, series, status, tag, until in rows:
            held = None
            if organization in self._view.scope:
                named = self._view.tree.path(organization)
                held = Held(organization, named, self._series[series], Status(status), tag, until)
            self[id] = held

    def seen(self, id: int) -> Held:
        """What is true of the numbers of a state that is in scope."""
        held = self[id]
        assert held is not None  # noqa: S101 - it was picked by this
        return held


class Compared(NamedTuple):
    """What of the inventory is compared: a series by its name, organizations by row id; None is all."""

    series: str | None = None
    organizations: Collection[int] | None = None

    def concerns(self, one: Held) -> bool:
        """Whether numbers that the list lacks are compared at all."""
        fits = self.series is None or one.series == self.series
        return fits and (self.organizations is None or one.organization in self.organizations)
