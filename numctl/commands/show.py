"""``numctl show``: everything known of a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from numctl.input.options import Number

if TYPE_CHECKING:
    from numctl.session import Session


def show(ctx: typer.Context, number: Number) -> None:
    """Show everything known of a number: what it is now, and each state that it was in before.

    Of a number that was removed, or moved out of your scope, only the history is left.

    Examples:

        numctl show 14188980100

        numctl show 14188980100 -o json
    """
    from numctl.core.past import one_number

    session: Session = ctx.obj
    wanted = session.number(number)
    with session.reading() as view:
        known, episodes = one_number.known(view, wanted)
    output = session.output
    if output.structured:
        output.answer({**known._asdict(), "history": [episode._asdict() for episode in episodes]}, "")
        return
    output.rows(known._fields, [known])
    if output.format != "ranges":
        output.text("")
        output.rows(one_number.Episode._fields, episodes)
