"""The chain of hashes over all operations, recomputed in one pass over the journal.

What is hashed is what ``journal.digest`` hashes; a test holds the two together. Row by row for most, as
a query for each operation would take four times as long; large ones are read chunk by chunk.
"""

from __future__ import annotations

from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.changes import journal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from numctl.core.store.connection import Connection

_REMEMBERED = 50_000  # states kept as text
_FAR = 2**63 - 1  # beyond any operation


class Verified(NamedTuple):
    """``operations`` follow one another unchanged; ``head`` is the hash of the last of them, in hex.

    ``problem`` says where the chain first breaks, None if it holds. ``found_at`` is the operation
    whose hash was asked for, None if none has it.
    """

    operations: int
    head: str
    problem: str | None
    found_at: int | None = None


def verify(
    connection: Connection, wanted: str | None = None, advance: Callable[[int], None] = lambda n: None
) -> Verified:
    """Recompute every hash in order. ``wanted`` is a hash (hex) kept elsewhere; ``advance`` counts steps."""
    from hashlib import sha256

    large = journal.large(connection)
    rows = _Journal(connection, large)
    previous, count, found_at = b"", 0, None
    for id, text, stored in connection.walk(journal.ALL_HEADS):
        if id != count + 1:
            return Verified(count, previous.hex(), f"Operation {count + 1} is missing from the journal.")
        if id in large:
            found = journal.digest(connection, id, previous)
        else:
            running = sha256(previous)
            for part in chain((journal.encoded(text),), rows.of(id)):
                running.update(part + b"\n")
            found = running.digest()
        if found != stored:
            return Verified(
                count, previous.hex(), f"Operation {id} is not as it was written: its hash differs."
            )
        previous, count = stored, id
        if wanted is not None and previous.hex() == wanted:
            found_at = id
        advance(1)
    stray = rows.left()
    if stray:
        return Verified(
            count, previous.hex(), f"The journal has rows of operation {stray}, which is missing."
        )
    if wanted is not None and found_at is None:
        problem = f"No operation has the hash {wanted}: what came after another one was cut off or replaced."
        return Verified(count, previous.hex(), problem)
    return Verified(count, previous.hex(), None, found_at)


class _Journal:
    """All that belongs to operations beside their own row, handed out in their order."""

    def __init__(self, connection: Connection, but: Collection[int]) -> None:
        """``but``: rows of these are left out."""
        between = list(pairwise((-_FAR, *sorted(but), _FAR)))

        def rows(statement: str) -> _Rows:
            return _Rows(chain.from_iterable(connection.walk(statement, ends) for ends in between))

        self._pieces = rows(journal.ALL_PIECES)
        self._others = [(label, rows(statement)) for label, statement in journal.ALL_OTHERS]
        self._states = _StateTexts(connection)

    def of(self, operation: int) -> Iterator[bytes]:
        """What is hashed of one operation, part by part."""
        named: set[int] = set()
        parts = [("pieces", self._pieces.of(operation, named))]
        parts += [(label, rows.of(operation, None)) for label, rows in self._others]
        for label, rows in parts:
            while chunk := list(islice(rows, journal.CHUNK)):
                yield journal.spelled(label, ";".join(chunk))
        for state in sorted(named):
            yield journal.encoded(self._states[state])

    def left(self) -> int | None:
        """An operation that rows belong to and that is missing."""
        strays = (rows.left() for rows in (self._pieces, *(rows for _, rows in self._others)))
        return next(filter(None, strays), None)


class _Rows:
    """Rows (operation, text, states named...) in the order of operations, handed out one by one."""

    def __init__(self, rows: Iterable[tuple[int, str, int | None, int | None]]) -> None:
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    def of(self, operation: int, named: set[int] | None) -> Iterator[str]:
        """The texts of one operation; ``named`` takes up the states."""
        row = self._next
        while row is not None and row[0] == operation:
            if named is not None:
                named.update(id for id in row[2:] if id is not None)
            yield row[1]
            row = self._next = next(self._rows, None)

    def left(self) -> int | None:
        """The operation of the first row that nobody asked for."""
        return self._next[0] if self._next is not None else None


class _StateTexts(dict[int, str]):
    """What is hashed of each state."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection

    def __missing__(self, id: int) -> str:
        row = self._connection.execute(journal.ONE_STATE, (id,)).fetchone()
        text: str = row[0] if row else ""
        if len(self) >= _REMEMBERED:
            self.clear()
        self[id] = text
        return text
