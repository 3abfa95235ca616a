"""Bringing an older store to this numctl's schema: all of it or nothing, with a copy kept beside it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from numctl.core.errors import Damaged
from numctl.core.store import backups, schema
from numctl.core.store.sqlite import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numctl.core.store.connection import Connection


def upgrade(store: Store, record: Callable[[Connection], None]) -> None:
    """Migrate a store of an older schema in one transaction, after a whole copy of it was made.

    ``record`` writes what there is to say where the journal begins to know more; where the same is kept
    otherwise, history stays as it is.

    Raises Damaged, and changes nothing, for a store without a schema or one whose rows would not
    fit the new one.
    """
    store.connection.execute("PRAGMA foreign_keys = OFF")  # a table may have to be made anew
    with store.writing() as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version < schema.VERSION:  # else another process was first
            _migrate(store, version)
            if version < schema.CATALOG_JOURNALED:
                record(connection)
    store.connection.execute("PRAGMA foreign_keys = ON")


def _migrate(store: Store, version: int) -> None:
    if version < 1:
        raise Damaged(f"{store.path} has no schema.", "Go back to a backup.", path=str(store.path))
    copy = _keep_copy(store.path, version)
    schema.migrate(store.connection)
    if store.connection.execute("PRAGMA foreign_key_check").fetchone():
        raise Damaged(
            f"{store.path} can't be upgraded: it is damaged.",
            f"It was left as it is. Look into it with `numctl check` of the version that wrote it, or"
            f" into its copy at {copy}.",
            path=str(store.path),
        )


def _keep_copy(path: Path, version: int) -> Path:
    """A copy of the store under a name that is free, such as ``inventory.db.v1-backup``.

    The caller holds the write lock, so nothing changes meanwhile.
    """
    copy = path.with_name(f"{path.name}.v{version}-backup")
    others = 1
    while os.path.lexists(copy):
        others += 1
        copy = path.with_name(f"{path.name}.v{version}-backup-{others}")
    with Store(path) as source:
        backups.copy(source, copy)
    return copy
