"""The writer's second body where it takes a short cut: what was cut is joined again."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from numctl.core.actions import allocation, inventory, organizations, reservations, subscribers
from numctl.core.actions.founding import found
from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from numctl.core.changes import writer
from numctl.core.changes.many import details as bulk_details
from numctl.core.changes.operation import Act, Operation
from numctl.core.check import checking
from numctl.core.errors import SHOWN, NotEnough, NumbersUnknown, Refusal, WrongStatus
from numctl.core.numbers.ranges import Range
from numctl.core.store.connection import Store
from numctl.core.undo.undoing import undo

ACT = Act("tester", "2026-11-24T12:00:00Z", "2026-11-24")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(writer, "AT_ONCE", 0)
    path = tmp_path / "inventory.db"
    found(path, ACT, "Acme")
    opened = open_store(path)
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


@pytest.mark.parametrize("order", list(permutations((1003, 1004, 1005))))
def test_ranges_may_come_in_any_order(store: Store, order: tuple[int, ...]) -> None:
    with store:
        chosen = [Range(number, number) for number in order]
        perform(store, ACT, "move", lambda op: inventory.move(op, chosen, "Sales"))
        assert spans_of(store) == [(1000, 1002), (1003, 1005), (1006, 1009)]


def test_what_is_allocated_joins_what_its_receiver_holds_between(store: Store) -> None:
    with store:
        perform(store, ACT, "move", lambda op: inventory.move(op, [Range(1001, 1001)], "Sales"))
        perform(
            store, ACT, "allocate", lambda op: allocation.allocate(op, allocation.Quantity("red", 2), "Sales")
        )
        assert spans_of(store) == [(1000, 1002), (1003, 1009)]


def test_what_is_withdrawn_joins_what_is_at_both_its_ends(store: Store) -> None:
    with store:
        perform(store, ACT, "move", lambda op: inventory.move(op, [Range(1004, 1006)], "Sales"))
        perform(store, ACT, "withdraw", lambda op: allocation.withdraw(op, "red", 3, "Sales"))
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
            store, ACT, "reserve", lambda op: reservations.reserve(op, allocation.Quantity("red", 3), "x")
        )
        assert list(low.ranges) == [Range(1000, 1001), Range(1003, 1003)]
        with pytest.raises(NotEnough):
            perform(
                store,
                ACT,
                "allocate",
                lambda op: allocation.allocate(op, allocation.Quantity("red", 6), "Sales"),
            )
        assert spans_of(store) == [
            (1000, 1001),
            (1002, 1002),
            (1003, 1003),
            (1004, 1004),
            (1005, 1005),
            (1006, 1009),
        ]


def test_both_bodies_of_the_door_refuse_in_the_same_words(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Callable[[Operation], None]]] = [
        ("move", lambda op: inventory.move(op, [Range(990, 995), Range(1000, 1012)], "Sales")),
        ("unreserve", lambda op: reservations.unreserve(op, [Range(1000, 1009)])),
        ("unreserve", lambda op: reservations.unreserve(op, [Range(n, n) for n in range(1000, 1010)])),
    ]
    with store:
        reserved = [Range(n, n) for n in range(1001, 1009, 2)]
        perform(store, ACT, "reserve", lambda op: reservations.reserve(op, reserved, "x"))
        before = spans_of(store)
        for action, work in asked:
            refusals = []
            for at_once in (0, 10**6):
                monkeypatch.setattr(writer, "AT_ONCE", at_once)
                with pytest.raises(Refusal) as refused:
                    perform(store, ACT, action, work)
                refusals.append((refused.value.message, refused.value.facts))
            assert refusals[0] == refusals[1]
        assert spans_of(store) == before


def test_many_refuse_and_few_are_named(store: Store) -> None:
    with store:
        more = range(2000, 2200, 2)
        perform(store, ACT, "add", lambda op: inventory.add(op, [Range(n, n) for n in more], "red"))
        with pytest.raises(NumbersUnknown, match="2001, 2003, 2005 and 97 more are not") as unknown:
            perform(store, ACT, "move", lambda op: inventory.move(op, [Range(2000, 2199)], "Sales"))
        assert unknown.value.facts["numbers"] == [str(n) for n in range(2001, 2041, 2)]
        with pytest.raises(WrongStatus, match="99 more refuse as well") as wrong:
            perform(store, ACT, "retag", lambda op: reservations.retag(op, [Range(n, n) for n in more], "x"))
        assert len(wrong.value.facts["refused"]) == SHOWN  # type: ignore[arg-type]


def test_users_of_one_long_span_are_carried_set_by_set(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "AT_ONCE", 5)
    monkeypatch.setattr(writer, "PART", 3)
    used: list[int] = []
    carry = bulk_details.carry

    def noted(*given: Any) -> int:
        used.append(carry(*given))
        return used[-1]

    monkeypatch.setattr(bulk_details, "carry", noted)
    with store:
        ten = [Range(1000, 1009)]
        perform(store, ACT, "assign", lambda op: subscribers.assign(op, ten, "Ann"))
        assert spans_of(store) == [(1000, 1009)]
        perform(store, ACT, "register", lambda op: subscribers.register(op, subscribers.OfUser("Ann")))
        done = perform(store, ACT, "move", lambda op: inventory.move(op, ten, "Sales"))
        assert (done.count, done.user, used[-1]) == (10, "Ann", 10)
        keep = subscribers.Keep("left", forward_to=3999)
        done = perform(
            store, ACT, "release", lambda op: subscribers.release(op, subscribers.OfUser("Ann"), keep)
        )
        assert (done.count, list(done.ranges)) == (10, ten)
        forwarded = store.connection.execute("SELECT count(*) FROM detail WHERE forward_to = 3999")
        assert forwarded.fetchone() == (10,)


def test_a_refusal_leaves_nothing_cut_in_an_operation_that_goes_on(store: Store) -> None:
    def work(operation: Operation) -> None:
        for ranges in ([Range(1003, 1005)], [Range(1001, 1001), Range(1005, 1006)]):
            with pytest.raises(WrongStatus):
                reservations.unreserve(operation, ranges)
        reservations.reserve(operation, [Range(1009, 1009)], "x")

    with store:
        perform(store, ACT, "batch", work)
        assert spans_of(store) == [(1000, 1008), (1009, 1009)]


def test_what_stays_is_joined_again_whatever_becomes_of_the_rest(store: Store) -> None:
    """Sales' reserved numbers, cut in two by the move, stay; nothing else comes to be in their state."""
    with store:
        perform(store, ACT, "move", lambda op: inventory.move(op, [Range(1003, 1005)], "Sales"))
        perform(store, ACT, "reserve", lambda op: reservations.reserve(op, [Range(1003, 1005)], "x"))
        perform(
            store,
            ACT,
            "move",
            lambda op: inventory.move(op, [Range(n, n) for n in (1001, 1003, 1007)], "Sales"),
        )
        assert spans_of(store) == [
            *((1000, 1000), (1001, 1001), (1002, 1002)),
            *((1003, 1005), (1006, 1006), (1007, 1007), (1008, 1009)),
        ]


