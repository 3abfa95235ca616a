"""The catalog as it stood: organizations, their administrators, series and users' names, laid over theirs.

Read from the catalog's journal. Of what came before it, in an older store, the past shows the catalog as the
upgrade recorded it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from numctl.core.catalog.organizations import OrganizationRow
from numctl.core.catalog.series import SeriesRow
from numctl.core.changes.catalog import ORGANIZATION, SERIES, USER, as_row
from numctl.core.text import fold

if TYPE_CHECKING:
    from numctl.core.store.connection import Connection

_FIRST = "SELECT id, action FROM operation WHERE id = (SELECT min(operation) FROM catalog_change)"
_SINCE = """
SELECT kind, row, before, name_before FROM main.catalog_change
WHERE operation > ? ORDER BY operation, position
"""
_ORGANIZATION = (
    "id INTEGER PRIMARY KEY, parent INTEGER, name TEXT, folded TEXT, threshold INTEGER, retired INTEGER,"
    " basis TEXT, aging INTEGER, intermediate INTEGER"
)
_ORGANIZATIONS = """
SELECT id, parent, name, folded, threshold, retired, basis, aging, intermediate FROM main.organization
WHERE id NOT IN (SELECT id FROM past_organization)
UNION ALL
SELECT id, parent, name, folded, threshold, retired, basis, aging, intermediate FROM past_organization
"""
_ADMINISTRATOR = "organization INTEGER, position INTEGER, email TEXT"
_ADMINISTRATORS = """
SELECT organization, position, email FROM main.administrator
WHERE organization NOT IN (SELECT id FROM past_organization)
UNION ALL SELECT organization, position, email FROM past_administrator
"""
_SERIES_ROW = (
    "id INTEGER PRIMARY KEY, name TEXT, folded TEXT, description TEXT, aging INTEGER, retired INTEGER"
)
_SERIES = """
SELECT id, name, folded, description, aging, retired FROM main.series
WHERE id NOT IN (SELECT id FROM past_series)
UNION ALL SELECT id, name, folded, description, aging, retired FROM past_series
"""
_USERS = """
SELECT now.id AS id, now.organization AS organization, coalesce(was.name, now.name) AS name,
  coalesce(was.folded, now.folded) AS folded
FROM main.user AS now LEFT JOIN past_user AS was ON was.id = now.id
"""
# What has come since stands as removed: what was not there yet, and not any more, look alike.
_NOT_YET = """
SELECT id, parent, name, folded, threshold, 1, basis, aging, intermediate
FROM main.organization WHERE id IN (SELECT value FROM json_each(?))
"""
_SERIES_NOT_YET = """
SELECT id, name, folded, description, aging, 1 FROM main.series WHERE id IN (SELECT value FROM json_each(?))
"""
# Before the catalog's journal: who was removed, and had numbers still.
_STILL_THERE = """
WITH RECURSIVE held (id) AS (
  SELECT DISTINCT organization FROM tally WHERE n > 0
  UNION SELECT above.parent FROM organization AS above JOIN held ON held.id = above.id
  WHERE above.parent IS NOT NULL
)
SELECT id, parent, name, folded, threshold, 0, basis, aging, intermediate
FROM main.organization WHERE retired = 1 AND id IN (SELECT id FROM held)
"""
_Before = dict[int, tuple[str | None, str]]  # of rows by id: the row as JSON, a user's name


def baseline(connection: Connection) -> int:
    """The operation of an upgrade that recorded the catalog of an older store; 0 where there was none."""
    row = connection.execute(_FIRST).fetchone()
    return int(row[0]) if row is not None and row[1] == "upgrade" else 0


def lay(connection: Connection, operation: int, recorded: int) -> None:
    """Lay the catalog as it was right after an operation; what an upgrade ``recorded`` is the earliest.

    The numbers must have been laid before.
    """
    first: dict[str, _Before] = {ORGANIZATION: {}, SERIES: {}, USER: {}}
    for kind, id, before, name in connection.execute(_SINCE, (max(operation, recorded),)):
        first[kind].setdefault(id, (before, name))
    if first[ORGANIZATION] or operation < recorded:
        _lay_organizations(connection, first[ORGANIZATION], dated_back=operation < recorded)
    if first[SERIES]:
        _lay_series(connection, first[SERIES])
    if first[USER]:
        names = [(id, name, fold(name)) for id, (_, name) in first[USER].items()]
        connection.lay_rows("past_user", "id INTEGER PRIMARY KEY, name TEXT, folded TEXT", names)
        connection.lay("user", _USERS)


def _lay_organizations(connection: Connection, first: _Before, *, dated_back: bool) -> None:
    rows, addresses, not_yet = [], [], []
    for id, (before, _) in first.items():
        row = as_row(ORGANIZATION, before)
        if not isinstance(row, OrganizationRow):
            not_yet.append(id)
            continue
        parent, name, emails, threshold, basis, aging, intermediate = row
        rows.append((id, parent, name, fold(name), threshold, 0, basis, aging, int(intermediate)))
        addresses += [(id, position, email) for position, email in enumerate(emails)]
    rows += connection.execute(_NOT_YET, (json.dumps(not_yet),)).fetchall()
    if dated_back:
        there = {row[0]: row for row in connection.execute(_STILL_THERE)}
        rows = [row for row in rows if row[0] not in there] + [*there.values()]
    connection.lay_rows("past_organization", _ORGANIZATION, rows)
    connection.lay_rows("past_administrator", _ADMINISTRATOR, addresses)
    connection.lay("organization", _ORGANIZATIONS)
    connection.lay("administrator", _ADMINISTRATORS)


def _lay_series(connection: Connection, first: _Before) -> None:
    rows, not_yet = [], []
    for id, (before, _) in first.items():
        row = as_row(SERIES, before)
        if isinstance(row, SeriesRow):
            rows.append((id, row.name, fold(row.name), row.description, row.aging, 0))
        else:
            not_yet.append(id)
    rows += connection.execute(_SERIES_NOT_YET, (json.dumps(not_yet),)).fetchall()
    connection.lay_rows("past_series", _SERIES_ROW, rows)
    connection.lay("series", _SERIES)
