"""One picture of the dashboard as an SVG file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.dashboard import charts, tables
from numctl.dashboard.embedding import standing_alone
from numctl.dashboard.wording import full_date, isolated, shortened

if TYPE_CHECKING:
    from numctl.dashboard.figures import Dashboard, Share, Top

MEASURES = {measure.name.lower(): measure for measure in charts.MEASURES}
LONGEST_NAME = 60
PICTURES = ("categories", "organizations", "series", "months", *MEASURES)


def picture(dashboard: Dashboard, which: str) -> str:
    """The SVG of one of ``PICTURES``."""
    whole = isolated(shortened(dashboard.whole.name, LONGEST_NAME))
    if which == "categories":
        figures = dashboard.whole.figures
        said = f"{figures.percent}% of {figures.total} in use: {tables.categories_said(figures)}"
        title = f"Numbers of {whole}"
        return standing_alone(charts.pie(figures, title), title, said)
    if which == "organizations":
        return _shares(dashboard.organizations, f"Organizations of {whole}")
    if which == "series":
        return _shares(dashboard.series, f"Series of {whole}")
    if which == "months":
        title = f"Utilization of {whole} by month"
        said = f"{len(dashboard.months)} ends of months"
        return standing_alone(charts.by_month(dashboard.months, title), title, said)
    days, measure = dashboard.days, MEASURES[which]
    said = f"{full_date(days[0].day)} to {full_date(days[-1].day)}" if days else "No usage"
    title = f"{measure.name} of {whole} by day" + f", {measure.unit}" * (measure.unit != "messages")
    return standing_alone(charts.by_day(days, measure, title), title, said)


def _shares(top: Top[Share], title: str) -> str:
    said = f"The {len(top.items)} largest of {top.of}" if len(top.items) < top.of else f"All {top.of}"
    return standing_alone(charts.bars(top.items, title), title, f"{said}, in per cent of their numbers")
