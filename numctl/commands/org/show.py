"""``numctl org show``: one organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from numctl.input.options import OrgArgument

if TYPE_CHECKING:
    from numctl.session import Session

FIGURES = (
    "total",
    "in_use",
    "available",
    "reserved",
    "assigned",
    "registered",
    "allocated",
    "utilization_percent",
    "over_threshold",
)
FIELDS = ("organization", "parent", "emails", "threshold_percent", *FIGURES)


def show(ctx: typer.Context, org: OrgArgument) -> None:
    """Show one organization: its place, its administrators' addresses, its threshold, its numbers.

    Examples:

        numctl org show Sales
    """
    from numctl.core.catalog import organizations
    from numctl.core.queries import utilization

    session: Session = ctx.obj
    with session.reading() as view:
        id = view.organization(org)
        parent = view.tree[id].parent
        (line,) = utilization.lines(view, id)
        row = (
            line.organization,
            view.tree.path(parent) if parent else None,
            organizations.emails_of(view.connection, id),
            line.threshold_percent,
            *(getattr(line, field) for field in FIGURES),
        )
    if session.output.format == "table":  # one thing reads better downwards
        session.output.rows(("field", "value"), zip(FIELDS, row, strict=True))
    else:
        session.output.rows(FIELDS, [row])
