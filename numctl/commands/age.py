"""``numctl age``: let numbers rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.input.options import DATE, Numbers

if TYPE_CHECKING:
    from numctl.session import Session


def age(
    ctx: typer.Context,
    numbers: Numbers,
    until: Annotated[str, typer.Option("--until", metavar=DATE, help="The last day on which they rest.")],
) -> None:
    """Let available or reserved numbers rest until a day; until then nobody is given them.

    Their tag goes, their forwarding stays. They are available again when the day is over.

    Examples:

        numctl age 14188980300..14188980304 --until +90d
    """
    from numctl.core.actions import aging

    session: Session = ctx.obj
    given = session.numbers(numbers)
    day = session.day_to_come(until) or ""
    session.change("age", lambda operation: aging.age(operation, given, day))
