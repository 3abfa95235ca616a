"""A workbook as output: a sheet for each list, numbers as text, nothing that could be a formula.

Rows go to a temporary file as they come, so that memory stays flat; the workbook is put together at the
end. XlsxWriter writes it, loaded here alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from numctl.core.errors import Failed
from numctl.output.formats import Row, text_of

if TYPE_CHECKING:
    from datetime import datetime

    from xlsxwriter import Workbook as Written
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_576  # of a sheet, its header among them
MOST_TEXT = 32_767  # characters of a cell
NARROWEST, WIDEST = 8, 60  # a column, in characters
RICH = "<r>", "</r>"  # what the library would take for markup of its own


@contextmanager
def bound(file: IO[bytes], made: datetime | None, name: str) -> Iterator[Workbook]:
    """A workbook that is written to a file once the context ends well; arguments as of ``Workbook``."""
    book = Workbook(file, made, name)
    try:
        yield book
    except BaseException:
        book.abandon()
        raise
    book.close()


class Workbook:
    """A workbook on its way to a binary file, which ``close`` writes."""

    def __init__(self, file: IO[bytes], made: datetime | None, name: str) -> None:
        """``made`` is noted in it; ``name`` is that of its first sheet."""
        from tempfile import TemporaryDirectory

        from xlsxwriter import Workbook as Written

        self._name = name
        self._folder = TemporaryDirectory()
        self._book: Written = Written(file, {"constant_memory": True, "tmpdir": self._folder.name})
        if made is not None:
            self._book.set_properties({"created": made.replace(tzinfo=None)})
        self._bold = self._book.add_format({"bold": True})
        self._plain = self._book.add_format()

    def sheet(self, fields: Sequence[str], rows: Iterable[Row], part: str = "") -> int:
        """Write a sheet of these rows under a frozen header; return how many there were.

        Raises Failed for more than a sheet has room for, rows or text in a cell.
        """
        sheet = self._book.add_worksheet(part or self._name)
        sheet.freeze_panes(1, 0)
        widths = [len(field) for field in fields]
        sheet.write_row(0, 0, fields, self._bold)
        count = 0
        for count, row in enumerate(rows, start=1):
            if count >= MOST_ROWS:
                raise Failed(
                    f"A sheet of a workbook has room for {MOST_ROWS - 1} rows, and there are more.",
                    "Narrow the list, or ask for csv.",
                )
            for at, value in enumerate(row):
                length = self._write(sheet, count, at, value)
                if length > widths[at]:
                    widths[at] = length
        for at, width in enumerate(widths):
            sheet.set_column(at, at, min(max(width + 1, NARROWEST), WIDEST))
        return count

    def _write(self, sheet: Worksheet, row: int, column: int, value: Any) -> int:
        """Write one cell, and tell how many characters it shows."""
        if value is None:
            return 0
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
            return 5
        if isinstance(value, int | float):
            sheet.write_number(row, column, value)
            return len(str(value))
        text = text_of(value)
        if len(text.encode("utf-16-le")) > 2 * MOST_TEXT:
            raise Failed(
                f"A cell of a workbook has room for {MOST_TEXT} characters, and a text has more.",
                "Ask for csv.",
            )
        if text.startswith(RICH[0]) and text.endswith(RICH[1]):
            sheet.write_rich_string(row, column, text[0], self._plain, text[1:])
        elif text:
            sheet.write_string(row, column, text)
        return len(text)

    def close(self) -> None:
        """Put it together and write it."""
        self._book.close()
        self._folder.cleanup()

    def abandon(self) -> None:
        """Write nothing, and leave nothing behind."""
        for sheet in self._book.worksheets():
            sheet.row_data_fh.close()
        self._folder.cleanup()
