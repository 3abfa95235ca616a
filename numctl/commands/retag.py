"""``numctl retag``: give reserved numbers another tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from numctl.core.text import clean_tag
from numctl.input.options import Numbers, Tag

if TYPE_CHECKING:
    from numctl.session import Session


def retag(ctx: typer.Context, numbers: Numbers, tag: Tag) -> None:
    """Give reserved numbers another tag; date and forwarding stay.

    Examples:

        numctl retag 14188980120..14188980129 --tag 'sales, second floor'
    """
    from numctl.core.actions import reservations

    session: Session = ctx.obj
    given, kept = session.numbers(numbers), clean_tag(tag)
    session.change("retag", lambda operation: reservations.retag(operation, given, kept))
