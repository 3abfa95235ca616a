"""The figures behind the pictures, as tables of HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.dashboard.charts import MEASURES
from numctl.dashboard.wording import CATEGORIES, MEANINGS, decimal, full_date, number, of_all, text, titled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numctl.core.queries.utilization import Figures
    from numctl.core.usage.days import Day
    from numctl.dashboard.figures import Month, Share


def folded(table: str) -> str:
    """A table that opens on demand, and stands open on paper."""
    return f"<details><summary>The figures as a table</summary>{table}</details>"


def categories_said(figures: Figures) -> str:
    """The five categories in one sentence."""
    return ", ".join(f"{name} {number(getattr(figures, name))}" for name in CATEGORIES)


def categories(figures: Figures) -> str:
    """How many numbers are in each category, and of how many."""
    rows = [
        (
            f'<span class="swatch {name}"></span>{titled(name)}<small>{MEANINGS[name]}</small>',
            number(getattr(figures, name)),
            text(of_all(getattr(figures, name), figures.total)),
        )
        for name in CATEGORIES
    ]
    rows.append(("Total", number(figures.total), "100%"))
    return _table("Numbers by category", ("Category", "Numbers", "Share"), rows)


def shares(kind: str, items: Sequence[Share], named: Callable[[str], str], *, with_threshold: bool) -> str:
    """The utilization table of organizations or series; ``named`` gives a name as HTML."""
    heads = [kind, "Total", *map(titled, CATEGORIES), "In use", "Subscribers"]
    rows = [
        [
            named(one.name),
            number(one.figures.total),
            *(number(getattr(one.figures, category)) for category in CATEGORIES),
            f"{one.figures.percent}%",
            f"{one.figures.subscriber_percent}%",
            *([f"{one.threshold}%" if one.threshold else "off"] if with_threshold else []),
        ]
        for one in items
    ]
    return _table(
        f"Utilization by {kind.lower()}", [*heads, *(["Threshold"] if with_threshold else [])], rows
    )


def months(months: Sequence[Month]) -> str:
    """The categories at each month's end, the latest first."""
    rows = [
        (
            month.day[:7],
            number(month.figures.total),
            *(number(getattr(month.figures, category)) for category in CATEGORIES),
            f"{month.figures.percent}%",
            f"{month.figures.subscriber_percent}%",
        )
        for month in reversed(months)
    ]
    return _table(
        "Utilization by month", ("Month", "Total", *map(titled, CATEGORIES), "In use", "Subscribers"), rows
    )


def consumption(days: Sequence[Day]) -> str:
    """What was consumed on each day, the newest first."""
    heads = [f"{one.name} {part}" for one in MEASURES[:2] for _, part in one.parts]
    units = ["min", "min", "", ""]
    heads = [f"{head}, {unit}" if unit else head for head, unit in zip(heads, units, strict=True)]
    rows = [
        (
            full_date(day.day),
            *(decimal(one.total([day], field)) for one in MEASURES for field, _ in one.parts),
        )
        for day in reversed(days)
    ]
    return _table("Consumption by day", ("Day", *heads, "Data, MB"), rows)


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML already; the first of each row is its heading."""
    top = "".join(f'<th scope="col">{text(head)}</th>' for head in heads)
    lines = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{text(caption)}"><table>'
        f"<caption>{text(caption)}</caption>"
        f"<thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table></div>"
    )
