"""``numctl org set``: an organization's addresses and threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.errors import BadValue
from numctl.core.text import clean_email
from numctl.input.options import Emails, OrgArgument, ThresholdOrOff

if TYPE_CHECKING:
    from numctl.session import Session


def set_(
    ctx: typer.Context,
    org: OrgArgument,
    email: Emails = None,
    no_email: Annotated[
        bool, typer.Option("--no-email", help="No addresses of its own: those above are written to.")
    ] = False,
    threshold: ThresholdOrOff = None,
) -> None:
    """Change an organization's addresses or threshold. The addresses given replace those there were.

    Examples:

        numctl org set Sales --email sales@acme.example --email night@acme.example --threshold 75

        numctl org set Support --no-email
    """
    from numctl.core.actions import organizations
    from numctl.core.catalog.organizations import OFF

    session: Session = ctx.obj
    if email and no_email:
        raise BadValue("--email and --no-email exclude one another.", "Give one of them.")
    if not email and not no_email and threshold is None:
        raise BadValue("There is nothing to set.", "Give --email, --no-email or --threshold.")
    emails = [clean_email(text) for text in email or ()] if email or no_email else None
    percent = None if threshold is None else OFF if threshold == "off" else int(threshold)
    session.change("org set", lambda operation: organizations.set_up(operation, org, emails, percent))
