"""Import: numbers from another list put into the inventory as that list has them.

Everything is checked before anything is put in, each error with its line.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.actions import organizations
from numctl.core.actions.series import finding
from numctl.core.catalog.tree import SEPARATOR
from numctl.core.errors import SHOWN, AlreadyPresent, NotFound, NumbersRefuse, Refusal
from numctl.core.lists.sheets import arrivals, labelled
from numctl.core.numbers.ranges import Range, intersect, subtract, total
from numctl.core.rules.model import State
from numctl.core.text import clean_organization_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numctl.core.catalog.tree import Tree
    from numctl.core.changes.operation import Operation
    from numctl.core.lists.sheets import Sheet
    from numctl.core.store.connection import Connection

STATES = 20_000  # kinds of rows whose state is remembered

_EXTENTS = "SELECT first, last FROM extent WHERE last >= ? ORDER BY first"
_FORWARDING = "SELECT forward_to FROM detail WHERE number = ? AND forward_to IS NOT NULL"


class Manner(NamedTuple):
    """How to import. ``holder`` is the organization (as ORG) of rows that name none; None is the root.

    ``create`` makes organizations that are nothing yet; ``skip`` leaves out what is there already.
    """

    holder: str | None = None
    create: bool = False
    skip: bool = False


def import_(
    operation: Operation, sheet: Sheet, manner: Manner, advance: Callable[[int], None] = lambda steps: None
) -> None:
    """Put a sheet's numbers into the inventory.

    Raises OutOfScope below the root; else what is wrong with the sheet, all of it at once. ``advance``
    is told of rows put in.
    """
    rejects = sheet.rejects
    if rejects and not operation.sees_all:
        raise rejects.refusal()
    operation.root_only()
    try:
        holder = operation.organization(manner.holder)
    except Refusal:
        if rejects:
            raise rejects.refusal() from None
        raise
    holders = _holders(operation, sheet, holder, create=manner.create)
    left = _Left(operation.connection, sheet, skip=manner.skip)
    _expect_no_circles(operation.connection, sheet, left)
    if rejects:
        raise rejects.refusal()
    if manner.skip:
        operation.facts["skipped"] = left.skipped
    operation.facts.update(sheet.unusual.facts())
    _put_in(operation, sheet, left, holders, advance)


def _put_in(
    operation: Operation,
    sheet: Sheet,
    left: _Left,
    holders: dict[str, int],
    advance: Callable[[int], None],
) -> None:
    all_states = operation.writer.states.ahead_of_all(())  # waited for together with the series
    all_series = finding(operation, dict.fromkeys(kind.series for kind in sheet.kinds_known))()
    all_states()
    states: list[State] = []
    for kind in sheet.kinds_known:
        states.append(State(all_series[kind.series], holders[kind.organization], kind.status, "", kind.until))
    id = operation.writer.states.id

    @lru_cache(STATES)
    def state_of(kind: int, tag: str) -> int:
        return id(states[kind]._replace(tag=tag))

    wanted = left.of if left else None
    operation.writer.add_all(arrivals(sheet, wanted, state_of), advance)
    if sheet.labels.any():
        operation.labels.add_all(labelled(sheet, wanted))


# Who gets them


def _holders(operation: Operation, sheet: Sheet, holder: int, *, create: bool) -> dict[str, int]:
    """The row id of each organization that the sheet names, by how it is written there."""
    known = {"": holder}
    wrong: dict[str, Refusal] = {}
    for text in dict.fromkeys(kind.organization for kind in sheet.kinds_known):
        if text and text not in known:
            try:
                if create and not operation.tree.is_known(text, operation.acting):
                    known[text] = _made(operation, text, holder)
                else:
                    known[text] = found(operation.tree, text, operation.acting, advise=len(wrong) < SHOWN)
            except Refusal as error:
                wrong[text] = error
    if wrong:
        for place, line in enumerate(sheet.lines):
            organization = sheet.kind(place).organization
            if organization in wrong:
                sheet.rejects.add(line, wrong[organization])
    return known


def found(tree: Tree, text: str, acting: int, *, advise: bool = True) -> int:
    """The organization that ``text`` names; raises as ``Tree.find`` does.

    Looking for the nearest names takes milliseconds: without ``advise`` it isn't done.
    """
    if advise or tree.is_known(text, acting):
        return tree.find(text, acting)
    raise NotFound(f"There is no organization '{text}'.", "See `numctl org tree`.", organization=text)


def _made(operation: Operation, text: str, base: int) -> int:
    """Make an organization: a bare name right below ``base``, a path where it says, with what lacks above.

    Raises BadValue for a name that can't be.
    """
    tree = operation.tree
    names = [clean_organization_name(name) for name in text.split(SEPARATOR)]
    current = base
    for length in range(len(names) - 1, 0, -1):
        above = SEPARATOR.join(names[:length])
        if tree.is_known(above, operation.acting):
            current = tree.find(above, operation.acting)
            names = names[length:]
            break
    for name in names:
        below = tree.child(current, name)
        current = organizations.found(operation, current, name) if below is None else below
    return current


def make_organizations(operation: Operation, sheet: Sheet, holder: str | None) -> None:
    """Make the organizations of a sheet that are nothing yet, as ``import_`` does; raises what is wrong."""
    _holders(operation, sheet, operation.organization(holder), create=True)
    if sheet.rejects:
        raise sheet.rejects.refusal()


# What is there already


class _Left:
    """What of each row's numbers isn't in the inventory yet."""

    def __init__(self, connection: Connection, sheet: Sheet, *, skip: bool) -> None:
        self._sheet = sheet
        self._parts: dict[int, Sequence[Range]] = {}
        self._gone = bytearray(len(sheet))
        self.skipped = 0
        for place, present in _present(connection, sheet):
            if not skip:
                sheet.rejects.add(sheet.lines[place], AlreadyPresent([str(part) for part in present]))
                continue
            self.skipped += total(present)
            parts = subtract([sheet.range(place)], present)
            if parts:
                self._parts[place] = parts
            else:
                self._gone[place] = 1

    def __bool__(self) -> bool:
        """Whether something is in the inventory, so that not all of each row is left."""
        return bool(self.skipped)

    def of(self, place: int) -> Sequence[Range]:
        if self._gone[place]:
            return ()
        return self._parts.get(place) or (self._sheet.range(place),)


def _present(connection: Connection, sheet: Sheet) -> Iterator[tuple[int, list[Range]]]:
    """The rows with numbers that are in the inventory, and which those are."""
    if not len(sheet):
        return
    lowest, highest = sheet.firsts[0], max(sheet.lasts)
    firsts, lasts = array("q"), array("q")
    for first, last in connection.execute(_EXTENTS, (lowest,)):
        if first > highest:
            break
        firsts.append(first)
        lasts.append(last)
    at = 0
    for place, row in enumerate(zip(sheet.firsts, sheet.lasts, strict=True) if firsts else ()):
        row = Range(*row)
        while at < len(lasts) and lasts[at] < row.first:
            at += 1
        near = []
        look = at
        while look < len(firsts) and firsts[look] <= row.last:
            near.append(Range(firsts[look], lasts[look]))
            look += 1
        if near:
            yield place, intersect([row], near)


# Forwarding


def expect_no_circles(connection: Connection, sheet: Sheet) -> None:
    """The same for rows that speak for all of their numbers, whatever is in the inventory."""
    _expect_no_circles(connection, sheet, None)


def _expect_no_circles(connection: Connection, sheet: Sheet, left: _Left | None) -> None:
    """Refuse rows whose forwarding leads back to where it began, within the sheet or through the store.

    Each row forwards to one number, and so does each number of the store: what begins anywhere is
    followed until it ends, or meets what was followed before; on one's own way, that is a circle.
    """
    if not any(sheet.forwards):
        return
    follow = _Forwarding(connection, sheet, left)
    seen: set[int] = set()
    for start in follow.rows:
        way: dict[int, int] = {}  # a row or number with its place on the way
        current: int | None = ~start
        while current is not None and current not in seen:
            seen.add(current)
            way[current] = len(way)
            current = follow.next(current)
        if current is None or current not in way:
            continue
        for node in list(way)[way[current] :]:
            if node < 0:
                place = ~node
                sheet.rejects.add(
                    sheet.lines[place],
                    NumbersRefuse(
                        f"Forwarding {sheet.range(place)} to {sheet.forwards[place]} would go in a circle.",
                        "Forward it to a number that doesn't lead back.",
                    ),
                )


class _Forwarding:
    """What forwards to what: a row of the sheet stands as ``~place``, a number of the store as itself.

    A row speaks for the numbers that it puts in; those it leaves out forward as the store has them.
    """

    def __init__(self, connection: Connection, sheet: Sheet, left: _Left | None) -> None:
        """``left`` is None where each row speaks for all of its numbers, and a forwarding is what it says."""
        self._connection, self.sheet, self._left = connection, sheet, left
        self.rows = [place for place, to in enumerate(sheet.forwards) if to or left is None]
        self._starts = array("q", (sheet.firsts[place] for place in self.rows))

    def next(self, node: int) -> int | None:
        """The row or number that a row or number forwards to; None where it isn't forwarded."""
        if node < 0:
            forward = self.sheet.forwards[~node]
            return self._at(forward) if forward else None
        row = self._connection.execute(_FORWARDING, (node,)).fetchone()
        return self._at(int(row[0])) if row else None

    def _at(self, number: int) -> int:
        at = bisect_right(self._starts, number) - 1
        if at >= 0 and any(first <= number <= last for first, last in self._parts(self.rows[at])):
            return ~self.rows[at]
        return number

    def _parts(self, place: int) -> Sequence[Range]:
        return self._left.of(place) if self._left is not None else (self.sheet.range(place),)
