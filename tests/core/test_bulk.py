"""The door's second body where it takes a short cut: what was cut is joined again."""

from __future__ import annotations

from pathlib import Path

import pytest

from numctl.core import inventory, organizations, pool, reservations, spans
from numctl.core.errors import NotEnough
from numctl.core.founding import found
from numctl.core.operations import Act, Operation, perform
from numctl.core.ranges import Range
from numctl.core.store import Store

ACT = Act("tester", "2026-11-24T12:00:00Z", "2026-11-24")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(spans, "AT_ONCE", 0)
    path = tmp_path / "inventory.db"
    found(path, ACT, "Acme")
    opened = Store.open(path)
    perform(opened, ACT, "org add", lambda op: organizations.add(op, "Sales", None))
    perform(opened, ACT, "add", lambda op: inventory.add(op, [Range(1000, 1009)], "red"))
    return opened


def spans_of(store: Store) -> list[tuple[int, int]]:
    return store.connection.execute("SELECT first, last FROM span ORDER BY first").fetchall()


def test_numbers_that_stay_where_they_are_are_joined_again(store: Store) -> None:
    def move(operation: Operation) -> None:
        inventory.move(operation, [Range(1009, 1009)], "Sales")
        inventory.move(operation, [Range(1003, 1003)], "Acme")

    with store:
        perform(store, ACT, "move", move)
        assert spans_of(store) == [(1000, 1008), (1009, 1009)]


def test_ranges_may_come_in_any_order(store: Store) -> None:
    with store:
        chosen = [Range(1005, 1005), Range(1003, 1003), Range(1004, 1004)]
        perform(store, ACT, "move", lambda op: inventory.move(op, chosen, "Sales"))
        assert spans_of(store) == [(1000, 1002), (1003, 1005), (1006, 1009)]


def test_what_is_allocated_joins_what_its_receiver_holds_between(store: Store) -> None:
    with store:
        perform(store, ACT, "move", lambda op: inventory.move(op, [Range(1001, 1001)], "Sales"))
        perform(store, ACT, "allocate", lambda op: pool.allocate(op, pool.Quantity("red", 2), "Sales"))
        assert spans_of(store) == [(1000, 1002), (1003, 1009)]


def test_what_is_withdrawn_joins_what_is_at_both_its_ends(store: Store) -> None:
    with store:
        perform(store, ACT, "move", lambda op: inventory.move(op, [Range(1004, 1006)], "Sales"))
        perform(store, ACT, "withdraw", lambda op: pool.withdraw(op, "red", 3, "Sales"))
        assert spans_of(store) == [(1000, 1009)]


def test_pieces_are_numbered_without_gaps_where_some_numbers_stay(store: Store) -> None:
    def twice(operation: Operation) -> None:
        inventory.move(operation, [Range(1000, 1009)], "Sales")
        inventory.move(operation, [Range(1002, 1003)], "Acme")

    with store:
        perform(store, ACT, "move", lambda op: inventory.move(op, [Range(1004, 1005)], "Sales"))
        done = perform(store, ACT, "move", twice)
        pieces = store.connection.execute(
            "SELECT position, first, last FROM piece WHERE operation = ? ORDER BY position", (done.operation,)
        )
        assert pieces.fetchall() == [(1, 1000, 1003), (2, 1006, 1009), (3, 1002, 1003)]
        assert list(done.ranges) == [Range(1000, 1003), Range(1006, 1009)]


def test_a_quantity_of_a_pool_goes_up_to_the_number_that_makes_it_full(store: Store) -> None:
    with store:
        for number in (1002, 1005):
            perform(store, ACT, "move", lambda op, n=number: inventory.move(op, [Range(n, n)], "Sales"))
        low = perform(
            store, ACT, "reserve", lambda op: reservations.reserve(op, pool.Quantity("red", 3), "x")
        )
        assert list(low.ranges) == [Range(1000, 1001), Range(1003, 1003)]
        with pytest.raises(NotEnough):
            perform(store, ACT, "allocate", lambda op: pool.allocate(op, pool.Quantity("red", 6), "Sales"))
        assert spans_of(store) == [
            (1000, 1001),
            (1002, 1002),
            (1003, 1003),
            (1004, 1004),
            (1005, 1005),
            (1006, 1009),
        ]
