"""Tables for people, drawn by rich, and tables as text, drawn by tabulate.

A table for people leaves out the columns that are empty in all of its rows, and gives the others
what room there is: figures and numbers first, then the shorter texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TextIO

from numctl.core.errors import BadValue
from numctl.output.formats import Row, shown, text_of
from numctl.output.terminal import carried, is_terminal, width_of

if TYPE_CHECKING:
    from rich.console import Console, JustifyMethod
    from rich.table import Table
    from rich.text import Text

ROWS_A_TABLE = 2_000
"""A longer list is drawn as several tables, so that memory stays flat."""
TABULATE_LIMIT = 100_000
GAP, NARROW_GAP = 2, 1
"""Cells between two columns, and where there is little room."""
EASY = 9
"""Cells that a text is read in easily."""
LEAST = 6
"""Cells that a text is read in, if need be; with less, a table is no help."""
PATHS = frozenset(("organization", "parent", "acting_as"))
"""Fields that are best broken after a ``/``."""
UNBROKEN = frozenset(("number", "first", "last", "count", "status", "forwarded_to", "action"))
"""Fields that are never broken over lines, as figures and times are not."""
HEADINGS = {"organization": "organi-\nzation", "operation": "opera-\ntion"}
"""Where a heading that is too long may be broken, besides at `_`."""
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\dZ")
"""A time as it is elsewhere; in a table it has no seconds, and is the settings' time zone's."""
DAY = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?")
STATUS_STYLES = {
    "available": "green",
    "reserved": "yellow",
    "assigned": "cyan",
    "in-use": "blue",
    "registered": "blue",
    "allocated": "magenta",
}


def console(stream: TextIO, colour: bool) -> Console:
    """A console that shows text as it is: without markup, emoji, highlighting or guesses."""
    from rich.console import Console

    return Console(
        file=stream,
        width=width_of(stream),
        height=25,
        force_terminal=colour or is_terminal(stream),
        color_system="auto" if colour else None,
        no_color=not colour,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )


class Clock:
    """Times as people read them, in their time zone; ``used`` tells whether there were any."""

    def __init__(self, timezone: str) -> None:
        self._timezone = timezone
        self.used = False

    def shown(self, text: str) -> str:
        """The text with the times in it as the clock on the wall shows them."""
        return MOMENT.sub(self._local, text)

    def _local(self, found: re.Match[str]) -> str:
        self.used = True
        if self._timezone == "UTC":
            return f"{found[1]} {found[2]}"
        from datetime import datetime
        from zoneinfo import ZoneInfo

        try:
            moment = datetime.fromisoformat(found[0]).astimezone(ZoneInfo(self._timezone))
        except OverflowError:
            return found[0]
        return f"{moment:%Y-%m-%d %H:%M}"


def draw(
    fields: Sequence[str], rows: Iterable[Row], stream: TextIO, colour: bool, clock: Clock | None = None
) -> int:
    """Draw rows as tables of the stream's width, and return how many rows there were."""
    clock = clock or Clock("UTC")
    board = console(stream, colour)
    rows = iter(rows)
    count = 0
    while part := list(islice(rows, ROWS_A_TABLE)):
        values = zip(fields, zip(*part, strict=True), strict=True)
        columns = [_column(field, column, stream, clock) for field, column in values]
        filled = [one for one in columns if any(one.texts)] or columns
        board.print(_table(filled, board.width) or _records(filled, board.width), soft_wrap=True)
        count += len(part)
    return count


class _Column(NamedTuple):
    """A column as it is to be shown; ``figures`` where it holds nothing but those."""

    field: str
    texts: Sequence[str]
    figures: bool

    @property
    def unbroken(self) -> bool:
        """Whether its texts are to stay in one line each."""
        return self.figures or self.field in UNBROKEN or all(map(DAY.fullmatch, filter(None, self.texts)))


def _column(field: str, values: Sequence[object], stream: TextIO, clock: Clock) -> _Column:
    texts = [carried(shown(clock.shown(text_of(value))), stream) for value in values]
    return _Column(field, texts, {int, type(None)}.issuperset(map(type, values)))


