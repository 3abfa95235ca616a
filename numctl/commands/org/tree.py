"""``numctl org tree``: organizations, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from numctl.input.options import At

if TYPE_CHECKING:
    from numctl.core.queries.catalog import ListedOrganization
    from numctl.session import Session

FIELDS = ("organization", "depth", "total")


def tree(ctx: typer.Context, at: At = None) -> None:
    """Draw the tree of organizations, with how many numbers each was given; a list where -o asks for one.

    Examples:

        numctl org tree
    """
    from numctl.core.queries import catalog

    session: Session = ctx.obj
    with session.reading(at) as view:
        rows = catalog.organizations(view.connection, view.tree, view.acting)
    depths = [row.organization.count("/") - rows[0].organization.count("/") for row in rows]
    if session.output.asked not in (None, "table") or session.output.narrowed:
        session.output.rows(
            FIELDS, [(row.organization, depth, row.total) for row, depth in zip(rows, depths, strict=True)]
        )
        return
    session.output.tree(
        (depth, _name(row, depth), _remark(row)) for row, depth in zip(rows, depths, strict=True)
    )


def _name(row: ListedOrganization, depth: int) -> str:
    return row.organization.rpartition("/")[2] if depth else row.organization


def _remark(row: ListedOrganization) -> str:
    return f"({row.total})" if row.total else ""
