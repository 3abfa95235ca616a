"""``numctl unreserve``: make reserved numbers available again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from numctl.input.options import Numbers

if TYPE_CHECKING:
    from numctl.session import Session


def unreserve(ctx: typer.Context, numbers: Numbers) -> None:
    """Make reserved numbers available again; their tag, date and forwarding go.

    Examples:

        numctl unreserve 14188980120..14188980124
    """
    from numctl.core.actions import reservations

    session: Session = ctx.obj
    given = session.numbers(numbers)
    session.change("unreserve", lambda operation: reservations.unreserve(operation, given))
