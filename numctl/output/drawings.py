"""Utilization as bars and organizations as a tree, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from numctl.output.formats import shown
from numctl.output.terminal import carried, carries_unicode

if TYPE_CHECKING:
    from rich.text import Text


class Category(NamedTuple):
    """One of the five parts of a bar, told apart by colour and by what it is filled with."""

    name: str
    style: str
    fill: str
    ascii_fill: str


CATEGORIES = (
    Category("registered", "blue", "█", "#"),
    Category("assigned", "cyan", "▓", "="),
    Category("reserved", "yellow", "▒", "+"),
    Category("allocated", "magenta", "░", "%"),
    Category("available", "green", "·", "."),
)
"""From the left; available last, so that the bar is full up to the utilization."""
THRESHOLD = Category("threshold", "bold red", "┃", "|")
SHORTEST_BAR, LONGEST_BAR = 16, 80
INDENT = 2


def bars(rows: Sequence[Mapping[str, Any]], stream: TextIO, colour: bool) -> None:
    """Draw a legend and a bar for each row, as wide as the stream; figures beside it or below."""
    from rich.cells import cell_len
    from rich.text import Text

    from numctl.output.tables import console

    board = console(stream, colour)
    unicode = carries_unicode(stream)
    width = board.width
    names = [carried(_name(row, width // 4), stream) for row in rows]
    shares = [_share(row) for row in rows]
    figures = [_figures(row, unicode) for row in rows]
    name_width = min(max(map(cell_len, names), default=0), max(12, width // 3))
    share_width = max(map(len, shares), default=0)
    left = width - name_width - share_width - 4
    beside = max((figure.cell_len for figure in figures), default=0)
    in_line = left - beside - 2 >= 2 * SHORTEST_BAR
    bar_width = max(1, min(LONGEST_BAR, left - beside - 2 if in_line else left))
    board.print(_legend(unicode, width), soft_wrap=True)
    for row, name, share, figure in zip(rows, names, shares, figures, strict=True):
        drawn = _bar(row, bar_width, unicode)
        line = Text.assemble(_fitted(name, name_width, unicode), "  ", drawn, "  ", share.rjust(share_width))
        if row["over_threshold"]:
            line.stylize("bold red", len(line) - share_width)
        board.print(Text.assemble(line, "  ", figure) if in_line else line, soft_wrap=True)
        if not in_line and row["total"]:
            for part in _wrapped(figure, width - INDENT):
                board.print(Text.assemble(" " * INDENT, part), soft_wrap=True)


def _name(row: Mapping[str, Any], furthest: int) -> str:
    """An organization's name by its place in the tree: the first in full, those below indented."""
    name = shown(str(row["organization"]))
    depth = int(row.get("depth", 0))
    if part := row.get("part"):
        name = f"{name} {shown(str(part))}"
    return " " * min(INDENT * depth, furthest) + name.rpartition("/")[2] if depth else name


def _share(row: Mapping[str, Any]) -> str:
    if not row["total"]:
        return "no numbers"
    return f"{row['utilization_percent']}% of {row['total']}" + (" !" if row["over_threshold"] else "  ")


def _bar(row: Mapping[str, Any], width: int, unicode: bool) -> Text:
    """A bar of `width` cells, split as the five categories are, with the threshold marked on it."""
    from rich.text import Text

    total = row["total"]
    bar = Text()
    if not total:
        return bar.append(" " * width)
    sums = accumulate(row[category.name] for category in CATEGORIES)
    ends = [reached * width // total for reached in sums]
    for category, begin, end in zip(CATEGORIES, [0, *ends], ends, strict=False):
        bar.append(_fill(category, unicode) * (end - begin), category.style)
    threshold = row.get("threshold_percent")
    if threshold is None:
        return bar
    at = min(threshold * width // 100, width - 1)
    return Text.assemble(bar[:at], (_fill(THRESHOLD, unicode), THRESHOLD.style), bar[at + 1 :])


def _fill(category: Category, unicode: bool) -> str:
    return category.fill if unicode else category.ascii_fill


def _figures(row: Mapping[str, Any], unicode: bool) -> Text:
    """The five figures behind what they are drawn with, `██ 12`."""
    from rich.text import Text

    parts = [((_fill(one, unicode), one.style), f" {row[one.name]}") for one in CATEGORIES]
    return Text("  ").join(Text.assemble(fill, figure) for fill, figure in parts)


def _legend(unicode: bool, width: int) -> Text:
    from rich.text import Text

    marks = (*CATEGORIES, THRESHOLD)
    parts = [Text.assemble((_fill(one, unicode), one.style), f" {one.name}") for one in marks]
    lines = _wrapped(Text("  ").join(parts), width)
    return Text("\n").join(lines)


def _wrapped(text: Text, width: int) -> Iterator[Text]:
    """Lines of at most `width`, broken only where two spaces divide what belongs together."""
    from rich.text import Text

    line = Text()
    for part in text.split("  "):
        if line and line.cell_len + 2 + part.cell_len > width:
            yield line
            line = part
        else:
            line = Text.assemble(line, "  ", part) if line else part
    yield line


def _fitted(name: str, width: int, unicode: bool) -> str:
    """The name in exactly `width` cells, cut with an ellipsis or padded."""
    from rich.cells import cell_len, set_cell_size

    if cell_len(name) <= width:
        return set_cell_size(name, width)
    return set_cell_size(name, width - 1) + ("…" if unicode else "~")


def tree(rows: Sequence[tuple[int, str, str]], stream: TextIO) -> None:
    """Draw a tree from rows in the order of a walk from the root down: depth, name, remark."""
    guides = ("├─ ", "└─ ", "│  ") if carries_unicode(stream) else ("|- ", "`- ", "|  ")
    write = stream.write
    goes_on = _going_on(rows)
    trail: list[str] = []
    for (depth, name, remark), more in zip(rows, goes_on, strict=True):
        del trail[max(depth - 1, 0) :]
        branch = "" if depth == 0 else guides[0] if more else guides[1]
        write("".join(trail) + branch + shown(name) + (f"  {shown(remark)}" if remark else "") + "\n")
        if depth:
            trail.append(guides[2] if more else "   ")


def _going_on(rows: Sequence[tuple[int, str, str]]) -> list[bool]:
    """For each row, whether a sibling follows."""
    follows: list[bool] = []
    open_depths: set[int] = set()
    for depth, _, _ in reversed(rows):
        open_depths = {other for other in open_depths if other <= depth}
        follows.append(depth in open_depths)
        open_depths.add(depth)
    return follows[::-1]
