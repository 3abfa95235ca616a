"""All that numctl says: data on standard output, messages on standard error, nothing unsafe on either.

This package alone knows rich and tabulate, and loads them only to draw: a run whose output goes to
a pipe or a file loads neither.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import chain
from typing import Any, TextIO

from numctl.core.errors import BadValue, Refusal
from numctl.output import formats, writing
from numctl.output.formats import FORMATS, Row, Run, shown
from numctl.output.terminal import carries_unicode, is_terminal, painted, wants_colour

__all__ = ["FORMATS", "Output"]

Advance = Callable[[int], None]


class Output:
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
        also: Sequence[str] = (),
    ) -> None:
        """Prepare output; nothing is written.

        `format` is one of FORMATS, or None: `table` on a terminal, else `tsv`. `color` is False for
        none, None to decide for each stream by what it is and by the environment. `guard` is for
        csv: a text that looks like a formula gets one more `'`. `also` are formats that the command
        writes by itself. Raises BadValue for another format.
        """
        if format is not None and format not in (*FORMATS, *also):
            raise BadValue(
                f"There is no format {format!r}.",
                f"The formats are {', '.join((*FORMATS, *also))}.",
                format=format,
            )
        self._asked = format
        self._stdout, self._stderr, self._stdin = stdout, stderr, stdin or sys.stdin
        self._quiet, self._color, self._no_input, self._guard = quiet, color, no_input, guard

    @property
    def format(self) -> str:
        """The format that data is written in."""
        return self._asked or ("table" if is_terminal(self._stdout) else "tsv")

    @property
    def structured(self) -> bool:
        """Whether data is written as objects, for programs, and not as rows."""
        return self.format in formats.STRUCTURED

    @property
    def interactive(self) -> bool:
        """Whether a question may be asked: someone sees it, can answer, and did not forbid it."""
        return not self._no_input and is_terminal(self._stdin) and is_terminal(self._stderr)

    # Where to

    def preferring(self, format: str) -> Output:
        """The same output, in this format unless another was asked for."""
        other = copy.copy(self)
        other._asked = self._asked or format
        return other

    @contextmanager
    def saved(self, path: str | None) -> Iterator[Output]:
        """The same output, its data going to a file that appears whole or not at all.

        None and `-` are standard output. Raises BadValue for a folder, Refusal if it can't be written.
        """
        if path is None or path == "-":
            yield self
            return
        from numctl.output.files import open_out

        with open_out(path) as file:
            other = copy.copy(self)
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
    ) -> None:
        """List rows, each with a value for each field; they are written as they come.

        Values are text, int, bool, None (empty; null in json) or lists of text. Numbers of
        telephones are text. `empty` is said on a terminal when there are none. Where `table` shows
        fewer than `total`, that is said, followed by `more`. Raises BadValue where the format can't
        hold them.
        """
        name = self.format
        if name == "ranges":
            count = writing.write_ranges(writing.ranges_of(fields, rows), self._stdout.write)
        elif name in formats.STREAMED:
            count = writing.write_rows(self._layout(fields), rows, self._stdout.write)
        else:
            count = self._drawn(fields, rows)
        self._finish_rows(count, empty, total, more)

    def runs(
        self,
        fields: Sequence[str],
        shared: Mapping[Any, Row],
        runs: Iterable[Run],
        number_field: str = "number",
        own: str | None = None,
        *,
        empty: str = "Nothing found.",
        total: int | None = None,
        more: str = "",
    ) -> None:
        """List a row for each number of some runs: what `rows` does, much faster.

        `shared` has the rows that runs share, by their key, with None at `number_field` and in two fields
        from `own` on (the last two where it is None), which each run brings itself: see `formats.Run`.
        Raises what `rows` raises.
        """
        name = self.format
        at = fields.index(number_field), len(fields) - formats.OWN if own is None else fields.index(own)
        if name == "ranges":
            count = writing.write_ranges((run[:2] for run in runs), self._stdout.write)
        elif name in formats.STREAMED:
            count = writing.write_runs(self._layout(fields), shared, runs, at, self._stdout.write)
        else:
            count = self._drawn(fields, writing.spread(shared, runs, at))
        self._finish_rows(count, empty, total, more)

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
            return tables.draw(fields, rows, self._stdout, wants_colour(self._stdout, self._color))
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
            self._stdout.write(shown(sentence) + "\n")
        self._stdout.flush()

    def text(self, text: str) -> None:
        """Plain text, its lines as they are, whatever the format."""
        self.lines(text.removesuffix("\n").split("\n"))

    def lines(self, lines: Iterable[str]) -> int:
        """Lines of plain text as they come, whatever the format; return how many."""
        count = 0
        for count, line in enumerate(lines, start=1):  # noqa: B007 - the last one counts
            self._stdout.write(f"{shown(line)}\n")
        self._stdout.flush()
        return count

    def bars(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Draw utilization: a bar for each organization, indented by `depth` (0 for the first).

        `rows` have the fields of `numctl utilization`.
        """
        from numctl.output import drawings

        drawings.bars(rows, self._stdout, wants_colour(self._stdout, self._color))
        self._stdout.flush()

    def tree(self, rows: Iterable[tuple[int, str, str]]) -> None:
        """Draw a tree, given from its root down: each row a depth (0 for the root), a name, a remark."""
        from numctl.output import drawings

        drawings.tree(list(rows), self._stdout)
        self._stdout.flush()

    # Messages

    def note(self, text: str) -> None:
        """Say something that is not data, unless all should be quiet."""
        if not self._quiet:
            self._say(shown(text))

    def hint(self, text: str) -> None:
        """Say something that only a person at a terminal has use for."""
        if text and is_terminal(self._stderr):
            self.note(text)

    def warn(self, text: str) -> None:
        """Say something that should be looked at; `--quiet` does not silence it."""
        self._say(f"{self._painted('numctl: warning:', 'yellow')} {shown(text)}")

    def error(self, refusal: Refusal) -> None:
        """Say what was refused and why, then what to do next.

        A fact named `details`, a list of text, gives lines of their own in between. With json or
        jsonl all of it is one object on one line.
        """
        if self.structured:
            from numctl.output.facts import error_object

            write = formats.json_writer(ascii_only=not carries_unicode(self._stderr))
            self._say(write(error_object(refusal)))
            return
        details = refusal.facts.get("details", ())
        lines = [shown(str(line)) for line in details] if isinstance(details, (list, tuple)) else []
        message = f"{self._painted('numctl:', 'red')} {shown(refusal.message)}"
        advice = shown(refusal.advice)
        if lines:
            self._say("\n".join([message, *(f"  {line}" for line in lines), *([advice] if advice else [])]))
        else:
            self._say(f"{message} {advice}".rstrip())

    def ask(self, question: str, *, yes: bool = False) -> None:
        """Go on only if someone agrees, or `yes` says that they did already.

        Raises BadValue, naming `--yes`, where nobody can be asked, and Refusal for any answer but yes.
        """
        if yes:
            return
        if not self.interactive:
            raise BadValue("This needs a confirmation, and nobody can be asked here.", "Confirm with --yes.")
        self._stdout.flush()
        self._say(f"{shown(question)} [y/N] ", end="")
        if self._stdin.readline().strip().lower() not in ("y", "yes"):
            raise Refusal("This was not confirmed, and nothing has changed.")

    def progress(self, total: int | None, what: str) -> AbstractContextManager[Advance]:
        """Show how far long work is, on a terminal; the context gives a function to call with each step.

        `total` is in the same units as the steps, None if not known. `what` names the work.
        """
        from numctl.output import progress

        if self._quiet or not is_terminal(self._stderr):
            return progress.none()
        return progress.shown(total, shown(what), self._stderr, wants_colour(self._stderr, self._color))

    def _painted(self, text: str, colour: str) -> str:
        return painted(text, colour) if wants_colour(self._stderr, self._color) else text

    def _say(self, text: str, end: str = "\n") -> None:
        # What can't be said can't be complained of either, and must not undo what was done.
        with suppress(OSError, ValueError):
            self._stderr.write(text + end)
            self._stderr.flush()
