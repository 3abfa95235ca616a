"""A stream in frames, so that one that breaks off isn't taken for one that has ended.

Each frame is its length in hexadecimal digits, a line's end, and so many bytes; an empty one is the end.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

from numctl.core.errors import Failed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import WriteableBuffer

FRAME = 1 << 16  # bytes


def frames(source: BinaryIO) -> Iterator[bytes]:
    """A stream as frames, its end among them."""
    while chunk := source.read(FRAME):
        yield b"%x\n" % len(chunk) + chunk
    yield b"0\n"


class Unframed(io.RawIOBase):
    """What is in the frames of a stream. Reading raises Failed where it breaks off before its end."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._left = 0
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if self._ended:
            return 0
        if not self._left:
            self._left = self._length()
            if not self._left:
                self._ended = True
                return 0
        view = memoryview(buffer).cast("B")
        chunk = self._source.read(min(self._left, len(view)))
        if not chunk:
            raise _broken_off()
        view[: len(chunk)] = chunk
        self._left -= len(chunk)
        return len(chunk)

    def _length(self) -> int:
        line = self._source.readline(16)
        try:
            if not line.endswith(b"\n"):
                raise ValueError
            length = int(line, 16)
        except ValueError:
            raise _broken_off() from None
        if not 0 <= length <= FRAME:
            raise _broken_off()
        return length


def _broken_off() -> Failed:
    return Failed("What was sent broke off before its end.", "Nothing was changed; send it again.")
