"""``numctl org rename``: another name for an organization."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.text import clean_organization_name
from numctl.input.options import OrgArgument

if TYPE_CHECKING:
    from numctl.session import Session


def rename(
    ctx: typer.Context,
    org: OrgArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its new name, without a slash.")],
) -> None:
    """Give an organization another name. What is below it goes along.

    Examples:

        numctl org rename Sales/EMEA Europe
    """
    from numctl.core.actions import organizations

    session: Session = ctx.obj
    named = clean_organization_name(name)
    session.change("org rename", lambda operation: organizations.rename(operation, org, named))
