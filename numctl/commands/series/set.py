"""``numctl series set``: a series' description, and the days of rest of its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.errors import BadValue
from numctl.core.text import clean_name, clean_note
from numctl.input.options import Aging, aging_days

if TYPE_CHECKING:
    from numctl.session import Session


def set_(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name.")],
    description: Annotated[
        str | None, typer.Option("--description", metavar="TEXT", help="What its numbers have in common.")
    ] = None,
    aging: Aging = None,
) -> None:
    """Change a series' description, or how long its numbers rest after their release. Only for the root.

    Examples:

        numctl series set Paris --description 'Paris and its suburbs' --aging 45
    """
    from numctl.core.actions import series

    session: Session = ctx.obj
    named = clean_name(name, "A series")
    wanted: dict[str, object] = {**aging_days(aging)}
    if description is not None:
        wanted["description"] = clean_note(description, "A description") if description.strip() else ""
    if not wanted:
        raise BadValue("There is nothing to set.", "Give --description or --aging.")
    session.change("series set", lambda operation: series.set_up(operation, named, wanted))
