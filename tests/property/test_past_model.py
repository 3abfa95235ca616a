"""The past is as it was: what each step of the state machine left is kept, and read again later."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from numctl.core.catalog.tree import Tree
from numctl.core.catalog.view import View
from numctl.core.dates import When
from numctl.core.past.as_of import as_of, resolved
from numctl.core.queries import utilization
from numctl.core.queries.listing import Listing
from numctl.core.queries.ordering import Order
from numctl.core.queries.search import Search
from numctl.core.queries.selection import Filter
from numctl.core.queries.slices import pieces
from tests.conftest import FULL
from tests.property.test_model import TREE, Inventory

READERS = (TREE[0], TREE[1])  # the root, and a branch with another one below it


class Seen(NamedTuple):
    """All that someone was shown: the rows of each number, and the table of utilization."""

    numbers: list[tuple[Any, ...]]
    utilization: list[utilization.Line]


def seen(view: View) -> Seen:
    listing = Listing.read(view, Search(view, Filter()), Order())
    numbers = []
    for first, last, key, user, forwarded_to in pieces(listing.slices()):
        row = listing.rows[key]
        numbers += [(n, *row[:1], *row[2:6], user, forwarded_to, row[8]) for n in range(first, last + 1)]
    return Seen(numbers, utilization.lines(view, view.acting, below=True, by="series"))


class Remembering(Inventory):
    """The inventory's machine, which keeps what the root and a branch saw after each operation."""

    def now(self, reader: str) -> View:
        tree = Tree.load(self.store.connection)
        id = tree.at(reader)
        assert id is not None
        return View(self.store.connection, tree, id)

    @invariant()
    def remember_what_is_seen(self) -> None:
        if not hasattr(self, "store"):
            return
        if not hasattr(self, "stood"):
            self.stood: dict[int, list[Seen]] = {}
        (last,) = self.store.connection.execute("SELECT max(id) FROM operation").fetchone()
        self.stood.setdefault(last, [seen(self.now(reader)) for reader in READERS])

    @precondition(lambda self: bool(getattr(self, "stood", None)))
    @rule(data=st.data())
    def look_back(self, data: st.DataObject) -> None:
        operation = data.draw(st.sampled_from(sorted(self.stood)))
        for reader, then in zip(READERS, self.stood[operation], strict=True):
            self.compare(reader, operation, then)

    def compare(self, reader: str, operation: int, then: Seen) -> None:
        with self.store.reading() as connection:
            moment = resolved(connection, When(operation=operation), "UTC")
            with as_of(self.now(reader), moment) as view:
                assert seen(view) == then
        if operation == max(self.stood):
            assert seen(self.now(reader)) == then  # nothing is left lying over the store

    def teardown(self) -> None:
        for operation, each in getattr(self, "stood", {}).items():
            for reader, then in zip(READERS, each, strict=True):
                self.compare(reader, operation, then)
        super().teardown()


RUNS, LENGTH = (50, 40) if FULL else (10, 20)


@pytest.mark.promise(46, tries=RUNS * LENGTH)
class TestThePast(Remembering.TestCase):  # type: ignore[valid-type]
    settings = settings(max_examples=RUNS, stateful_step_count=LENGTH)
