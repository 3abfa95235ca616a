"""How a file keeps a change until it is whole: in SQLite's rollback journal, or in a write-ahead log (WAL).

A rollback journal is what a store has unless something else is asked for: it is one file whenever nobody is
changing it. Programs that copy a store as it changes, such as Litestream, need the log.
"""

from __future__ import annotations

from numctl.core.errors import Refusal

DELETE, WAL, FORCED_WAL = "delete", "wal", "wal!"
JOURNALS = (DELETE, WAL, FORCED_WAL)
SAFE_SQLITE = "3.51.3"

# Two that write into a log and out of it at the same moment can lose a change and damage the file. It was
# mended in 3.51.3, and for those who stay with an older line, in the other two.
_MENDED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


def is_safe(version: tuple[int, ...]) -> bool:
    """Whether a version of SQLite keeps a file in WAL mode undamaged."""
    return version >= _MENDED[0] or any(version[:2] == one[:2] and version >= one for one in _MENDED)


def expect_safe(journal: str | None) -> None:
    """Raises Refusal where WAL mode is asked for, not forced, and this Python's SQLite is too old for it."""
    import sqlite3  # nothing that a run on a server needs

    if journal == WAL and not is_safe(sqlite3.sqlite_version_info):
        raise Refusal(
            f"In WAL mode this Python's SQLite, {sqlite3.sqlite_version}, can damage a store.",
            f"Run numctl with a Python whose SQLite is {SAFE_SQLITE} or newer, or set journal = 'delete'."
            " Where your system has mended its SQLite, or to take the risk, set journal = 'wal!'.",
            sqlite=sqlite3.sqlite_version,
        )


def remark(mode: str, journal: str | None) -> str:
    """What should be said of a store that is in a mode where ``journal`` is asked for (None: whatever it is).

    Nothing ("") where all is well.
    """
    import sqlite3

    if journal is not None and mode != journal.rstrip("!"):
        return (
            f"The store stays in {mode.upper()} mode: another process has it open, or its file system"
            " allows no other."
        )
    if mode == WAL and journal != FORCED_WAL and not is_safe(sqlite3.sqlite_version_info):
        return (
            f"The store is in WAL mode, in which this Python's SQLite, {sqlite3.sqlite_version}, can damage"
            f" it ({SAFE_SQLITE} can't): set journal = 'delete', or run numctl with a newer Python."
        )
    return ""
