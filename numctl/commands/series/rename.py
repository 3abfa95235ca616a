"""``numctl series rename``: another name for a series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.text import clean_name

if TYPE_CHECKING:
    from numctl.session import Session


def rename(
    ctx: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="Its name.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.")],
) -> None:
    """Give a series another name. Only for who acts as the root.

    Examples:

        numctl series rename Extensions 'Short numbers'
    """
    from numctl.core.actions import series

    session: Session = ctx.obj
    before, after = clean_name(old, "A series"), clean_name(new, "A series")
    session.change("series rename", lambda operation: series.rename(operation, before, after))
