"""Charts as SVG elements, drawn by pygal and cleared of its script, style sheet and tooltips.

What is left are shapes and texts with class names: ``chart.css`` gives them colours, light and dark.
Every shape carries a ``title``, which browsers show beside the pointer and read out.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from numctl.core.usage.consumption import megabytes, minutes
from numctl.dashboard.wording import CATEGORIES, date, decimal, isolated, number, of_all, shortened, titled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from xml.etree.ElementTree import Element

    from numctl.core.queries.utilization import Figures
    from numctl.core.usage.days import Day
    from numctl.dashboard.figures import Month, Share

WIDTH = 360  # in the picture's own units, for texts that can be read on a phone
FINE = re.compile(r"-?\d+\.\d{3,}")
BACKGROUND = {"background", "plot overlay", "plot text-overlay", "plot tooltip-overlay"}
LONGEST_NAME = 30
THINNEST = 200  # such slices make a ring
MARKED_DAYS = 3  # with their date on the axis, beside the first


LINES = (("percent", "in use"), ("subscriber_percent", "subscribers"))  # of a month's figures


class Measure(NamedTuple):
    """One kind of consumption: its parts are fields of a day, each with its word.

    ``hundredths`` gives a sum of what such a field counts in hundredths of the unit.
    """

    name: str
    unit: str
    parts: tuple[tuple[str, str], ...]
    hundredths: Callable[[int], int]

    def total(self, days: Sequence[Day], field: str) -> int:
        """What these days have of one part, in hundredths, rounded as every report of consumption is."""
        return self.hundredths(sum(getattr(day, field) for day in days))

    def is_used(self, days: Sequence[Day]) -> bool:
        """Whether there is anything of it."""
        return any(getattr(day, field) for day in days for field, _ in self.parts)


def _library() -> Any:
    """pygal, without the import hook for map plug-ins that it leaves behind, which warns at every import."""
    import pygal

    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]
    return pygal


def _of_whole(count: int) -> int:
    return 100 * count


MEASURES = (
    Measure("Voice", "minutes", (("voice_incoming", "incoming"), ("voice_outgoing", "outgoing")), minutes),
    Measure(
        "Messages", "messages", (("messages_received", "received"), ("messages_sent", "sent")), _of_whole
    ),
    Measure("Data", "MB", (("data", "data"),), megabytes),
)


def pie(figures: Figures, title: str = "") -> Element:
    """The five categories as a ring; with a title it has a legend, too. Without numbers an empty picture."""
    pygal = _library()

    size = {"width": 560, "height": 320} if title else {"width": 260, "height": 260}
    chart = pygal.Pie(**_settings(title, **size, inner_radius=0.62))
    drawn = [name for name in CATEGORIES if getattr(figures, name)]
    for name in drawn:
        value = getattr(figures, name)
        label = f"{titled(name)}: {number(value)} ({of_all(value, figures.total)})"
        # What is there is seen, be it the thinnest slice; and no other slice meets its own beginning.
        chart.add(label, [{"value": max(value, figures.total / THINNEST), "label": label}])
    return _cleared(chart, drawn)


def bar(figures: Figures) -> Element:
    """One bar of the five categories, as wide as its place: nothing but the shapes."""
    pygal = _library()

    chart = pygal.HorizontalStackedBar(
        **_settings("", width=1000, height=20, show_x_labels=False, show_y_guides=False)
    )
    drawn = _add_shares(chart, [figures])
    picture = _cleared(chart, drawn)
    _crop(picture)
    return picture


def bars(shares: Sequence[Share], title: str) -> Element:
    """A bar for each, with its name and figures beside it, and a legend: a picture that stands alone."""
    pygal = _library()

    chart = pygal.HorizontalStackedBar(
        **_settings(
            title,
            width=800,
            height=130 + 26 * len(shares),
            legend_at_bottom=True,
            legend_at_bottom_columns=3,
            show_y_guides=False,
            range=(0, 100),
            y_labels=[0, 25, 50, 75, 100],
            value_formatter=lambda value: f"{value:.0f}%",
        )
    )
    upwards = list(reversed(shares))
    chart.x_labels = [_named(one) for one in upwards]
    return _cleared(chart, _add_shares(chart, [one.figures for one in upwards], all_of_them=True))


def _named(share: Share) -> str:
    figures = share.figures
    return f"{isolated(shortened(share.name, LONGEST_NAME))} · {figures.percent}% of {number(figures.total)}"


def by_day(days: Sequence[Day], measure: Measure, title: str = "") -> Element:
    """A bar for each day, its parts on top of one another; with a title it has a legend, too."""
    pygal = _library()

    chart = pygal.StackedBar(
        **_settings(
            title,
            width=640 if title else WIDTH,
            height=320 if title else 170,
            legend_at_bottom=True,
            show_minor_x_labels=False,
            truncate_label=20,
            min_scale=2,
            max_scale=4,
            value_formatter=_compact,
        )
    )
    chart.x_labels = [date(day.day) for day in days]
    chart.x_labels_major = [
        chart.x_labels[at * (len(days) - 1) // MARKED_DAYS] for at in range(MARKED_DAYS + 1) if days
    ]
    for field, name in measure.parts:
        chart.add(
            name,
            [
                {
                    "value": measure.total([day], field) / 100,
                    "label": f"{date(day.day)}: {decimal(measure.total([day], field))} {measure.unit} {name}",
                }
                for day in days
            ],
        )
    return _cleared(chart, [f"part-{at}" for at in range(len(measure.parts))])


def by_month(months: Sequence[Month], title: str = "") -> Element:
    """A line of what was in use at each month's end, and one of what had users, in per cent."""
    pygal = _library()

    chart = pygal.Line(
        **_settings(
            title,
            width=640 if title else 2 * WIDTH,
            height=320 if title else 200,
            legend_at_bottom=True,
            range=(0, 100),
            y_labels=[0, 25, 50, 75, 100],
            value_formatter=lambda value: f"{value:.0f}%",
        )
    )
    chart.x_labels = [month.day[:7] for month in months]
    for field, word in LINES:
        points = [(month, getattr(month.figures, field)) for month in months]
        chart.add(
            titled(word),
            [{"value": value, "label": f"{month.day[:7]}: {value}% {word}"} for month, value in points],
        )
    return _cleared(chart, [f"line-{at}" for at in range(len(LINES))])