def _table(columns: Sequence[_Column], width: int) -> Table | None:
    """A table of these columns in ``width`` cells, None where that is too narrow to read it."""
    from rich.box import SIMPLE_HEAD
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    natural = [max(map(cell_len, (one.field, *one.texts))) for one in columns]
    gaps = len(columns) - 1
    fits = sum(natural) <= width - GAP * gaps
    headings = [one.field if fits else _broken(one.field) for one in columns]
    least = [max(map(cell_len, heading.split("\n"))) for heading in headings]
    wanted = [max(most, *map(cell_len, one.texts)) for most, one in zip(least, columns, strict=True)]

    def floors(limit: int) -> list[int]:
        """What each column must have: all of it, or so much of a text and of its heading."""
        pairs = zip(columns, wanted, least, strict=True)
        return [most if one.unbroken else min(most, max(low, limit)) for one, most, low in pairs]

    gap = GAP if sum(floors(EASY)) <= width - GAP * gaps else NARROW_GAP
    room = width - gap * gaps
    lowest = [
        min(low, LEAST) if not one.unbroken else low for one, low in zip(columns, floors(0), strict=True)
    ]
    if sum(lowest) > room and gaps:
        return None
    padding = (0, gap - 1, 0, 0)
    table = Table(box=SIMPLE_HEAD, padding=padding, pad_edge=False, show_edge=False, header_style="bold")
    widths = _cut(_cut(_cut(wanted, floors(EASY), room), floors(0), room), lowest, room)
    for one, heading, cells in zip(columns, headings, widths, strict=True):
        justify: JustifyMethod = "right" if one.figures else "left"
        table.add_column(Text(heading), width=cells, justify=justify, overflow="fold")
    for texts in zip(*(one.texts for one in columns), strict=True):
        table.add_row(*map(_cell, columns, texts, widths))
    return table


def _broken(field: str) -> str:
    return HEADINGS.get(field) or field.replace("_", "\n")


def _cell(column: _Column, text: str, width: int) -> Text:
    """The text in its style; one that is too wide is broken after ``/`` where it can be."""
    from rich.cells import cell_len
    from rich.text import Text

    if column.field in PATHS and cell_len(text) > width:
        lines = [""]
        for name in re.findall("[^/]*/?", text):
            if cell_len(lines[-1] + name) > width:
                lines.append("")
            lines[-1] += name
        text = "\n".join(filter(None, lines))
    return Text(text, style=STATUS_STYLES.get(text, "") if column.field == "status" else "")


def _cut(widths: Sequence[int], floors: Sequence[int], room: int) -> list[int]:
    """The widths, the widest cut first until they fit or have come to their floors."""
    cut = list(widths)
    while sum(cut) > room and any(has > low for has, low in zip(cut, floors, strict=True)):
        cut[max(range(len(cut)), key=lambda at: (cut[at] > floors[at], cut[at]))] -= 1
    return cut


def _records(columns: Sequence[_Column], width: int) -> Text:
    """Each row as lines of a field and its value, with an empty line between rows."""
    from rich.cells import chop_cells
    from rich.text import Text

    margin = max(len(one.field) for one in columns) + GAP
    lines = Text()
    for at, texts in enumerate(zip(*(one.texts for one in columns), strict=True)):
        lines.append("\n" if at else "")
        for one, text in zip(columns, texts, strict=True):
            for part_at, part in enumerate(chop_cells(text, max(1, width - margin))):
                lines.append("" if part_at else one.field, "bold")
                lines.append(" " * (margin - (0 if part_at else len(one.field))))
                lines.append(_cell(one, part, width)).append("\n")
    lines.rstrip()
    return lines


def tabulated(name: str, fields: Sequence[str], rows: Iterable[Row], write: Callable[[str], object]) -> int:
    """Write rows as one of tabulate's tables; return how many. Raises BadValue beyond 100,000."""
    cells = [[shown(text_of(value)) for value in row] for row in islice(rows, TABULATE_LIMIT + 1)]
    if len(cells) > TABULATE_LIMIT:
        raise BadValue(
            f"The format {name} needs all rows at once, and there are more than {TABULATE_LIMIT:,}.",
            "Ask for csv, or for fewer rows.",
            format=name,
        )
    if name == "github":
        cells = [[cell.replace("|", "\\|") for cell in row] for row in cells]
    from tabulate import tabulate

    write(
        tabulate(
            cells,
            headers=list(fields),
            tablefmt=name,
            disable_numparse=True,
            preserve_whitespace=True,
            stralign=None if name == "html" else "left",  # None: without padding
        )
        + "\n"
    )
    return len(cells)