def test_details_of_several_large_changes_in_one_operation(store: Store) -> None:
    def release(operation: Operation) -> None:
        subscribers.release(operation, [Range(1000, 1001)])
        subscribers.release(operation, [Range(1002, 1003)])

    with store:
        perform(store, ACT, "assign", lambda op: subscribers.assign(op, [Range(1000, 1003)], "Ann"))
        done = perform(store, ACT, "batch", release)
        assert (done.count, done.user) == (4, "Ann")
        changes = store.connection.execute(
            "SELECT position, number FROM detail_change WHERE operation = ? ORDER BY position",
            (done.operation,),
        )
        assert changes.fetchall() == [(1, 1000), (2, 1001), (3, 1002), (4, 1003)]
        assert checking.examine(store).problems == []


def test_a_large_change_of_two_users_numbers_names_neither(store: Store) -> None:
    with store:
        perform(store, ACT, "assign", lambda op: subscribers.assign(op, [Range(1000, 1000)], "Ann"))
        perform(store, ACT, "assign", lambda op: subscribers.assign(op, [Range(1001, 1001)], "Bob"))
        done = perform(store, ACT, "release", lambda op: subscribers.release(op, [Range(1000, 1001)]))
        assert (done.count, done.user) == (2, None)


def test_forwarding_goes_along_in_a_large_move(store: Store) -> None:
    keep = subscribers.Keep("left", forward_to=3999)
    with store:
        perform(store, ACT, "assign", lambda op: subscribers.assign(op, [Range(1000, 1001)], "Ann"))
        perform(store, ACT, "release", lambda op: subscribers.release(op, subscribers.OfUser("Ann"), keep))
        perform(store, ACT, "move", lambda op: inventory.move(op, [Range(1000, 1001)], "Sales"))
        rows = store.connection.execute("SELECT number, forward_to FROM detail ORDER BY number").fetchall()
        assert rows == [(1000, 3999), (1001, 3999)]
        perform(store, ACT, "undo", undo)
        rows = store.connection.execute("SELECT number, forward_to FROM detail ORDER BY number").fetchall()
        assert rows == [(1000, 3999), (1001, 3999)]


def test_users_go_along_in_a_large_move_of_free_numbers_as_well(store: Store) -> None:
    with store:
        perform(store, ACT, "assign", lambda op: subscribers.assign(op, [Range(1000, 1000)], "Ann"))
        perform(store, ACT, "register", lambda op: subscribers.register(op, subscribers.OfUser("Ann")))
        perform(store, ACT, "move", lambda op: inventory.move(op, [Range(1000, 1003)], "Sales"))
        holders = store.connection.execute(
            "SELECT organization.name FROM detail JOIN user ON user.id = detail.user"
            " JOIN organization ON organization.id = user.organization"
        )
        assert holders.fetchall() == [("Sales",)]
        assert checking.examine(store).problems == []
