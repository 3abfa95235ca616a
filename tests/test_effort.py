"""What a search does, in steps of SQLite and calls in Python, grows as the inventory, not as its square."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from numctl.core.actions import organizations
from numctl.core.actions.founding import found
from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from numctl.core.actions.series import find_or_make
from numctl.core.catalog.tree import Tree
from numctl.core.catalog.view import View
from numctl.core.changes.operation import Act, Operation
from numctl.core.numbers.ranges import Range
from numctl.core.queries import details, ordering, pieces, search, selection
from numctl.core.queries.listing import Listing
from numctl.core.queries.ordering import COLUMNS, Order
from numctl.core.queries.search import Search
from numctl.core.queries.selection import Filter
from numctl.core.rules.model import Change, State, Status
from numctl.core.store.connection import Store

ACT = Act("tester", "2026-11-24T12:00:00Z", "2026-11-24")
FIRST = 33_100_000_000
SMALL, LARGE = 200, 800
ALLOWED = 1.25 * LARGE / SMALL  # were it squared, it would be up to 16 times as much


def _fill(operation: Operation, size: int) -> None:
    """A series and an organization for each ten numbers: tagged ones, users', and available ones."""
    change = operation.writer.change
    for block in range(size // 10):
        holder = organizations.found(operation, operation.tree.root, f"Org {block}")
        held = State(find_or_make(operation, f"red {block}"), holder, Status.AVAILABLE)
        first = FIRST + 10 * block
        operation.writer.add([Range(first, first + 9)], held)
        for number in range(first, first + 3):
            change([Range(number, number)], Change("reserve", Status.RESERVED, tag=f"site {number % 1000}"))
        for number in range(first + 3, first + 9):
            change([Range(number, number)], Change("assign", Status.ASSIGNED, user=f"user {number % 1000}"))


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Store]]:
    folder: Path = tmp_path_factory.mktemp("effort")
    made = {}
    for size in (SMALL, LARGE):
        path = folder / f"{size}.db"
        found(path, ACT, "Acme")
        made[size] = open_store(path)
        perform(made[size], ACT, "import", lambda operation, n=size: _fill(operation, n))
    yield made
    for store in made.values():
        store.close()


def _effort(store: Store, wanted: Filter, order: Order, limit: int | None) -> int:
    """Calls in Python, and steps of SQLite's machine, that listing and counting take."""
    steps = 0

    def step(*_: object) -> None:
        nonlocal steps
        steps += 1

    with store.reading() as connection:
        assert isinstance(connection, sqlite3.Connection)
        view = View(connection, Tree.load(connection), 1)
        connection.set_progress_handler(step, 1)
        sys.setprofile(step)
        try:
            looked_for = Search(view, wanted)
            Listing.read(view, looked_for, order, limit=limit)
            looked_for.count()
        finally:
            sys.setprofile(None)
            connection.set_progress_handler(None, 0)
    return steps


@pytest.mark.parametrize("limit", [None, 5])
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize(
    "wanted",
    [
        Filter(),
        Filter(text="3"),
        Filter(text="7", statuses=("reserved",)),
        Filter(text="site", users=("user",)),
        Filter(text="9", users=("user",)),
        Filter(tags=("site",)),
        Filter(text="7777777"),
    ],
    ids=str,
)
def test_effort_grows_as_the_inventory(
    stores: dict[int, Store], wanted: Filter, column: str, limit: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in (
        (selection, "FEW"),
        (search, "PATIENCE"),
        (details, "NEARBY"),
        (pieces, "FEW"),
        (ordering, "ONE_BY_ONE"),
    ):
        monkeypatch.setattr(module, name, 2)
    small, large = (_effort(stores[size], wanted, Order(column), limit) for size in (SMALL, LARGE))
    assert large < ALLOWED * small
