"""A view of the store as it stood at a WHEN, to be read by whatever reads one of now."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from numctl.core import dates
from numctl.core.catalog.tree import Tree
from numctl.core.catalog.view import View
from numctl.core.dates import When, day_of
from numctl.core.errors import BadValue, NotFound, OutOfScope
from numctl.core.past import catalog_then, overlay
from numctl.core.past.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.store.connection import Connection

# One that can't be seen is as old as the one before it.
_UP_TO = """
SELECT at, (SELECT max(id) FROM operation) FROM operation WHERE id <= ? ORDER BY id DESC LIMIT 1
"""
_LAST = "SELECT id, at FROM operation WHERE at <= ? ORDER BY id DESC LIMIT 1"


class Moment(NamedTuple):
    """Right after an operation, at a time (RFC 3339, UTC) on a day (``YYYY-MM-DD``).

    ``recorded`` is the upgrade that recorded the catalog of an older store, 0 where there was none.
    """

    operation: int
    at: str
    day: str
    recorded: int = 0


def resolved(connection: Connection, when: When, timezone: str) -> Moment:
    """The moment that a WHEN stands for. Raises BadValue for one to come, NotFound before the store began."""
    if when.operation:
        row = connection.execute(_UP_TO, (when.operation,)).fetchone()
        if row is None or row[1] < when.operation:
            raise BadValue(f"Operation {when.operation} is to come.", "See `numctl history`.")
        id, at = when.operation, row[0]
    else:
        row, at = connection.execute(_LAST, (when.moment,)).fetchone(), when.moment
        if row is None:
            raise NotFound(f"There was nothing in the store yet at {at}.", "Name a later moment.", at=at)
        id = row[0]
    return Moment(id, at, day_of(at, timezone), catalog_then.baseline(connection))


@contextmanager
def as_of(now: View, moment: Moment, *, counts_alone: bool = False) -> Iterator[View]:
    """The store as it stood, within the transaction of ``now``; what reads afterwards reads it as it is.

    With ``counts_alone`` it is the catalog and how many numbers there were, and nothing of single ones.
    What is seen is in scope both then and now. Raises NotFound where who acts was not there yet, OutOfScope
    where what was done meanwhile may not be seen, and so not be taken back.
    """
    allowed = None if now.sees_all else Places(now).with_removed()
    if now.partial:
        _expect_no_absence(now, moment)
    connection = now.connection
    with connection.laid_over():
        if counts_alone:
            overlay.lay_counts(connection, moment.operation, moment.day)
        else:
            overlay.lay(connection, moment.operation, moment.day, None if now.sees_all else now.scope)
        catalog_then.lay(connection, moment.operation, moment.recorded)
        tree = Tree.load(connection)
        if now.acting not in tree:
            path = now.tree.path(now.acting)
            raise NotFound(f"There was no {path} yet at {moment.at}.", "Name a later moment.", at=moment.at)
        seen = _seen(tree, now.acting, allowed)
        yield View(
            *(connection, seen, now.acting, now.action, moment.at, moment.day),
            dated_back=moment.operation < moment.recorded,
        )


def _expect_no_absence(now: View, moment: Moment) -> None:
    """Raises OutOfScope where something in scope was elsewhere for a while since a moment."""
    places = Places(now)
    both = places.scope(moment.operation) & now.scope
    for move in places.moves():
        if move.operation > moment.operation and (away := both - places.scope(move.operation)):
            path = now.tree.path(min(away))
            raise OutOfScope(
                f"{path} was elsewhere for a while since {moment.at}, and what was done there is not told.",
                "Name a later moment, or ask who acts as the root.",
                at=moment.at,
            )


def month_ends(now: View, today: str, timezone: str, months: int) -> Iterator[View]:
    """Counts as they stood at the end of each of the last months, the earliest first.

    ``today`` is ``YYYY-MM-DD``. Months that ended before the store, or who acts, was there are left out.
    """
    moments = [dates.second_before(dates.end_of(day, timezone)) for day in dates.month_ends(today, months)]
    asked = [now.connection.execute(_LAST, (at,)) for at in moments]  # waited for together
    recorded = catalog_then.baseline(now.connection)
    for at, found in zip(moments, asked, strict=True):
        if (row := found.fetchone()) is None:
            continue
        try:
            with as_of(now, Moment(row[0], at, day_of(at, timezone), recorded), counts_alone=True) as view:
                yield view
        except (NotFound, OutOfScope):
            continue


def _seen(tree: Tree, acting: int, allowed: frozenset[int] | None) -> Tree:
    """A tree without what was in scope then and isn't now; what is below that stands under the next above."""
    hidden = tree.scope(acting) - allowed if allowed is not None else frozenset()
    if not hidden:
        return tree
    rows = []
    for id, row in tree.by_id.items():
        if id not in hidden:
            parent = next((up for up in tree.above(id) if up not in hidden), 0)
            rows.append(row._replace(parent=parent))
    return Tree(rows)
