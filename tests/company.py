"""A small company in a store of its own, worked on through the core, for tests of what was done to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from numctl.core.actions import founding, inventory, organizations
from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from numctl.core.catalog.tree import Tree
from numctl.core.catalog.view import View
from numctl.core.changes.operation import Act, Operation, Outcome
from numctl.core.numbers.ranges import Range

TODAY = "2026-11-24"
ORGANIZATIONS = ("Acme/Sales", "Acme/Sales/EMEA", "Acme/Finance")

DUMPED = {
    "span": "SELECT first, last, series, organization, status, tag, until"
    " FROM span JOIN state ON state.id = span.state ORDER BY first",
    "tally": "SELECT * FROM tally WHERE n > 0 ORDER BY organization, series, status",
    "extent": "SELECT * FROM extent ORDER BY first",
    "detail": "SELECT number, user, forward_to FROM detail ORDER BY number",
    "labels": "SELECT first, last, labels FROM label_span JOIN label_set ON label_set.id = label_set"
    " ORDER BY first",
}


class Company:
    """The store at ``path``: Acme with Sales, Sales/EMEA and Finance, a hundred numbers from 1418000."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.today = TODAY
        founding.found(path, self.act(), "Acme", ["root@example.com"])
        self.store = open_store(path)
        for name in ORGANIZATIONS:
            parent, _, own = name.rpartition("/")
            self.do("org add", lambda op, own=own, parent=parent: organizations.add(op, own, parent))
        self.do("add", lambda op: inventory.add(op, [Range(1418000, 1418099)], "1418"))

    def act(self, acting: str = "Acme", actor: str = "tester") -> Act:
        id = 0
        if acting != "Acme":
            id = Tree.load(self.store.connection).find(acting, self.root)
        return Act(actor, f"{self.today}T12:00:00Z", self.today, acting_as=id)

    @property
    def root(self) -> int:
        return Tree.load(self.store.connection).root

    def do(
        self, action: str, work: Callable[[Operation], object], acting: str = "Acme", actor: str = "tester"
    ) -> Outcome:
        """One operation, by a user as an organization."""

        def run(operation: Operation) -> None:
            work(operation)

        return perform(self.store, self.act(acting, actor), action, run)

    def number_of(self, outcome: Outcome) -> int:
        assert outcome.operation is not None
        return outcome.operation

    def view(self, acting: str = "Acme") -> View:
        tree = Tree.load(self.store.connection)
        return View(self.store.connection, tree, tree.find(acting, tree.root), "test")

    def dump(self) -> dict[str, list[tuple[object, ...]]]:
        """All that is true of numbers, by what it says and not by row ids of states."""
        return {name: self.rows(statement) for name, statement in DUMPED.items()}

    @property
    def is_on_server(self) -> bool:
        return not isinstance(self.store.connection, sqlite3.Connection)

    def tamper(self, statement: str) -> None:
        """Change rows by hand, whatever the store would hold."""
        off = "SET session_replication_role = replica" if self.is_on_server else "PRAGMA foreign_keys = OFF"
        self.store.connection.execute(off)
        self.store.connection.execute(statement)

    def rows(self, statement: str, parameters: Iterable[object] = ()) -> list[tuple[object, ...]]:
        return self.store.connection.execute(statement, tuple(parameters)).fetchall()
