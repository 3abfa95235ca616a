"""``numctl series move``: numbers into another series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.text import clean_name
from numctl.input.options import Numbers

if TYPE_CHECKING:
    from numctl.session import Session


def move(
    ctx: typer.Context,
    numbers: Numbers,
    to: Annotated[str, typer.Option("--to", metavar="SERIES", help="The series that they belong to.")],
) -> None:
    """Move numbers to another series, whatever their status. Only for who acts as the root.

    Examples:

        numctl series move 14188981900..14188981999 --to Paris
    """
    from numctl.core.actions import series

    session: Session = ctx.obj
    given, name = session.numbers(numbers), clean_name(to, "A series")
    session.change("series move", lambda operation: series.reclassify(operation, given, name))
