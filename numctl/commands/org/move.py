"""``numctl org move``: an organization under another parent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.input.options import OrgArgument

if TYPE_CHECKING:
    from numctl.session import Session


def move(
    ctx: typer.Context,
    org: OrgArgument,
    to: Annotated[
        str, typer.Option("--to", metavar="PARENT", help="The organization above it from then on.")
    ],
) -> None:
    """Put an organization under another one, with its numbers and all that is below it.

    Examples:

        numctl org move Helpdesk --to Sales
    """
    from numctl.core.actions import organizations

    session: Session = ctx.obj
    session.change("org move", lambda operation: organizations.move(operation, org, to))
