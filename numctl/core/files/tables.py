"""The rows of a table: its header says where the fields stand, then each row gives them.

As long as no line has a quote, each is a row, and many are read together, column by column.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from numctl.core.errors import BadValue
from numctl.core.files.columns import Columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numctl.core.files.columns import Row
    from numctl.core.files.rejects import Rejects

_Item = TypeVar("_Item")
AT_ONCE = 1_000  # lines, or rows, looked at together

LONGEST = 131_072  # characters of a cell; the standard library reads no longer one


class Block(NamedTuple):
    """Some rows, a column for each field, and the line of each row."""

    lines: Sequence[int]
    columns: Sequence[Sequence[str]]

    def rows(self) -> Iterator[Row]:
        """Each of them."""
        return zip(*self.columns, strict=True)


class Table:
    """Reads rows. What is wrong goes to ``rejects``, and reading goes on; ``line`` is the last one read."""

    def __init__(self, header: Callable[[int, Sequence[str]], Columns | None], rejects: Rejects) -> None:
        """``header`` understands the first row, given its line and its cells, or rejects it (None)."""
        self._header, self._rejects = header, rejects
        self._columns: Columns | None = None
        self._is_over = False
        self.line = 0

    def of_lines(self, lines: Iterator[str], delimiter: str) -> Iterator[Block]:
        """The rows of a CSV."""
        import csv

        def read(some: Iterable[str]) -> _CsvReader:
            return csv.reader(some, delimiter=delimiter, strict=True)

        try:
            for some in _in_parts(lines):
                text = "".join(some)
                if '"' in text:  # a row may be many lines from here on
                    yield from together(self.of_rows(self._numbered(read(chain(some, lines)))))
                elif (block := self._even(some, text, delimiter)) is not None:
                    yield block
                else:
                    before = self.line
                    yield from together(self.of_rows(self._numbered(read(some))))
                    self.line = before + len(some)
                if self._is_over:
                    return
        except csv.Error as error:
            self._rejects.add(self.line + 1, _broken(str(error)))

    def _even(self, lines: list[str], text: str, delimiter: str) -> Block | None:
        """The rows of some lines without quotes, where each line is one of the header's width; else None."""
        columns = self._columns
        if columns is None or columns.any_skips or max(map(len, lines)) > LONGEST:
            return None
        cells = _split(lines, text, delimiter, columns.width)
        if cells is None or not all(map(str.strip, cells[0])):
            return None
        try:
            picked = columns.pick_all(cells)
        except BadValue:  # is met again, row by row
            return None
        self.line += len(lines)
        return Block(range(self.line - len(lines) + 1, self.line + 1), picked)

    def _numbered(self, rows: _CsvReader) -> Iterator[tuple[int, list[str]]]:
        before = self.line
        for cells in rows:
            line, self.line = self.line + 1, before + rows.line_num
            if cells:
                yield line, cells

    def of_rows(self, rows: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, Row]]:
        """What rows say, each with its line; the first is the header, those without any value are skipped."""
        columns = self._columns
        for line, cells in rows:
            if not cells[0].strip() and not any(map(str.strip, cells)):
                continue
            if columns is None:
                columns = self._columns = self._header(line, cells)
                if columns is None:
                    self._is_over = True
                    return
            elif len(cells) != columns.width:
                self._rejects.add(line, _misfit(len(cells), columns.width))
            elif not (columns.any_skips and columns.skips(cells)):
                cells.append("")
                try:
                    row = columns.pick(cells)
                except BadValue as error:
                    self._rejects.add(line, error)
                    continue
                yield line, row


class _CsvReader(Protocol):
    """What the standard library reads CSV with."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[list[str]]: ...


def together(rows: Iterable[tuple[int, Row]]) -> Iterator[Block]:
    """Rows that come one by one, many at a time."""
    for some in _in_parts(iter(rows)):
        lines, rows = zip(*some, strict=True)
        yield Block(lines, list(zip(*rows, strict=True)))


def _split(lines: Sequence[str], text: str, delimiter: str, width: int) -> list[list[str]] | None:
    """The columns of lines that make up a text without quotes; None where one has more cells or fewer."""
    text = text.replace("\r\n", "\n").removesuffix("\n") + "\n"
    if "\r" in text or text.count("\n") != len(lines):
        return None
    cells = text.replace("\n", f"{delimiter}\n{delimiter}").split(delimiter)
    if cells[width :: width + 1] != ["\n"] * len(lines):  # a line's end is a cell of its own here
        return None
    return [cells[place : -1 : width + 1] for place in range(width)]


def _in_parts(source: Iterator[_Item]) -> Iterator[list[_Item]]:
    """Many at a time; what came before an error is given before that is raised."""
    while True:
        some: list[_Item] = []
        try:
            some.extend(islice(source, AT_ONCE))
        except Exception:
            if some:
                yield some
            raise
        if not some:
            return
        yield some


def _misfit(found: int, expected: int) -> BadValue:
    return BadValue(
        f"This row has {found} {'field' if found == 1 else 'fields'}, and the header has {expected}.",
        "Put a text that holds the delimiter in quotes.",
    )


def _broken(reason: str) -> BadValue:
    if "field limit" in reason:
        return BadValue(
            "A field of the row that begins here is longer than 131072 characters.",
            "If a quote was left open, close it.",
        )
    if "end of data" in reason:
        return BadValue("A quote that opens in the row here is never closed.", "Close it.")
    return BadValue("A quote ends in the middle of a field here.", 'Write a quote inside quotes twice: "".')
