"""``numctl add``: put new numbers into the inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from numctl.core.numbers.unusual import Unusual, has_country, unusual
from numctl.core.text import clean_name
from numctl.input.files import Unchecked
from numctl.input.numbers import extensions
from numctl.input.options import Numbers, Org, Series

if TYPE_CHECKING:
    from numctl.core.changes.operation import Operation
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
    plain, ext = extensions(numbers or (), session.settings.region)
    given, name = session.numbers(plain, unchecked=unchecked), clean_name(series, "A series")
    with_country = session.settings.region is not None or any(map(has_country, plain))
    odd = unusual(given, with_country=True) if with_country else Unusual()

    def work(operation: Operation) -> None:
        inventory.add(operation, given, name, org, ext)
        operation.facts.update(odd.facts())

    session.change("add", work)