def _settings(title: str, **own: Any) -> dict[str, Any]:
    """What all charts have in common; pygal lays texts out by the sizes that ``chart.css`` draws them in."""
    style = _library().style.Style(
        label_font_size=13, major_label_font_size=13, legend_font_size=13, font_family="sans-serif"
    )
    return {
        **{
            "js": [],
            "css": [],
            "no_prefix": True,
            "style": style,
            "margin": 12 if title else 4,
            "spacing": 6,
        },
        **{"title": title or None, "show_legend": bool(title), "truncate_legend": 40},
        **own,
    }


def _add_shares(chart: Any, many: Sequence[Figures], *, all_of_them: bool = False) -> list[str]:
    """Add a series for each category that any of these has, in per cent of each one's total."""
    drawn = [name for name in CATEGORIES if all_of_them or any(getattr(one, name) for one in many)]
    for name in drawn:
        values = [getattr(one, name) for one in many]
        chart.add(
            titled(name),
            [
                {"value": 100 * value / max(one.total, 1), "label": f"{titled(name)}: {number(value)}"}
                for value, one in zip(values, many, strict=True)
            ],
        )
    return drawn


def _cleared(chart: Any, classes: Sequence[str]) -> Element:
    """Draw, and keep the shapes and texts: the series' class names become ``classes``, in order."""
    from pygal.etree import etree

    etree.to_etree()  # the standard library's elements, also where lxml is installed
    picture: Element = chart.render_tree()
    for child in list(picture):
        if child.tag != "g":  # comments, definitions with style and script, the title
            picture.remove(child)
    picture.attrib.pop("id", None)
    for element in list(picture.iter()):
        _clear(element, classes)
    return picture


def _clear(element: Element, classes: Sequence[str]) -> None:
    from xml.etree.ElementTree import SubElement

    label = next((one.text for one in element if one.tag == "desc" and one.get("class") == "label"), None)
    for child in list(element):
        kind = child.get("class", "")
        if child.tag == "desc" or (kind in BACKGROUND and child.find(".//circle") is None):  # a line's dots
            element.remove(child)
        elif label and kind.startswith(("rect", "slice", "dot")):
            SubElement(child, "title").text = label
    for name, value in element.attrib.items():
        if name not in ("class", "d"):  # three decimals are finer than any screen, but not than an arc
            element.set(name, FINE.sub(lambda found: f"{float(found[0]):.2f}", value))
    _rename(element, classes)


def _rename(element: Element, classes: Sequence[str]) -> None:
    words = element.get("class", "").split()
    for at, word in enumerate(words):
        if word.startswith("color-"):
            words[at] = classes[int(word.removeprefix("color-"))]
    if words:
        element.set("class", " ".join(one for one in words if one not in ("reactive", "tooltip-trigger")))
    elif "class" in element.attrib:
        del element.attrib["class"]
    if element.get("id", "").startswith("activate-"):
        del element.attrib["id"]


def _crop(picture: Element) -> None:
    """Let the picture be its bars and nothing around them, stretched to whatever place it is given."""
    shapes = list(picture.iter("rect"))
    sides = [[float(one.get(name, 0)) for name in ("x", "y", "width", "height")] for one in shapes]
    left = min((side[0] for side in sides), default=0)
    right = max((side[0] + side[2] for side in sides), default=1)
    above, height = sides[0][1::2] if sides else (0, 1)
    shift = next((one.get("transform") for one in picture.iter("g") if one.get("transform")), None)
    across, down = map(float, re.findall(r"\d+", shift)) if shift else (0.0, 0.0)
    picture.set("viewBox", f"{left + across:.2f} {above + down:.2f} {right - left:.2f} {height:.2f}")
    picture.set("preserveAspectRatio", "none")


def _compact(value: float) -> str:
    """A number in few characters for an axis: 1.2k, 3M."""
    for size, sign in ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k")):
        if value >= size:
            return f"{value / size:.3g}{sign}"
    return f"{value:.3g}"
