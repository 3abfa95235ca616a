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
    from collections.abc import Iterator, Sequence

    from _typeshed import WriteableBuffer

STANDARD_INPUT = "-"
CHUNK = 1 << 16  # bytes read at once
# The longer marks first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)

File = Annotated[str, typer.Argument(metavar="FILE", help="The file; '-' is standard input.")]
SheetSeries = Annotated[
    str | None, typer.Option("--series", metavar="SERIES", help="The series of rows that name none.")
]
SheetOrg = Annotated[
    str | None,
    typer.Option(
        "--org", metavar="ORG", help="The organization of rows that name none; else the acting one."
    ),
]
Delimiter = Annotated[
    str | None,
    typer.Option("--delimiter", metavar="C", help="What divides columns; else the header tells (, ; tab |)."),
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", metavar="E", help="How text is encoded, such as latin-1. [UTF-8]")
]
Unchecked = Annotated[
    bool, typer.Option("--unchecked", help="Take numbers that only the rules of spelling refuse.")
]
Mapped = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=COLUMN", help="Take a field from this column; may be repeated."),
]


def delimiter(text: str | None) -> str | None:
    """The delimiter that was asked for; ``tab`` and ``\\t`` are a tabulator. Raises BadValue."""
    if text in ("tab", "\\t"):
        return "\t"
    if text is not None and (len(text) != 1 or text in '"\r\n\0'):
        raise BadValue(
            f"A delimiter is one character, not {quoted(text)}.",
            "Give one such as ';', or 'tab' for a tabulator.",
        )
    return text


def mapping(texts: Sequence[str] | None) -> dict[str, str]:
    """The columns by field of ``--map FIELD=COLUMN``. Raises BadValue."""
    columns: dict[str, str] = {}
    for text in texts or ():
        field, equals, column = text.partition("=")
        field = field.strip().lower()
        if not (equals and field and column.strip()):
            raise BadValue(
                f"--map takes FIELD=COLUMN, not {quoted(text)}.", "Write it as --map number=Telephone."
            )
        if field in columns:
            raise BadValue(f"--map names the field {quoted(field)} twice.", "Give it one column.")
        columns[field] = column
    return columns


@contextmanager
def opened(source: str, encoding: str | None = None) -> Iterator[TextIO]:
    """A file or standard input as text, every kind of line's end as it is.

    A byte-order mark wins over ``encoding``; without either it is UTF-8. Raises BadValue for an
    encoding that there is none of, Refusal for a file that can't be read.
    """
    expect_encoding(encoding)
    with _bytes_of(source) as raw:
        head = raw.read(4)
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
