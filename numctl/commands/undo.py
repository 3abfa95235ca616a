"""``numctl undo``: take an operation back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.undo import undoing
from numctl.core.values import quantity

if TYPE_CHECKING:
    from numctl.session import Session

Operation = Annotated[
    int | None,
    typer.Argument(
        metavar="OPERATION", parser=quantity, help="Its number; else your last change of numbers."
    ),
]


def undo(ctx: typer.Context, operation: Operation = None) -> None:
    """Undo an operation exactly.

    Status, tag, date, user, forwarding and organization of its numbers become what they were before.
    Without OPERATION it is the last one that you did as this organization; a batch is undone as a
    whole. An undo is an operation too: to do the undone thing again, undo the undo.

    It is refused where something has changed since. A hold whose date has passed comes back as
    available.

    Examples:

        numctl undo

        numctl undo 108 --dry-run
    """
    session: Session = ctx.obj
    session.change("undo", lambda op: undoing.undo(op, operation))
