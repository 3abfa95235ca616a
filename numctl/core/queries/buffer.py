"""A long list of plain values, written once, then read: in memory while it is short, else in a file.

What a search found is put here before the first byte of output, so that output that nobody reads
holds up no writer, and ten million rows take no more memory than ten thousand.
"""

from __future__ import annotations

import marshal
from array import array
from itertools import accumulate, chain, islice, repeat
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import IO

CHUNK = 10_000  # items packed at a time
_PLAIN = 2  # marshal's version without references: finding them takes ten times as long as the rest
IN_MEMORY = 2_000_000  # bytes; more goes to an unnamed file in the system's folder for such files


class Texts:
    """Many texts in little memory, by their place."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("q", [0])

    def extend(self, texts: Sequence[str]) -> None:
        """Add texts at the end."""
        start = len(self._bytes)
        if not any(texts):
            self._ends.extend(repeat(start, len(texts)))
            return
        packed = [text.encode("utf-8", "surrogatepass") for text in texts]
        self._bytes += b"".join(packed)
        self._ends.extend(islice(accumulate(map(len, packed), initial=start), 1, None))

    def append(self, text: str) -> None:
        self._bytes += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._bytes))

    def __bool__(self) -> bool:
        return bool(self._bytes)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __iter__(self) -> Iterator[str]:
        if not self._bytes:
            yield from repeat("", len(self))
            return
        held, start = self._bytes, 0
        for end in islice(self._ends, 1, None):
            yield held[start:end].decode("utf-8", "surrogatepass") if end > start else ""
            start = end

    def part(self, first: int, end: int) -> list[str]:
        """The texts from a place to before another."""
        if not self._bytes:
            return [""] * (end - first)
        start = self._ends[first]
        some = self._bytes[start : self._ends[end]].decode("utf-8", "surrogatepass")
        if not some.isascii():
            return [self[place] for place in range(first, end)]
        ends = [end - start for end in self._ends[first : end + 1]]
        return list(map(some.__getitem__, map(slice, ends, islice(ends, 1, None))))

    def __getitem__(self, place: int) -> str:
        start, end = self._ends[place], self._ends[place + 1]
        return self._bytes[start:end].decode("utf-8", "surrogatepass") if end > start else ""


class Buffer:
    """Texts, or tuples of ints, texts and None, in the order they are put in."""

    def __init__(self) -> None:
        self._packed: list[bytes] = []
        self._size = 0
        self._file: IO[bytes] | None = None

    @classmethod
    def of(cls, items: Iterable[Any]) -> Buffer:
        """A buffer of all ``items``."""
        buffer = cls()
        for _ in buffer.fill(items):
            pass
        return buffer

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self.chunks())

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()

    def fill(self, items: Iterable[Any]) -> Iterator[list[Any]]:
        """Put all ``items`` in, and give each chunk of them on the way."""
        source = iter(items)
        while chunk := list(islice(source, CHUNK)):
            yield chunk
            self._put(marshal.dumps(chunk, _PLAIN))

    def _put(self, packed: bytes) -> None:
        self._packed.append(packed)
        self._size += len(packed)
        if self._size > IN_MEMORY:
            if self._file is None:
                from tempfile import TemporaryFile

                self._file = TemporaryFile()  # noqa: SIM115 - closed when the buffer goes
            for part in self._packed:
                self._file.write(len(part).to_bytes(8, "little") + part)
            self._packed, self._size = [], 0

    def chunks(self) -> Iterator[list[Any]]:
        """Everything that was put in, chunk by chunk."""
        if self._file is not None:
            self._file.seek(0)
            while size := self._file.read(8):
                yield marshal.loads(self._file.read(int.from_bytes(size, "little")))  # noqa: S302 - our own
            self._file.seek(0, 2)
        for part in self._packed:
            yield marshal.loads(part)  # noqa: S302 - written above, by this process
