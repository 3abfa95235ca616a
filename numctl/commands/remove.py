"""``numctl remove``: take numbers out of the inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.text import clean_note
from numctl.input.options import Numbers

if TYPE_CHECKING:
    from numctl.session import Session


def remove(
    ctx: typer.Context,
    numbers: Numbers,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why they go: ported out, given back, ...")
    ],
) -> None:
    """Take numbers out of the inventory: ported out, or given back to the carrier.

    They must be available or reserved. Their history stays, and they may be added again. Only for who
    acts as the root.

    Examples:

        numctl remove 14188981990..14188981999 --reason 'given back to the carrier'
    """
    from numctl.core.actions import inventory

    session: Session = ctx.obj
    given, why = session.numbers(numbers), clean_note(reason, "A reason")
    session.change("remove", lambda operation: inventory.remove(operation, given, why))
