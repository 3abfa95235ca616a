"""Telling a store from other files, which are left as they are, byte for byte."""

from __future__ import annotations

import os
import stat
from functools import cache
from typing import TYPE_CHECKING

from numctl.core.errors import Damaged, NoStore
from numctl.core.store import schema

if TYPE_CHECKING:
    from pathlib import Path

    from numctl.core.store.places import Place

# SQLite's header: what it begins with, and where it holds `user_version` and `application_id`.
_MAGIC = b"SQLite format 3\0"
_VERSION_AT, _APPLICATION_AT = 60, 68
_LEFTOVERS = ("-wal", "-journal", "-shm")


def expect_a_store(path: Path) -> None:
    """Raises NoStore or Damaged for a path that SQLite had better not open.

    That is what is no regular file, and a stranger's database with changes beside it that some
    program has not finished: SQLite would carry them out.
    """
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise NoStore(
            f"There is no store at {path}.",
            "Make one with `numctl init --name NAME`, or name another with --db.",
            path=str(path),
        ) from None
    except OSError as error:
        raise NoStore(f"{path} can't be opened: {error.strerror}.", path=str(path)) from None
    if not stat.S_ISREG(found.st_mode):
        raise something_else(path)
    file = os.path.realpath(path)  # SQLite follows links, and looks beside the file itself
    left = [end for end in _LEFTOVERS if _is_left(f"{file}{end}")]
    if left:
        header = _header(path, found.st_dev, found.st_ino)
        if not header.startswith(_MAGIC):
            raise something_else(path)
        expect_known(path, _number(header, _APPLICATION_AT), _number(header, _VERSION_AT))


def _is_left(name: str) -> bool:
    """Whether SQLite has left a file of this name. Raises NoStore for anything else that has it."""
    try:
        mode = os.lstat(name).st_mode
    except OSError:
        return False
    if stat.S_ISREG(mode):
        return True
    raise NoStore(  # SQLite would open it, and wait on a pipe for ever
        f"{name} beside the store is no file that SQLite has left there.",
        "Nothing was changed. Look at what it is, and move it away.",
        path=name,
    )


def expect_known(path: Place, application: int, version: int) -> None:
    """Raises NoStore for another program's database, Damaged for a newer numctl's."""
    if application != schema.APPLICATION_ID:
        raise something_else(path)
    if version > schema.VERSION:
        raise Damaged(
            f"{path} was written by a newer numctl (its schema is {version}, this one knows"
            f" {schema.VERSION}).",
            "Upgrade numctl; the store was left as it is.",
            path=str(path),
            schema=version,
        )


def something_else(path: Place) -> NoStore:
    """The refusal of a file that is no store."""
    return NoStore(
        f"{path} is not a store of numctl.",
        "It was left as it is. Name the store with --db.",
        path=str(path),
    )


@cache
def _header(path: Path, device: int, inode: int) -> bytes:
    # Once for a file, and never closed: closing it would drop all locks that this process has on it.
    return os.pread(os.open(path, os.O_RDONLY | os.O_CLOEXEC), 100, 0)


def _number(header: bytes, at: int) -> int:
    return int.from_bytes(header[at : at + 4], "big")
