"""``numctl org list``: organizations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from numctl.input.options import At, Text

if TYPE_CHECKING:
    from numctl.session import Session


def list_(ctx: typer.Context, text: Text = None, at: At = None) -> None:
    """List organizations: the acting one and those below it, by path.

    Examples:

        numctl org list

        numctl org list sales -o json
    """
    from numctl.core.queries import catalog

    session: Session = ctx.obj
    with session.reading(at) as view:
        rows = catalog.organizations(view.connection, view.tree, view.acting, text or "")
    session.output.rows(catalog.ListedOrganization._fields, rows, empty="No organizations found.")
