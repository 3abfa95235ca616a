"""``numctl allocate``: give a quantity of numbers to an organization below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from numctl.input.numbers import quantity_of
from numctl.input.options import Aligned, Contiguous, Matching, Quantity, Sequential, Series, To, WithLabels

if TYPE_CHECKING:
    from numctl.session import Session


def allocate(
    ctx: typer.Context,
    series: Series,
    quantity: Quantity,
    to: To,
    contiguous: Contiguous = False,
    matching: Matching = None,
    aligned: Aligned = None,
    sequential: Sequential = None,
    label: WithLabels = None,
) -> None:
    """Give a quantity of a series to an organization below.

    Taken are the lowest numbers that the acting organization itself has available.

    Examples:

        numctl allocate --series 1418 --quantity 200 --to Sales

        numctl allocate --series 1418 --quantity 50 --to Sales/EMEA --contiguous
    """
    from numctl.core.actions import allocation

    session: Session = ctx.obj
    wanted = quantity_of(series, quantity, contiguous, matching, aligned, sequential, label)
    session.change("allocate", lambda operation: allocation.allocate(operation, wanted, to))
