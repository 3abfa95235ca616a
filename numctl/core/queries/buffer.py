"""A long list of plain values, written once, then read: in memory while it is short, else in a file.

What a search found is put here before the first byte of output, so that output that nobody reads
holds up no writer, and ten million rows take no more memory than ten thousand.
"""

from __future__ import annotations

import marshal
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import IO

CHUNK = 10_000  # items packed at a time
_PLAIN = 2  # marshal's version without references: finding them takes ten times as long as the rest
IN_MEMORY = 2_000_000  # bytes; more goes to an unnamed file in the system's folder for such files


class Buffer:
    """Texts, or tuples of ints, texts and None, in the order they are put in."""

    def __init__(self) -> None:
        self._packed: list[bytes] = []
        self._size = 0
        self._file: IO[bytes] | None = None

    @classmethod
    def of(cls, items: Iterable[Any]) -> Buffer:
        """A buffer of all ``items``."""
        buffer, source = cls(), iter(items)
        while chunk := list(islice(source, CHUNK)):
            buffer.put(chunk)
        return buffer

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self.chunks())

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()

    def put(self, chunk: list[Any] | tuple[Any, ...]) -> None:
        """Put some items in, which are packed together."""
        packed = marshal.dumps(chunk, _PLAIN)
        self._packed.append(packed)
        self._size += len(packed)
        if self._size > IN_MEMORY:
            if self._file is None:
                from tempfile import TemporaryFile

                self._file = TemporaryFile()  # noqa: SIM115 - closed when the buffer goes
            for part in self._packed:
                self._file.write(len(part).to_bytes(8, "little") + part)
            self._packed, self._size = [], 0

    def chunks(self) -> Iterator[Sequence[Any]]:
        """Everything that was put in, chunk by chunk."""
        if self._file is not None:
            self._file.seek(0)
            while size := self._file.read(8):
                yield marshal.loads(self._file.read(int.from_bytes(size, "little")))  # noqa: S302 - our own
            self._file.seek(0, 2)
        for part in self._packed:
            yield marshal.loads(part)  # noqa: S302 - written above, by this process
