"""``numctl show``: everything known of a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from numctl.input.options import At, Number
from numctl.output.formats import WORKBOOK

if TYPE_CHECKING:
    from numctl.session import Session


def show(ctx: typer.Context, number: Number, at: At = None) -> None:
    """Show everything known of a number: what it is now, and each state that it was in before.

    Of a number that was removed, or moved out of your scope, only the history is left.

    Examples:

        numctl show 14188980100

        numctl show 14188980100 -o json
    """
    from numctl.core.past import one_number

    session: Session = ctx.obj
    wanted = session.number(number)
    with session.reading(at) as view:
        known, episodes, said = one_number.known(view, wanted)
    output = session.output
    history = [(*episode, *told) for episode, told in zip(episodes, said, strict=True)]
    fields = (*one_number.Episode._fields, *one_number.Told._fields)
    if output.structured:
        past = [dict(zip(fields, row, strict=True)) for row in history]
        output.answer({**known._asdict(), "history": past}, "")
        return
    output.rows(known._fields, [known])
    if known.status == "aging" and output.format == "table":
        output.prose(f"It rests until {known.reserved_until}, and nobody can be given it before.")
    if output.format != "ranges":
        if output.format != WORKBOOK:
            output.text("")
        output.rows(fields, history, part="history")
