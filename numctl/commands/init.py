"""``numctl init``: make a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.text import clean_email, clean_organization_name
from numctl.input.options import Emails, Threshold

if TYPE_CHECKING:
    from numctl.session import Session


def init(
    ctx: typer.Context,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="The root organization's name.")],
    email: Emails = None,
    threshold: Threshold = None,
) -> None:
    """Make a new store and its root organization.

    The store is one file, its owner's alone. Nothing that stands there already is touched.

    Examples:

        numctl --db new.db init --name Acme --email numbers@acme.example
    """
    from numctl.core.actions.founding import found

    session: Session = ctx.obj
    named, emails = clean_organization_name(name), [clean_email(text) for text in email or ()]
    path, journal = session.settings.db, session.settings.journal
    session.tell(found(path, session.act(as_root=True), named, emails, threshold, journal))
    if not session.change_options.dry_run:
        session.output.hint(
            f"The store is {path}. Next: `numctl add NUMBERS --series S`, or `numctl import FILE`."
        )
