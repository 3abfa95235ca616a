"""What SQLite's errors are in this program's terms: the one map from its result codes to refusals."""

from __future__ import annotations

import sqlite3
import sys
from typing import TYPE_CHECKING

from numctl.core.errors import Damaged, Failed, Locked
from numctl.core.store.identity import something_else

if TYPE_CHECKING:
    from pathlib import Path

    from numctl.core.errors import Refusal

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_OUTSIDE = (
    *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY),
    *(sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_AUTH),
)


def code(error: BaseException) -> int:
    """SQLite's primary result code of an error; 0 where it has none, or it isn't SQLite's."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF  # the rest says which kind of it


def is_of_store(error: BaseException) -> bool:
    """Tell whether an error came from the store."""
    return isinstance(error, sqlite3.Error) or _is_of_server(error)


def _is_of_server(error: BaseException) -> bool:
    driver = sys.modules.get("psycopg")  # loaded only for stores on a server
    return driver is not None and isinstance(error, driver.Error)


def is_busy(error: BaseException) -> bool:
    """Tell whether another process's lock is all that is wrong."""
    return is_of_store(error) and code(error) in _BUSY


def refusal_of(error: BaseException, path: Path | None = None) -> Refusal | None:
    """The refusal that an error of the store at ``path`` is; None for one that should not be possible."""
    if _is_of_server(error):
        from numctl.core.store.server import failures

        return failures.refusal_of(error, None)
    if not is_of_store(error):
        return None
    named = str(path or "The store")
    facts = {"path": str(path)} if path else {}
    if is_busy(error):
        return Locked(
            f"{named} stayed locked by another process.",
            "Try again, or wait longer with --lock-timeout.",
            **facts,
        )
    if code(error) == sqlite3.SQLITE_NOTADB and path is not None:
        return something_else(path)
    if code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return Damaged(
            f"{named} is damaged: {error}.",
            "Run `numctl check` to see where, or go back to a backup.",
            **facts,
        )
    if code(error) in _OUTSIDE:
        return Failed(
            f"{named} could not be read or written: {error}.",
            "Nothing was changed. Look at the disk's free space and the file's permissions.",
            **facts,
        )
    return None
