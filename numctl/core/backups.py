"""A copy of the store as it is at one moment, put in place whole, while others go on working."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from numctl.core.errors import BadValue, NumbersRefuse

if TYPE_CHECKING:
    from numctl.core.store import Store


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
    draft = target.with_name(f".{target.name}.{os.urandom(6).hex()}.part")
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW, 0o600))
    try:
        copied = _fill(store, draft)
        _settle_on_disk(draft)
        if replace:
            draft.replace(target)
        else:
            try:
                os.link(draft, target)  # unlike a rename, refuses where something stands by now
            except FileExistsError:
                raise _stands(target) from None
    finally:
        draft.unlink(missing_ok=True)
    _settle_on_disk(target.absolute().parent)
    return copied


def _expect_a_place(store: Store, target: Path, replace: bool) -> None:
    if target.is_dir():
        raise BadValue(f"{target} is a folder.", "Name a file in it.", path=str(target))
    if not os.path.lexists(target):
        return
    if target.exists() and target.samefile(store.path):
        raise BadValue(f"{target} is the store itself.", "Name another file.", path=str(target))
    if not replace:
        raise _stands(target)


def _fill(store: Store, draft: Path) -> Copied:
    uri = f"file:{quote(str(draft.absolute()))}?mode=rw"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as copy:
        copy.execute("PRAGMA journal_mode = OFF")  # nobody knows of this file yet
        with store.reading() as connection:
            connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()  # from here on nobody writes
            connection.backup(copy)
        operation, hash = copy.execute(
            "SELECT id, hash FROM operation ORDER BY id DESC LIMIT 1"
        ).fetchone() or (0, b"")
    return Copied(draft.stat().st_size, operation, bytes(hash).hex())


def _settle_on_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _stands(target: Path) -> NumbersRefuse:
    return NumbersRefuse(
        f"Something stands at {target} already.",
        "It was left as it is. Name another file, or replace it with --force.",
        path=str(target),
    )
