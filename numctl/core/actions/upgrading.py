"""What an older store's upgrade does beside its schema, as an operation of its own.

The catalog as it stands becomes the baseline of its journal, and what ``release --cool`` held until a
day comes to rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.actions.subscribers import COOLING
from numctl.core.changes.catalog import ORGANIZATION, SERIES
from numctl.core.changes.operation import Act, Operation
from numctl.core.numbers.ranges import Range
from numctl.core.rules.model import WITH_USER, Change, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.numbers.ranges import Pair
    from numctl.core.store.connection import Connection

_COOLING = """
SELECT first, last FROM span JOIN state ON state.id = span.state
WHERE status = 'reserved' AND tag = ? AND until <> '' ORDER BY first
"""
# What happened to numbers until now, the latest first.
_PIECES = """
SELECT max(first, :first) AS first, min(last, :last) AS last, old.status, old.tag, old.until
FROM piece LEFT JOIN state AS old ON old.id = piece.before
WHERE first <= :last AND last >= :first ORDER BY operation DESC, position DESC
"""


def record(connection: Connection, actor: str, at: str) -> None:
    """Write the operation ``upgrade`` into a store whose schema was brought up to date, in its transaction.

    ``at`` is RFC 3339 in UTC. A store without an organization has nothing to record.
    """
    if connection.execute("SELECT 1 FROM organization LIMIT 1").fetchone() is None:
        return
    operation = Operation(connection, Act(actor, at, at[:10]), "upgrade")
    for kind, rows in (
        (ORGANIZATION, "SELECT id FROM organization WHERE retired = 0 ORDER BY id"),
        (SERIES, "SELECT id FROM series ORDER BY id"),
    ):
        for (id,) in connection.execute(rows).fetchall():
            operation.catalog.made(kind, id)
    resting = [Range(*pair) for pair in _cooled(connection)]
    operation.writer.change(resting, Change("upgrade", to=Status.AGING))
    operation.finish(lambda operation: 0)


def _cooled(connection: Connection) -> Iterator[Pair]:
    """What is held since a release under the tag of cooling, and not because someone tagged it so."""
    for first, last in connection.execute(_COOLING, (COOLING,)).fetchall():
        unknown = [(first, last)]
        pieces = connection.execute(_PIECES, {"first": first, "last": last}).fetchall()
        for start, end, status, tag, until in pieces:
            if status == Status.RESERVED and tag == COOLING and until:
                continue  # it cooled before, too
            released = status in WITH_USER
            left = []
            for low, high in unknown:
                if end < low or start > high:
                    left.append((low, high))
                    continue
                if released:
                    yield max(low, start), min(high, end)
                left += [(low, start - 1)] * (low < start) + [(end + 1, high)] * (end < high)
            unknown = left
            if not unknown:
                break
