"""``numctl user list``: users and their numbers."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from numctl.input.options import Limit, Text

if TYPE_CHECKING:
    from numctl.session import Session


def list_(
    ctx: typer.Context,
    text: Text = None,
    limit: Limit = None,
    former: Annotated[
        bool, typer.Option("--former", help="Also those who have no numbers any more.")
    ] = False,
) -> None:
    """List users and how many numbers they have: in all, assigned, and registered.

    Examples:

        numctl user list

        numctl user list moreau --limit 20
    """
    from numctl.core.queries import catalog
    from numctl.core.queries.buffer import Buffer

    session: Session = ctx.obj
    with session.reading() as view:
        found = islice(catalog.users(view, text or "", former=former), limit)
        rows = Buffer.of(map(tuple, found))
    session.output.rows(catalog.ListedUser._fields, rows, empty="No users found.")
