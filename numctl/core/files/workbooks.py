"""Workbooks (``.xlsx``) as rows of texts: numbers, dates and texts as the sheet means them."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from numctl.core.errors import BadValue
from numctl.core.files.cells import Unpadded
from numctl.core.text import fold, nearest, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_calamine import CalamineWorkbook

MARK = b"PK\x03\x04"  # what a zip archive begins with, as every such workbook is one
FEWEST = 10**15  # of 16 digits and more, a workbook keeps the first 15
_STYLES = "xl/styles.xml"


class Workbook:
    """One workbook, read from a file that can be gone back in."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def rows(self, sheet: str | None) -> Iterator[tuple[int, list[str]]]:
        """The rows of a sheet (the first one that isn't empty, for None), each with its number from 1.

        A cell is a text, or ``Unpadded`` where it is a number whose format has no zeros. Raises BadValue
        for what is no workbook, or has no such sheet.
        """
        import python_calamine

        try:
            with python_calamine.load_workbook(self._file) as book:
                name = _chosen(book, sheet)
                found = book.get_sheet_by_name(name)
                left = found.start[1] if found.start else 0
                formats = _Formats(self._file, name)
                for line, cells in enumerate(found.iter_rows(), 1):
                    yield (
                        line,
                        [
                            cell
                            if isinstance(cell, str)
                            else _text(cell, formats, _Place(line, left + index))
                            for index, cell in enumerate(cells)
                        ],
                    )
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise BadValue(
                f"The workbook can't be read: {error}.",
                "Save it as .xlsx anew, or as CSV.",
            ) from None


def _chosen(book: CalamineWorkbook, sheet: str | None) -> str:
    names = book.sheet_names
    if sheet is None:
        return next((name for name in names if book.get_sheet_by_name(name).height), names[0])
    for name in names:
        if fold(name) == fold(sheet):
            return name
    near = nearest(sheet, names) or names[:5]
    raise BadValue(
        f"There is no sheet {quoted(sheet)} in the workbook.",
        f"It has {', '.join(map(quoted, near))}.",
        nearest=list(near),
    )


class _Place(NamedTuple):
    """A cell's line from 1, its column from 0."""

    line: int
    column: int


def _text(cell: object, formats: _Formats, place: _Place) -> str:
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        return _digits(cell, formats, place)
    if isinstance(cell, datetime):
        at_midnight = cell.time() == datetime.min.time()
        return cell.date().isoformat() if at_midnight else cell.isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _digits(value: float, formats: _Formats, place: _Place) -> str:
    """A number as its digits. What is no whole number, or has lost digits, reads as nothing that is one."""
    if value != int(value) or value < 0:
        return repr(value)
    if value >= FEWEST:
        return f"{value:E}"
    digits = str(int(value))
    least = formats.least_digits(place)
    return digits.rjust(least, "0") if least > 1 else Unpadded(digits)


class _Formats:
    """The formats of numbers in a sheet, which is read a second time only if some pad with zeros."""

    def __init__(self, file: IO[bytes], sheet: str) -> None:
        self._file, self._sheet = file, sheet
        self._line = 0
        self._row: dict[int, int] = {}

    def least_digits(self, place: _Place) -> int:
        """How many digits the number at a place is shown with at least; places are asked for downwards."""
        if not self._any:
            return 1
        while self._line < place.line:
            self._line += 1
            cells = next(self._rows, ())
            self._row = {cell.column - 1: least_digits(cell.number_format) for cell in cells if cell.column}
        return self._row.get(place.column, 1)

    @cached_property
    def _any(self) -> bool:
        from html import unescape
        from zipfile import ZipFile

        with ZipFile(self._file) as archive:
            styles = archive.read(_STYLES).decode() if _STYLES in archive.namelist() else ""
        return any(least_digits(unescape(code)) > 1 for code in re.findall(r'formatCode="([^"]*)"', styles))

    @cached_property
    def _rows(self) -> Iterator[tuple[Any, ...]]:
        from openpyxl import load_workbook

        return iter(load_workbook(self._file, read_only=True)[self._sheet].iter_rows())


def least_digits(code: str) -> int:
    """How many digits a format of numbers shows at least: 10 for ``00 00 00 00 00`` and ``0#########``."""
    bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|[_*].', "", code).partition(";")[0].partition(".")[0]
    if "E" in bare.upper() or "/" in bare:
        return 1
    places = re.findall("[0#?]", bare)
    return len(places) - places.index("0") if "0" in places else 1
