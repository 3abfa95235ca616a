"""``numctl register``: a user has on-boarded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from numctl.input.numbers import numbers_or_user
from numctl.input.options import MaybeUser, NumbersOrUser, WhoseUser

if TYPE_CHECKING:
    from numctl.session import Session


def register(
    ctx: typer.Context, numbers: NumbersOrUser = None, user: MaybeUser = None, org: WhoseUser = None
) -> None:
    """Put a user's numbers in use: the user has on-boarded.

    Name the numbers, or the user: then it is all assigned numbers of theirs. What reads as a number is
    a number; --user is always a name.

    Examples:

        numctl register 14188980150

        numctl register 'Kim Sato'
    """
    from numctl.core.actions import subscribers

    session: Session = ctx.obj
    given = numbers_or_user(session, numbers, user, org)
    session.change("register", lambda operation: subscribers.register(operation, given))
