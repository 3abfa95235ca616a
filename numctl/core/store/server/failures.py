"""What PostgreSQL's errors are in this program's terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import Error, OperationalError, errors

from numctl.core.errors import Failed, Locked, NoStore, OutOfScope
from numctl.core.store.server.tables import VERSION_TABLE

if TYPE_CHECKING:
    from numctl.core.errors import Refusal
    from numctl.core.store.places import Address


def refusal_of(error: BaseException, place: Address | None, *, committing: bool = False) -> Refusal | None:
    """The refusal that an error of the store at ``place`` is; None for one that should not be possible."""
    if not isinstance(error, Error):
        return None
    named = str(place or "The server")
    facts = {"path": named}
    if isinstance(error, errors.LockNotAvailable):
        return Locked(
            f"{named} stayed locked by another process.",
            "Try again, or wait longer with --lock-timeout.",
            **facts,
        )
    if isinstance(error, errors.UndefinedTable) and VERSION_TABLE in str(error):
        return no_store(named)
    if isinstance(error, errors.ReadOnlySqlTransaction):
        return Failed(
            f"{named} takes no changes: it is a standby, or was made read-only.",
            "Nothing was changed. Name the server that takes them.",
            **facts,
        )
    if isinstance(error, errors.InsufficientPrivilege):
        return OutOfScope(f"The server does not let you: {_said(error)}.", **facts)
    if committing and isinstance(error, OperationalError):
        return Failed(
            f"The connection to {named} was lost while the change was being kept: it may have been done.",
            "Retry it with the same --op-key, or look with `numctl history`.",
            **facts,
        )
    if isinstance(error, OperationalError):
        return Failed(f"{named} could not be reached: {_said(error)}.", "Nothing was changed.", **facts)
    return None


def no_store(named: str) -> NoStore:
    """The refusal where there is no store."""
    return NoStore(
        f"There is no store at {named}.",
        "Make one with `numctl init --name NAME`, or name another with --db.",
        path=named,
    )


def _said(error: Error) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rstrip(".")
