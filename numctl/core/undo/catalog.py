"""The part of an undo that is about the catalog: organizations, series, and users' names.

Only the fields that the operation changed must be as it left them. What it made goes, unless something
needs it by now; what it removed comes back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core.catalog.organizations import OrganizationRow
from numctl.core.catalog.series import ask_ids
from numctl.core.catalog.tree import Organization, Tree
from numctl.core.changes.catalog import ORGANIZATION, SERIES, USER
from numctl.core.text import fold

if TYPE_CHECKING:
    from numctl.core.changes.catalog import CatalogChange, Row
    from numctl.core.changes.operation import Operation
    from numctl.core.undo.in_the_way import InTheWay

_HELD = "SELECT {0}, sum(n) FROM tally WHERE n > 0 GROUP BY {0}"
_SPANS = """
SELECT first, last FROM span WHERE state IN (SELECT id FROM state WHERE {} = ?) ORDER BY first LIMIT 1000
"""
_LATER_ROWS = "SELECT DISTINCT operation FROM catalog_change WHERE kind = ? AND row = ? AND operation > ?"
_NAME_TAKEN = "SELECT id FROM user WHERE folded = ? AND organization = ? AND id <> ? AND folded <> ''"


class RowNet(NamedTuple):
    """What an operation did to one row on the whole."""

    kind: str
    id: int
    before: Row | None
    after: Row | None


class CatalogBack:
    """Gives back the rows that one operation changed; what can't be goes to ``in_the_way``.

    ``kept`` are the names of what it made and something else needs by now.
    """

    def __init__(
        self, operation: Operation, id: int, changes: list[CatalogChange], in_the_way: InTheWay
    ) -> None:
        self._operation = operation
        self._connection = operation.connection
        self._id = id
        self._in_the_way = in_the_way
        self._changes = changes
        nets: dict[tuple[str, int], RowNet] = {}
        for kind, row, before, after, _, _ in self._changes:
            if kind != USER:
                known = nets.get((kind, row))
                nets[kind, row] = RowNet(kind, row, known.before if known else before, after)
        self._nets = list(nets.values())
        self._series: dict[str, int] = {}  # by folded name, as far as they concern this
        self._held: dict[str, dict[int, int]] = {}  # how many numbers, by kind and row id
        self.kept: list[str] = []

    def restore(self) -> None:
        """Bring back what was changed or removed, and users' names; before numbers go back."""
        self._operation.catalog.read_ahead((net.kind, net.id) for net in self._nets)
        names = [row.name for net in self._nets if net.kind == SERIES and (row := net.before) is not None]
        self._series = ask_ids(self._connection, names)()
        removed = [net for net in self._nets if net.after is None]
        for net in [*reversed(removed), *(net for net in self._nets if net.after is not None)]:
            if net.before is not None:
                self._set_back(net)
        self._operation.writer.scope = self._operation.scope
        self._name_users_back()

    def take_away(self, *, numbers_too: bool) -> None:
        """Take away what was made; after numbers went back. What is needed stays, with ``numbers_too``."""
        made = [net for net in reversed(self._nets) if net.before is None and net.after is not None]
        for kind in {net.kind for net in made}:
            self._held[kind] = dict(self._operation.written.execute(_HELD.format(kind)))
        for net in made:
            self._take_away(net, numbers_too)
        self._operation.writer.scope = self._operation.scope

    def _set_back(self, net: RowNet) -> None:
        now = self._operation.catalog.read(net.kind, net.id)
        before, after = net.before, net.after
        assert before is not None  # noqa: S101 - the caller looked
        if after is None:
            if now is None and self._fits(net, before):
                self._put(net, before)
            return
        changed = [field for field in before._fields if getattr(before, field) != getattr(after, field)]
        if now is None or any(getattr(now, field) != getattr(after, field) for field in changed):
            self._in_the_way.row(net.kind, net.id, self._name(net))
            return
        wanted = now._replace(**{field: getattr(before, field) for field in changed})
        if self._fits(net, wanted):
            self._put(net, wanted)
            self._operation.reload_tree()

    def _put(self, net: RowNet, row: Row) -> None:
        """Let a row be this; one that comes back takes its place in the tree."""
        if net.kind == SERIES:
            self._series = {name: id for name, id in self._series.items() if id != net.id}
            self._series[fold(row.name)] = net.id
        elif isinstance(row, OrganizationRow) and net.id not in self._operation.tree:
            rest = (fold(row.name), row.threshold, row.basis, row.aging)
            self._operation.tree.graft(Organization(net.id, row.parent or 0, row.name, *rest))
        self._operation.catalog.put(net.kind, net.id, row)

    def _fits(self, net: RowNet, row: Row) -> bool:
        """Whether the row's name is free and its parent there; else it is noted."""
        if isinstance(row, OrganizationRow):
            tree = self._operation.tree
            if row.parent is not None and row.parent not in tree:
                return self._not(f"the organization above {row.name} is gone", ORGANIZATION, row.parent)
            if row.parent is not None and net.id in tree and row.parent in tree.scope(net.id):
                return self._not(f"{row.name} would be below itself", ORGANIZATION, row.parent)
            other = tree.child(row.parent, row.name) if row.parent is not None else None
        else:
            other = self._series.get(fold(row.name))
        if other not in (None, net.id):
            return self._not(f"the name {row.name} is taken since", net.kind, other or 0)
        return True

    def _not(self, why: str, kind: str, id: int) -> bool:
        rows = self._connection.execute(_LATER_ROWS, (kind, id, self._id)).fetchall()
        self._in_the_way.why(why, (operation for (operation,) in rows if operation != self._operation.id))
        return False

    def _take_away(self, net: RowNet, numbers_too: bool) -> None:
        now = self._operation.catalog.read(net.kind, net.id)
        if now is None:
            return
        name = self._name(net)
        needed = self._needed(net)
        if needed and numbers_too:
            self.kept.append(name)
        elif needed:
            self._in_the_way.why(f"{name} {needed}", self._behind(net))
        elif now != net.after:
            self._in_the_way.row(net.kind, net.id, name)
        else:
            self._operation.catalog.put(net.kind, net.id, None)
            if net.kind == ORGANIZATION:
                self._operation.tree.prune(net.id)

    def _needed(self, net: RowNet) -> str:
        """Why a row that was made can't go, empty if it can."""
        if held := self._held[net.kind].get(net.id):
            return f"holds {held} numbers" if net.kind == ORGANIZATION else f"has {held} numbers"
        if net.kind == ORGANIZATION and self._operation.tree.children(net.id):
            return "has organizations below it"
        return ""

    def _behind(self, net: RowNet) -> set[int]:
        """The later operations by which something needs a row."""
        found: set[int] = set()
        for first, last in self._connection.execute(_SPANS.format(net.kind), (net.id,)).fetchall():
            found |= self._in_the_way.later(first, last)
        if net.kind == ORGANIZATION:
            for child in self._operation.tree.children(net.id):
                rows = self._connection.execute(_LATER_ROWS, (ORGANIZATION, child, self._id))
                found.update(operation for (operation,) in rows if operation != self._operation.id)
        return found

    def _name(self, net: RowNet) -> str:
        if net.kind == SERIES:
            row = net.after or net.before
            return f"series {row.name}" if row else "a series"
        tree = self._operation.tree
        if net.id not in tree:
            tree = Tree.load(self._connection, retired=True)
        return tree.path(net.id)

    def _name_users_back(self) -> None:
        for kind, id, _, _, before, after in self._changes:
            if kind != USER:
                continue
            row = self._connection.execute(
                "SELECT name, organization FROM user WHERE id = ?", (id,)
            ).fetchone()
            if row is None or row[0] != after or not before:
                self._in_the_way.row(USER, id, f"user {after or '(forgotten)'}")
            elif self._connection.execute(_NAME_TAKEN, (fold(before), row[1], id)).fetchone():
                self._in_the_way.why(f"there is another user {before} since")
            else:
                self._operation.catalog.rename_users([id], before)
