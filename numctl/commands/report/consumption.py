"""``numctl report consumption``: voice, messages and data in a period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.dates import PERIODS, Period
from numctl.core.errors import BadValue
from numctl.input.options import FromDay, Org, ToDay
from numctl.output.preamble import Preamble, preamble

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.catalog.tree import Tree
    from numctl.core.usage.consumption import Consumed
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
    if text not in FIRST_FIELD:
        raise BadValue(f"Consumption isn't told by {text!r}.", f"It is by {', '.join(FIRST_FIELD)}.")
    return text


Named = Annotated[
    str | None,
    typer.Option("--period", metavar="PERIOD", parser=_period_name, help=f"One of {', '.join(PERIODS)}."),
]
By = Annotated[
    str,
    typer.Option("--by", metavar="org|number|day", parser=_by, help="A row for each org, number or day."),
]


def consumption(
    ctx: typer.Context,
    org: Org = None,
    from_day: FromDay = None,
    to_day: ToDay = None,
    named: Named = None,
    by: By = "org",
    with_preamble: Preamble = False,
) -> None:
    """Report voice, messages and data, as CSV unless -o says otherwise.

    Of --org and all below it, or the acting organization; in the current cycle if nothing else is
    said. A cycle is a calendar month.

    Examples:

        numctl report consumption --period last-7-days

        numctl report consumption --by day --from 2026-01-01 --to 2026-01-31 --out january.csv
    """
    from numctl.core.catalog.tree import Tree
    from numctl.core.usage.consumption import consumed

    session: Session = ctx.obj
    days = _period(from_day, to_day, named, session.today)
    output = session.output.preferring("csv")
    with session.reading() as view:
        top = view.organization(org)
        name, tree = view.tree.path(top), Tree.load(view.connection, retired=True)
        found = consumed(view, tree, top, days, by)
    exact = not output.typed

    if with_preamble:
        title = f"consumption, {days.first} to {days.last}"
        preamble(output, title, name, session.at, session.settings.timezone)
    output.rows((FIRST_FIELD[by], *FIGURES), _rows(found, tree, by, exact=exact), empty="No usage found.")


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
            tree.path(int(key)) if by == "org" else str(key),
            _decimal(minutes(figures.voice_incoming), exact),
            _decimal(minutes(figures.voice_outgoing), exact),
            figures.messages_sent,
            figures.messages_received,
            _decimal(megabytes(figures.data), exact),
        )


def _decimal(hundredths: int, exact: bool) -> str | float:
    """Two decimals as text; in JSON, a number."""
    return f"{hundredths // 100}.{hundredths % 100:02}" if exact else hundredths / 100
