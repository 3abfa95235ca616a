"""What the dashboard shows, gathered from the core as a plain value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from numctl.core.catalog import series as rows_of_series
from numctl.core.notifications import thresholds
from numctl.core.past.as_of import month_ends
from numctl.core.queries import forecast, utilization
from numctl.core.usage import days

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numctl.core.catalog.view import View
    from numctl.core.notifications.thresholds import Standing
    from numctl.core.queries.forecast import Forecast
    from numctl.core.queries.utilization import Figures, Row
    from numctl.core.usage.days import Day

MOST = 30  # bars under one heading: more than that nobody compares
WORST = 10  # of those over their threshold: what is urgent must not bury the rest
MONTHS = 12  # of utilization at their ends
DAYS = 30  # of consumption

Item = TypeVar("Item")


class Share(NamedTuple):
    """How much of its numbers an organization or a series uses; ``threshold`` is per cent, 0 for none."""

    name: str
    figures: Figures
    threshold: int = 0


class Outlook(NamedTuple):
    """An organization whose available numbers shrink, and when they will be gone."""

    share: Share
    forecast: Forecast


class Top(NamedTuple, Generic[Item]):
    """The first few of a list, and how many it has in all."""

    items: list[Item]
    of: int


class Month(NamedTuple):
    """How much of its numbers an organization used when a month ended; ``day`` is its last, YYYY-MM-DD."""

    day: str
    figures: Figures


class Dashboard(NamedTuple):
    """All that is shown, in the order of the page.

    ``at`` is RFC 3339 in UTC. ``organizations`` and ``series`` are the largest first; ``over`` are those
    at or above their threshold, the worst first, out of ``watched``; ``shrinking`` are those that run
    out at some day, the earliest first. ``labels`` has a share for each value of the label asked for,
    whose key is ``label``. ``months`` and ``days`` are in order, or none.
    """

    at: str
    whole: Share
    over: Top[Standing]
    watched: int
    shrinking: Top[Outlook]
    organizations: Top[Share]
    series: Top[Share]
    label: str
    labels: Top[Share]
    months: Sequence[Month]
    days: list[Day]


def gather(view: View, org: str | None, at: str, today: str, *, label: str = "") -> Dashboard:
    """Read what the dashboard of ``org`` shows: of it and of what is below it, within scope.

    ``label`` is a key to tell utilization by, too; months are ``by_month``'s. Raises OutOfScope, NotFound or
    Ambiguous for ``org``; None is the acting organization.
    """
    top = view.organization(org)
    rows = utilization.table(view.connection, view.tree, view.tree.below(top))
    standings = thresholds.standings(view, top)
    return Dashboard(
        at,
        _share(view, rows[0]),
        _first([one for one in standings if one.reached], WORST),
        len(standings),
        _shrinking(view, rows, today),
        _largest(_share(view, row) for row in rows),
        _series(view, top),
        label,
        _labels(view, top, label) if label else Top([], 0),
        [],
        days.last_days(view, top, today, DAYS),
    )


def _share(view: View, row: Row) -> Share:
    id = row.organization
    return Share(view.tree.path(id), row.figures, view.tree[id].threshold)


def _shrinking(view: View, rows: Iterable[Row], today: str) -> Top[Outlook]:
    """Those that still have numbers available, and will have none."""
    changes = forecast.daily(view.connection)
    found: list[tuple[str, Outlook]] = []
    for row in rows:
        share = _share(view, row)
        future = forecast.of(changes.get((row.organization, 0), {}), row.figures, share.threshold, today)
        if future.exhausted_on is not None and row.figures.available:
            found.append((future.exhausted_on, Outlook(share, future)))
    found.sort(key=lambda one: one[0])
    return _first([outlook for _, outlook in found], WORST)


def _series(view: View, top: int) -> Top[Share]:
    names = rows_of_series.names(view.connection)
    rows = utilization.table(view.connection, view.tree, [top], by=utilization.SERIES)
    return _largest(Share(names[int(row.part)], row.figures) for row in rows)


def _labels(view: View, top: int, key: str) -> Top[Share]:
    rows = utilization.table(view.connection, view.tree, [top], by=utilization.OF_LABEL + key)
    return _largest(Share(str(row.part or f"no {key}"), row.figures) for row in rows)


def by_month(now: View, org: str | None, today: str, timezone: str) -> list[Month]:
    """What an organization used when each of the last 12 months ended, as far as the store goes back."""
    top = now.organization(org)
    found = (
        Month(view.day or today, utilization.of(view.connection, view.tree, top))
        for view in month_ends(now, today, timezone, MONTHS)
        if top in view.tree
    )
    return [month for month in found if month.figures.total]


def _largest(shares: Iterable[Share]) -> Top[Share]:
    """Those with numbers, the largest first; among equals in the order given."""
    having = [one for one in shares if one.figures.total]
    return _first(sorted(having, key=lambda one: one.figures.total, reverse=True), MOST)


def _first(items: list[Item], most: int) -> Top[Item]:
    return Top(items[:most], len(items))
