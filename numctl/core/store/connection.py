"""An open store and the connection to it, as everything outside this room knows them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from types import TracebackType

    from numctl.core.store.places import Place


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

    def walk(
        self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()
    ) -> Iterator[Any]: ...  # rows that may be very many: a server is asked for them part by part

    def put(self, into: str, rows: Sequence[tuple[Any, ...]]) -> None: ...  # ``into`` with its columns

    def weigh(self, *tables: str) -> None: ...  # many rows came into them just now: a server plans by that

    # What was, laid over what is (see ``past``): nothing is written for it on a server.

    def laid_over(self) -> AbstractContextManager[None]: ...

    def lay_rows(self, name: str, columns: str, rows: Iterable[Sequence[Any]]) -> None: ...

    def lay(self, name: str, query: str) -> None: ...

    def close(self) -> None: ...


DUE = "SELECT due FROM inventory"


class Store:
    """An open store. ``connection`` is for the core alone."""

    path: Place
    connection: Connection
    reader: int | None = None  # the organization that one who may only read is bound to, by row id
    moment: float | None = None  # when it was opened, by its server's clock: seconds since 1970
    warning: str = ""  # what whoever opened the store should look at
    hint: str = ""  # what a person should know of it
    _patience: int  # milliseconds to wait for locks

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A snapshot. It must end before output begins."""
        raise NotImplementedError
        yield

    @contextmanager
    def writing(self, *, keep: Callable[[], bool] = lambda: True) -> Iterator[Connection]:
        """A change: committed at the end if ``keep()`` says so, rolled back otherwise or on any error.

        Raises Locked when another process keeps the lock for the whole timeout.
        """
        raise NotImplementedError
        yield

    def due(self) -> str:
        """The earliest date that holds may have ended after (``YYYY-MM-DD``), empty for none."""
        with self.reading() as connection:
            (due,) = connection.execute(DUE).fetchone()
        return str(due)

    @contextmanager
    def impatient(self, seconds: float = 0) -> Iterator[None]:
        """Inside, a lock held by someone else is reported after ``seconds``, at once if that is 0."""
        patience, self._patience = self._patience, int(seconds * 1000)
        try:
            yield
        finally:
            self._patience = patience

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
