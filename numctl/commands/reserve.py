"""``numctl reserve``: hold available numbers for later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.errors import BadValue
from numctl.core.text import clean_tag
from numctl.core.values import quantity
from numctl.input.numbers import numbers_or_quantity, quantity_of
from numctl.input.options import (
    Aligned,
    Contiguous,
    Matching,
    MaybeNumbers,
    Sequential,
    Tag,
    Until,
    WithLabels,
)

if TYPE_CHECKING:
    from numctl.core.actions.allocation import Quantity
    from numctl.session import Session


SeriesInstead = Annotated[
    str | None, typer.Option("--series", metavar="SERIES", help="Out of this series, with --quantity.")
]
QuantityOfIt = Annotated[
    int | None, typer.Option("--quantity", metavar="N", parser=quantity, help="How many, with --series.")
]
Holder = Annotated[
    str | None, typer.Option("--org", metavar="ORG", help="The organization that holds them from then on.")
]


def reserve(
    ctx: typer.Context,
    tag: Tag,
    numbers: MaybeNumbers = None,
    series: SeriesInstead = None,
    many: QuantityOfIt = None,
    contiguous: Contiguous = False,
    matching: Matching = None,
    aligned: Aligned = None,
    sequential: Sequential = None,
    label: WithLabels = None,
    org: Holder = None,
    until: Until = None,
) -> None:
    """Hold available numbers for later, under a tag.

    Name the numbers, or have the lowest chosen that the acting organization itself has available, by
    --series and --quantity. With --until they are available again after that day.

    Examples:

        numctl reserve 14188980000+20 --tag 'new office'

        numctl reserve --series 1418 --quantity 50 --contiguous --tag 'call centre' --org Sales
    """
    from numctl.core.actions import reservations

    session: Session = ctx.obj
    kept = clean_tag(tag)
    chosen = numbers_or_quantity(
        session, numbers, _wanted(series, many, contiguous, matching, aligned, sequential, label)
    )
    last_day = session.day_to_come(until) or ""
    session.change(
        "reserve",
        lambda operation: reservations.reserve(operation, chosen, kept, organization=org, until=last_day),
    )


def _wanted(
    series: str | None,
    many: int | None,
    contiguous: bool,
    matching: str | None,
    aligned: int | None,
    sequential: int | None,
    labels: list[str] | None,
) -> Quantity | None:
    if (series is None) != (many is None):
        missing = "--quantity" if many is None else "--series"
        raise BadValue(f"{missing} is missing: --series and --quantity go together.")
    if series is not None and many is not None:
        return quantity_of(series, many, contiguous, matching, aligned, sequential, labels)
    if contiguous or any(choice is not None for choice in (matching, aligned, sequential, labels)):
        raise BadValue("How numbers are chosen is for --series and --quantity.", "Add those.")
    return None
