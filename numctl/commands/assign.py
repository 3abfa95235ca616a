"""``numctl assign``: give a number to a user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.errors import BadValue
from numctl.core.text import clean_name
from numctl.input.numbers import numbers_or_quantity, quantity_of
from numctl.input.options import Aligned, Contiguous, Matching, MaybeNumbers, Sequential, User, WithLabels

if TYPE_CHECKING:
    from numctl.session import Session


FromOrg = Annotated[
    str | None, typer.Option("--org", metavar="ORG", help="With --series: what this organization has.")
]


def assign(
    ctx: typer.Context,
    user: User,
    numbers: MaybeNumbers = None,
    series: Annotated[
        str | None, typer.Option("--series", metavar="SERIES", help="The lowest available of this series.")
    ] = None,
    contiguous: Contiguous = False,
    matching: Matching = None,
    aligned: Aligned = None,
    sequential: Sequential = None,
    label: WithLabels = None,
    org: FromOrg = None,
) -> None:
    """Give a number to a user by invitation.

    Name an available or reserved number, or have the lowest chosen that the acting organization itself
    has available in a series. A user may have several numbers.

    Examples:

        numctl assign 14188980200 --user 'Ada Moreau'

        numctl assign --series 1418 --user 'Ada Moreau'
    """
    from numctl.core.actions import subscribers

    session: Session = ctx.obj
    name = clean_name(user, "A user")
    choices = (contiguous or None, matching, aligned, sequential, label, org)
    if series is None and any(choice is not None for choice in choices):
        raise BadValue("How a number is chosen is for --series.", "Add --series, or name the number.")
    wanted = None
    if series is not None:
        wanted = quantity_of(
            *(series, 1),
            contiguous=contiguous,
            matching=matching,
            aligned=aligned,
            sequential=sequential,
            labels=label,
        )
    chosen = numbers_or_quantity(session, numbers, wanted)
    subscribers.expect_few(chosen, "a user")
    session.change("assign", lambda operation: subscribers.assign(operation, chosen, name, org))
