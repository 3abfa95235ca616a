"""What a stream is: a terminal or not, how wide, with colour or without; and sentences that fit it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

NARROWEST = 20
USUAL_WIDTH = 80
INDENT = "  "
"""Before the further lines of a line that is indented itself."""
PAINT = {"red": "\x1b[1;31m", "yellow": "\x1b[1;33m"}


def is_terminal(stream: TextIO) -> bool:
    """Whether a person sees this stream, or types into it; a closed one is none."""
    try:
        return stream.isatty()
    except ValueError:
        return False


def carries_unicode(stream: TextIO) -> bool:
    """Whether the stream's encoding holds every character."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return encoding.lower().startswith("utf")


def carried(text: str, stream: TextIO) -> str:
    """The text as the stream will write it, so that its width can be reckoned with."""
    if text.isascii() or carries_unicode(stream):
        return text
    encoding = stream.encoding
    return text.encode(encoding, "backslashreplace").decode(encoding)


def wants_colour(stream: TextIO, choice: bool | None) -> bool:
    """Whether to colour this stream: as chosen, else on a terminal that has not been told otherwise."""
    if choice is not None:
        return choice
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return is_terminal(stream)


def width_of(stream: TextIO) -> int:
    """The width to draw for, in cells: `COLUMNS` if it makes sense, else the terminal's, else 80."""
    told = os.environ.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and int(told[:9]) > 0:
        return max(NARROWEST, min(int(told[:9]), 10_000))
    try:
        width = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        width = 0
    return max(NARROWEST, width) if width else USUAL_WIDTH


def painted(text: str, colour: str) -> str:
    """The text in one of the colours of messages."""
    return f"{PAINT[colour]}{text}\x1b[0m"


# Sentences, broken between words as the terminal itself would break them anywhere

_PIECE = re.compile(r"( *)((?:`[^`]*`|[^ ])+)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def broken(text: str, stream: TextIO) -> list[str]:
    """The lines of a text, none longer than the stream's if that is a terminal; commands stay whole."""
    lines = text.split("\n")
    if not is_terminal(stream):
        return lines
    width = width_of(stream)
    return [part for line in lines for part in _parts(line, width)]


def _parts(line: str, width: int) -> Iterator[str]:
    if _cells(line) <= width:
        yield line
        return
    further = line[: len(line) - len(line.lstrip())] + INDENT if line[:1].isspace() else ""
    part = ""
    for gap, word in _pieces(line, width - len(further)):
        if not part.strip() or _cells(part + gap + word) <= width:
            part += gap + word
            continue
        yield part
        part = further + word
    yield part


def _pieces(line: str, room: int) -> Iterator[tuple[str, str]]:
    """The words, each with the space before it; a command that takes more than a line is its words."""
    from numctl.output.layout import wrapped

    for gap, word in _PIECE.findall(line):
        if _cells(word) <= room:
            yield gap, word
            continue
        first, *others = wrapped(word, room)
        yield gap, first
        yield from ((" ", other) for other in others)


def _cells(text: str) -> int:
    from numctl.output.layout import cells

    return cells(_COLOUR.sub("", text))
