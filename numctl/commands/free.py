"""``numctl free``: end the rest of numbers before their day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from numctl.core.errors import BadValue
from numctl.input.options import Numbers

if TYPE_CHECKING:
    from numctl.session import Session


def free(ctx: typer.Context, numbers: Numbers) -> None:
    """Make aging numbers available before their day. Say why with --message.

    Examples:

        numctl free 14188980110 --message 'the new tenant asked for it'
    """
    from numctl.core.actions import aging

    session: Session = ctx.obj
    given = session.numbers(numbers)
    if not (session.change_options.message or "").strip():
        raise BadValue("--message is missing: why before their day?", "Say why with --message.")
    session.change("free", lambda operation: aging.free(operation, given))
