"""What an open store is to those who use one, whatever holds its tables."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from numctl.core.store.connection import Connection
    from numctl.core.store.places import Place


class Store:
    """An open store. ``connection`` is for the core alone."""

    path: Place
    connection: Connection

    @contextmanager
    def reading(self, *, past: bool = False) -> Iterator[Connection]:
        """A snapshot. It must end before output begins. ``past``: an earlier state is laid over it."""
        raise NotImplementedError
        yield

    @contextmanager
    def writing(self, *, keep: Callable[[], bool] = lambda: True) -> Iterator[Connection]:
        """A change: committed at the end if ``keep()`` says so, rolled back otherwise or on any error.

        Raises Locked when another process keeps the lock for the whole timeout.
        """
        raise NotImplementedError
        yield

    @contextmanager
    def impatient(self, seconds: float = 0) -> Iterator[None]:
        """Inside, a lock held by someone else is reported after ``seconds``, at once if that is 0."""
        raise NotImplementedError
        yield

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
