"""``numctl mail list``"""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from numctl.core.notifications import messages

if TYPE_CHECKING:
    from numctl.session import Session


def list_(ctx: typer.Context) -> None:
    """List messages that wait, were sent, or failed, the oldest first.

    A message that waits is sent by the next command that queues mail, or by 'numctl mail send'. One
    that failed was refused by the mail server for good; 'numctl mail send --failed' tries it again.

    Examples:
        numctl mail list
        numctl mail list -o json
    """
    session: Session = ctx.obj
    with session.reading() as view:
        rows = messages.listed(view)
    session.output.rows(messages.Listed._fields, rows, empty="There is no mail.")
