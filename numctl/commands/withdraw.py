"""``numctl withdraw``: take unused numbers back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from numctl.input.numbers import quantity_of
from numctl.input.options import From, Quantity, Series

if TYPE_CHECKING:
    from numctl.session import Session


def withdraw(ctx: typer.Context, source: From, series: Series, quantity: Quantity) -> None:
    """Take unused numbers back from an organization, for the one right above it.

    Taken are the highest numbers that it itself has available; reserved ones count as used.

    Examples:

        numctl withdraw --from Sales --series 1418 --quantity 50
    """
    from numctl.core.actions import allocation

    session: Session = ctx.obj
    wanted = quantity_of(series, quantity)
    session.change(
        "withdraw", lambda operation: allocation.withdraw(operation, wanted.series, wanted.quantity, source)
    )
