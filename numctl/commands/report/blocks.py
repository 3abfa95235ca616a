"""``numctl report blocks``: what each block of numbers holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.values import block_size, percent
from numctl.input.options import At, Org
from numctl.output.preamble import Preamble, preamble

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numctl.core.reports.grouping import Blocks
    from numctl.output import Output
    from numctl.session import Session

FIELDS = (
    *("first", "last", "series", "total", "available", "reserved", "aging", "assigned", "in_use"),
    "used_percent",
)


def _share(text: str | int) -> int:
    return percent(text.removesuffix("%") if isinstance(text, str) else text)


Size = Annotated[
    int, typer.Option("--size", metavar="N", parser=block_size, help="Numbers of a block: 10, 100, 1000 ...")
]
OneSeries = Annotated[str | None, typer.Option("--series", metavar="SERIES", help="Only this series.")]
Free = Annotated[
    int | None,
    typer.Option("--free-at-least", metavar="P%", parser=_share, help="Only blocks with so much available."),
]


def blocks(
    ctx: typer.Context,
    size: Size,
    org: Org = None,
    series: OneSeries = None,
    free_at_least: Free = None,
    at: At = None,
    with_preamble: Preamble = False,
) -> None:
    """Report what each block of numbers holds, as CSV unless -o says otherwise.

    A row for each block that holds any number of --org and all below it, or the acting organization.
    Blocks begin at a multiple of their size; a length with fewer numbers is one block. Used is all but
    available and aging.

    Examples:

        numctl report blocks --size 100

        numctl report blocks --size 1000 --at yesterday

        numctl report blocks --size 10 --series 1418 --free-at-least 90% --out free.csv
    """
    from numctl.core.queries.selection import Filter
    from numctl.core.reports.blocks import counted, used_percent

    session: Session = ctx.obj
    with session.reading(at) as view:
        moment = view.moment or session.at
        name = view.tree.path(view.organization(org))
        wanted = Filter(series=[series] if series else (), organizations=[org] if org else (), below=True)
        found = counted(view, wanted, size, free_at_least=free_at_least or 0)
    shared = {
        one.counts: (None, None, None, sum(one.counts), *one.counts, used_percent(one.counts))
        for one in found
    }
    output = session.output.preferring("csv")
    if with_preamble:
        preamble(output, f"blocks of {size}", name, moment, session.settings.timezone)
    _show(output, shared, found)


def _show(
    output: Output, shared: Mapping[tuple[int, ...], tuple[object, ...]], found: Iterable[Blocks]
) -> None:
    """Rows of which all but the ends and the series is written once for blocks with the same counts."""
    from numctl.output.writing import in_slices

    if output.format == "ranges":
        ends = ((str(first), str(last)) for one in found for first, last in one.each())
        output.rows(FIELDS[:2], ends)
        return
    rows = (
        (first, first, one.counts, str(last), one.shared[0]) for one in found for first, last in one.each()
    )
    output.runs(FIELDS, shared, in_slices(rows), "first", "last", empty="No numbers found.")
