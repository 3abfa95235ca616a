"""``numctl org remove``: an organization that is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.input.options import OrgArgument

if TYPE_CHECKING:
    from numctl.session import Session


def remove(
    ctx: typer.Context,
    org: OrgArgument,
    recursive: Annotated[
        bool, typer.Option("--recursive", help="With all that is below it, if that is empty, too.")
    ] = False,
) -> None:
    """Remove an organization that holds no numbers and has nothing below it. Its history stays.

    Examples:

        numctl org remove Lab
    """
    from numctl.core.actions import organizations

    session: Session = ctx.obj
    session.change("org remove", lambda operation: organizations.remove(operation, org, recursive=recursive))
