"""``numctl org add``: a new organization."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.text import clean_email, clean_organization_name
from numctl.input.options import Emails, Threshold

if TYPE_CHECKING:
    from numctl.session import Session


def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name, without a slash.")],
    parent: Annotated[
        str | None, typer.Option("--parent", metavar="ORG", help="The one above it; else the acting one.")
    ] = None,
    email: Emails = None,
    threshold: Threshold = None,
    parents: Annotated[
        bool, typer.Option("--parents", help="NAME is a path; make what is missing of it.")
    ] = False,
) -> None:
    """Add an organization.

    Without addresses of its own, the nearest organization above that has some is written to.

    Examples:

        numctl org add APAC --parent Sales --email apac@acme.example --threshold 90

        numctl org add Field/North/Depot --parents
    """
    from numctl.core.actions import organizations

    session: Session = ctx.obj
    parts = name.split("/") if parents else [name]
    named, emails = "/".join(map(clean_organization_name, parts)), [clean_email(text) for text in email or ()]
    session.change(
        "org add",
        lambda operation: organizations.add(operation, named, parent, emails, threshold, parents=parents),
    )
