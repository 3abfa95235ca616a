"""``numctl utilization``: how much of its numbers an organization uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.errors import BadValue
from numctl.input.options import At, MaybeOrg

if TYPE_CHECKING:
    from fractions import Fraction

    from numctl.core.catalog.view import View
    from numctl.core.queries.forecast import Forecast
    from numctl.core.queries.utilization import Line
    from numctl.session import Session


def _by(text: str) -> str:
    if text != "series":
        raise BadValue(f"Utilization is shown by series, not by {text!r}.", "Write --by series.")
    return text


WithTree = Annotated[bool, typer.Option("--tree", help="Also all organizations below it.")]
By = Annotated[str | None, typer.Option("--by", metavar="series", parser=_by, help="A row for each series.")]
WithForecast = Annotated[
    bool, typer.Option("--forecast", help="Also how fast available numbers have gone, and when they end.")
]


def utilization(
    ctx: typer.Context,
    org: MaybeOrg = None,
    tree: WithTree = False,
    by: By = None,
    forecast: WithForecast = False,
    at: At = None,
) -> None:
    """Show how much of its numbers an organization uses.

    All numbers that it was given and still has are available, reserved, assigned, registered (in use) or
    allocated (held by organizations below); in use is all but available. Percentages are rounded down.

    --forecast says by how many numbers a day what is available has been shrinking over the last 30 and
    90 days, and when, going on like that, the threshold is reached and nothing is left. It says nothing
    where there is less than a week of history, or no shrinking.

    Examples:

        numctl utilization --tree

        numctl utilization Sales --by series -o json

        numctl utilization --tree --forecast -o simple
    """
    from numctl.core.queries.utilization import Line, lines

    session: Session = ctx.obj
    with session.reading(at) as view:
        top = view.organization(org)
        rows = lines(view, top, below=tree, by_series=by is not None)
        coming = _forecasts(session, view, top, tree, by is not None) if forecast else []
    if forecast:
        _show_forecasts(session, rows, coming, by is not None)
        return
    if session.output.asked is None and session.output.format == "table" and not session.output.narrowed:
        session.output.bars([_drawn(row, rows[0]) for row in rows])
        return
    fields = [field for field in Line._fields if by or field != "series"]
    session.output.rows(fields, ([getattr(row, field) for field in fields] for row in rows))


def _forecasts(session: Session, view: View, top: int, tree: bool, by_series: bool) -> list[Forecast]:
    """A forecast for each line, in their order."""
    from numctl.core.queries import forecast
    from numctl.core.queries.utilization import table

    changes = forecast.daily(view.connection, by_series=by_series)
    organizations = list(view.tree.below(top)) if tree else [top]
    return [
        forecast.of(
            changes.get((row.organization, row.series), {}),
            row.figures,
            view.tree[row.organization].threshold,
            session.today,
        )
        for row in table(view.connection, view.tree, organizations, by_series=by_series)
    ]


def _show_forecasts(session: Session, rows: list[Line], coming: list[Forecast], by_series: bool) -> None:
    from numctl.core.queries.forecast import Forecast
    from numctl.core.queries.utilization import Line

    exact = not session.output.typed
    *fields, last = [field for field in Line._fields if by_series or field != "series"]
    session.output.rows(
        [*fields, *Forecast._fields, last],
        (
            [
                *(getattr(row, field) for field in fields),
                *(_rate(one, exact) for one in next_[:2]),
                *next_[2:],
                getattr(row, last),
            ]
            for row, next_ in zip(rows, coming, strict=True)
        ),
    )
    if not any(one.per_day_30 or one.per_day_90 for one in coming):
        session.output.hint("Not enough history for a forecast, or nothing is shrinking.")


def _rate(per_day: Fraction | None, exact: bool) -> str | float | None:
    """Numbers a day with two decimals as text; in JSON, a number."""
    if per_day is None:
        return None
    return f"{float(per_day):.2f}" if exact else round(float(per_day), 2)


def _drawn(row: Line, first: Line) -> dict[str, object]:
    return {**row._asdict(), "depth": row.organization.count("/") - first.organization.count("/")}
