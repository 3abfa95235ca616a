"""``numctl forward``: change or remove a forwarding number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.errors import BadValue
from numctl.core.numbers.ranges import Range
from numctl.input.options import Number

if TYPE_CHECKING:
    from numctl.session import Session


def forward(
    ctx: typer.Context,
    number: Number,
    to: Annotated[
        str | None, typer.Option("--to", metavar="NUMBER", help="The number that calls go to from now on.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Forward calls no longer. This is final.")] = False,
) -> None:
    """Change or remove the forwarding of a reserved number.

    A number is given forwarding when it is released; one without can't get it later.

    Examples:

        numctl forward 14188980111 --to 14188980103

        numctl forward 14188980111 --remove
    """
    from numctl.core.actions import subscribers

    session: Session = ctx.obj
    if (to is None) is not remove:
        raise BadValue("Give exactly one of --to NUMBER and --remove.")
    one = session.number(number)
    target = session.number(to) if to is not None else None
    if target is not None:
        subscribers.expect_others([Range(one, one)], target)
    session.change("forward", lambda operation: subscribers.forward(operation, [Range(one, one)], target))
