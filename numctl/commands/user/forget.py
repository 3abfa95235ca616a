"""``numctl user forget``: blank a name for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.text import clean_name

if TYPE_CHECKING:
    from numctl.session import Session


def forget(
    ctx: typer.Context,
    user: Annotated[str, typer.Argument(metavar="USER", help="The user's name.")],
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Blank a user's name everywhere, history included. This can't be undone.

    Numbers that the user still has stay as they are, without a name; release them first to free them.

    Examples:

        numctl user forget 'Ada Moreau' --yes
    """
    from numctl.core.actions import users

    session: Session = ctx.obj
    name = clean_name(user, "A user")
    session.output.ask(f"Forget {name!r} everywhere, for good?", yes=yes or session.change_options.dry_run)
    session.change("user forget", lambda operation: users.forget(operation, name))
