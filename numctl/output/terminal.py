"""What a stream is: a terminal or not, how wide, with colour or without, and what it can carry."""

from __future__ import annotations

import os
from typing import TextIO

NARROWEST = 20
USUAL_WIDTH = 80
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
