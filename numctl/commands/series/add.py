"""``numctl series add``: a new series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.text import clean_name, clean_note

if TYPE_CHECKING:
    from numctl.session import Session


def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name.")],
    description: Annotated[
        str | None, typer.Option("--description", metavar="TEXT", help="What its numbers have in common.")
    ] = None,
) -> None:
    """Add a series without numbers. Only for who acts as the root.

    Examples:

        numctl series add 1514 --description 'Montréal'
    """
    from numctl.core.actions import series

    session: Session = ctx.obj
    named = clean_name(name, "A series")
    text = clean_note(description, "A description") if description is not None else ""
    session.change("series add", lambda operation: series.add(operation, named, text))
