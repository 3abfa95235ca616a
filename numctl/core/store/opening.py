"""Opening a store: telling it from other files, and bringing an older one to this numctl's schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.errors import Damaged
from numctl.core.store import schema
from numctl.core.store.identity import expect_a_store
from numctl.core.store.sqlite import Store, translated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numctl.core.store.connection import Connection


def open_store(path: Path, lock_timeout: float, record: Callable[[Connection], None]) -> Store:
    """Open the store at ``path``; wait ``lock_timeout`` seconds for other processes' locks.

    One of an older schema is upgraded first, and a copy of it kept beside it; ``record`` then writes
    into it, in the same transaction, what there is to say of that. Raises NoStore where
    there is none or the file is something else, Damaged for one that a newer numctl wrote or that
    SQLite can't read.
    """
    expect_a_store(path)
    with translated(path):
        store = Store(path, lock_timeout)
        try:
            store.patiently("PRAGMA synchronous = FULL")  # some systems build SQLite with less
            if store.identified() < schema.VERSION:
                from numctl.core.store.upgrades import upgrade

                upgrade(store, record)
        except UnicodeDecodeError:  # what SQLite says of a damaged file may quote the damage
            store.close()
            raise Damaged(
                f"{path} is damaged: its schema can't be read.", "Go back to a backup.", path=str(path)
            ) from None
        except BaseException:
            store.close()
            raise
    return store
