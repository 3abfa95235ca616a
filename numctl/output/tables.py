"""Tables for people, drawn by rich, and tables as text, drawn by tabulate.

A table for people leaves out the columns that are empty in all of its rows, and gives the others
what room there is: figures and numbers first, then the shorter texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, TextIO

from numctl.core.errors import BadValue
from numctl.output import layout
from numctl.output.formats import Row, shown, text_of
from numctl.output.layout import Column, Layout
from numctl.output.terminal import carried, carries_unicode, is_terminal, width_of

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

ROWS_A_TABLE = 2_000
"""A longer list is drawn as several tables, so that memory stays flat."""
TABULATE_LIMIT = 100_000
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\dZ")
"""A time as it is elsewhere; in a table it has no seconds, and is the settings' time zone's."""
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
        laid = layout.laid_out(filled, board.width, "…" if carries_unicode(stream) else "...")
        text = _records(filled, board.width) if laid is None else _table(laid, carries_unicode(stream))
        board.print(text, soft_wrap=True)
        count += len(part)
    return count


def _column(field: str, values: Sequence[object], stream: TextIO, clock: Clock) -> Column:
    texts = [carried(shown(clock.shown(text_of(value))), stream) for value in values]
    return Column(field, texts, {int, type(None)}.issuperset(map(type, values)))


def _table(laid: Layout, unicode: bool) -> Text:
    """The headings, a line, and the rows, each status in its colour."""
    from rich.text import Span, Text

    head = "\n".join(layout.headings(laid))
    rule = ("─" if unicode else "-") * laid.width
    spans = [Span(0, len(head), "bold")]
    parts = "\n".join((head, rule, *layout.rows(laid))).split(layout.MARK)
    at = 0
    for place, part in enumerate(parts):
        if place % 2 and (style := STATUS_STYLES.get(part)):
            spans.append(Span(at, at + len(part), style))
        at += len(part)
    return Text("".join(parts), spans=spans)


def _records(columns: Sequence[Column], width: int) -> Text:
    """Each row as lines of a field and its value, with an empty line between rows."""
    from rich.text import Text

    margin = max(len(one.field) for one in columns) + layout.GAP
    lines = Text()
    for at, texts in enumerate(zip(*(one.texts for one in columns), strict=True)):
        lines.append("\n" if at else "")
        for one, text in zip(columns, texts, strict=True):
            if not text:
                continue
            for part_at, part in enumerate(layout.wrapped(text, max(1, width - margin))):
                lines.append("" if part_at else one.field, "bold")
                lines.append(" " * (margin - (0 if part_at else len(one.field))))
                lines.append(part, STATUS_STYLES.get(text) if one.field == "status" else None).append("\n")
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
