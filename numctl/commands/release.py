"""``numctl release``: take numbers back from their users."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.errors import BadValue
from numctl.core.text import clean_tag
from numctl.core.values import quantity
from numctl.input.numbers import numbers_or_user
from numctl.input.options import MaybeUser, NumbersOrUser, Until

if TYPE_CHECKING:
    from numctl.core.actions.subscribers import Keep
    from numctl.session import Session

MOST_DAYS = 3650  # that a number rests


def _days(text: str | int) -> int:
    days = quantity(text)
    if days > MOST_DAYS:
        raise BadValue(f"A number rests for {MOST_DAYS} days at most, not {days}.")
    return days


def release(
    ctx: typer.Context,
    numbers: NumbersOrUser = None,
    user: MaybeUser = None,
    reserve: Annotated[
        str | None, typer.Option("--reserve", metavar="TAG", help="Keep them reserved under this tag.")
    ] = None,
    forward_to: Annotated[
        str | None,
        typer.Option("--forward-to", metavar="NUMBER", help="With --reserve: forward calls there."),
    ] = None,
    until: Until = None,
    cool: Annotated[
        int | None,
        typer.Option("--cool", metavar="DAYS", parser=_days, help="Let them rest before they are given out."),
    ] = None,
) -> None:
    """Take numbers back from their users: a user is deleted, or an invitation withdrawn.

    Name the numbers, or the user: then it is all numbers of theirs. They are available then, or with
    --reserve held under a tag; only at this moment can a reserved number be given a forwarding number.

    Examples:

        numctl release 14188980100 --reserve left --forward-to 14188980000

        numctl release 'Lou Brandt' --cool 90
    """
    from numctl.core.actions import subscribers

    session: Session = ctx.obj
    given = numbers_or_user(session, numbers, user)
    keep = _keep(session, reserve, forward_to, until, cool)
    if keep is not None and keep.forward_to is not None and not isinstance(given, str):
        subscribers.expect_few(given, "a forwarding")
        subscribers.expect_others(given, keep.forward_to)
    session.change("release", lambda operation: subscribers.release(operation, given, keep))


def _keep(
    session: Session, tag: str | None, forward_to: str | None, until: date | None, cool: int | None
) -> Keep | None:
    """What the options say is to be kept. Raises BadValue where they don't go together."""
    from numctl.core.actions.subscribers import COOLING, Keep

    if cool is not None:
        if tag is not None or forward_to is not None or until is not None:
            raise BadValue(
                "--cool stands alone.", "It reserves the number by itself, until its days are over."
            )
        return Keep(COOLING, until=_after(session.today, cool))
    if tag is None:
        if forward_to is not None or until is not None:
            option = "--until" if forward_to is None else "--forward-to"
            raise BadValue(f"{option} is for numbers that are kept.", "Add --reserve TAG.")
        return None
    last_day = until.isoformat() if until else ""
    session.expect_a_day_to_come(last_day)
    return Keep(clean_tag(tag), session.number(forward_to) if forward_to is not None else None, last_day)


def _after(today: str, days: int) -> str:
    try:
        return (date.fromisoformat(today) + timedelta(days)).isoformat()
    except OverflowError:
        raise BadValue(f"{days} days from {today} on, the year is past 9999.", "Give fewer days.") from None
