"""Undo: every kind of operation and back, what is refused, and what comes back changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from numctl.core.actions import (
    allocation,
    expiry,
    inventory,
    organizations,
    reservations,
    series,
    subscribers,
)
from numctl.core.actions.labels import label
from numctl.core.actions.perform import perform
from numctl.core.actions.subscribers import Keep
from numctl.core.catalog.tree import Tree
from numctl.core.changes import labels, pieces, writer
from numctl.core.changes.many import reversal
from numctl.core.changes.operation import Operation
from numctl.core.check import checking
from numctl.core.errors import NotFound, NumbersRefuse, OutOfScope
from numctl.core.numbers.ranges import Range
from numctl.core.past import one_number
from numctl.core.queries.labels import labels_of
from numctl.core.rules.model import State, Status
from numctl.core.undo import net_changes
from numctl.core.undo.undoing import undo
from tests.company import Company

TEN = [Range(1418010, 1418019)]
HELD = [Range(1418020, 1418029)]
FORWARDED = [Range(1418030, 1418030)]
ASSIGNED = [Range(1418040, 1418044)]
USED = [Range(1418050, 1418054)]


@pytest.fixture(
    params=[(writer.AT_ONCE, reversal.FEW), (0, reversal.FEW), (0, 0)],
    ids=["one by one", "at once", "at once, in many blocks"],
)
def company(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Company]:
    """Numbers in every status: HELD (until a date), FORWARDED, ASSIGNED to ann, USED by bob.

    Changed and taken back by either body of the writer.
    """
    at_once, few = request.param
    monkeypatch.setattr(writer, "AT_ONCE", at_once)
    monkeypatch.setattr(labels, "MANY", at_once)
    monkeypatch.setattr(reversal, "FEW", few)
    monkeypatch.setattr(net_changes, "FEW", at_once)
    company = Company(tmp_path / "inventory.db")
    company.do("reserve", lambda op: reservations.reserve(op, HELD, "é", until="2026-12-24"))
    company.do("assign", lambda op: subscribers.assign(op, FORWARDED, "carl"))
    company.do("release", lambda op: subscribers.release(op, FORWARDED, Keep("left", 1418090)))
    company.do("assign", lambda op: subscribers.assign(op, ASSIGNED, "ann"))
    company.do("assign", lambda op: subscribers.assign(op, USED, "bob"))
    company.do("register", lambda op: subscribers.register(op, subscribers.OfUser("bob")))
    company.do("series add", lambda op: series.add(op, "other", ""))
    yield company
    company.store.close()


def test_labels_given_since_end_with_the_numbers(company: Company) -> None:
    new = [Range(1500000, 1500009)]
    added = company.do("add", lambda op: inventory.add(op, new, "1500"))
    company.do("label", lambda op: label(op, [Range(1500003, 1500004)], {"site": "Paris"}))
    company.do("undo", lambda op: undo(op, added.operation))
    assert checking.examine(company.store).problems == []
    company.do("add", lambda op: inventory.add(op, new, "1500"))
    with company.store.reading() as connection:
        assert not labels_of(connection, 1500003)


def _several(op: Operation) -> None:
    """As a batch does: some numbers twice, over pieces that overlap."""
    inventory.move(op, [Range(1418000, 1418019)], "Sales")
    reservations.reserve(op, TEN, "x")
    subscribers.assign(op, [Range(1418012, 1418013)], "dora")
    subscribers.release(op, [Range(1418012, 1418012)], Keep("y", 1418099))
    reservations.unreserve(op, [Range(1418010, 1418010)])
    inventory.remove(op, [Range(1418010, 1418010)], "ported")
    inventory.add(op, [Range(1418200, 1418209)], "new")
    reservations.retag(op, FORWARDED, "z")


WORKS: dict[str, Callable[[Operation], object]] = {
    "add": lambda op: inventory.add(op, [Range(1418100, 1418199)], "1418", "EMEA"),
    "remove": lambda op: inventory.remove(op, [*TEN, *HELD], "ported"),
    "reserve": lambda op: reservations.reserve(op, TEN, "x", organization="Sales", until="2027-01-01"),
    "retag": lambda op: reservations.retag(op, HELD + FORWARDED, "other"),
    "unreserve": lambda op: reservations.unreserve(op, HELD + FORWARDED),
    "assign": lambda op: subscribers.assign(op, TEN + HELD + FORWARDED, "dora"),
    "register": lambda op: subscribers.register(op, subscribers.OfUser("ann")),
    "release": lambda op: subscribers.release(op, ASSIGNED + USED),
    "release and keep": lambda op: subscribers.release(op, [Range(1418040, 1418040)], Keep("x", 1418099)),
    "forward": lambda op: subscribers.forward(op, FORWARDED, 1418091),
    "stop forwarding": lambda op: subscribers.forward(op, FORWARDED, None),
    "move": lambda op: inventory.move(op, TEN + HELD + FORWARDED + USED, "EMEA"),
    "allocate": lambda op: allocation.allocate(op, allocation.Quantity("1418", 17), "Finance"),
    "series move": lambda op: series.reclassify(op, [Range(1418000, 1418099)], "other"),
    "several": _several,
}


@pytest.mark.parametrize("name", WORKS)
def test_undo_gives_back_all_and_its_undo_does_it_again(company: Company, name: str) -> None:
    before = company.dump()
    done = company.number_of(company.do(name, WORKS[name]))
    after = company.dump()
    assert after != before

    undone = company.do("undo", lambda op: undo(op, done))
    assert company.dump() == before
    assert undone.extra == {"undoes": done}
    assert company.rows("SELECT undoes FROM operation WHERE id = ?", [undone.operation]) == [(done,)]
    assert company.rows("SELECT undone_by FROM operation WHERE id = ?", [done]) == [(undone.operation,)]

    again = company.do("undo", lambda op: undo(op, undone.operation))
    assert company.dump() == after
    assert company.rows("SELECT undone_by FROM operation WHERE id = ?", [done]) == [(None,)]

    company.do("undo", lambda op: undo(op, again.operation))
    assert company.dump() == before


def test_all_operations_undone_one_after_another_leave_what_was_there_first(company: Company) -> None:
    first = company.dump()
    for name, work in WORKS.items():
        if name not in ("several", "release", "unreserve", "assign", "stop forwarding", "remove"):
            company.do(name, work)
    assert company.dump() != first
    while company.dump() != first:
        company.do("undo", undo)


def test_without_a_number_it_walks_back_over_own_changes(company: Company) -> None:
    one = company.do("reserve", lambda op: reservations.reserve(op, [Range(1418000, 1418000)], "x"))
    company.do("reserve", lambda op: reservations.reserve(op, [Range(1418001, 1418001)], "x"), actor="other")
    two = company.do("retag", lambda op: reservations.retag(op, [Range(1418000, 1418000)], "y"))
    three = company.do("org add", lambda op: organizations.add(op, "Lab", None))
    assert company.do("undo", undo).extra["undoes"] == three.operation
    assert company.do("undo", undo).extra["undoes"] == two.operation
    assert company.do("undo", undo).extra["undoes"] == one.operation


def test_without_anything_to_undo(company: Company) -> None:
    with pytest.raises(NotFound, match="nothing as Acme/Finance"):
        company.do("undo", undo, "Acme/Finance")


def test_what_changed_since_refuses_with_its_numbers(company: Company) -> None:
    done = company.do("reserve", lambda op: reservations.reserve(op, TEN, "x"))
    later = company.do("retag", lambda op: reservations.retag(op, [Range(1418012, 1418013)], "y"))
    before = company.dump()
    with pytest.raises(NumbersRefuse) as refused:
        company.do("undo", lambda op: undo(op, done.operation))
    assert refused.value.facts["numbers"] == ["1418012..1418013"]
    assert refused.value.facts["operations"] == [company.number_of(later)]
    assert company.dump() == before


def test_what_changed_and_changed_back_is_as_it_was_left(company: Company) -> None:
    before = company.dump()
    done = company.do("reserve", lambda op: reservations.reserve(op, TEN, "x"))
    company.do("retag", lambda op: reservations.retag(op, TEN, "y"))
    company.do("retag", lambda op: reservations.retag(op, TEN, "x"))
    company.do("undo", lambda op: undo(op, done.operation))
    assert company.dump() == before


def test_another_user_since_refuses(company: Company) -> None:
    done = company.do("assign", lambda op: subscribers.assign(op, [Range(1418000, 1418000)], "ann"))
    company.do("release", lambda op: subscribers.release(op, [Range(1418000, 1418000)]))
    company.do("assign", lambda op: subscribers.assign(op, [Range(1418000, 1418000)], "bob"))
    with pytest.raises(NumbersRefuse, match="1418000 changed since"):
        company.do("undo", lambda op: undo(op, done.operation))


def test_another_forwarding_since_refuses(company: Company) -> None:
    done = company.do("retag", lambda op: reservations.retag(op, FORWARDED, "y"))
    company.do("forward", lambda op: subscribers.forward(op, FORWARDED, 1418091))
    with pytest.raises(NumbersRefuse, match="1418030 changed since"):
        company.do("undo", lambda op: undo(op, done.operation))


def test_forwarding_is_not_given_back_into_a_circle(company: Company) -> None:
    other = [Range(1418090, 1418090)]
    done = company.do("unreserve", lambda op: reservations.unreserve(op, FORWARDED))
    company.do("assign", lambda op: subscribers.assign(op, other, "dora"))
    company.do("release", lambda op: subscribers.release(op, other, Keep("x", 1418030)))
    with pytest.raises(NumbersRefuse, match="in a circle"):
        company.do("undo", lambda op: undo(op, done.operation))


def test_a_hold_whose_date_has_passed_comes_back_as_available(company: Company) -> None:
    done = company.do("assign", lambda op: subscribers.assign(op, HELD, "dora"))
    company.today = "2026-12-25"
    company.do("undo", lambda op: undo(op, done.operation))
    assert one_number.known(company.view(), 1418020)[0].status == "available"
    assert one_number.known(company.view(), 1418029)[0].reserved_until is None


def test_users_come_back_to_numbers_of_which_the_hold_has_ended_since(company: Company) -> None:
    before = company.dump()["detail"]
    kept = Keep("left", until="2026-12-24")
    done = company.do("release", lambda op: subscribers.release(op, ASSIGNED, kept))
    company.today = "2026-12-25"
    assert expiry.settle(company.store, company.act()) == 15
    company.do("undo", lambda op: undo(op, done.operation))
    assert company.dump()["detail"] == before
    assert checking.examine(company.store).problems == []


def test_a_settled_hold_stays_settled(company: Company) -> None:
    company.today = "2026-12-25"
    assert expiry.settle(company.store, company.act()) == 10
    (settled,) = company.rows("SELECT max(id) FROM operation")
    before = company.dump()
    assert company.do("undo", lambda op: undo(op, int(str(settled[0])))).operation is None
    assert company.dump() == before


def test_an_undone_operation_is_refused_and_names_the_undo(company: Company) -> None:
    done = company.do("reserve", lambda op: reservations.reserve(op, TEN, "x"))
    undone = company.do("undo", undo)
    with pytest.raises(NumbersRefuse, match=f"undone already, by operation {undone.operation}"):
        company.do("undo", lambda op: undo(op, done.operation))


def test_an_organization_removed_since_gets_nothing_back(company: Company) -> None:
    company.do("org add", lambda op: organizations.add(op, "Lab", None))
    company.do("move", lambda op: inventory.move(op, TEN, "Lab"))
    done = company.do("move", lambda op: inventory.move(op, TEN, "Sales"))
    company.do("org remove", lambda op: organizations.remove(op, "Lab"))
    with pytest.raises(NumbersRefuse, match="Acme/Lab, which was removed"):
        company.do("undo", lambda op: undo(op, done.operation))


def test_what_touched_anything_out_of_scope_is_not_there(company: Company) -> None:
    given = company.do(
        "allocate", lambda op: allocation.allocate(op, allocation.Quantity("1418", 9), "Sales")
    )
    for id in (given.operation, 10_000, 1):
        with pytest.raises(NotFound, match=f"no operation {id}"):
            company.do("undo", lambda op, id=id: undo(op, id), "Acme/Sales")


def test_below_the_root_numbers_are_neither_added_nor_removed_by_undo(company: Company) -> None:
    added = company.do("add", lambda op: inventory.add(op, [Range(1418100, 1418109)], "1418", "Sales"))
    with pytest.raises(OutOfScope):
        company.do("undo", lambda op: undo(op, added.operation), "Acme/Sales")


def test_someone_below_undoes_what_lies_in_their_scope_alone(company: Company) -> None:
    company.do("move", lambda op: inventory.move(op, TEN, "Sales"))
    before = company.dump()
    done = company.do("move", lambda op: inventory.move(op, TEN, "EMEA"))
    company.do("undo", lambda op: undo(op, done.operation), "Acme/Sales")
    assert company.dump() == before


def test_waiting_mail_of_what_was_undone_is_cancelled(company: Company) -> None:
    company.do("org set", lambda op: organizations.set_up(op, None, {"threshold": 50}))
    done = company.do("reserve", lambda op: reservations.reserve(op, [Range(1418060, 1418089)], "x"))
    assert done.queued_mail == 1
    company.do("undo", undo)
    assert company.rows("SELECT * FROM message WHERE operation = ?", [done.operation]) == []


def test_a_dry_run_changes_nothing(company: Company) -> None:
    done = company.do("reserve", lambda op: reservations.reserve(op, TEN, "x"))
    before = company.dump()
    answer = perform(company.store, company.act()._replace(dry_run=True), "undo", undo)
    assert (answer.operation, answer.count, answer.extra) == (None, 10, {"undoes": done.operation})
    assert company.dump() == before
    assert company.rows("SELECT undone_by FROM operation WHERE id = ?", [done.operation]) == [(None,)]


def test_net_pieces_of_overlapping_changes() -> None:
    rows = [(0, 9, 1, 0, 1), (2, 5, 2, 1, 2), (4, 9, 3, 1, 3), (20, 29, 4, 5, 6)]
    assert list(pieces.net_pieces(rows)) == [
        (0, 1, 0, 1),
        (2, 3, 0, 2),
        (4, 5, 0, 3),
        (6, 9, 0, 3),
        (20, 29, 5, 6),
    ]


def test_the_whole_tree_knows_removed_organizations(company: Company) -> None:
    company.do("org add", lambda op: organizations.add(op, "Lab", "Sales"))
    company.do("org remove", lambda op: organizations.remove(op, "Lab"))
    tree = Tree.load(company.store.connection, retired=True)
    assert "Acme/Sales/Lab" in [tree.path(id) for id in tree.by_id]


def test_the_state_a_number_goes_back_to_is_the_same_row(company: Company) -> None:
    (state,) = company.rows("SELECT state FROM span WHERE first <= 1418020 AND last >= 1418029")
    company.do("unreserve", lambda op: reservations.unreserve(op, HELD))
    company.do("undo", undo)
    assert company.rows("SELECT state FROM span WHERE first <= 1418020 AND last >= 1418029") == [state]
    held = State(1, 1, Status.RESERVED, "é", "2026-12-24")
    assert company.rows("SELECT tag, until FROM state WHERE id = ?", state) == [held[3:]]


def test_what_cancels_out_is_undone_and_done_with(company: Company) -> None:
    """Nothing is given back, and the next undo goes on with what was done before it."""
    kept = company.do("reserve", lambda op: reservations.reserve(op, TEN, "x"))

    def to_and_fro(op: Operation) -> None:
        inventory.move(op, TEN, "Sales")
        inventory.move(op, TEN, "Acme")

    several = [company.do("batch", to_and_fro) for _ in range(2)]
    before = company.dump()
    for done in reversed(several):
        undone = company.do("undo", undo)
        assert (undone.count, undone.extra["undoes"]) == (0, done.operation)
        assert company.dump() == before
    again = company.do("undo", lambda op: undo(op, undone.operation))
    assert (again.count, again.extra["undoes"]) == (0, undone.operation)
    assert company.do("undo", undo).extra["undoes"] == several[0].operation
    assert company.do("undo", undo).extra["undoes"] == kept.operation
    assert checking.examine(company.store).problems == []


def test_what_cancels_out_is_done_with_whoever_has_the_numbers_since(company: Company) -> None:
    kept = company.do("move", lambda op: inventory.move(op, HELD, "Sales"))

    def come_and_go(op: Operation) -> None:
        subscribers.assign(op, TEN, "ann")
        subscribers.release(op, TEN)

    done = company.do("batch", come_and_go)
    company.do("assign", lambda op: subscribers.assign(op, TEN, "bob"), actor="other")
    before = company.dump()
    assert company.do("undo", undo).extra["undoes"] == done.operation
    assert company.dump() == before
    assert company.do("undo", undo).extra["undoes"] == kept.operation


def test_what_cancels_out_needs_no_organization_that_was_removed_since(company: Company) -> None:
    kept = company.do("move", lambda op: inventory.move(op, HELD, "Sales"))
    company.do("org add", lambda op: organizations.add(op, "Lab", None))

    def there_and_back(op: Operation) -> None:
        for place in ("Lab", "Acme", "Lab", "Acme"):
            inventory.move(op, TEN, place)

    done = company.do("batch", there_and_back)
    company.do("org remove", lambda op: organizations.remove(op, "Lab"))
    for one in (done, kept):
        assert (
            company.do("undo", lambda op, one=one: undo(op, one.operation)).extra["undoes"] == one.operation
        )


def test_a_hold_that_has_ended_since_keeps_no_undo_from_going_on(company: Company) -> None:
    kept = company.do("move", lambda op: inventory.move(op, TEN, "Sales"))
    freed = company.do("unreserve", lambda op: reservations.unreserve(op, HELD))
    company.today = "2026-12-25"
    assert company.do("undo", undo).extra["undoes"] == freed.operation
    assert company.do("undo", undo).extra["undoes"] == kept.operation


def test_undo_passes_over_holds_that_ended_by_themselves(company: Company) -> None:
    kept = company.do("move", lambda op: inventory.move(op, TEN, "Sales"))
    company.today = "2026-12-25"
    assert expiry.settle(company.store, company.act()) == 10
    assert company.do("undo", undo).extra["undoes"] == kept.operation


def test_a_hold_is_given_back_on_its_last_day_and_not_after(company: Company) -> None:
    for day, status in (("2026-12-24", "reserved"), ("2026-12-25", "available")):
        company.today = "2026-11-24"
        freed = company.do("unreserve", lambda op: reservations.unreserve(op, HELD))
        company.today = day
        company.do("undo", lambda op, id=freed.operation: undo(op, id))
        (state,) = {row[2] for row in spans_at(company, 1418020)}
        assert state == status


def spans_at(company: Company, number: int) -> list[tuple[object, ...]]:
    return company.rows(
        "SELECT first, last, status FROM span JOIN state ON state.id = span.state"
        " WHERE first <= ? AND last >= ?",
        (number, number),
    )


def test_what_cancels_out_is_not_in_the_way_of_what_came_later(company: Company) -> None:
    def to_and_fro(op: Operation) -> None:
        subscribers.assign(op, TEN, "dora")
        subscribers.release(op, TEN)

    done = company.do("batch", to_and_fro)
    company.do("move", lambda op: inventory.move(op, TEN, "Sales"))
    assert company.do("undo", lambda op: undo(op, done.operation)).count == 0


def test_undoing_thrice_is_undoing_once(company: Company) -> None:
    done = company.do("reserve", lambda op: reservations.reserve(op, TEN, "x"))
    undone = company.do("undo", undo)
    again = company.do("undo", lambda op: undo(op, undone.operation))
    company.do("undo", lambda op: undo(op, again.operation))
    with pytest.raises(NumbersRefuse, match=f"undone already, by operation {undone.operation}"):
        company.do("undo", lambda op: undo(op, done.operation))
    assert checking.examine(company.store).problems == []


def test_labels_that_many_numbers_had_before_come_back(company: Company) -> None:
    """What was changed, what was taken away, and what was given, each run to the one it came from."""
    one, two, three = ([Range(first, first + 9)] for first in (1418060, 1418070, 1418080))
    company.do("label", lambda op: label(op, one + two, {"site": "Paris"}))
    before = company.rows("SELECT first, last, label_set FROM label_span ORDER BY first")

    def work(operation: Operation) -> None:
        label(operation, one, {"site": "Lyon"})
        label(operation, two, {}, ["site"])
        label(operation, three, {"site": "Nice"})

    done = company.do("label", work).operation
    assert done is not None
    company.do("undo", lambda op: undo(op, done))
    assert company.rows("SELECT first, last, label_set FROM label_span ORDER BY first") == before
    assert checking.examine(company.store).problems == []
