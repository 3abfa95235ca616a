"""``numctl mail test``"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from numctl.session import Session


def test(
    ctx: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Who gets the test message.")],
) -> None:
    """Send a test message to an address at once, by the mail server of the settings' [smtp].

    It goes past the outbox, so nothing is kept of it. Where the server doesn't take it, the reason is
    shown.

    Examples:
        numctl mail test jo@example.com
    """
    from numctl import mail
    from numctl.core.text import clean_email

    session: Session = ctx.obj
    recipient = clean_email(address)
    server = mail.send_test(session, recipient)
    session.output.answer(
        {"sent": True, "to": recipient, "server": server},
        f"{server} took a test message to {recipient}; look whether it arrives.",
    )
