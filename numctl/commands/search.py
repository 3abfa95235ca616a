"""``numctl search``: find numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.errors import BadValue
from numctl.core.queries.labels import read_wanted
from numctl.core.queries.listing import FIELDS, OWN, RANGE_FIELDS, Listing
from numctl.core.queries.ordering import COLUMNS, OF_LABEL, Order
from numctl.core.queries.search import Search
from numctl.core.queries.selection import Filter
from numctl.core.rules.labels import clean_key
from numctl.input.options import DATE, At, Limit, Matching, Statuses, Text

if TYPE_CHECKING:
    from numctl.core.catalog.view import View
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
    options widen, different options narrow. Statuses: available (free), reserved (tagged for later),
    assigned (given to a user who has not on-boarded yet), in-use (the user has on-boarded).

    Examples:

      numctl search 1418
      numctl search sales --status reserved --sort reserved_tag
      numctl search --status available --ranges --limit 10
      numctl search --matching '0000$' --count
    """
    session: Session = ctx.obj
    if matching is not None:
        _expect_pattern(matching)
    narrowed = (series or (), org or (), below, status or (), tag or (), user or (), matching or "", exact)
    day = session.day(until_before) if until_before is not None else ""
    written, labels = _as_kept(session, text), read_wanted(label or (), no_label or ())
    wanted = Filter((text or "").strip(), *narrowed, until_before=day, written=written, labels=labels)
    if count:
        _count(session, wanted, at)
    else:
        _list(session, wanted, Order(sort, desc), limit, at, everything=everything, ranges=ranges)


def _list(
    session: Session,
    wanted: Filter,
    order: Order,
    limit: int | None,
    at: str | None,
    *,
    everything: bool,
    ranges: bool,
) -> None:
    paged = session.output.format == "table" and not everything
    shown = limit if limit is not None or not paged else PAGE
    total = None
    with session.reading(at) as view:
        found = Search(view, wanted)
        listing = Listing.read(view, found, order, limit=shown, ranges=ranges)
        if paged and not ranges and shown is not None and listing.count >= shown:
            total = found.count()
        beside = _beside(view, wanted) if paged and session.output.interactive else ""
    if ranges:
        rows = map(listing.ranged, listing.ranges())
        session.output.rows(RANGE_FIELDS, rows, empty="No numbers found.")
    else:
        more = "See all with --all, or narrow the search."
        shared, pieces = listing.rows, listing.pieces()
        nothing = "No numbers found."
        session.output.runs(FIELDS, shared, pieces, own=OWN, empty=nothing, total=total, more=more)
    session.output.hint(beside)


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


def _count(session: Session, wanted: Filter, at: str | None) -> None:
    with session.reading(at) as view:
        n = Search(view, wanted).count()
    if session.output.typed:
        session.output.rows(("count",), [(n,)])
    else:
        session.output.text(str(n))
