"""Tables for people, drawn by rich, and tables as text, drawn by tabulate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, TextIO

from numctl.core.errors import BadValue
from numctl.formats import Row, shown, text_of
from numctl.output.terminal import carried, is_terminal, width_of

if TYPE_CHECKING:
    from rich.console import Console, JustifyMethod
    from rich.table import Table

ROWS_A_TABLE = 2_000
"""A longer list is drawn as several tables, so that memory stays flat."""
TABULATE_LIMIT = 100_000
UNBROKEN = frozenset(("number", "first", "last", "count", "status"))
"""Fields that are broken over lines last of all."""
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


def draw(fields: Sequence[str], rows: Iterable[Row], stream: TextIO, colour: bool) -> int:
    """Draw rows as tables of the stream's width, and return how many rows there were."""
    board = console(stream, colour)
    rows = iter(rows)
    count = 0
    while part := list(islice(rows, ROWS_A_TABLE)):
        texts = [[carried(shown(text_of(value)), stream) for value in row] for row in part]
        figures = [{int, type(None)}.issuperset(map(type, column)) for column in zip(*part, strict=True)]
        board.print(_table(fields, texts, figures))
        count += len(part)
    return count


def _table(fields: Sequence[str], rows: Sequence[Sequence[str]], figures: Sequence[bool]) -> Table:
    """A table of texts as they are to be shown; `figures` says which columns hold nothing but those."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for field, right in zip(fields, figures, strict=True):
        justify: JustifyMethod = "right" if right else "left"
        table.add_column(Text(field), justify=justify, overflow="fold", no_wrap=field in UNBROKEN)
    for row in rows:
        table.add_row(
            *(
                Text(text, style=STATUS_STYLES.get(text, "") if field == "status" else "")
                for field, text in zip(fields, row, strict=True)
            )
        )
    return table


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
