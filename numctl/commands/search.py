"""``numctl search``: find numbers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from numctl.core.errors import BadValue
from numctl.core.queries.labels import read_wanted
from numctl.core.queries.listing import FIELDS, OWN, RANGE_FIELDS, Listing
from numctl.core.queries.ordering import COLUMNS, OF_LABEL, Order
from numctl.core.queries.search import Search
from numctl.core.queries.selection import Filter
from numctl.core.rules.labels import clean_key
from numctl.core.values import quantity
from numctl.input.options import DATE, At, Limit, Matching, Statuses, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from numctl.core.catalog.view import View
    from numctl.core.dates import Period
    from numctl.session import Session

PAGE = 50  # rows of a table


def _column(text: str) -> str:
    if text.startswith(OF_LABEL):
        return OF_LABEL + clean_key(text.removeprefix(OF_LABEL))
    if text not in COLUMNS:
        raise BadValue(f"There is no column {text!r} to sort by.", f"The columns are {', '.join(COLUMNS)}.")
    return text


SomeSeries = Annotated[
    list[str] | None,
    typer.Option("--series", metavar="SERIES", help="Only this series; may be repeated."),
]
SomeOrgs = Annotated[
    list[str] | None,
    typer.Option("--org", metavar="ORG", help="Only this organization, alone; may be repeated."),
]
Below = Annotated[bool, typer.Option("--below", help="With --org: also what is below it.")]
SomeTags = Annotated[
    list[str] | None, typer.Option("--tag", metavar="TEXT", help="Only tags that contain this; any case.")
]
SomeUsers = Annotated[
    list[str] | None, typer.Option("--user", metavar="TEXT", help="Only users whose name contains this.")
]
SomeLabels = Annotated[
    list[str] | None, typer.Option("--label", metavar="KEY[=VALUE]", help="Only what has this label.")
]
NoLabels = Annotated[
    list[str] | None, typer.Option("--no-label", metavar="KEY", help="Only what hasn't this label.")
]
Exact = Annotated[bool, typer.Option("--exact", help="TEXT, tags and users as wholes, in any case.")]
UntilBefore = Annotated[
    str | None, typer.Option("--until-before", metavar=DATE, help="Only what is held until a day before.")
]
Idle = Annotated[
    int | None,
    typer.Option("--idle", metavar="DAYS", parser=quantity, help="In use, without usage in so many days."),
]
Sort = Annotated[
    str, typer.Option("--sort", metavar="COLUMN", parser=_column, help=f"By {', '.join(COLUMNS)}.")
]
Desc = Annotated[bool, typer.Option("--desc", help="From the highest down, or from Z to A.")]
Everything = Annotated[bool, typer.Option("--all", help="All rows, in a table too.")]
Ranges = Annotated[bool, typer.Option("--ranges", help="Unbroken runs of equal rows.")]
Count = Annotated[bool, typer.Option("--count", help="Only how many numbers there are.")]


def search(
    ctx: typer.Context,
    text: Text = None,
    series: SomeSeries = None,
    org: SomeOrgs = None,
    below: Below = False,
    status: Statuses = None,
    tag: SomeTags = None,
    user: SomeUsers = None,
    matching: Matching = None,
    label: SomeLabels = None,
    no_label: NoLabels = None,
    exact: Exact = False,
    until_before: UntilBefore = None,
    idle: Idle = None,
    sort: Sort = "number",
    desc: Desc = False,
    limit: Limit = None,
    everything: Everything = False,
    ranges: Ranges = False,
    count: Count = False,
    at: At = None,
) -> None:
    """Find numbers by digits, tag, series, organization, status or user.

    TEXT that is digits finds numbers and tags that contain them; any other TEXT finds tags. Repeated
    options widen, different options narrow. Statuses: available (free), reserved (tagged for later), aging
    (resting until a day), assigned (given to a user who has not on-boarded yet), in-use (the user has).

    Examples:

      numctl search 1418
      numctl search sales --status reserved --sort reserved_tag
      numctl search --status available --ranges --limit 10
      numctl search --matching '0000$' --count
      numctl search --idle 30 --columns number,user,label.site
    """
    session: Session = ctx.obj
    if matching is not None:
        _expect_pattern(matching)
    narrowed = (series or (), org or (), below, status or (), tag or (), user or (), matching or "", exact)
    day = session.day(until_before) if until_before is not None else ""
    written, labels = _as_kept(session, text), read_wanted(label or (), no_label or ())
    wanted = Filter((text or "").strip(), *narrowed, until_before=day, written=written, labels=labels)
    asked = _Asked(Order(sort, desc), limit, everything, ranges, count)
    remark = ""
    with session.reading(at) as view:
        if idle is not None:
            period, remark = _idle_days(view, view.day or session.today, idle)
            wanted = wanted._replace(idle=period)
        show = _read(session, view, wanted, asked)
    show()
    if remark:
        session.output.note(remark)


class _Asked(NamedTuple):
    """How what is found is to be shown."""

    order: Order
    limit: int | None
    everything: bool
    ranges: bool
    counted: bool


def _idle_days(view: View, today: str, idle: int) -> tuple[Period, str]:
    """The days, and what is to be said where the records don't cover them."""
    from numctl.core.queries import idleness

    period = idleness.last_days(today, idle)
    if idleness.covered(view.connection, period):
        return period, ""
    known = idleness.recorded(view.connection)
    there = f"they are of {known.first} to {known.last}" if known else "there are none"
    return period, f"Whether numbers are idle isn't known: usage records don't cover {idle} days; {there}."


