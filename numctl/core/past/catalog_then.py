"""The catalog as it stood: organizations, their administrators, series and users' names, laid over theirs.

Read from the catalog's journal. Of what came before it, in an older store, the past shows the catalog as the
upgrade recorded it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.catalog.organizations import OrganizationRow
from numctl.core.catalog.series import SeriesRow
from numctl.core.changes.catalog import ORGANIZATION, SERIES, USER, as_row, begins
from numctl.core.past.overlay import script
from numctl.core.text import fold

if TYPE_CHECKING:
    from numctl.core.store.connection import Connection

_SINCE = """
SELECT kind, row, before, name_before FROM main.catalog_change
WHERE operation > ? ORDER BY operation, position
"""
_ORGANIZATIONS = """
CREATE TEMP TABLE past_organization (
  id INTEGER PRIMARY KEY, parent INTEGER, name TEXT, folded TEXT, threshold INTEGER, retired INTEGER,
  basis TEXT, aging INTEGER, intermediate INTEGER
);
CREATE TEMP TABLE past_administrator (organization INTEGER, position INTEGER, email TEXT);
CREATE TEMP VIEW organization AS
SELECT id, parent, name, folded, threshold, retired, basis, aging, intermediate FROM main.organization
WHERE id NOT IN (SELECT id FROM past_organization) UNION ALL SELECT * FROM past_organization;
CREATE TEMP VIEW administrator AS SELECT organization, position, email FROM main.administrator
WHERE organization NOT IN (SELECT id FROM past_organization) UNION ALL SELECT * FROM past_administrator;
"""
_SERIES = """
CREATE TEMP TABLE past_series (
  id INTEGER PRIMARY KEY, name TEXT, folded TEXT, description TEXT, aging INTEGER, retired INTEGER
);
CREATE TEMP VIEW series AS SELECT id, name, folded, description, aging, retired FROM main.series
WHERE id NOT IN (SELECT id FROM past_series) UNION ALL SELECT * FROM past_series;
"""
_USERS = """
CREATE TEMP TABLE past_user (id INTEGER PRIMARY KEY, name TEXT, folded TEXT);
CREATE TEMP VIEW user AS SELECT id, organization,
  coalesce((SELECT was.name FROM past_user AS was WHERE was.id = now.id), name) AS name,
  coalesce((SELECT was.folded FROM past_user AS was WHERE was.id = now.id), folded) AS folded
FROM main.user AS now;
"""
# What has come since stands as removed: what was not there yet, and not any more, look alike.
_NOT_YET = """
INSERT INTO past_organization SELECT id, parent, name, folded, threshold, 1, basis, aging, intermediate
FROM main.organization WHERE id = ?
"""
_SERIES_NOT_YET = """
INSERT INTO past_series SELECT id, name, folded, description, aging, 1 FROM main.series WHERE id = ?
"""
# Before the catalog's journal: who was removed, and had numbers still.
_STILL_THERE = """
WITH RECURSIVE held (id) AS (
  SELECT DISTINCT organization FROM tally WHERE n > 0
  UNION SELECT parent FROM organization JOIN held USING (id) WHERE parent IS NOT NULL
)
INSERT INTO past_organization
SELECT id, parent, name, folded, threshold, 0, basis, aging, intermediate
FROM main.organization WHERE retired = 1 AND id IN (SELECT id FROM held)
ON CONFLICT (id) DO UPDATE SET parent = excluded.parent, name = excluded.name, folded = excluded.folded,
  threshold = excluded.threshold, retired = 0, basis = excluded.basis, aging = excluded.aging,
  intermediate = excluded.intermediate
"""


def baseline(connection: Connection) -> int:
    """The operation of an upgrade that recorded the catalog of an older store; 0 where there was none."""
    row = connection.execute("SELECT action FROM operation WHERE id = ?", (begins(connection),)).fetchone()
    return begins(connection) or 0 if row is not None and row[0] == "upgrade" else 0


def lay(connection: Connection, operation: int, recorded: int) -> None:
    """Lay the catalog as it was right after an operation; what an upgrade ``recorded`` is the earliest.

    The numbers must have been laid before.
    """
    first: dict[str, dict[int, tuple[str | None, str]]] = {ORGANIZATION: {}, SERIES: {}, USER: {}}
    for kind, id, before, name in connection.execute(_SINCE, (max(operation, recorded),)):
        first[kind].setdefault(id, (before, name))
    if first[ORGANIZATION] or operation < recorded:
        script(connection, _ORGANIZATIONS)
        for id, (before, _) in first[ORGANIZATION].items():
            _put_organization(connection, id, before)
    if operation < recorded:
        connection.execute(_STILL_THERE)
    if first[SERIES]:
        script(connection, _SERIES)
        for id, (before, _) in first[SERIES].items():
            _put_series(connection, id, before)
    if first[USER]:
        script(connection, _USERS)
        names = [(id, name, fold(name)) for id, (_, name) in first[USER].items()]
        connection.executemany("INSERT INTO past_user VALUES (?, ?, ?)", names)


def _put_organization(connection: Connection, id: int, before: str | None) -> None:
    row = as_row(ORGANIZATION, before)
    if not isinstance(row, OrganizationRow):
        connection.execute(_NOT_YET, (id,))
        return
    parent, name, emails, threshold, basis, aging, intermediate = row
    values = (id, parent, name, fold(name), threshold, 0, basis, aging, int(intermediate))
    connection.execute("INSERT INTO past_organization VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    addresses = [(id, position, email) for position, email in enumerate(emails)]
    connection.executemany("INSERT INTO past_administrator VALUES (?, ?, ?)", addresses)


def _put_series(connection: Connection, id: int, before: str | None) -> None:
    row = as_row(SERIES, before)
    if not isinstance(row, SeriesRow):
        connection.execute(_SERIES_NOT_YET, (id,))
        return
    values = (id, row.name, fold(row.name), row.description, row.aging, 0)
    connection.execute("INSERT INTO past_series VALUES (?, ?, ?, ?, ?, ?)", values)
