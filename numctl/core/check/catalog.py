"""What ``check`` looks for in the catalog: its rows are what its journal left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.catalog import organizations, series
from numctl.core.changes.catalog import ORGANIZATION, SERIES, as_row, begins

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numctl.core.changes.catalog import Row
    from numctl.core.store.connection import Connection

_CHANGES = "SELECT operation, kind, row, before, after FROM catalog_change ORDER BY operation, position"
_ROWS = {ORGANIZATION: "SELECT id FROM organization ORDER BY id", SERIES: "SELECT id FROM series ORDER BY id"}


def rows(connection: Connection) -> Iterator[str]:
    """Organizations and series are as their journal left them, from its first operation on."""
    if begins(connection) is None and connection.execute("SELECT 1 FROM operation LIMIT 1").fetchone():
        yield "The catalog has no journal."
        return
    left: dict[tuple[str, int], Row | None] = {}
    for operation, kind, id, before, after in connection.execute(_CHANGES):
        if kind not in _ROWS:
            continue
        if as_row(kind, before) != left.get((kind, id)):
            yield f"The journal's operation {operation} found {kind} {id} otherwise than it was left before."
        left[kind, id] = as_row(kind, after)
    for kind, statement in _ROWS.items():
        ids = [id for (id,) in connection.execute(statement)]
        ask = organizations.ask if kind == ORGANIZATION else series.ask
        now: Mapping[int, Row] = ask(connection, ids)()
        for id in ids:
            if left.pop((kind, id), None) != now.get(id):
                yield f"{kind.capitalize()} {id} is not as the journal says."
    for (kind, id), row in left.items():
        if row is not None:
            yield f"{kind.capitalize()} {id} is gone, and the journal doesn't say so."
