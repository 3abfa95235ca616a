"""Columns of very many values in little memory: in parts, of which only the first stay there.

Values are put in at the end, and read in order or by their place; what was read last is at hand.
"""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import IO, TYPE_CHECKING, Any, Generic, TypeVar, overload

if TYPE_CHECKING:
    from hashlib import _Hash

PART = 16_384  # values put away together
IN_MEMORY = 16_000_000  # bytes of a shelf; more goes to an unnamed file in the system's folder for such files
_PLAIN = 2  # marshal's version without references: finding them takes ten times as long as the rest

Value = TypeVar("Value", int, str)


class Shelf:
    """Parts of columns, by the number that each was given."""

    def __init__(self) -> None:
        self._parts: list[bytes | tuple[int, int]] = []  # where it is in the file, and how long
        self._size = 0
        self._file: IO[bytes] | None = None

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()

    def put(self, part: bytes) -> int:
        """Put a part away; give its number."""
        if self._size < IN_MEMORY:
            self._size += len(part)
            self._parts.append(part)
            return len(self._parts) - 1
        if self._file is None:
            from tempfile import TemporaryFile

            self._file = TemporaryFile()  # noqa: SIM115 - closed when the shelf goes
        self._parts.append((self._file.seek(0, 2), len(part)))
        self._file.write(part)
        return len(self._parts) - 1

    def __getitem__(self, number: int) -> bytes:
        part = self._parts[number]
        if isinstance(part, bytes):
            return part
        assert self._file is not None  # noqa: S101 - it holds the part
        self._file.seek(part[0])
        return self._file.read(part[1])


class Column(Sequence[Value], Generic[Value]):
    """Values by their place from 0."""

    def __init__(self, shelf: Shelf | None = None) -> None:
        """``shelf`` is where parts are put; columns may share one."""
        self._shelf = shelf if shelf is not None else Shelf()
        self._numbers: list[int] = []
        self._open: list[Value] = []
        self._at = -1
        self._read_last: list[Value] = []

    def __len__(self) -> int:
        return len(self._numbers) * PART + len(self._open)

    def __iter__(self) -> Iterator[Value]:
        return chain.from_iterable(map(self._part, range(len(self._numbers) + 1)))

    @overload
    def __getitem__(self, place: int) -> Value: ...
    @overload
    def __getitem__(self, place: slice) -> list[Value]: ...
    def __getitem__(self, place: int | slice) -> Value | list[Value]:
        if isinstance(place, int):
            number, at = divmod(place, PART)
            return self._part(number)[at]
        start, end, _ = place.indices(len(self))
        found: list[Value] = []
        while start < end:
            number, at = divmod(start, PART)
            some = self._part(number)[at : at + end - start]
            found += some
            start += len(some)
        return found

    def append(self, value: Value) -> None:
        """Add a value at the end."""
        self.extend((value,))

    def extend(self, values: Iterable[Value]) -> None:
        """Add values at the end."""
        self._open.extend(values)
        while len(self._open) >= PART:
            self._numbers.append(self._shelf.put(self._packed(self._open[:PART])))
            del self._open[:PART]

    def tell(self, running: _Hash) -> None:
        """Tell a digest that is being made of all values."""
        for number in self._numbers:
            running.update(self._shelf[number])
        running.update(self._packed(self._open))

    def _part(self, number: int) -> list[Value]:
        if number == len(self._numbers):
            return self._open
        if number != self._at:
            self._at = number
            self._read_last = self._unpacked(self._shelf[self._numbers[number]])
        return self._read_last

    @staticmethod
    def _packed(values: list[Any]) -> bytes:
        raise NotImplementedError

    @staticmethod
    def _unpacked(part: bytes) -> list[Any]:
        raise NotImplementedError


class Ints(Column[int]):
    """Whole numbers of 64 bits."""

    @staticmethod
    def _packed(values: list[Any]) -> bytes:
        return array("q", values).tobytes()

    @staticmethod
    def _unpacked(part: bytes) -> list[Any]:
        found: list[int] = array("q", part).tolist()
        return found


class Texts(Column[str]):
    """Texts; none at all take nothing."""

    @staticmethod
    def _packed(values: list[Any]) -> bytes:
        return marshal.dumps(values, _PLAIN) if any(values) else b""

    @staticmethod
    def _unpacked(part: bytes) -> list[Any]:
        if not part:
            return [""] * PART
        found: list[str] = marshal.loads(part)  # noqa: S302 - written above, by this process
        return found

    def any(self) -> bool:
        """Whether one of them is not empty."""
        return any(self._shelf[number] for number in self._numbers) or any(self._open)
