"""What is said beside the data, on standard error: notes, warnings, refusals, questions, progress."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import TextIO

from numctl.core.errors import BadValue, Refusal
from numctl.output import formats
from numctl.output.formats import shown
from numctl.output.terminal import broken, carries_unicode, is_terminal, painted, wants_colour

Advance = Callable[[int], None]


class Messages:
    """One run's messages and questions, and how its streams are to be treated."""

    def __init__(
        self,
        *,
        stdout: TextIO,
        stderr: TextIO,
        stdin: TextIO | None = None,
        quiet: bool = False,
        color: bool | None = None,
        no_input: bool = False,
    ) -> None:
        """Prepare the streams; nothing is written. ``color``: False for none, None to decide by stream."""
        self._stdout, self._stderr, self._stdin = stdout, stderr, stdin or sys.stdin
        self._quiet, self._color, self._no_input = quiet, color, no_input

    @property
    def structured(self) -> bool:
        """Whether what is said is objects, for programs, and not text."""
        return False

    @property
    def interactive(self) -> bool:
        """Whether a question may be asked: someone sees it, can answer, and did not forbid it."""
        return not self._no_input and is_terminal(self._stdin) and is_terminal(self._stderr)

    def note(self, text: str) -> None:
        """Say something that is not data, unless all should be quiet."""
        if not self._quiet:
            self._say(shown(text))

    def hint(self, text: str) -> None:
        """Say something that only a person at a terminal has use for."""
        if text and is_terminal(self._stderr):
            self.note(text)

    def warn(self, text: str) -> None:
        """Say something that should be looked at, if there is any; `--quiet` does not silence it."""
        if text:
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
        beside = getattr(self._stdout, "beside", None)  # of a pager
        stream = beside(self._stderr) if beside else self._stderr
        text = "\n".join(broken(text, self._stderr))
        # What can't be said can't be complained of either, and must not undo what was done.
        with suppress(OSError, ValueError):
            stream.write(text + end)
            stream.flush()
