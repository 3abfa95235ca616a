"""``numctl report nruf``: the categories of the North American utilization form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.values import block_size
from numctl.input.options import At
from numctl.output.preamble import Preamble, preamble

if TYPE_CHECKING:
    from numctl.session import Session

Size = Annotated[
    int, typer.Option("--size", metavar="N", parser=block_size, help="Numbers of a block; 1000 if not given.")
]


def nruf(ctx: typer.Context, size: Size = 1000, at: At = None, with_preamble: Preamble = False) -> None:
    """Report the categories of the North American utilization form, as CSV unless -o says otherwise.

    By blocks of a thousand. Each number counts once: as intermediate if an organization so marked
    (`org set --intermediate`) or one below it holds it, as administrative with the label
    use=administrative, else by its status. What was assigned more than 5 days ago and isn't in use is
    reserved; what has been reserved for more than 180 days is available.

    Examples:

        numctl report nruf

        numctl report nruf --at yesterday

        numctl report nruf --size 100 --out nruf.csv
    """
    from numctl.core.reports.nruf import CATEGORIES, SHARED, counted

    session: Session = ctx.obj
    with session.reading(at) as view:
        name, moment = view.tree.path(view.acting), view.moment or session.at
        found = counted(view, size, moment)
    rows = (
        (str(first), str(last), sum(one.counts), *one.counts, *one.shared)
        for one in found
        for first, last in one.each()
    )
    output = session.output.preferring("csv")
    if with_preamble:
        preamble(output, "nruf", name, moment, session.settings.timezone)
    output.rows(("first", "last", "total", *CATEGORIES, *SHARED), rows, empty="No numbers found.")
