"""``numctl add``: put new numbers into the inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from numctl.core.text import clean_name
from numctl.input.files import Unchecked
from numctl.input.options import Numbers, Org, Series

if TYPE_CHECKING:
    from numctl.session import Session


def add(
    ctx: typer.Context, numbers: Numbers, series: Series, org: Org = None, unchecked: Unchecked = False
) -> None:
    """Put new numbers into the inventory, available.

    A series that is new is made. Without --org the root holds them. Only for who acts as the root.

    Examples:

        numctl add 14188990000..14188990999 --series 1418

        numctl add 3990 3995+5 --series 'Short codes' --org Support
    """
    from numctl.core.actions import inventory

    session: Session = ctx.obj
    given, name = session.numbers(numbers, unchecked=unchecked), clean_name(series, "A series")
    session.change("add", lambda operation: inventory.add(operation, given, name, org))
