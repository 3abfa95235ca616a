"""How a table stands in the cells there are: what side by side, how wide, and where lines end.

A row takes one line where all of it fits; then paths lose their middle and texts are broken between
words; then a row takes two lines or three. A word is broken only if it is longer than the whole line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

GAP, NARROW_GAP = 2, 1
"""Cells between two columns, and where there is little room."""
INDENT = 2
"""Cells before the second line of a row."""
EASY = 16
"""Cells that a text of several words is read in easily."""
MOST_LINES = 3
"""Lines of a row; what would need more is shown as fields with their values."""
PATHS = frozenset(("organization", "parent", "acting_as"))
"""Fields that lose their middle where there is little room."""
UNBROKEN = frozenset(("number", "first", "last", "count", "status", "forwarded_to", "action"))
"""Fields that are never broken over lines, as figures and times are not."""
MARK = "\0"
"""Stands before and behind a status, for who paints it; no shown text has it."""
DAY = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?")


class Column(NamedTuple):
    """A column as it is to be shown; ``figures`` where it holds nothing but those."""

    field: str
    texts: Sequence[str]
    figures: bool

    @property
    def unbroken(self) -> bool:
        """Whether its texts are to stay in one line each."""
        return self.figures or self.field in UNBROKEN or all(map(DAY.fullmatch, filter(None, self.texts)))


class Lane(NamedTuple):
    """A column with its heading's lines and its width in cells."""

    column: Column
    heading: Sequence[str]
    width: int


class Layout(NamedTuple):
    """The lanes of each line of a row, what is between two, and what stands for a path's middle."""

    lines: Sequence[Sequence[Lane]]
    gap: int
    ellipsis: str

    @property
    def width(self) -> int:
        """The cells that the widest line takes."""
        return max(
            (INDENT if at else 0) + sum(lane.width for lane in lanes) + self.gap * (len(lanes) - 1)
            for at, lanes in enumerate(self.lines)
        )


def laid_out(columns: Sequence[Column], width: int, ellipsis: str = "…") -> Layout | None:
    """A layout of these columns in ``width`` cells; None where a row would take too many lines."""
    distinct = [{*one.texts} for one in columns]
    natural = [max(map(cells, (one.field, *texts))) for one, texts in zip(columns, distinct, strict=True)]
    if sum(natural) + GAP * (len(columns) - 1) <= width:
        lanes = [Lane(one, [one.field], most) for one, most in zip(columns, natural, strict=True)]
        return Layout([lanes], GAP, ellipsis)
    heads = [one.field.split("_") for one in columns]
    wanted = [max(map(cells, (*heading, *texts))) for heading, texts in zip(heads, distinct, strict=True)]
    most = width - INDENT
    floors = [
        min(most, max(*map(cells, heading), _floor(one, texts, most, ellipsis)))
        for one, heading, texts in zip(columns, heads, distinct, strict=True)
    ]
    lines = _shared_out(floors, width)
    if len(lines) > MOST_LINES:
        return None
    lanes_of: list[list[Lane]] = []
    for places in lines:
        room = (most if lanes_of else width) - NARROW_GAP * (len(places) - 1)
        widths = _cut([min(wanted[at], width) for at in places], [floors[at] for at in places], room)
        pairs = zip(places, widths, strict=True)
        lanes_of.append([Lane(columns[at], _heading(columns[at].field, has), has) for at, has in pairs])
    return Layout(lanes_of, NARROW_GAP, ellipsis)


def _heading(field: str, width: int) -> list[str]:
    return [field] if cells(field) <= width else field.split("_")


