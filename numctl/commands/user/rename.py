"""``numctl user rename``: another name for a user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.text import clean_name

if TYPE_CHECKING:
    from numctl.session import Session


def rename(
    ctx: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="The user's name.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The user's new name.")],
) -> None:
    """Give a user another name, in the history too.

    Examples:

        numctl user rename 'Ada Moreau' 'Ada Moreau-Roy'
    """
    from numctl.core.actions import users

    session: Session = ctx.obj
    before, after = clean_name(old, "A user"), clean_name(new, "A user")
    session.change("user rename", lambda operation: users.rename(operation, before, after))
