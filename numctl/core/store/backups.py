"""A copy of the store as it is at one moment, put in place whole, while others go on working."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from numctl.core.errors import BadValue, NumbersRefuse
from numctl.core.store.drafts import drafted
from numctl.core.store.file_connection import FileConnection

if TYPE_CHECKING:
    from numctl.core.store.connection import Store


class Copied(NamedTuple):
    """The copy's size in bytes, and the last operation in it with its hash in hex."""

    size: int
    operation: int
    head: str


def copy(store: Store, target: Path, *, replace: bool = False) -> Copied:
    """Copy the store to ``target``, the owner's alone and on the disk when this returns.

    Nothing follows a link. Raises BadValue for a folder or the store itself, NumbersRefuse where
    something stands, unless ``replace`` says to put the copy in its place.
    """
    _expect_a_place(store, target, replace)
    with drafted(target, replace=replace, taken=_stands) as draft:
        return _fill(store, draft)


def _expect_a_place(store: Store, target: Path, replace: bool) -> None:
    if target.is_dir():
        raise BadValue(f"{target} is a folder.", "Name a file in it.", path=str(target))
    if not os.path.lexists(target):
        return
    if isinstance(store.path, Path) and target.exists() and target.samefile(store.path):
        raise BadValue(f"{target} is the store itself.", "Name another file.", path=str(target))
    if not replace:
        raise _stands(target)


def _fill(store: Store, draft: Path) -> Copied:
    uri = f"file:{quote(os.fsencode(draft.absolute()))}?mode=rw"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None, factory=FileConnection)) as copy:
        copy.execute("PRAGMA journal_mode = OFF")  # nobody knows of this file yet
        with store.reading() as connection:
            if isinstance(connection, sqlite3.Connection):
                connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()  # now nobody writes
                connection.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")  # one file, whatever the store is in
            else:
                from numctl.core.store import schema
                from numctl.core.store.transfer import carry

                copy.execute("BEGIN")
                schema.migrate(copy)
                carry(connection, copy)
                copy.execute("COMMIT")
        operation, hash = copy.execute(
            "SELECT id, hash FROM operation ORDER BY id DESC LIMIT 1"
        ).fetchone() or (0, b"")
    return Copied(draft.stat().st_size, operation, bytes(hash).hex())


def _stands(target: Path) -> NumbersRefuse:
    return NumbersRefuse(
        f"Something stands at {target} already.",
        "It was left as it is. Name another file, or replace it with --force.",
        path=str(target),
    )
