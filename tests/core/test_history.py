"""The journal as it is read: what was done, what happened to a number, and the chain of hashes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from numctl.core.actions import allocation, inventory, organizations, reservations, subscribers
from numctl.core.actions.perform import perform
from numctl.core.actions.subscribers import Keep
from numctl.core.changes import journal
from numctl.core.changes.operation import Operation, Outcome
from numctl.core.check import chain
from numctl.core.errors import NotFound, NumbersUnknown
from numctl.core.numbers.ranges import Range
from numctl.core.past import one_number, summaries
from numctl.core.past.history import Entry, Past
from numctl.core.undo.undoing import undo
from tests.company import Company

ONE = [Range(1418000, 1418000)]
TWO = [Range(1418001, 1418001)]
THREE = [Range(1418002, 1418002)]


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    company = Company(tmp_path / "inventory.db")
    yield company
    company.store.close()


def test_operations_newest_first(company: Company) -> None:
    company.do("move", lambda op: inventory.move(op, [Range(1418000, 1418009)], "Sales"))
    company.do("undo", undo)
    newest, moved, *older = Past(company.view()).operations()
    assert (newest.action, newest.count, newest.undone_by) == ("undo", 10, None)
    assert newest.summary.startswith(f"undid operation {moved.operation}: gave back 10 numbers")
    assert moved.undone_by == newest.operation
    assert moved.summary == "moved 10 numbers from Acme to Acme/Sales, series 1418: 1418000..1418009"
    assert [entry.action for entry in older] == ["add", "org add", "org add", "org add", "init"]
    assert older[1].summary == "added Acme/Finance"
    assert (moved.actor, moved.acting_as, moved.message) == ("tester", "Acme", None)


def test_a_summary_names_five_ranges_and_counts_the_rest(company: Company) -> None:
    def told(*numbers: int) -> str:
        some = [Range(1418000 + n, 1418000 + n) for n in numbers]
        company.do("reserve", lambda op: reservations.reserve(op, some, "x"))
        return Past(company.view()).operations(1)[0].summary

    assert told(0, 2, 4, 6, 8).endswith(": 1418000, 1418002, 1418004, 1418006, 1418008")
    assert told(10, 12, 14, 16, 18, 20).endswith(", 1418018 and 1 number more")
    assert told(30, 32, 34, 36, 38, 40, 42).endswith(", 1418038 and 2 numbers more")


@pytest.mark.parametrize(("percent", "said"), [(70, " (70%)"), (0, " (off)")])
def test_what_an_older_store_noted_of_a_threshold(percent: int, said: str) -> None:
    names = summaries.Names(lambda id: "Acme", lambda id: None, lambda id: None)
    facts = {"organization": 1, "threshold": percent}
    assert summaries.of_the_rest("threshold set", facts, names).endswith(said)


def test_a_limit_takes_the_newest(company: Company) -> None:
    past = Past(company.view())
    assert [entry.action for entry in past.operations(2)] == ["add", "org add"]
    assert past.count() == 5


def test_below_only_what_was_in_scope_is_shown_and_counted(company: Company) -> None:
    company.do("allocate", lambda op: allocation.allocate(op, allocation.Quantity("1418", 10), "Sales"))
    company.do("allocate", lambda op: allocation.allocate(op, allocation.Quantity("1418", 10), "Finance"))
    company.do("reserve", lambda op: reservations.reserve(op, [Range(1418005, 1418014)], "x"))
    company.do("retag", lambda op: reservations.retag(op, [Range(1418005, 1418009)], "y"), "Acme/Sales")

    entries = Past(company.view("Acme/Sales")).operations()
    assert [(entry.action, entry.count) for entry in entries] == [
        ("retag", 5),
        ("reserve", 5),
        ("allocate", 10),
        ("org add", 0),  # of EMEA, below
        ("org add", 0),  # of Sales itself
    ]
    retagged, reserved, *_ = entries
    assert (retagged.actor, retagged.acting_as) == ("tester", "Acme/Sales")
    assert (reserved.actor, reserved.acting_as, reserved.message) == (None, None, None)
    assert Past(company.view("Acme/Sales")).count() == 5
    assert not any("Finance" in entry.summary for entry in entries)


def test_an_operation_out_of_scope_is_not_there(company: Company) -> None:
    done = company.do(
        "allocate", lambda op: allocation.allocate(op, allocation.Quantity("1418", 10), "Finance")
    )
    assert Past(company.view()).operation(company.number_of(done)).count == 10
    for id in (company.number_of(done), 999):
        with pytest.raises(NotFound):
            Past(company.view("Acme/Sales")).operation(id)


def test_the_life_of_a_number(company: Company) -> None:
    company.do("reserve", lambda op: reservations.reserve(op, ONE, "x"))
    company.do("move", lambda op: inventory.move(op, [Range(1418000, 1418050)], "Sales"))
    company.today = "2026-11-25"
    company.do("assign", lambda op: subscribers.assign(op, ONE, "ann"))
    company.do("release", lambda op: subscribers.release(op, ONE, Keep("y", 1418099)))
    company.do("unreserve", lambda op: reservations.unreserve(op, ONE))
    gone = company.do("remove", lambda op: inventory.remove(op, ONE, "ported"))

    episodes = one_number.of(company.view(), 1418000)
    assert [
        (e.action, e.organization, e.status, e.reserved_tag, e.user, e.forwarded_to) for e in episodes
    ] == [
        ("remove", None, None, None, None, None),
        ("unreserve", "Acme/Sales", "available", None, None, None),
        ("release", "Acme/Sales", "reserved", "y", None, "1418099"),
        ("assign", "Acme/Sales", "assigned", None, "ann", None),
        ("move", "Acme/Sales", "reserved", "x", None, None),
        ("reserve", "Acme", "reserved", "x", None, None),
        ("add", "Acme", "available", None, None, None),
    ]
    assert (episodes[0].operation, episodes[0].until) == (gone.operation, None)
    assert (episodes[-1].since, episodes[-1].until) == ("2026-11-24T12:00:00Z",) * 2
    assert episodes[4].until == episodes[3].since == "2026-11-25T12:00:00Z"
    assert all(episode.series == "1418" for episode in episodes[1:])
    assert [e.action for e in one_number.of(company.view(), 1418000, gone.operation)] == ["remove"]


def test_below_a_number_s_life_begins_and_ends_with_the_scope(company: Company) -> None:
    company.do("reserve", lambda op: reservations.reserve(op, ONE, "secret"))
    company.do("move", lambda op: inventory.move(op, ONE, "Sales"))
    company.do("move", lambda op: inventory.move(op, ONE, "Finance"))
    company.do("retag", lambda op: reservations.retag(op, ONE, "other"))
    episodes = one_number.of(company.view("Acme/Sales"), 1418000)
    assert [(e.action, e.organization) for e in episodes] == [("move", None), ("move", "Acme/Sales")]
    assert one_number.known(company.view("Acme/Sales"), 1418000)[0][1:-1] == (None,) * 8
    for number in (1418001, 999):
        with pytest.raises(NumbersUnknown):
            one_number.of(company.view("Acme/Sales"), number)


def test_a_batch_that_changes_a_number_several_times(company: Company) -> None:
    def work(op: Operation) -> None:
        reservations.reserve(op, ONE, "x")
        subscribers.assign(op, ONE, "ann")
        inventory.move(op, [Range(1418001, 1418001)], "Sales")
        subscribers.release(op, ONE, Keep("y", 1418099))
        subscribers.forward(op, ONE, 1418098)
        reservations.retag(op, ONE, "z")

    company.do("batch", work)
    episodes = one_number.of(company.view(), 1418000)
    assert [(e.status, e.reserved_tag, e.user, e.forwarded_to) for e in reversed(episodes)] == [
        ("available", None, None, None),
        ("reserved", "x", None, None),
        ("assigned", None, "ann", None),
        ("reserved", "y", None, "1418099"),
        ("reserved", "y", None, "1418098"),
        ("reserved", "z", None, "1418098"),
    ]


def test_a_removed_organization_still_stands_in_history(company: Company) -> None:
    company.do("org add", lambda op: organizations.add(op, "Lab", "Sales"))
    company.do("move", lambda op: inventory.move(op, ONE, "Lab"))
    company.do("move", lambda op: inventory.move(op, ONE, "Sales"))
    company.do("org remove", lambda op: organizations.remove(op, "Lab"))
    episodes = one_number.of(company.view("Acme/Sales"), 1418000)
    assert [e.organization for e in episodes] == ["Acme/Sales", "Acme/Sales/Lab"]


@pytest.mark.parametrize("size", [1, 16, 17, 256, 257, 4096, 65536, 65537, 1048577, 16777217, 268435457])
def test_pieces_of_every_size_are_found_at_both_ends(company: Company, size: int) -> None:
    block = Range(15_000_000_000, 15_000_000_000 + size - 1)
    company.do("add", lambda op: inventory.add(op, [block], "big"))
    for number in block:
        assert len(one_number.of(company.view(), number)) == 1
    for number in (block.first - 1, block.last + 1):
        with pytest.raises(NumbersUnknown):
            one_number.of(company.view(), number)


def _sealed(company: Company) -> list[bytes]:
    return [bytes(seal) for (seal,) in company.rows("SELECT hash FROM operation ORDER BY id")]  # type: ignore[call-overload]


@pytest.fixture
def busy(company: Company) -> Company:
    company.do("assign", lambda op: subscribers.assign(op, [Range(1418000, 1418009)], "ann"))
    company.do("release", lambda op: subscribers.release(op, ONE, Keep("é'", 1418099)))
    company.do("org add", lambda op: organizations.add(op, "Lab; DROP", None))
    company.do("move", lambda op: inventory.move(op, [Range(1418010, 1418029)], "Sales"))
    company.do("undo", undo)
    return company


def test_the_chain_holds(busy: Company) -> None:
    seals = _sealed(busy)
    verified = chain.verify(busy.store.connection, seals[3].hex())
    assert verified == chain.Verified(len(seals), seals[-1].hex(), None, 4)


def test_what_is_sealed_in_several_chunks_is_verified_so(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "CHUNK", 3)
    company.do("assign", lambda op: subscribers.assign(op, [Range(1418000, 1418009)], "ann"))
    company.do(
        "move", lambda op: inventory.move(op, [Range(n, n) for n in range(1418010, 1418030, 2)], "Sales")
    )
    assert chain.verify(company.store.connection).problem is None


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE operation SET message = 'x' WHERE id = 3", "Operation 3 is not as it was"),
        ("UPDATE operation SET facts = '{}' WHERE id = 6", "Operation 6 is not"),
        ("UPDATE piece SET more = more - 1 WHERE operation = 9", "Operation 9 is not"),
        ("UPDATE detail_change SET user_after = NULL WHERE operation = 6 AND position = 2", "Operation 6 is"),
        ("DELETE FROM piece WHERE operation = 9", "Operation 9 is not"),
        ("DELETE FROM operation WHERE id = 3", "Operation 3 is missing"),
        ("DELETE FROM operation WHERE id = 10", "rows of operation 10"),
        ("UPDATE operation SET id = 11 WHERE id = 10", "Operation 10 is missing"),
        (
            "UPDATE operation SET hash = (SELECT hash FROM operation WHERE id = 3) WHERE id = 2",
            "Operation 2 is not",
        ),
        ("UPDATE piece SET operation = 8 WHERE operation = 9", "Operation 8 is not"),
    ],
)
def test_every_edit_is_found(busy: Company, statement: str, told: str) -> None:
    busy.tamper(statement)
    problem = chain.verify(busy.store.connection).problem
    assert problem is not None
    assert told in problem


def test_an_edited_state_is_found(busy: Company) -> None:
    busy.store.connection.execute(f"DROP TRIGGER state_stays{' ON state' * busy.is_on_server}")
    busy.store.connection.execute("UPDATE state SET organization = 2 WHERE status = 'assigned'")
    assert "Operation 6" in (chain.verify(busy.store.connection).problem or "")


def test_a_tail_cut_off_is_found_against_a_head_kept_elsewhere(busy: Company) -> None:
    head = _sealed(busy)[-1].hex()
    busy.tamper("DELETE FROM piece WHERE operation = 10")
    busy.tamper("DELETE FROM operation WHERE id = 10")
    assert chain.verify(busy.store.connection).problem is None
    assert head in (chain.verify(busy.store.connection, head).problem or "")


def of_emea(company: Company, done: Outcome) -> Entry:
    return Past(company.view("Acme/Sales/EMEA")).operation(company.number_of(done))


def test_what_someone_above_wrote_is_theirs(company: Company) -> None:
    company.do("move", lambda op: inventory.move(op, [*ONE, *TWO], "EMEA"))

    def removed(op: Operation) -> None:
        inventory.remove(op, ONE, "a secret reason")

    def perform_with_message(work: Callable[[Operation], None], action: str) -> Outcome:
        act = company.act()._replace(message="a secret message")
        return perform(company.store, act, action, work)

    done = perform_with_message(removed, "remove")
    told = of_emea(company, done)
    assert (told.message, told.actor, told.acting_as) == (None, None, None)
    assert told.summary == "removed 1 number of Acme/Sales/EMEA, series 1418: 1418000"
    entry = Past(company.view()).operation(company.number_of(done))
    assert (entry.message, "a secret reason" in entry.summary) == ("a secret message", True)
    later = perform_with_message(lambda op: reservations.reserve(op, TWO, "x"), "reserve")
    assert of_emea(company, later).message is None


def test_who_got_a_number_beside_is_not_named(company: Company) -> None:
    company.do("move", lambda op: inventory.move(op, [*ONE, *TWO], "EMEA"))
    company.do("move", lambda op: inventory.move(op, THREE, "Finance"))
    away = company.do("move", lambda op: inventory.move(op, ONE, "Finance"))
    assert of_emea(company, away).summary == "moved 1 number of Acme/Sales/EMEA, series 1418: 1418000"

    def both(op: Operation) -> None:
        reservations.reserve(op, TWO, "x")
        subscribers.assign(op, THREE, "Zed")

    done = company.do("batch", both)
    assert "Zed" not in Past(company.view()).operation(company.number_of(done)).summary  # only one has it
    assert "Zed" not in of_emea(company, done).summary
