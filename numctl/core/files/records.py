"""Rows out of other programs' files: CSV, TSV, JSON, JSON lines, or a plain list.

Whatever the format, a row arrives as texts in the order of the fields asked for, with its line. A
file is read as a stream: memory stays flat, and a pipe is as good as a file.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, TextIO

from numctl.core.errors import BadValue
from numctl.core.files.columns import Columns
from numctl.core.numbers.parsing import without_comment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numctl.core.files.columns import Form, Row
    from numctl.core.files.rejects import Rejects

DELIMITERS = ",;\t|"
LONGEST_OPENING = 1 << 20  # characters of a first line; a longer one is no header


class Reader:
    """The rows of one file, to be iterated once. What is wrong goes to ``rejects``, and reading goes on.

    ``present`` are the fields that the file has, ``ignored`` the columns nobody asked for, ``guarded``
    whether its texts may carry the guard that CSV has against formulas; all known once it was read.
    """

    def __init__(self, stream: TextIO, form: Form, rejects: Rejects) -> None:
        self._stream = stream
        self._form = form
        self._rejects = rejects
        self._line = 0
        self.present: set[str] = set()
        self.ignored: dict[str, None] = {}
        self.guarded = False

    def __iter__(self) -> Iterator[tuple[int, Row]]:
        """Each row with its line, counted from 1."""
        try:
            yield from self._rows()
        except UnicodeDecodeError as error:
            self._rejects.add(self._line + 1, _undecodable(error))
        except UnicodeError as error:
            self._rejects.add(self._line + 1, BadValue(f"The text can't be decoded: {error}.", _BY_ENCODING))

    def _rows(self) -> Iterator[tuple[int, Row]]:
        opening: list[str] = []
        while not opening or not opening[-1].strip():
            line = self._stream.readline(LONGEST_OPENING)
            if not line:
                return
            opening.append(line)
        first = opening[-1].strip()
        if len(opening[-1]) >= LONGEST_OPENING:
            self._rejects.add(
                len(opening),
                BadValue(
                    "The first line is longer than a megabyte, so it is no header.", "Is it the right file?"
                ),
            )
            return
        form = self._form
        lines = chain(opening, self._stream)
        if form.delimiter is None and first[0] == "[":
            yield from self._json_array("".join(opening))
        elif form.delimiter is None and first[0] == "{":
            yield from self._json_lines(lines)
        elif form.delimiter is None and self._is_plain_list(first):
            yield from self._plain_list(lines)
        else:
            yield from self._table(lines, form.delimiter or _sniffed(first))

    # Tables

    def _table(self, lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, Row]]:
        import csv

        self.guarded = delimiter != "\t"
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        columns = None
        try:
            for cells in rows:
                line, self._line = self._line + 1, rows.line_num
                if not cells:
                    continue
                if columns is None:
                    columns = self._header(line, cells)
                    if columns is None:
                        return
                elif len(cells) != columns.width:
                    self._rejects.add(line, _misfit(len(cells), columns.width))
                else:
                    cells.append("")
                    yield line, columns.pick(cells)
        except csv.Error as error:
            self._rejects.add(self._line + 1, _broken(str(error)))

    def _header(self, line: int, names: Sequence[str]) -> Columns | None:
        try:
            columns = Columns(names, self._form, whole=True)
        except BadValue as error:
            unmarked = any("\0" in name for name in names)
            self._rejects.add(line, _NULS if unmarked else error)
            return None
        self._note(columns)
        return columns

    def _note(self, columns: Columns) -> None:
        self.present.update(columns.present)
        self.ignored.update(dict.fromkeys(columns.ignored))

    # Plain lists

    def _is_plain_list(self, first: str) -> bool:
        """Whether a file that begins so has numbers alone: no header, but a comment or digits."""
        if self._form.plain is None or self._form.mapped:
            return False
        text = without_comment(first)
        return not text or (text.lstrip("+(")[:1].isdigit() and not any(mark in text for mark in DELIMITERS))

    def _plain_list(self, lines: Iterable[str]) -> Iterator[tuple[int, Row]]:
        assert self._form.plain is not None  # noqa: S101 - asked before
        self.present = {self._form.plain}
        place = self._form.fields.index(self._form.plain)
        before, after = ("",) * place, ("",) * (len(self._form.fields) - place - 1)
        for self._line, line in enumerate(lines, 1):
            text = without_comment(line)
            if text:
                yield self._line, (*before, text, *after)

    # JSON

    def _json_lines(self, lines: Iterable[str]) -> Iterator[tuple[int, Row]]:
        from numctl.core.files.json_rows import Objects, decoded

        objects = Objects(self._form)
        for self._line, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = objects.row(decoded(line))
            except BadValue as error:
                self._rejects.add(self._line, error)
                continue
            yield self._line, row
        self.present, self.ignored = objects.present, objects.ignored

    def _json_array(self, opening: str) -> Iterator[tuple[int, Row]]:
        from numctl.core.files.json_rows import Objects, members

        objects = Objects(self._form)
        try:
            for line, member in members(opening, self._stream):
                self._line = line
                try:
                    row = objects.row(member)
                except BadValue as error:
                    self._rejects.add(self._line, error)
                    continue
                yield self._line, row
        except BadValue as error:
            self._rejects.add(int(str(error.facts["line"])), error)
        self.present, self.ignored = objects.present, objects.ignored


_BY_ENCODING = "Name the file's encoding with --encoding, such as latin-1 or utf-16."
_NULS = BadValue("The file holds NUL characters, as UTF-16 read as UTF-8 does.", _BY_ENCODING)


def _undecodable(error: UnicodeDecodeError) -> BadValue:
    byte = error.object[error.start]
    return BadValue(f"The byte 0x{byte:02x} here, or soon after, is not {error.encoding}.", _BY_ENCODING)


def _sniffed(header: str) -> str:
    """The delimiter that a header has most of; a comma where it has none."""
    outside = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


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
