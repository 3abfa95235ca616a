"""Organizations, series and users as they are listed, with their numbers in scope."""

from __future__ import annotations

import json
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.catalog import organizations as organization_rows
from numctl.core.catalog import series as series_rows
from numctl.core.queries import utilization
from numctl.core.rules.model import WITH_USER
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.catalog.tree import Tree
    from numctl.core.catalog.view import View
    from numctl.core.store.connection import Connection

_USERS = """
SELECT id, folded, name, organization FROM user WHERE folded <> '' AND instr(folded, ?) > 0
ORDER BY folded, organization
"""
_STATUSES = """
SELECT detail.user, state.status, count(*) FROM detail
JOIN span ON span.first = (SELECT max(first) FROM span WHERE first <= detail.number)
JOIN state ON state.id = span.state
WHERE detail.user IN (SELECT value FROM json_each(?)) GROUP BY 1, 2
"""
AT_FIRST, AT_ONCE = 64, 4_096  # users whose numbers are counted together


class ListedOrganization(NamedTuple):
    """An organization with its path, the path above (None at the root), and all numbers it was given."""

    organization: str
    parent: str | None
    emails: list[str]
    threshold_percent: int | None
    total: int


class ListedSeries(NamedTuple):
    """A series and how many of its numbers are held in scope, by status."""

    series: str
    description: str
    total: int
    available: int
    reserved: int
    assigned: int
    registered: int


class ListedUser(NamedTuple):
    """A user and how many numbers held in scope are theirs: in all, invited to, and in use."""

    user: str
    numbers: int
    assigned: int
    registered: int


def organizations(connection: Connection, tree: Tree, top: int, text: str = "") -> list[ListedOrganization]:
    """``top`` and what is below it, parents before children, those whose path contains ``text``."""
    emails = organization_rows.all_emails(connection)
    rows = utilization.table(connection, tree, tree.below(top))
    return [
        ListedOrganization(
            tree.path(row.organization),
            tree.path(tree[row.organization].parent) if tree[row.organization].parent else None,
            emails.get(row.organization, []),
            tree[row.organization].threshold or None,
            row.figures.total,
        )
        for row in rows
        if fold(text) in fold(tree.path(row.organization))
    ]


def series(view: View, text: str = "") -> list[ListedSeries]:
    """Series by name, those whose name or description contains ``text``, with their counts in scope."""
    counts: dict[int, dict[str, int]] = {}
    for id, organization, status, n in view.connection.execute(
        "SELECT series, organization, status, n FROM tally"
    ):
        if organization in view.scope:
            own = counts.setdefault(id, {})
            own[status] = own.get(status, 0) + n
    needle = fold(text)
    descriptions = series_rows.descriptions(view.connection)
    rows = []
    for folded, (id, name) in series_rows.visible(view).items():
        if needle in folded or needle in fold(descriptions[id]):
            n = counts.get(id, {})
            four = [n.get(status, 0) for status in ("available", "reserved", "assigned", "in-use")]
            rows.append(ListedSeries(name, descriptions[id], sum(four), *four))
    return rows


def users(view: View, text: str = "", *, former: bool = False) -> Iterator[ListedUser]:
    """Users by name, those whose name contains ``text``; ``former`` also without numbers any more."""
    scope = view.scope
    rows = (row for row in view.connection.walk(_USERS, (fold(text),)) if row[3] in scope)
    alike = (sorted(theirs) for _, theirs in groupby(rows, key=itemgetter(1)))
    size = AT_FIRST
    while some := list(islice(alike, size)):
        size = AT_ONCE
        counts = _counts(view.connection, [row[0] for theirs in some for row in theirs])
        for theirs in some:
            ids = [row[0] for row in theirs]
            of_each = [sum(counts.get((id, status), 0) for id in ids) for status in WITH_USER]
            if any(of_each) or former:
                yield ListedUser(theirs[0][2], sum(of_each), *of_each)


def _counts(connection: Connection, users: list[int]) -> dict[tuple[int, str], int]:
    """How many numbers users have, by row id and status."""
    rows = connection.execute(_STATUSES, (json.dumps(users),))
    return {(user, status): n for user, status, n in rows}
