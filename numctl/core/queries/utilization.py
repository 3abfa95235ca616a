"""How many of an organization's numbers are used: five categories that add up to the total.

The total is what an organization holds and what is held below it. Four categories count what it
holds itself, by status; the fifth, allocated, is all that is held below. In use is all but
available. Counts are read off ``tally``: no scan of numbers at any size.
"""

from __future__ import annotations

from operator import add
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.rules.model import Status
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numctl.core.catalog.tree import Tree
    from numctl.core.catalog.view import View
    from numctl.core.store.connection import Connection

_COLUMNS = {status: place for place, status in enumerate(Status)}


SERIES, OF_LABEL = "series", "label."  # what utilization is told by: a series, or ``label.KEY``
Part = int | str
_VALUES = "SELECT DISTINCT value FROM label WHERE key = ? ORDER BY value"
HELD, BELOW = "held", "below"  # what thresholds go by


class Everywhere(NamedTuple):
    """Of what an organization and all below it hold: numbers, those of subscribers, those available."""

    numbers: int = 0
    subscribers: int = 0
    free: int = 0


class Held(NamedTuple):
    """How many numbers an organization holds itself, by status."""

    available: int = 0
    reserved: int = 0
    aging: int = 0
    assigned: int = 0
    registered: int = 0

    @property
    def subscribers(self) -> int:
        return self.assigned + self.registered


class Figures(NamedTuple):
    """Counts of numbers. ``subscribers`` are assigned or registered anywhere, below included.

    ``aging`` are those of the reserved that rest, ``free`` those available anywhere, below included.
    """

    available: int = 0
    reserved: int = 0
    assigned: int = 0
    registered: int = 0
    allocated: int = 0
    subscribers: int = 0
    aging: int = 0
    free: int = 0

    @classmethod
    def of(cls, held: Held, everywhere: Everywhere) -> Figures:
        """Figures from what is held here, and from what is held here and below."""
        available, reserved, aging, assigned, registered = held
        numbers, subscribers, free = everywhere
        allocated = numbers - sum(held)
        return cls(available, reserved + aging, assigned, registered, allocated, subscribers, aging, free)

    @property
    def total(self) -> int:
        return self.available + self.reserved + self.assigned + self.registered + self.allocated

    @property
    def in_use(self) -> int:
        return self.total - self.available

    @property
    def percent(self) -> int:
        """In use / total, rounded down; 0 without numbers."""
        return 100 * self.in_use // self.total if self.total else 0

    @property
    def subscriber_percent(self) -> int:
        """Subscribers / total, rounded down; the figure that regulators ask for."""
        return 100 * self.subscribers // self.total if self.total else 0

    def used(self, basis: str = HELD) -> int:
        """What a threshold goes by: all but what is available here, or (``below``) here and below."""
        return self.total - self.free if basis == BELOW else self.in_use

    def reaches(self, threshold: int, basis: str = HELD) -> bool:
        """Whether what a threshold goes by is at or above ``threshold`` per cent (0: off, never)."""
        return bool(threshold and self.total) and 100 * self.used(basis) >= threshold * self.total


class Row(NamedTuple):
    """One line of a utilization table; ``part`` is a series (row id, 0 for all), or the value of a label."""

    organization: int
    part: Part
    figures: Figures


class Line(NamedTuple):
    """One line of a utilization table as it is shown; percentages are rounded down.

    ``threshold_percent`` is None where it is off. ``part`` is a series or a label's value, None where the
    line is for all, or for numbers without the label.
    """

    organization: str
    part: str | None
    total: int
    in_use: int
    available: int
    reserved: int
    assigned: int
    registered: int
    allocated: int
    utilization_percent: int
    subscriber_percent: int
    threshold_percent: int | None
    over_threshold: bool
    aging: int


def fields(by: str) -> list[str]:
    """What the values of a line are called; without ``by`` a line has no part."""
    named = {"part": by}
    return [named.get(field, field) for field in Line._fields if named.get(field, field)]


FIELDS = tuple(fields(SERIES))

Counts = dict[tuple[int, Part], Held]  # (organization, part): numbers held, by status


def of(connection: Connection, tree: Tree, organization: int) -> Figures:
    """The figures of one organization: a look-up, however large the store."""
    own = Held()
    here = connection.execute(
        "SELECT status, sum(n) FROM tally WHERE organization = ? GROUP BY status", (organization,)
    )
    below = (
        _counts(connection, tree.scope(organization) - {organization}, "")  # waited for with what is here
        if tree.children(organization)
        else {}
    )
    for status, n in here:
        own = _with(own, status, n)
    everywhere = _with_held(Everywhere(), own)
    for counts in below.values():
        everywhere = _with_held(everywhere, counts)
    return Figures.of(own, everywhere)


