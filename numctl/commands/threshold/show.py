"""``numctl threshold show``: when administrators are written to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.input.options import MaybeOrg, Org, one_organization

if TYPE_CHECKING:
    from numctl.session import Session

FIELDS = ("organization", "threshold_percent", "utilization_percent", "over_threshold")


def show(
    ctx: typer.Context,
    named: MaybeOrg = None,
    org: Org = None,
    tree: Annotated[bool, typer.Option("--tree", help="Also all organizations below it.")] = False,
) -> None:
    """Show the utilization threshold of an organization, and where it stands.

    Examples:

        numctl threshold show --tree
    """
    from numctl.core.queries.utilization import lines

    session: Session = ctx.obj
    with session.reading() as view:
        rows = lines(view, view.organization(one_organization(named, org)), below=tree)
    session.output.rows(FIELDS, [tuple(getattr(row, field) for field in FIELDS) for row in rows])
