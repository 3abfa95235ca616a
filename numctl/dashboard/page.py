"""The dashboard as one page of HTML that needs nothing but itself: no script, no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.dashboard import charts, tables
from numctl.dashboard.embedding import embedded, stylesheet
from numctl.dashboard.wording import (
    CATEGORIES,
    decimal,
    full_date,
    name,
    number,
    of_all,
    path,
    rounded,
    text,
    titled,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numctl.core.notifications.thresholds import Standing
    from numctl.core.usage.days import Day
    from numctl.dashboard.figures import Dashboard, Month, Outlook, Share, Top

LONGEST_FIGURE = 11  # in the large letters of a tile, on a phone
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
FRAME = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
{body}
</body>
</html>
"""


def page(dashboard: Dashboard) -> str:
    """The whole page."""
    whole = dashboard.whole
    sections = [
        _header(dashboard),
        "<main>",
        _tiles(dashboard),
        _thresholds(dashboard.over, dashboard.watched),
        _forecast(dashboard.shrinking),
        _categories(whole),
        _shares("organizations", "Organizations", "Organization", dashboard.organizations),
        _shares("series", "Series", "Series", dashboard.series),
        *([_shares("labels", f"By {dashboard.label}", "Label", dashboard.labels)] if dashboard.label else []),
        _by_month(dashboard.months),
        _consumption(dashboard.days),
        "</main>",
        '<footer class="quiet"><p>Made by numctl. In use is all but available; percentages are rounded'
        " down. An organization's figures include what is held below it.</p></footer>",
    ]
    return FRAME.format(
        policy=POLICY,
        title=f"Telephone numbers of {text(whole.name)}",
        style=stylesheet("chart.css", "page.css"),
        body="\n".join(sections),
    )


def _header(dashboard: Dashboard) -> str:
    day, time = dashboard.at[:10], dashboard.at[11:16]
    return (
        f"<header><h1>Telephone numbers of {path(dashboard.whole.name)}</h1>"
        f'<p class="quiet">As of <time datetime="{text(dashboard.at)}">{full_date(day)}, {text(time)} UTC'
        "</time></p></header>"
    )


def _tiles(dashboard: Dashboard) -> str:
    figures, threshold = dashboard.whole.figures, dashboard.whole.threshold
    reached = figures.reaches(threshold)
    over = dashboard.over.of
    available = of_all(figures.available, figures.total)
    return '<dl class="tiles">{}</dl>'.format(
        "".join(
            (
                _tile("Numbers", number(figures.total), "held here and below"),
                _tile(
                    "Utilization",
                    f"{figures.percent}%",
                    f"threshold {threshold}%" if threshold else "no threshold",
                    "bad" if reached else "",
                ),
                _tile(
                    "Available",
                    number(figures.available),
                    f"{available} of all",
                ),
                _tile("Subscriber share", f"{figures.subscriber_percent}%", "assigned or registered"),
                _tile(
                    "At their threshold",
                    number(over),
                    f"of {number(dashboard.watched)} organizations",
                    "bad" if over else "good",
                ),
            )
        )
    )


def _tile(term: str, figure: str, remark: str, kind: str = "") -> str:
    kind += " long" * (len(figure) > LONGEST_FIGURE)
    return (
        f'<div><dt>{text(term)}</dt><dd class="figure {kind}">{text(figure)}</dd>'
        f'<dd class="quiet">{text(remark)}</dd></div>'
    )


def _section(id: str, title: str, *parts: str) -> str:
    """A section under a heading, which is HTML already."""
    return f'<section aria-labelledby="{id}"><h2 id="{id}">{title}</h2>{"".join(parts)}</section>'


def _remark(words: str) -> str:
    return f'<p class="quiet">{words}</p>'


def _thresholds(over: Top[Standing], watched: int) -> str:
    title = "At or above the threshold"
    if not watched:
        return _section("thresholds", title, _remark("No organization with numbers has a threshold."))
    if not over.of:
        return _section("thresholds", title, _remark("None: every organization is below its threshold."))
    return _section(
        "thresholds",
        title,
        _cut(over, "worst"),
        f'<ul class="alerts">{"".join(map(_alert, over.items))}</ul>',
    )


def _alert(standing: Standing) -> str:
    figures = standing.figures
    kind, word = ("exhausted", "None left") if figures.available == 0 else ("reached", "Running low")
    left = "" if standing.exhausted else f", {number(figures.available)} available"
    return (
        f'<li class="{kind}"><em>{word}</em><strong>{path(standing.path)}</strong>'
        f"<span>{figures.percent}% of {number(figures.total)} in use{left};"
        f" threshold {standing.threshold}%</span></li>"
    )


def _forecast(shrinking: Top[Outlook]) -> str:
    title = "When numbers run out"
    if not shrinking.of:
        words = "No end in sight: what is available isn't shrinking, or there is too little history."
        return _section("forecast", title, _remark(words))
    return _section(
        "forecast",
        title,
        _remark("If what is available goes on shrinking as it did of late."),
        _cut(shrinking, "earliest"),
        f'<ul class="alerts plain">{"".join(map(_outlook, shrinking.items))}</ul>',
    )