def table(connection: Connection, tree: Tree, organizations: Iterable[int], *, by: str = "") -> list[Row]:
    """A row for each organization, in the order given; with ``by`` for each of its parts.

    ``organizations`` must lie in one subtree whose top comes first. ``by`` is ``series`` or ``label.KEY``:
    an organization has a row for each series, or value of that label, of which it was given numbers that
    it still has, by name; numbers without the label come last.
    """
    wanted = list(organizations)
    names = _ask_names(connection, "folded") if by == SERIES else dict  # waited for together
    own = _counts(connection, tree.scope(wanted[0]), by)
    key = _sorting(names(), by)
    below = _rolled_up(tree, wanted[0], own)
    rows = []
    for organization in wanted:
        parts: set[Part] = set(below.get(organization, {})) if by else {0}
        for part in sorted(parts, key=key):
            held = own.get((organization, part), Held())
            figures = Figures.of(held, below.get(organization, {}).get(part, Everywhere()))
            rows.append(Row(organization, part, figures))
    return rows


def _sorting(names: Mapping[Part, str], by: str) -> Callable[[Part], tuple[bool, str, str]]:
    if by == SERIES:
        return lambda part: (False, names.get(part, ""), "")
    return lambda part: (not part, fold(str(part)), str(part))


def lines(view: View, top: int, *, below: bool = False, by: str = "") -> list[Line]:
    """What is shown of ``top``, with ``below`` of all below it too, parents before children.

    ``by`` as of ``table``.
    """
    return [line for _, line in known_lines(view, top, below=below, by=by)]


def known_lines(view: View, top: int, *, below: bool = False, by: str = "") -> list[tuple[Row, Line]]:
    """The same lines, each with the row that it shows."""
    organizations = list(view.tree.below(top)) if below else [top]
    asked = _names(view.connection, by)
    rows = table(view.connection, view.tree, organizations, by=by)
    names = asked()
    return [(row, _line(view.tree, row, names.get(row.part))) for row in rows]


def _names(connection: Connection, by: str) -> Callable[[], Mapping[Part, str]]:
    """Ask what the parts are shown as, none for those that stand for all; what is given tells."""
    if not by.startswith(OF_LABEL):
        return _ask_names(connection, "name") if by else dict
    values = connection.execute(_VALUES, (by.removeprefix(OF_LABEL),))
    return lambda: {value: value for (value,) in values}


def _ask_names(connection: Connection, column: str) -> Callable[[], Mapping[Part, str]]:
    asked = connection.execute(f"SELECT id, {column} FROM series")  # noqa: S608 - a column's name
    return lambda: dict(asked)


def _line(tree: Tree, row: Row, part: str | None) -> Line:
    figures, threshold = row.figures, tree[row.organization].threshold
    return Line(
        tree.path(row.organization),
        part,
        figures.total,
        figures.in_use,
        *figures[:5],
        figures.percent,
        figures.subscriber_percent,
        threshold or None,
        figures.reaches(threshold, tree.basis(row.organization)),
        figures.aging,
    )


def _counts(connection: Connection, scope: Iterable[int], by: str) -> Counts:
    column = "series" if by == SERIES else "0"
    found: Counts = {}
    inside = frozenset(scope)
    for organization, part, status, n in connection.execute(
        f"SELECT organization, {column}, status, sum(n) FROM tally WHERE n > 0 GROUP BY 1, 2, 3"  # noqa: S608
    ):
        if organization in inside:
            key = (organization, part)
            found[key] = _with(found.get(key, Held()), status, n)
    return _by_label(connection, found, by.removeprefix(OF_LABEL)) if by.startswith(OF_LABEL) else found


def _by_label(connection: Connection, whole: Counts, key: str) -> Counts:
    """The counts by the values of a label; what is left of the whole has none of them."""
    found: Counts = {}
    from numctl.core.queries.labels import labelled

    for organization, value, status, n in labelled(connection, key):
        if (organization, 0) in whole:
            for part, more in ((value, n), ("", -n)):
                held = found.get((organization, part), Held())
                found[organization, part] = _with(held, status, held[_COLUMNS[Status(status)]] + more)
    for (organization, _), all_held in whole.items():
        rest = Held(*map(add, all_held, found.pop((organization, ""), Held())))
        if any(rest):
            found[organization, ""] = rest
    return found


def _with(held: Held, status: str, n: int) -> Held:
    counts = [*held]
    counts[_COLUMNS[Status(status)]] = n
    return Held(*counts)


def _with_held(everywhere: Everywhere, held: Held) -> Everywhere:
    numbers, subscribers, free = everywhere
    return Everywhere(numbers + sum(held), subscribers + held.subscribers, free + held.available)


def _rolled_up(tree: Tree, top: int, own: Counts) -> dict[int, dict[Part, Everywhere]]:
    """For each organization and part what is held by it or below it."""
    sums: dict[int, dict[Part, Everywhere]] = {}
    for (organization, part), counts in own.items():
        sums.setdefault(organization, {})[part] = _with_held(Everywhere(), counts)
    for organization in reversed(list(tree.below(top))):  # children before parents
        parent = tree[organization].parent
        if organization == top or organization not in sums:
            continue
        above = sums.setdefault(parent, {})
        for part, here in sums[organization].items():
            old = above.get(part, Everywhere())
            above[part] = Everywhere(*map(add, old, here))
    return sums
