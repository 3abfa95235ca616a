"""``numctl report utilization``: by organization and series, for a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from numctl.input.options import At, Org
from numctl.output.preamble import Preamble, preamble

if TYPE_CHECKING:
    from numctl.session import Session


def utilization(
    ctx: typer.Context,
    org: Org = None,
    at: At = None,
    with_preamble: Preamble = False,
) -> None:
    """Report utilization by organization and series, as CSV unless -o says otherwise.

    A row for each organization and each series that it was given numbers of: --org and all below it, or
    the acting organization.

    Examples:

        numctl report utilization

        numctl report utilization --org Sales --preamble --out utilization.csv
    """
    from numctl.core.queries.utilization import Line, lines

    session: Session = ctx.obj
    output = session.output.preferring("csv")
    with session.reading(at) as view:
        top = view.organization(org)
        name = view.tree.path(top)
        rows = lines(view, top, below=True, by_series=True)
    if with_preamble:
        preamble(output, "utilization", name, session.at, session.settings.timezone)
    output.rows(Line._fields, rows)
