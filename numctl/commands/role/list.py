"""``numctl role list``: who of the server reads which organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from numctl.session import Session

FIELDS = ("role", "organization")


def list_(ctx: typer.Context) -> None:
    """List the roles of the PostgreSQL server that may read, and what. Only for who acts as the root.

    Examples:

        numctl role list
    """
    from numctl.core.store import roles

    session: Session = ctx.obj
    session.expect_root()
    found = roles.listed(session.store)
    with session.reading() as view:
        paths = [
            view.tree.path(role.organization) if role.organization in view.tree else None for role in found
        ]
    rows = [(role.name, path) for role, path in zip(found, paths, strict=True)]
    session.output.rows(FIELDS, rows, empty="No role reads here.")
