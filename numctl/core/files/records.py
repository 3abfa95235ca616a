"""Rows out of other programs' files: CSV, TSV, JSON, JSON lines, or a plain list.

Whatever the format, a row arrives as texts in the order of the fields asked for, with its line. A
file is read as a stream: memory stays flat, and a pipe is as good as a file.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, TextIO

from numctl.core.errors import BadValue
from numctl.core.files.columns import Columns
from numctl.core.files.tables import Table, together
from numctl.core.files.workbooks import Workbook
from numctl.core.numbers.parsing import without_comment

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from numctl.core.files.columns import Form, Row
    from numctl.core.files.json_rows import Objects
    from numctl.core.files.rejects import Rejects
    from numctl.core.files.tables import Block

DELIMITERS = ",;\t|"
TYPE = "#TYPE "  # Windows' own shell writes such a line before the header
LONGEST_OPENING = 1 << 20  # characters of a first line; a longer one is no header


class Reader:
    """The rows of one file, to be iterated once. What is wrong goes to ``rejects``, and reading goes on.

    ``present`` are the fields that the file has, ``described`` where each of them stands, ``ignored`` the
    columns nobody asked for, ``guarded`` whether its texts may carry the guard that CSV has against formulas;
    all known once it was read.
    """

    def __init__(self, stream: TextIO | Workbook, form: Form, rejects: Rejects) -> None:
        self._stream = stream
        self._form = form
        self._rejects = rejects
        self._line = 0
        self._table = Table(self._header, rejects)
        self.present: set[str] = set()
        self.described: dict[str, str] = {}
        self.ignored: dict[str, None] = {}
        self.guarded = False

    def __iter__(self) -> Iterator[tuple[int, Row]]:
        """Each row with its line, counted from 1."""
        for block in self.blocks():
            yield from zip(block.lines, block.rows(), strict=True)

    def blocks(self) -> Iterator[Block]:
        """The same, many at a time."""
        stream = self._stream
        try:
            if isinstance(stream, Workbook):
                yield from together(self._table.of_rows(stream.rows(self._form.sheet)))
            else:
                yield from self._blocks(_Lines(stream, self._form.skipped))
        except UnicodeDecodeError as error:
            self._rejects.add(self._reached + 1, _undecodable(error))
        except UnicodeError as error:
            self._rejects.add(
                self._reached + 1, BadValue(f"The text can't be decoded: {error}.", _BY_ENCODING)
            )

    @property
    def _reached(self) -> int:
        """The last line that was read."""
        return max(self._line, self._table.line)

    def _blocks(self, stream: _Lines) -> Iterator[Block]:
        opening: list[str] = []
        while not opening or not opening[-1].strip():
            line = stream.readline(LONGEST_OPENING)
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
        lines = chain(opening, stream)
        if form.delimiter is None and first[0] == "[":
            yield from together(self._json_array("".join(opening), stream))
        elif form.delimiter is None and first[0] == "{":
            yield from together(self._json_lines(lines))
        elif form.delimiter is None and self._is_plain_list(first):
            yield from together(self._plain_list(lines))
        else:
            delimiter = form.delimiter or _sniffed(first)
            self.guarded = delimiter != "\t"
            yield from self._table.of_lines(lines, delimiter)

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
        self.described.update(columns.described)
        self.ignored.update(dict.fromkeys(columns.ignored))

    # Plain lists

    def _is_plain_list(self, first: str) -> bool:
        """Whether a file that begins so has numbers alone: no header, but a comment or digits."""
        elsewhere = [named for named in self._form.mapped.values() if named and named[0] != "'"]
        if self._form.plain is None or elsewhere:
            return False
        text = without_comment(first)
        return not text or (text.lstrip("+(")[:1].isdigit() and not any(mark in text for mark in DELIMITERS))

    def _plain_list(self, lines: Iterable[str]) -> Iterator[tuple[int, Row]]:
        columns = self._header(1, [self._form.plain or ""])
        if columns is None:
            return
        for self._line, line in enumerate(lines, 1):
            text = without_comment(line)
            if text:
                yield self._line, columns.pick([text, ""])

    # JSON

    def _json_lines(self, lines: Iterable[str]) -> Iterator[tuple[int, Row]]:
        from numctl.core.files.json_rows import Objects, decoded

        objects = self._objects(Objects(self._form))
        for self._line, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = objects.row(decoded(line))
            except BadValue as error:
                self._rejects.add(self._line, error)
                continue
            if row is not None:
                yield self._line, row

    def _objects(self, objects: Objects) -> Objects:
        """The objects, whose fields are known as they come."""
        self.present, self.described, self.ignored = objects.present, objects.described, objects.ignored
        return objects

    def _json_array(self, opening: str, stream: _Lines) -> Iterator[tuple[int, Row]]:
        from numctl.core.files.json_rows import Objects, members

        objects = self._objects(Objects(self._form))
        try:
            for line, member in members(opening, stream):
                self._line = line
                try:
                    row = objects.row(member)
                except BadValue as error:
                    self._rejects.add(self._line, error)
                    continue
                if row is not None:
                    yield self._line, row
        except BadValue as error:
            self._rejects.add(int(str(error.facts["line"])), error)


class _Lines:
    """A file as text, some of whose lines are empty whatever stands there."""

    def __init__(self, stream: TextIO, skipped: Collection[int]) -> None:
        self._stream, self._skipped, self._line = stream, skipped, 0

    def readline(self, size: int) -> str:
        text = self._stream.readline(size)
        self._line += 1
        skipped = self._line in self._skipped or text.startswith(TYPE)
        return "\n" if skipped and text else text

    def read(self, size: int) -> str:
        return self._stream.read(size)

    def __iter__(self) -> Iterator[str]:
        if not self._skipped:
            return iter(self._stream)
        return self._kept()

    def _kept(self) -> Iterator[str]:
        for line in self._stream:
            self._line += 1
            yield "\n" if self._line in self._skipped else line


_BY_ENCODING = "Name the file's encoding with --encoding, such as latin-1 or utf-16."
_NULS = BadValue("The file holds NUL characters, as UTF-16 read as UTF-8 does.", _BY_ENCODING)


def _undecodable(error: UnicodeDecodeError) -> BadValue:
    byte = error.object[error.start]
    return BadValue(f"The byte 0x{byte:02x} here, or soon after, is not {error.encoding}.", _BY_ENCODING)


def _sniffed(header: str) -> str:
    """The delimiter that a header has most of; a comma where it has none."""
    outside = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=outside.count)
