"""``numctl utilization``: how much of its numbers an organization uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from numctl.core.errors import BadValue
from numctl.core.queries.utilization import OF_LABEL, SERIES, Line, known_lines
from numctl.core.queries.utilization import fields as fields_of
from numctl.core.rules.labels import clean_key
from numctl.input.options import WHEN, At, MaybeOrg

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from numctl.core.catalog.view import View
    from numctl.core.queries.forecast import Forecast
    from numctl.core.queries.utilization import Row
    from numctl.session import Session

    Known = list[tuple[Row, Line]]


def _by(text: str) -> str:
    if text.startswith(OF_LABEL):
        return OF_LABEL + clean_key(text.removeprefix(OF_LABEL))
    if text != SERIES:
        raise BadValue(
            f"Utilization is shown by series or by a label, not by {text!r}.",
            "Write --by series, or --by label.KEY.",
        )
    return text


CHANGING = (
    *("total", "available", "reserved", "assigned", "registered", "allocated"),
    "utilization_percent",
)
WithTree = Annotated[bool, typer.Option("--tree", help="Also all organizations below it.")]
By = Annotated[
    str | None,
    typer.Option(
        "--by", metavar="series|label.KEY", parser=_by, help="A row for each series, or value of a label."
    ),
]
WithForecast = Annotated[
    bool, typer.Option("--forecast", help="Also how fast available numbers have gone, and when they end.")
]
Since = Annotated[
    str | None, typer.Option("--since", metavar=WHEN, help="Also as it stood then, beside how it stands.")
]


def utilization(
    ctx: typer.Context,
    org: MaybeOrg = None,
    tree: WithTree = False,
    by: By = None,
    forecast: WithForecast = False,
    at: At = None,
    since: Since = None,
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

        numctl utilization --by label.site

        numctl utilization --tree --forecast -o simple

        numctl utilization --tree --since -30d
    """
    session: Session = ctx.obj
    _expect_sense(by, since, forecast=forecast)
    with session.reading(at) as view:
        top, moment = view.organization(org), view.moment or session.at
        known = known_lines(view, top, below=tree, by=by or "")
        coming = _forecasts(session, view, known) if forecast else []
    fields = fields_of(by or "")
    rows = [_values(line, by) for _, line in known]
    if since is not None:
        _show_both(session, fields, (moment, known), _earlier(session, since, top, tree=tree, by=by), by)
    elif forecast:
        _show_forecasts(session, fields, rows, coming)
    elif session.output.asked is None and session.output.format == "table" and not session.output.narrowed:
        session.output.bars([_drawn(line, known[0][1], by) for _, line in known])
    else:
        session.output.rows(fields, rows)


def _expect_sense(by: str | None, since: str | None, *, forecast: bool) -> None:
    if forecast and since is not None:
        raise BadValue("--forecast looks ahead, --since back.", "Ask for one of them.")
    if forecast and by is not None and by != SERIES:
        raise BadValue("A forecast is made for organizations and series, not for labels.", "Leave --by out.")


def _values(line: Line, by: str | None) -> list[Any]:
    return [value for field, value in zip(line._fields, line, strict=True) if by or field != "part"]


# Then and now


def _earlier(session: Session, since: str, top: int, *, tree: bool, by: str | None) -> tuple[str, Known]:
    """The moment, and what there was of it then: nothing where the organization wasn't there yet."""
    with session.reading(since) as view:
        there = top in view.tree
        return view.moment or session.at, known_lines(view, top, below=tree, by=by or "") if there else []


def _show_both(
    session: Session, fields: Sequence[str], now: tuple[str, Known], then: tuple[str, Known], by: str | None
) -> None:
    """Two rows each, the earlier first; drawn, one row each with what has changed."""
    before = {row[:2]: line for row, line in then[1]}
    after = {row[:2]: line for row, line in now[1]}
    pairs = [(before.get(key), after.get(key)) for key in dict.fromkeys([*after, *before])]
    if session.output.asked is None and session.output.format == "table" and not session.output.narrowed:
        names = ["organization", *([by] if by else []), *CHANGING]
        session.output.rows(names, (_difference(*pair, by) for pair in pairs))
        session.output.hint(f"As of {now[0]}; behind it the difference to {then[0]}.")
        return
    rows = (
        [at, *_values(line, by)]
        for pair in pairs
        for at, line in zip((then[0], now[0]), pair, strict=True)
        if line is not None
    )
    session.output.rows(["at", *fields], rows)


def _difference(before: Line | None, after: Line | None, by: str | None) -> list[str | None]:
    """What is shown of a line: each figure, and by how much it has changed."""
    line = after or before
    assert line is not None  # noqa: S101 - one of them is there
    told: list[str | None] = [line.organization, *([line.part] if by else [])]
    for field in CHANGING:
        new, old = (getattr(one, field) if one else 0 for one in (after, before))
        told.append(f"{new} {new - old:+}" if new != old else str(new))
    return told


# What is to come


def _forecasts(session: Session, view: View, known: Known) -> list[Forecast]:
    """A forecast for each line, in their order."""
    from numctl.core.queries import forecast

    changes = forecast.daily(view.connection, by_series=bool(known and known[0][0].part))
    return [
        forecast.of(
            changes.get((row.organization, int(row.part)), {}),
            row.figures,
            view.tree[row.organization].threshold,
            view.day or session.today,
        )
        for row, _ in known
    ]


def _show_forecasts(
    session: Session, fields: list[str], rows: list[list[Any]], coming: list[Forecast]
) -> None:
    from numctl.core.queries.forecast import Forecast

    exact = not session.output.typed
    session.output.rows(
        [*fields[:-1], *Forecast._fields, fields[-1]],
        (
            [*row[:-1], *(_rate(one, exact) for one in next_[:2]), *next_[2:], row[-1]]
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


def _drawn(line: Line, first: Line, by: str | None) -> dict[str, object]:
    depth = line.organization.count("/") - first.organization.count("/")
    part = line.part if by is None or line.part else f"no {by.removeprefix(OF_LABEL)}"
    return {**line._asdict(), "part": part, "depth": depth}
