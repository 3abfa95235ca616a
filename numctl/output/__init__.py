"""All that numctl says: data on standard output, messages on standard error, nothing unsafe on either.

This package alone knows rich and tabulate, and loads them only to draw: a run whose output goes to
a pipe or a file loads neither.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import chain
from typing import TYPE_CHECKING, Any, TextIO

from numctl.core.errors import BadValue
from numctl.output import formats, writing
from numctl.output.formats import FORMATS, WORKBOOK, Row, Runs, shown
from numctl.output.messages import Messages
from numctl.output.terminal import broken, carries_unicode, is_terminal, wants_colour

if TYPE_CHECKING:
    from datetime import datetime

    from numctl.output.columns import Picked
    from numctl.output.workbooks import Workbook

__all__ = ["FORMATS", "Output"]


class Output(Messages):
    """One run's output: its format, its streams, and how they are to be treated."""

    def __init__(
        self,
        format: str | None,
        *,
        stdout: TextIO,
        stderr: TextIO,
        stdin: TextIO | None = None,
        quiet: bool = False,
        color: bool | None = None,
        no_input: bool = False,
        guard: bool = True,
        columns: str | None = None,
        table: bool = False,
        timezone: str = "UTC",
        paged: bool = False,
        also: Sequence[str] = (),
    ) -> None:
        """Prepare output; nothing is written.

        ``format`` is one of FORMATS, or None: ``table`` on a terminal, else ``tsv``. ``color`` is False for
        none, None to decide for each stream by what it is and by the environment. ``guard`` is for
        csv: a text that looks like a formula gets one more ``'``. ``columns`` are those that a list
        shows, with commas between, None for all. ``table``: people read it, be it through a pipe.
        ``timezone`` is for times in a table. ``paged``: more than a screen may go through a pager.
        ``also`` are formats that the command writes itself. BadValue: another format, or no columns.
        """
        if format is not None and format not in (*FORMATS, *also):
            raise BadValue(
                f"There is no format {format!r}.",
                f"The formats are {', '.join((*FORMATS, *also))}.",
                format=format,
            )
        super().__init__(
            stdout=stdout, stderr=stderr, stdin=stdin, quiet=quiet, color=color, no_input=no_input
        )
        self.asked = format
        self._guard, self._table, self._timezone, self._paged = guard, table, timezone, paged
        self._columns: Sequence[str] = ()
        self._book: Workbook | None = None
        if columns is not None:
            from numctl.output.columns import read_columns

            self._columns = read_columns(columns)

    @property
    def format(self) -> str:
        """The format that data is written in."""
        return self.asked or ("table" if self._table or is_terminal(self._stdout) else "tsv")

    @property
    def structured(self) -> bool:
        """Whether data is written as objects, for programs, and not as rows."""
        return self.format in formats.STRUCTURED

    @property
    def typed(self) -> bool:
        """Whether figures are written as figures, and not as text."""
        return self.structured or self.format == WORKBOOK

    @property
    def parted(self) -> bool:
        """Whether lists of different fields may follow one another."""
        return self.format in ("table", WORKBOOK)

    @property
    def narrowed(self) -> bool:
        """Whether the columns of a list were chosen."""
        return bool(self._columns)

    # Where to

    def preferring(self, format: str) -> Output:
        """The same output, in this format unless another was asked for."""
        other = copy.copy(self)
        other.asked = self.asked or format
        return other

    @contextmanager
    def saved(
        self, path: str | None, *, by_name: bool = False, made: datetime | None = None, name: str = "numctl"
    ) -> Iterator[Output]:
        """The same output, its data going to a file that appears whole or not at all.

        None and ``-`` are standard output. ``by_name``: the format is what the file's name ends with, if
        that is one. ``made`` and ``name`` are for a workbook. Raises BadValue for a folder, or a workbook
        on a terminal; Refusal if it can't be written.
        """
        other = copy.copy(self)
        path = None if path == "-" else path
        if path is not None and by_name:
            other.asked = formats.format_of_file(path) or self.asked
        binary = other.format == WORKBOOK
        if path is None and not binary:
            if not (self._paged and is_terminal(self._stdout)):
                yield other
                return
            from numctl.output.pager import paged

            with paged(self._stdout) as other._stdout:
                yield other
            return
        from numctl.output.files import open_out, standard_output

        target: AbstractContextManager[Any]
        target = nullcontext(standard_output(self._stdout)) if path is None else open_out(path, binary=binary)
        with target as file:
            if binary:
                from numctl.output.workbooks import bound

                with bound(file, made, name) as other._book:
                    yield other
            else:
                other._stdout = file
                yield other

    # Data

    def rows(
        self,
        fields: Sequence[str],
        rows: Iterable[Row],
        *,
        empty: str = "Nothing found.",
        total: int | None = None,
        more: str = "",
        part: str = "",
    ) -> None:
        """List rows, each with a value for each field; they are written as they come.

        Values are text, int, bool, None (empty; null in json) or lists of text. Numbers of
        telephones are text. ``empty`` is said on a terminal when there are none. Where ``table`` shows
        fewer than ``total``, that is said, followed by ``more``. ``part`` names what stands beside the list
        that was asked for: it has all its columns, and in a workbook a sheet of that name. Raises BadValue
        where the format can't hold them, or for a column that there isn't.
        """
        name = self.format
        if self._columns and not part and name != "ranges":
            picked = self._picked(fields)
            fields, rows = picked.fields, map(picked.row, rows)
        if self._book is not None:
            count = self._book.sheet(fields, rows, part)
        elif name == "ranges":
            count = writing.write_ranges(writing.ranges_of(fields, rows), self._stdout.write)
        elif name in formats.STREAMED:
            count = writing.write_rows(self._layout(fields), rows, self._stdout.write)
        else:
            count = self._drawn(fields, rows)
        self._finish_rows(count, empty, total, more)

    def runs(
        self,
        fields: Sequence[str],
        shared: writing.Shared,
        runs: Iterable[Runs],
        number_field: str = "number",
        own: str | None = None,
        *,
        empty: str = "Nothing found.",
        total: int | None = None,
        more: str = "",
    ) -> None:
        """List a row for each number of some runs: what ``rows`` does, much faster.

        ``shared`` has the rows that runs share, by their key, with None at ``number_field`` and in two fields
        from ``own`` on (the last two where it is None), which each run brings itself: see ``formats.Runs``.
        Raises what ``rows`` raises.
        """
        name = self.format
        at = fields.index(number_field), len(fields) - formats.OWN if own is None else fields.index(own)
        if self._columns and name in formats.STREAMED:
            picked = self._picked(fields)
            kept = picked.runs(*at)
            if kept is not None:
                from numctl.output.columns import PickedRows

                fields, shared, at = picked.fields, PickedRows(picked, shared), kept
            else:
                self.rows(fields, writing.spread(shared, runs, at), empty=empty)
                return
        if name == "ranges":
            count = writing.write_ranges(writing.ends_of(runs), self._stdout.write)
        elif name in formats.STREAMED:
            count = writing.write_runs(self._layout(fields), shared, runs, at, self._stdout.write)
        else:
            self.rows(fields, writing.spread(shared, runs, at), empty=empty, total=total, more=more)
            return
        self._finish_rows(count, empty, total, more)

    def _picked(self, fields: Sequence[str]) -> Picked:
        from numctl.output.columns import pick

        return pick(self._columns, fields)

    def _layout(self, fields: Sequence[str]) -> formats.Layout:
        return formats.layout(
            self.format,
            fields,
            guarded=self._guard,
            terminal=is_terminal(self._stdout),
            ascii_only=not carries_unicode(self._stdout),
        )

    def _drawn(self, fields: Sequence[str], rows: Iterable[Row]) -> int:
        from numctl.output import tables

        rows = iter(rows)
        first = next(rows, None)
        if first is None and self.format == "table":
            return 0
        rows = rows if first is None else chain((first,), rows)
        if self.format == "table":
            clock = tables.Clock(self._timezone)
            count = tables.draw(fields, rows, self._stdout, wants_colour(self._stdout, self._color), clock)
            if clock.used:
                self.hint(f"Times are in {self._timezone}.")
            return count
        return tables.tabulated(self.format, fields, rows, self._stdout.write)

    def _finish_rows(self, count: int, empty: str, total: int | None, more: str) -> None:
        self._stdout.flush()
        if count == 0:
            self.hint(empty)
        elif self.format == "table" and total is not None and total > count:
            self.note(f"{count} of {total} rows. {more}".strip())

    def answer(self, facts: Mapping[str, object], sentence: str) -> None:
        """What a change answers: the facts in json and jsonl, in all others the sentence, unless quiet."""
        if self.structured:
            before, after = ("[", "]\n") if self.format == "json" else ("", "\n")
            value = formats.json_writer(ascii_only=not carries_unicode(self._stdout))
            self._stdout.write(before)
            writing.write_object(facts, value, self._stdout.write)
            self._stdout.write(after)
        elif not self._quiet:
            self.prose(sentence)
        self._stdout.flush()

    def prose(self, *sentences: str) -> None:
        """Sentences for people, whatever the format: no word breaks on a terminal."""
        self.lines(line for one in sentences for line in broken(shown(one), self._stdout))

    def text(self, text: str) -> None:
        """Plain text, its lines as they are, whatever the format."""
        self.lines(text.removesuffix("\n").split("\n"))

    def lines(self, lines: Iterable[str]) -> int:
        """Lines of plain text as they come, whatever the format; return how many."""
        if self._book is not None:
            return self._book.sheet(("text",), ((line,) for line in lines))
        count = 0
        for count, line in enumerate(lines, start=1):  # noqa: B007 - the last one counts
            self._stdout.write(f"{shown(line)}\n")
        self._stdout.flush()
        return count

    def bars(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Draw utilization: a bar for each row of ``numctl utilization``, indented by its ``depth``."""
        from numctl.output import drawings

        drawings.bars(rows, self._stdout, wants_colour(self._stdout, self._color))
        self._stdout.flush()

    def tree(self, rows: Iterable[tuple[int, str, str]]) -> None:
        """Draw a tree, given from its root down: each row a depth (0 for the root), a name, a remark."""
        from numctl.output import drawings

        drawings.tree(list(rows), self._stdout)
        self._stdout.flush()
