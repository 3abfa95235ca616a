"""``numctl utilization``: how much of its numbers an organization uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.errors import BadValue
from numctl.options import MaybeOrg

if TYPE_CHECKING:
    from numctl.core.utilization import Line
    from numctl.session import Session


def _by(text: str) -> str:
    if text != "series":
        raise BadValue(f"Utilization is shown by series, not by {text!r}.", "Write --by series.")
    return text


def utilization(
    ctx: typer.Context,
    org: MaybeOrg = None,
    tree: Annotated[bool, typer.Option("--tree", help="Also all organizations below it.")] = False,
    by: Annotated[
        str | None, typer.Option("--by", metavar="series", parser=_by, help="A row for each series.")
    ] = None,
) -> None:
    """Show how much of its numbers an organization uses.

    All numbers that it was given and still has are available, reserved, assigned, registered (in use) or
    allocated (held by organizations below); in use is all but available. Percentages are rounded down.

    Examples:

        numctl utilization --tree

        numctl utilization Sales --by series -o json
    """
    from numctl.core.utilization import Line, lines

    session: Session = ctx.obj
    with session.reading() as view:
        rows = lines(view, view.organization(org), below=tree, by_series=by is not None)
    if session.settings.output is None and session.output.format == "table":
        session.output.bars([_drawn(row, rows[0]) for row in rows])
        return
    fields = [field for field in Line._fields if by or field != "series"]
    session.output.rows(fields, ([getattr(row, field) for field in fields] for row in rows))


def _drawn(row: Line, first: Line) -> dict[str, object]:
    return {**row._asdict(), "depth": row.organization.count("/") - first.organization.count("/")}
