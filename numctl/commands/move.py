"""``numctl move``: hand numbers to another organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from numctl.input.options import Numbers, To

if TYPE_CHECKING:
    from numctl.session import Session


def move(ctx: typer.Context, numbers: Numbers, to: To) -> None:
    """Move numbers to another organization; tag, date, forwarding and user go along.

    Available and reserved numbers move, and numbers in use; assigned ones wait for their user.

    Examples:

        numctl move 14188980300..14188980349 --to Support
    """
    from numctl.core.actions import inventory

    session: Session = ctx.obj
    given = session.numbers(numbers)
    session.change("move", lambda operation: inventory.move(operation, given, to))
