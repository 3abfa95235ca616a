"""``numctl series remove``: a series without numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.text import clean_name

if TYPE_CHECKING:
    from numctl.session import Session


def remove(
    ctx: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME", help="Its name.")]
) -> None:
    """Remove a series that has no numbers. Its history stays. Only for who acts as the root.

    Examples:

        numctl series remove Unused
    """
    from numctl.core.actions import series

    session: Session = ctx.obj
    named = clean_name(name, "A series")
    session.change("series remove", lambda operation: series.remove(operation, named))
