"""Opening a store: telling it from other files, and bringing an older one to this numctl's schema."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from numctl.core.errors import Damaged, Refusal
from numctl.core.store import journal_modes, schema
from numctl.core.store.identity import expect_a_store
from numctl.core.store.places import Address, Place
from numctl.core.store.sqlite import Store as FileStore
from numctl.core.store.sqlite import translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numctl.core.store.connection import Connection, Store


def open_store(
    path: Place,
    lock_timeout: float,
    record: Callable[[Connection], None],
    journal: str | None = None,
) -> Store:
    """Open the store at ``path``; wait ``lock_timeout`` seconds for other processes' locks.

    One of an older schema is upgraded first, and a copy of it kept beside it; ``record`` then writes
    into it, in the same transaction, what there is to say of that. A file is brought to the mode that
    ``journal`` asks for (see ``sqlite.Store.keep_journal``). Raises NoStore where there is none or the file
    is something else, Damaged for one that a newer numctl wrote or that SQLite can't read, Refusal where
    SQLite is too old for that mode.
    """
    if isinstance(path, Address):
        with _driver():
            from numctl.core.store.server.opened import ServerStore
        return ServerStore.open(path, lock_timeout)
    journal_modes.expect_safe(journal)
    expect_a_store(path)
    with translated(path):
        store = FileStore(path, lock_timeout)
        try:
            store.patiently("PRAGMA synchronous = FULL")  # some systems build SQLite with less
            if store.identified() < schema.VERSION:
                from numctl.core.store.upgrades import upgrade

                upgrade(store, record)
            store.keep_journal(journal)
        except UnicodeDecodeError:  # what SQLite says of a damaged file may quote the damage
            store.close()
            raise Damaged(
                f"{path} is damaged: its schema can't be read.", "Go back to a backup.", path=str(path)
            ) from None
        except BaseException:
            store.close()
            raise
    return store


def make_store(
    path: Place, fill: Callable[[Store], object], *, dry_run: bool = False, journal: str | None = None
) -> None:
    """Make a new store at ``path`` and let ``fill`` write into it, whole or not at all.

    ``journal`` is a file's mode, as in ``open_store``. Raises NumbersRefuse where something stands, Refusal
    where SQLite is too old for that mode.
    """
    if isinstance(path, Address):
        with _driver():
            from numctl.core.store.server.opened import ServerStore
        ServerStore.create(path, fill, dry_run=dry_run)
    else:
        FileStore.create(path, fill, dry_run=dry_run, journal=journal)


def is_taken(path: Place) -> bool:
    """Whether something stands where a store is to be, be it a dangling link."""
    if isinstance(path, Address):
        with _driver():
            from numctl.core.store.server import opened
        return opened.is_there(path)
    return os.path.lexists(path)


@contextmanager
def _driver() -> Iterator[None]:
    """Within, what needs the driver of a server is loaded. Raises Refusal where it isn't installed."""
    try:
        yield
    except ImportError as error:
        if not (error.name or "").startswith("psycopg"):
            raise
        raise Refusal(
            "A store on a server needs a driver that is not installed.",
            "Install it with `pip install 'numctl[server]'`.",
        ) from None
