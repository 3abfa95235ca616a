"""``numctl move``: hand numbers to another organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from numctl.input.numbers import numbers_or_user
from numctl.input.options import MaybeNumbers, MaybeUser, To, WhoseUser

if TYPE_CHECKING:
    from numctl.session import Session


def move(
    ctx: typer.Context, to: To, numbers: MaybeNumbers = None, user: MaybeUser = None, org: WhoseUser = None
) -> None:
    """Move numbers to another organization; tag, date, forwarding and user go along.

    Available, reserved and aging numbers move, and numbers in use; assigned ones wait for their user.

    Examples:

        numctl move 14188980300..14188980349 --to Support

        numctl move --user 'Raj Patel' --to Sales
    """
    from numctl.core.actions import subscribers

    session: Session = ctx.obj
    given = numbers_or_user(session, numbers, user, org) if user is not None else session.numbers(numbers)
    session.change("move", lambda operation: subscribers.move(operation, given, to))
