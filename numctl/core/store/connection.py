"""The connection to a store, as everything outside this room knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Values = "Sequence[Any] | Mapping[str, Any]"


class Cursor(Protocol):
    """The rows that a statement gave; ``rowcount`` is how many it changed."""

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...

    def fetchmany(self, size: int = 1, /) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...

    def __next__(self) -> Any: ...


class Connection(Protocol):
    """What carries out statements, in SQLite's words (see ``server/words.py`` for a server's)."""

    def execute(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = (), /) -> Cursor: ...

    def executemany(self, statement: str, rows: Iterable[Any], /) -> Cursor: ...

    def close(self) -> None: ...


def walk(
    connection: Connection, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()
) -> Iterator[Any]:
    """The rows of a query that may be very many: a server is asked for them part by part."""
    reader = getattr(connection, "walk", connection.execute)
    return iter(reader(statement, values))
