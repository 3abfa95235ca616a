"""Files of other programs as they reach a command: opened, told apart, decoded."""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, BinaryIO, TextIO

import typer

from numctl.core.errors import BadValue, Refusal
from numctl.core.text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import WriteableBuffer

    from numctl.core.files.workbooks import Workbook

STANDARD_INPUT = "-"
CHUNK = 1 << 16  # bytes read at once
MOST_IN_MEMORY = 1 << 23  # bytes of a workbook; a larger one is copied to disk
# The longer marks first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)

File = Annotated[str, typer.Argument(metavar="FILE", help="The file; '-' is standard input.")]
Delimiter = Annotated[
    str | None,
    typer.Option("--delimiter", metavar="C", help="What divides columns; else the header tells (, ; tab |)."),
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", metavar="E", help="How text is encoded, such as latin-1. [UTF-8]")
]
DateFormat = Annotated[
    str | None,
    typer.Option("--date-format", metavar="FORM", help="How dates are written, such as %d/%m/%Y."),
]
Unchecked = Annotated[
    bool, typer.Option("--unchecked", help="Take numbers that only the rules of spelling refuse.")
]
Mapped = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=COLUMN", help="Take a field from this column; may be repeated."),
]


@contextmanager
def opened_list(source: str, encoding: str | None = None) -> Iterator[TextIO | Workbook]:
    """A file or standard input as ``opened`` gives it, or the workbook that it is; raises as that does."""
    from shutil import copyfileobj
    from tempfile import SpooledTemporaryFile

    from numctl.core.files.workbooks import MARK, Workbook

    expect_encoding(encoding)
    with _bytes_of(source) as raw:
        head = raw.read(len(MARK))
        if head != MARK:
            with _as_text(head, raw, encoding) as text:
                yield text
            return
        with SpooledTemporaryFile(MOST_IN_MEMORY) as copy:  # what a pipe brings can't be gone back in
            copy.write(head)
            copyfileobj(raw, copy)
            copy.seek(0)
            yield Workbook(copy)


@contextmanager
def opened(source: str, encoding: str | None = None) -> Iterator[TextIO]:
    """A file or standard input as text, every kind of line's end as it is.

    A byte-order mark wins over ``encoding``; without either it is UTF-8. Raises BadValue for an
    encoding that there is none of, Refusal for a file that can't be read.
    """
    expect_encoding(encoding)
    with _bytes_of(source) as raw, _as_text(raw.read(4), raw, encoding) as text:
        yield text


@contextmanager
def _as_text(head: bytes, raw: BinaryIO, encoding: str | None) -> Iterator[TextIO]:
    """What ``head``, which was read before, and ``raw`` hold as text."""
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    buffer = io.BufferedReader(_Resumed(head, raw), CHUNK)
    text = io.TextIOWrapper(buffer, marked or encoding or "utf-8", newline="")
    try:
        yield text
    finally:
        text.detach()


def expect_encoding(name: str | None) -> None:
    """Raises BadValue for what is no encoding of text."""
    try:
        io.TextIOWrapper(io.BytesIO(), name or "utf-8").close()
    except (LookupError, ValueError):
        raise BadValue(
            f"There is no encoding {quoted(name or '')}.",
            "Give one such as utf-8, latin-1, cp1252 or utf-16.",
        ) from None


@contextmanager
def _bytes_of(source: str) -> Iterator[BinaryIO]:
    try:
        if source == STANDARD_INPUT:
            yield sys.stdin.buffer
            return
        with open(source, "rb") as file:  # noqa: PTH123 - '-' and paths are one text here
            yield file
    except OSError as error:
        raise Refusal(f"{source} can't be read: {error.strerror or error}.", "Name another file.") from None


class _Resumed(io.RawIOBase):
    """A stream whose first bytes were looked at: they come first, then the rest. Pipes can't go back."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, target: WriteableBuffer) -> int:
        room = memoryview(target).cast("B")
        part = self._head or self._rest.read1(len(room))  # type: ignore[attr-defined]
        taken = part[: len(room)]
        room[: len(taken)] = taken
        self._head = part[len(room) :]
        return len(taken)