def _shared_out(floors: Sequence[int], width: int) -> list[list[int]]:
    """The places of columns on as few lines as will do, the lines about equally full."""
    fewest = _filled(floors, width)
    narrower = (_filled(floors, limit) for limit in range(width // 2, width))
    return next((lines for lines in narrower if len(lines) == len(fewest)), fewest)


def _filled(floors: Sequence[int], width: int) -> list[list[int]]:
    """The places of columns by line, each line filled before the next one."""
    lines: list[list[int]] = []
    left = -1
    for at, floor in enumerate(floors):
        if floor > left:
            left = width - (INDENT if lines else 0)
            lines.append([])
        lines[-1].append(at)
        left -= floor + NARROW_GAP
    return lines


def _floor(column: Column, texts: set[str], most: int, ellipsis: str) -> int:
    """What a column must have: all of what stays whole, else its longest word, and room to read it in."""
    if column.unbroken:
        return max(map(cells, texts), default=0)
    if column.field in PATHS:
        return max((cells(_ends(text, ellipsis)) for text in texts), default=0)
    words = [cells(word) for text in texts for word in text.split(" ")]
    easy = min(EASY, max(map(cells, texts), default=0))
    return max(easy, *(word for word in words if word <= most), 0)


def _cut(widths: Sequence[int], floors: Sequence[int], room: int) -> list[int]:
    """The widths, the widest cut first until they fit or have come to their floors."""
    cut = list(widths)
    while sum(cut) > room and any(has > low for has, low in zip(cut, floors, strict=True)):
        cut[max(range(len(cut)), key=lambda at: (cut[at] > floors[at], cut[at]))] -= 1
    return cut


# Rows as lines


def headings(layout: Layout) -> Iterator[str]:
    """The lines of the headings, each lane's at the bottom."""
    for at, lanes in enumerate(layout.lines):
        height = max(len(lane.heading) for lane in lanes)
        parts = [[""] * (height - len(lane.heading)) + [*lane.heading] for lane in lanes]
        yield from (line.replace(MARK, "") for line in _joined(layout, at, parts))


def rows(layout: Layout) -> Iterator[str]:
    """The lines of all rows, each status between marks."""
    if len(layout.lines) == 1 and all(map(_fits, layout.lines[0])):
        gap = " " * layout.gap
        padded = [[_padded(lane, text) for text in lane.column.texts] for lane in layout.lines[0]]
        yield from (gap.join(texts).rstrip(" ") for texts in zip(*padded, strict=True))
        return
    parts = [[[*map(_Broken(layout, lane), lane.column.texts)] for lane in line] for line in layout.lines]
    for row in range(len(parts[0][0])):
        for at, lanes in enumerate(parts):
            lines = _joined(layout, at, [lane[row] for lane in lanes])
            yield from (line for line in lines if line or not at)


def _fits(lane: Lane) -> bool:
    return all(cells(text) <= lane.width for text in {*lane.column.texts})


def _joined(layout: Layout, at: int, parts: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lines out of the lines of each lane, of the row's line ``at``."""
    indent, gap = " " * (INDENT if at else 0), " " * layout.gap
    for texts in zip_longest(*parts, fillvalue=""):
        yield (indent + gap.join(map(_padded, layout.lines[at], texts))).rstrip(" ")


def _padded(lane: Lane, text: str) -> str:
    blank = " " * (lane.width - cells(text))
    if lane.column.figures:
        return blank + text
    return f"{MARK}{text}{MARK}{blank}" if text and lane.column.field == "status" else text + blank


class _Broken:
    """The lines of a text in a lane, each text broken once."""

    def __init__(self, layout: Layout, lane: Lane) -> None:
        self._lane, self._ellipsis = lane, layout.ellipsis
        self._known: dict[str, list[str]] = {}

    def __call__(self, text: str) -> list[str]:
        found = self._known.get(text)
        if found is None:
            shorter = text
            if self._lane.column.field in PATHS:
                shorter = shortened(text, self._lane.width, self._ellipsis)
            found = self._known[text] = wrapped(shorter, self._lane.width)
        return found


def shortened(path: str, width: int, ellipsis: str = "…") -> str:
    """The path in ``width`` cells, its middle left out; what can't be so short is as short as can be."""
    names = path.split("/")
    if cells(path) <= width:
        return path
    for kept in range(len(names) - 2, 0, -1):
        shorter = "/".join([names[0], ellipsis, *names[-kept:]])
        if cells(shorter) <= width:
            return shorter
    return f"{ellipsis}/{names[-1]}" if len(names) > 1 else path


def _ends(path: str, ellipsis: str) -> str:
    """The first and the last name of a path, or all of it if that is shorter."""
    names = path.split("/")
    return min(path, f"{names[0]}/{ellipsis}/{names[-1]}", key=cells) if len(names) > 2 else path


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` cells, broken between words; a word that is longer, anywhere."""
    if cells(text) <= width:
        return [text]
    from rich.cells import chop_cells

    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if cells(longer) <= width:
            lines[-1] = longer
            continue
        pieces = chop_cells(word, width)
        lines = [*lines, *pieces] if lines[-1] else [*lines[:-1], *pieces]
    return lines


def cells(text: str) -> int:
    """How many cells a text takes on a terminal."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