def _read(session: Session, view: View, wanted: Filter, asked: _Asked) -> Callable[[], None]:
    """Read what is found; give what shows it, once the store is let go."""
    found = Search(view, wanted)
    if asked.counted:
        return partial(_show_count, session, found.count())
    paged = session.output.format == "table" and not asked.everything
    shown = asked.limit if asked.limit is not None or not paged else PAGE
    listing = Listing.read(view, found, asked.order, limit=shown, ranges=asked.ranges)
    whole = not paged or asked.ranges or shown is None or listing.count < shown
    total = None if whole else found.count()
    beside = _beside(view, wanted) if paged and session.output.interactive else ""

    def show() -> None:
        if asked.ranges:
            rows = map(listing.ranged, listing.ranges())
            session.output.rows(RANGE_FIELDS, rows, empty="No numbers found.")
        else:
            more = "See all with --all, or narrow the search."
            shared, pieces = listing.rows, listing.slices()
            nothing = "No numbers found."
            session.output.runs(FIELDS, shared, pieces, own=OWN, empty=nothing, total=total, more=more)
        session.output.hint(beside)

    return show


def _beside(view: View, wanted: Filter) -> str:
    """What would be found otherwise: by users' names, or below the organizations named."""
    from shlex import quote

    said = []
    if wanted.text and not wanted.users and not wanted.written:
        by_user = Search(view, wanted._replace(text="", users=(wanted.text,))).count()
        said += [f"{by_user} more by user: --user {quote(wanted.text)}"] if by_user else []
    if wanted.organizations and not wanted.below and not Search(view, wanted).count():
        more = Search(view, wanted._replace(below=True)).count()
        said += [f"{more} more below: --below"] if more else []
    return "; ".join(said)


def _as_kept(session: Session, text: str | None) -> str:
    """The digits that TEXT stands for in the region that is set, where these are others than it has."""
    region = session.settings.region
    if region is None or text is None or text.lstrip().startswith("+"):
        return ""
    from numctl.core.numbers.national import as_international
    from numctl.core.numbers.parsing import digits_alone

    return as_international(digits_alone(text) or "", region)


def _expect_pattern(pattern: str) -> None:
    from numctl.core.numbers.automaton import matching

    matching(pattern)


def _show_count(session: Session, n: int) -> None:
    if session.output.typed:
        session.output.rows(("count",), [(n,)])
    else:
        session.output.text(str(n))
