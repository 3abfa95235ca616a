"""``numctl release``: take numbers back from their users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.text import clean_tag
from numctl.core.values import days, option
from numctl.input.numbers import numbers_or_user
from numctl.input.options import MaybeUser, NumbersOrUser, Until, WhoseUser

if TYPE_CHECKING:
    from numctl.session import Session


Reserve = Annotated[
    str | None, typer.Option("--reserve", metavar="TAG", help="Keep them reserved under this tag.")
]
ForwardTo = Annotated[
    str | None, typer.Option("--forward-to", metavar="NUMBER", help="Forward calls there, while it is kept.")
]
Cool = Annotated[
    int | None,
    typer.Option("--cool", metavar="DAYS", parser=days, help="Let them rest so many days; 0 is none."),
]


def release(
    ctx: typer.Context,
    numbers: NumbersOrUser = None,
    user: MaybeUser = None,
    org: WhoseUser = None,
    reserve: Reserve = None,
    forward_to: ForwardTo = None,
    until: Until = None,
    cool: Cool = None,
) -> None:
    """Take numbers back from their users: a user is deleted, or an invitation withdrawn.

    Name the numbers, or the user: then it is all numbers of theirs. They rest as long as the rule of
    their series or organization says, or are available; with --reserve they are held under a tag, with
    --cool they rest for so many days. Only at this moment can a number be given a forwarding number.

    Examples:

        numctl release 14188980100 --reserve left --forward-to 14188980000

        numctl release 'Lou Brandt' --cool 90
    """
    from numctl.core.actions import subscribers

    session: Session = ctx.obj
    given = numbers_or_user(session, numbers, user, org)
    keep = subscribers.Keep.of(
        reserve=clean_tag(reserve) if reserve is not None else None,
        forward_to=session.number(forward_to) if forward_to is not None else None,
        until=session.day_to_come(until),
        cool=cool,
        today=session.today,
        name=option,
    )
    keep.expect_fit(given)
    session.change("release", lambda operation: subscribers.release(operation, given, keep))