def _outlook(outlook: Outlook) -> str:
    (organization, figures, threshold), future = outlook
    rate = future.per_day_30 or future.per_day_90 or 0
    reached = ""
    if figures.reaches(threshold):
        reached = "; at its threshold already"
    elif future.threshold_on is not None:
        reached = f"; at its threshold about {full_date(future.threshold_on)}"
    return (
        f"<li><em>{full_date(str(future.exhausted_on))}</em><strong>{path(organization)}</strong>"
        f"<span>{number(figures.available)} available, {decimal(int(100 * rate))} fewer a day{reached}"
        "</span></li>"
    )


def _cut(top: Top[Standing] | Top[Share] | Top[Outlook], which: str) -> str:
    """What is said where not all are shown."""
    if len(top.items) == top.of:
        return ""
    return _remark(f"The {len(top.items)} {which} of {number(top.of)}.")


def _categories(whole: Share) -> str:
    figures = whole.figures
    if not figures.total:
        return _section("categories", "Five categories", _remark("There are no numbers yet."))
    picture = embedded(charts.pie(figures), f"Numbers by category: {tables.categories_said(figures)}")
    return _section(
        "categories",
        "Five categories",
        _remark("Held here by status, and what is held by organizations below."),
        f'<div class="ring"><figure>{picture}'
        f'<p aria-hidden="true"><b>{figures.percent}%</b> in use</p></figure>'
        f"{tables.categories(figures)}</div>",
    )


def _shares(id: str, title: str, kind: str, top: Top[Share]) -> str:
    if not top.of:
        return _section(id, title, _remark("There are no numbers yet."))
    marked = any(one.threshold for one in top.items)
    named = path if kind == "Organization" else name
    rows = "".join(_share(one, named(one.name)) for one in top.items)
    return _section(
        id,
        title,
        _cut(top, "largest"),
        _legend([*((one, titled(one)) for one in CATEGORIES), *([("mark", "Threshold")] if marked else [])]),
        f'<ol class="bars">{rows}</ol>',
        tables.folded(tables.shares(kind, top.items, named, with_threshold=marked)),
    )


def _share(share: Share, named: str) -> str:
    figures = share.figures
    over = figures.reaches(share.threshold)
    mark = f'<i style="left:{share.threshold}%"></i>' if share.threshold else ""
    said = f"{figures.percent}% in use: {tables.categories_said(figures)}"
    return (
        f'<li{" class=over" if over else ""}><div class="line"><span>{named}</span>'
        f"<span><b>{figures.percent}%{' !' if over else ''}</b> of {number(figures.total)}</span></div>"
        f'<div class="bar">{embedded(charts.bar(figures), said)}{mark}</div></li>'
    )


def _legend(entries: Iterable[tuple[str, str]]) -> str:
    """Entries of a class name and a word, which is HTML already."""
    items = "".join(f'<li><span class="swatch {kind}"></span>{word}</li>' for kind, word in entries)
    return f'<ul class="legend" aria-hidden="true">{items}</ul>'


def _by_month(months: Sequence[Month]) -> str:
    title = "Month by month"
    if len(months) < 2:  # one point is no line
        return _section("months", title, _remark("There are not two ends of months to compare yet."))
    legend = [(f"line-{at}", titled(word)) for at, (_, word) in enumerate(charts.LINES)]
    first, last = months[0], months[-1]
    said = f"In use {first.figures.percent}% in {first.day[:7]}, {last.figures.percent}% in {last.day[:7]}"
    return _section(
        "months",
        title,
        _remark("At the end of each month, in per cent of all numbers."),
        _legend(legend),
        f"<figure>{embedded(charts.by_month(months), said)}</figure>",
        tables.folded(tables.months(months)),
    )


def _consumption(days: Sequence[Day]) -> str:
    title = "Consumption by day"
    if not days:
        return _section("consumption", title, _remark("No usage has been read in."))
    return _section(
        "consumption",
        title,
        _remark(f"{full_date(days[0].day)} to {full_date(days[-1].day)}"),
        f'<div class="days">{"".join(_measure(days, measure) for measure in charts.MEASURES)}</div>',
        tables.folded(tables.consumption(days)),
    )


def _measure(days: Sequence[Day], measure: charts.Measure) -> str:
    totals = [
        (f"part-{at}", f"{titled(word)} {rounded(measure.total(days, field))} {measure.unit}")
        for at, (field, word) in enumerate(measure.parts)
    ]
    said = f"{measure.name} by day: {', '.join(word for _, word in totals)} in all"
    drawn = (
        embedded(charts.by_day(days, measure), said)
        if measure.is_used(days)
        else _remark("None in these days.")
    )
    return f"<div><h3>{measure.name}</h3>{_legend(totals)}{drawn}</div>"
