"""``numctl retag``: give reserved numbers another tag, or another day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.batch.values import NEVER
from numctl.core.errors import BadValue
from numctl.core.text import clean_tag
from numctl.input.options import DATE, Numbers

if TYPE_CHECKING:
    from numctl.session import Session


def retag(
    ctx: typer.Context,
    numbers: Numbers,
    tag: Annotated[str | None, typer.Option("--tag", metavar="TAG", help="What they are held for.")] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar=f"{DATE}|never", help="Held through this day, or without an end."),
    ] = None,
) -> None:
    """Give reserved numbers another tag, another last day, or none; the forwarding stays.

    Examples:

        numctl retag 14188980120..14188980129 --tag 'sales, second floor'

        numctl retag 14188980120..14188980129 --until +6w
    """
    from numctl.core.actions import reservations

    session: Session = ctx.obj
    if tag is None and until is None:
        raise BadValue("There is nothing to change.", "Give --tag, --until, or both.")
    given, kept = session.numbers(numbers), clean_tag(tag) if tag is not None else None
    day = "" if until == NEVER else session.day_to_come(until)
    session.change("retag", lambda operation: reservations.retag(operation, given, kept, day))
