"""What the bodies of the writer share: one cache, one journal, the counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from numctl.core.changes.cache import Cache
    from numctl.core.changes.effects import Effects
    from numctl.core.changes.journal import Journal
    from numctl.core.changes.states import States
    from numctl.core.store.connection import Connection


class Parts(NamedTuple):
    """Of one operation. Cache and journal are written before another body than the first is at work."""

    connection: Connection
    operation: int
    cache: Cache
    journal: Journal
    states: States
    effects: Effects
