"""``numctl report consumption``: voice, messages and data in a period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.dates import PERIODS, Period
from numctl.core.errors import BadValue
from numctl.core.queries.utilization import OF_LABEL
from numctl.core.rules.labels import clean_key
from numctl.input.options import FromDay, Org, ToDay
from numctl.output.preamble import Preamble, preamble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numctl.core.catalog.tree import Tree
    from numctl.core.catalog.view import View
    from numctl.core.usage.consumption import Consumed
    from numctl.output import Output
    from numctl.session import Session

FIGURES = (
    "voice_incoming_minutes",
    "voice_outgoing_minutes",
    "messages_sent",
    "messages_received",
    "data_mb",
)
FIRST_FIELD = {"org": "organization", "number": "number", "day": "day"}
BEGINNING, END = "0001-01-01", "9999-12-31"


def _period_name(text: str) -> str:
    if text not in PERIODS:
        raise BadValue(f"There is no period {text!r}.", f"The periods are {', '.join(PERIODS)}.")
    return text


def _by(text: str) -> str:
    if text.startswith(OF_LABEL):
        return OF_LABEL + clean_key(text.removeprefix(OF_LABEL))
    if text not in FIRST_FIELD:
        known = ", ".join(FIRST_FIELD)
        raise BadValue(f"Consumption isn't told by {text!r}.", f"It is by {known}, or by label.KEY.")
    return text


Named = Annotated[
    str | None,
    typer.Option("--period", metavar="PERIOD", parser=_period_name, help=f"One of {', '.join(PERIODS)}."),
]
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="org|number|day|label.KEY",
        parser=_by,
        help="A row for each organization, number, day, or value of a label.",
    ),
]

Idle = Annotated[bool, typer.Option("--idle", help="The numbers in use that had no usage in the period.")]


def consumption(
    ctx: typer.Context,
    org: Org = None,
    from_day: FromDay = None,
    to_day: ToDay = None,
    named: Named = None,
    by: By = None,
    idle: Idle = False,
    with_preamble: Preamble = False,
) -> None:
    """Report voice, messages and data, as CSV unless -o says otherwise.

    Of --org and all below it, or the acting organization; in the current cycle if nothing else is
    said. A cycle is a calendar month.

    Examples:

        numctl report consumption --period last-7-days

        numctl report consumption --by label.site --out sites.xlsx

        numctl report consumption --by day --from 2026-01-01 --to 2026-01-31 --out january.csv
    """
    session: Session = ctx.obj
    first = None if from_day is None else session.day(from_day)
    last = None if to_day is None else session.day(to_day)
    period = _period(first, last, named, session.today)
    if idle and by not in (None, "number"):
        raise BadValue("--idle tells numbers, one by one.", "Leave --by out.")
    output = session.output.preferring("csv")
    show: Callable[[], None]
    with session.reading() as view:
        name = view.tree.path(view.organization(org))
        if idle:
            show = _idle(output, view, name, period)
        else:
            show = _consumed(output, view, view.organization(org), period, by or "org")
    if with_preamble:
        title = f"consumption, {period.first} to {period.last}"
        preamble(output, title, name, session.at, session.settings.timezone)
    show()


def _consumed(output: Output, view: View, top: int, period: Period, by: str) -> Callable[[], None]:
    """Read what was consumed; give what shows it, once the store is let go."""
    from numctl.core.catalog.tree import Tree
    from numctl.core.usage.consumption import consumed, consumed_by_label

    tree = Tree.load(view.connection, retired=True)
    if by.startswith(OF_LABEL):
        found = consumed_by_label(view, tree, top, period, by.removeprefix(OF_LABEL))
    else:
        found = consumed(view, tree, top, period, by)
    fields = (FIRST_FIELD.get(by, by), *FIGURES)
    rows = _rows(found, tree, by, exact=not output.typed)
    return lambda: output.rows(fields, rows, empty="No usage found.")


def _idle(output: Output, view: View, organization: str, period: Period) -> Callable[[], None]:
    """Read which numbers in use had no usage; give what shows them, all their figures zero."""
    from numctl.core.queries import idleness
    from numctl.core.queries.search import Search
    from numctl.core.queries.selection import Filter

    wanted = Filter(organizations=[organization], below=True, idle=period)
    covered = idleness.covered(view.connection, period)
    numbers = [(first, last) for first, last, _ in Search(view, wanted).found()]
    nothing = [0, 0] if output.typed else ["0.00", "0.00"]
    rows = (
        (str(number), *nothing, 0, 0, nothing[0])
        for first, last in numbers
        for number in range(first, last + 1)
    )
    empty = "All numbers in use were used." if covered else "Usage records don't cover these days."
    return lambda: output.rows(("number", *FIGURES), rows, empty=empty)


def _period(first: str | None, last: str | None, named: str | None, today: str) -> Period:
    """The days that were asked for. Raises BadValue where they contradict one another."""
    if first is None and last is None:
        from numctl.core.dates import period

        return period(named or "current-cycle", today)
    if named is not None:
        raise BadValue("--period and --from or --to say the same thing.", "Give either.")
    if first is not None and last is not None and first > last:
        raise BadValue(
            f"The period from {first} to {last} ends before it begins.", "Give the earlier day first."
        )
    return Period(first or BEGINNING, last or END)


def _rows(found: Consumed, tree: Tree, by: str, *, exact: bool) -> Iterator[tuple[object, ...]]:
    from numctl.core.usage.consumption import megabytes, minutes

    places = {key: place for place, key in enumerate(found.keys)} if by == "org" else {}
    order = [places[id] for id in tree.below(tree.root) if id in places] if by == "org" else range(len(found))
    for place in order:
        figures = found.figures(place)
        key = found.keys[place]
        yield (
            tree.path(int(key)) if by == "org" else str(key) or None,
            _decimal(minutes(figures.voice_incoming), exact),
            _decimal(minutes(figures.voice_outgoing), exact),
            figures.messages_sent,
            figures.messages_received,
            _decimal(megabytes(figures.data), exact),
        )


def _decimal(hundredths: int, exact: bool) -> str | float:
    """Two decimals as text; in JSON, a number."""
    return f"{hundredths // 100}.{hundredths % 100:02}" if exact else hundredths / 100
