"""``numctl report utilization``: by organization and series, for a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.errors import BadValue
from numctl.core.queries.utilization import FIELDS, SERIES, lines
from numctl.core.values import quantity
from numctl.input.options import At, Org
from numctl.output.preamble import Preamble, preamble

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.catalog.view import View
    from numctl.session import Session

Months = Annotated[
    int | None,
    typer.Option("--months", metavar="N", parser=quantity, help="As of the ends of the last N months."),
]


def utilization(
    ctx: typer.Context,
    org: Org = None,
    at: At = None,
    months: Months = None,
    with_preamble: Preamble = False,
) -> None:
    """Report utilization by organization and series, as CSV unless -o says otherwise.

    A row for each organization and each series that it was given numbers of: --org and all below it, or
    the acting organization. With --months a row for each month's end, organization and series, as far
    back as the store knows.

    Examples:

        numctl report utilization

        numctl report utilization --org Sales --preamble --out utilization.csv

        numctl report utilization --months 12 --out year.xlsx
    """
    session: Session = ctx.obj
    if months is not None and at is not None:
        raise BadValue("--months and --at say the same thing.", "Give either.")
    with session.reading(at) as view:
        top, moment = view.organization(org), view.moment or session.at
        name = view.tree.path(top)
        if months is None:
            rows: list[tuple[object, ...]] = [*lines(view, top, below=True, by=SERIES)]
        else:
            rows = [*_month_by_month(session, view, top, months)]
    output = session.output.preferring("csv")
    if with_preamble:
        preamble(output, "utilization", name, moment, session.settings.timezone)
    output.rows(FIELDS if months is None else ("at", *FIELDS), rows)


def _month_by_month(session: Session, now: View, top: int, months: int) -> Iterator[tuple[object, ...]]:
    """The lines as of the end of each month, each with that moment; the earliest first."""
    from numctl.core.past.as_of import month_ends

    for view in month_ends(now, session.today, session.settings.timezone, months):
        found = lines(view, top, below=True, by=SERIES) if top in view.tree else []
        yield from ((view.moment, *line) for line in found)
