"""``numctl series list``: series and what is available in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from numctl.input.options import At, Text

if TYPE_CHECKING:
    from numctl.session import Session


def list_(ctx: typer.Context, text: Text = None, at: At = None) -> None:
    """List series with how many of their numbers are held in scope, by status.

    Examples:

        numctl series list

        numctl series list 14 -o json
    """
    from numctl.core.queries import catalog

    session: Session = ctx.obj
    with session.reading(at) as view:
        rows = catalog.series(view, text or "")
    session.output.rows(catalog.ListedSeries._fields, rows, empty="No series found.")
