"""Output of more than a screen, shown by the user's pager, as git does it."""

from __future__ import annotations

import io
import os
import shlex
import subprocess
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, TextIO

from numctl.output.terminal import is_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

USUAL = "less"
USUAL_OPTIONS = "FRX"  # end where all fits a screen, show colours, leave what was shown
NONE = ("", "cat")  # pagers that are none


def wanted() -> list[str]:
    """The pager's command: NUMCTL_PAGER, else PAGER, else less; nothing where none is wanted or there."""
    import shutil

    asked = os.environ.get("NUMCTL_PAGER", os.environ.get("PAGER", USUAL))
    try:
        command = shlex.split(asked)
    except ValueError:
        return []
    if asked.strip() in NONE or os.environ.get("TERM", "dumb") == "dumb" or not shutil.which(command[0]):
        return []
    return command


class Paged(io.TextIOBase):
    """A terminal whose output goes through a pager from where it is more than a screen."""

    def __init__(self, stream: TextIO, command: list[str]) -> None:
        self._stream, self._command = stream, command
        self._pager: subprocess.Popen[str] | None = None
        self._left = False  # whoever reads has seen enough
        self._held: list[str] = []
        self._lines = 0
        self._room = os.get_terminal_size(stream.fileno()).lines - 1

    @property
    def encoding(self) -> str:  # type: ignore[override] # of the terminal
        return self._stream.encoding

    def beside(self, stream: TextIO) -> TextIO:
        """Where a message goes that follows the output so far: to a pager that has the terminal, or there."""
        if self._pager is not None and is_terminal(stream):
            return self  # type: ignore[return-value] # it has all of a stream that is used
        self.release()
        return stream

    def release(self) -> None:
        """Write what is held as it is: it is no more than a screen."""
        held, self._held = self._held, []
        if self._pager is None:
            self._stream.write("".join(held))
            self._stream.flush()

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._stream.fileno()

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        if self._left or not text:
            return len(text)
        self._held.append(text)
        self._lines += text.count("\n")
        if self._lines < self._room and self._pager is None:
            return len(text)
        held, self._held = self._held, []
        try:
            self._into().write("".join(held))
        except BrokenPipeError:
            self._left = True
        return len(text)

    def flush(self) -> None:
        if self._pager is not None and not self._left:
            with suppress(BrokenPipeError, ValueError):
                self._into().flush()

    def _into(self) -> IO[str]:
        if self._pager is None:
            self._stream.flush()
            self._pager = subprocess.Popen(  # noqa: S603 - the user's own pager
                self._command,
                stdin=subprocess.PIPE,
                text=True,
                encoding=self._stream.encoding,
                errors="backslashreplace",
                env={"LESS": USUAL_OPTIONS, **os.environ},
            )
        assert self._pager.stdin is not None  # noqa: S101 - it is a pipe
        return self._pager.stdin

    def ended(self) -> None:
        """Let the pager show what is left, and wait until it is left."""
        if self._pager is None:
            self.release()
            return
        with suppress(BrokenPipeError):
            self._into().close()
        while True:
            try:
                self._pager.wait()
                return
            except KeyboardInterrupt:  # the pager's, not ours
                continue


@contextmanager
def paged(stream: TextIO) -> Iterator[TextIO]:
    """A terminal, through a pager if one is wanted."""
    command = wanted()
    if not command:
        yield stream
        return
    through = Paged(stream, command)
    try:
        yield through  # type: ignore[misc] # it has all of a stream that is used
    finally:
        through.ended()
