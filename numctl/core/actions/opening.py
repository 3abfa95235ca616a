"""Opening a store; one of an older schema is upgraded first, and its journal says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.store import opening

if TYPE_CHECKING:
    from collections.abc import Callable

    from numctl.core.store.connection import Connection, Store
    from numctl.core.store.places import Place

UNKNOWN = "numctl"  # who upgrades, where nobody is named


def open_store(
    path: Place,
    lock_timeout: float = 30,
    who: Callable[[], tuple[str, str]] = lambda: (UNKNOWN, ""),
    journal: str | None = None,
) -> Store:
    """Open the store at ``path`` as ``store.opening.open_store`` does.

    ``who`` gives, where an upgrade has to be recorded, the actor and the moment (RFC 3339, UTC).
    """

    def record(connection: Connection) -> None:
        from numctl.core.actions import upgrading

        upgrading.record(connection, *who())

    return opening.open_store(path, lock_timeout, record, journal)
