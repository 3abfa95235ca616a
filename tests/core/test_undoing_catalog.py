"""Undo of what was done to the catalog, and what an undo that is refused names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from numctl.core.actions import inventory, organizations, reservations, series, subscribers, users
from numctl.core.changes import writer
from numctl.core.changes.operation import Operation
from numctl.core.check import checking
from numctl.core.errors import NotFound, NumbersRefuse, OutOfScope
from numctl.core.numbers.ranges import Range
from numctl.core.rules.model import State, Status
from numctl.core.undo.undoing import undo
from tests.company import Company

TEN = [Range(1418010, 1418019)]
CATALOG = {
    "organization": "SELECT id, parent, name, threshold, retired FROM organization ORDER BY id",
    "administrator": "SELECT * FROM administrator ORDER BY organization, position",
    "series": "SELECT id, name, description, retired FROM series ORDER BY id",
    "user": "SELECT id, name FROM user ORDER BY id",
}


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    company = Company(tmp_path / "inventory.db")
    company.do("series add", lambda op: series.add(op, "other", "said"))
    company.do("assign", lambda op: subscribers.assign(op, TEN, "ann"))
    company.do(
        "org set", lambda op: organizations.set_up(op, "Sales", {"emails": ("a@b.example",), "threshold": 50})
    )
    yield company
    company.store.close()


def catalog(company: Company) -> dict[str, list[tuple[object, ...]]]:
    """The catalog, without what is gone."""
    retired = {"organization": 4, "series": 3}
    found = {name: company.rows(statement) for name, statement in CATALOG.items()}
    return {
        name: [row for row in rows if name not in retired or not row[retired[name]]]
        for name, rows in found.items()
    }


WORKS: dict[str, Callable[[Operation], object]] = {
    "org add": lambda op: organizations.add(op, "Lab", "Sales", ["x@y.example"], 5),
    "org rename": lambda op: organizations.rename(op, "Sales", "Vente"),
    "org set": lambda op: organizations.set_up(op, "Sales", {"emails": (), "threshold": 0}),
    "threshold set": lambda op: organizations.set_up(op, "EMEA", {"threshold": 7}),
    "org move": lambda op: organizations.move(op, "EMEA", "Finance"),
    "org remove": lambda op: organizations.remove(op, "Finance"),
    "series add": lambda op: series.add(op, "new", "text"),
    "series rename": lambda op: series.rename(op, "other", "else"),
    "user rename": lambda op: users.rename(op, "ann", "Anna"),
}


@pytest.mark.promise(45)
@pytest.mark.parametrize("name", WORKS)
def test_undo_gives_back_the_catalog_and_its_undo_does_it_again(company: Company, name: str) -> None:
    before = catalog(company)
    company.do(name, WORKS[name])
    after = catalog(company)
    assert after != before
    undone = company.do("undo", undo)
    assert catalog(company) == before
    company.do("undo", lambda op: undo(op, undone.operation))
    assert catalog(company) == after
    assert checking.examine(company.store).problems == []


@pytest.mark.promise(45)
def test_all_of_it_undone_one_after_another(company: Company) -> None:
    before = catalog(company)
    works = {**WORKS, "org rename": lambda op: organizations.rename(op, "Finance", "Money")}
    del works["org remove"]
    works["org move"] = lambda op: organizations.move(op, "EMEA", "Money")
    for name, work in works.items():
        company.do(name, work)
    for _ in works:
        company.do("undo", undo)
    assert catalog(company) == before


def test_undo_takes_back_what_came_last_and_nothing_else(company: Company) -> None:
    company.do("reserve", lambda op: reservations.reserve(op, [Range(1418050, 1418052)], "x"))
    company.do("org add", lambda op: organizations.add(op, "Lab", None))
    company.do("org rename", lambda op: organizations.rename(op, "Lab", "Labs"))
    numbers = company.dump()
    company.do("undo", undo)
    assert company.dump() == numbers
    assert "Lab" in {row[2] for row in catalog(company)["organization"]}


def refused(company: Company, operation: int | None) -> NumbersRefuse:
    with pytest.raises(NumbersRefuse) as told:
        company.do("undo", lambda op: undo(op, operation))
    return told.value


def test_only_the_fields_that_were_changed_must_be_as_left(company: Company) -> None:
    renamed = company.do("org rename", lambda op: organizations.rename(op, "Sales", "Vente"))
    company.do("org set", lambda op: organizations.set_up(op, "Vente", {"threshold": 9}))
    company.do("undo", lambda op: undo(op, renamed.operation))
    assert (2, 1, "Sales", 9, 0) in catalog(company)["organization"]


def test_a_row_that_changed_since_is_named_with_what_changed_it(company: Company) -> None:
    first = company.do("org rename", lambda op: organizations.rename(op, "Sales", "Vente"))
    second = company.do("org rename", lambda op: organizations.rename(op, "Vente", "Ventes"))
    told = refused(company, company.number_of(first))
    assert told.facts["rows"] == ["Acme/Ventes"]
    assert told.facts["operations"] == [second.operation]


def test_what_was_made_and_changed_since_is_named(company: Company) -> None:
    made = company.do("org add", lambda op: organizations.add(op, "Lab", None))
    renamed = company.do("org rename", lambda op: organizations.rename(op, "Lab", "Labs"))
    told = refused(company, company.number_of(made))
    assert (told.facts["rows"], told.facts["operations"]) == (["Acme/Labs"], [renamed.operation])


def test_what_something_needs_by_now_is_not_taken_away(company: Company) -> None:
    made = company.do("org add", lambda op: organizations.add(op, "Lab", None))
    given = company.do("move", lambda op: inventory.move(op, [Range(1418050, 1418050)], "Lab"))
    below = company.do("org add", lambda op: organizations.add(op, "Desk", "Lab"))
    told = refused(company, company.number_of(made))
    assert "holds 1 numbers" in told.message
    for one in (given, below):
        company.do("undo", lambda op, one=one: undo(op, one.operation))
    company.do("undo", lambda op: undo(op, made.operation))
    assert checking.examine(company.store).problems == []


def test_a_name_taken_since_and_a_parent_gone_since(company: Company) -> None:
    gone = company.do("org remove", lambda op: organizations.remove(op, "Finance"))
    twin = company.do("org add", lambda op: organizations.add(op, "finance", None))
    told = refused(company, company.number_of(gone))
    assert ("taken" in told.message, told.facts["operations"]) == (True, [twin.operation])
    moved = company.do("org move", lambda op: organizations.move(op, "EMEA", "finance"))
    sales = company.do("org remove", lambda op: organizations.remove(op, "Sales"))
    told = refused(company, company.number_of(moved))
    assert ("is gone" in told.message, told.facts["operations"]) == (True, [sales.operation])


def test_numbers_go_back_to_an_organization_that_was_removed_since(company: Company) -> None:
    company.do("org add", lambda op: organizations.add(op, "Lab", None))
    there = company.do("move", lambda op: inventory.move(op, [Range(1418050, 1418050)], "Lab"))
    back = company.do("move", lambda op: inventory.move(op, [Range(1418050, 1418050)], "Acme"))
    gone = company.do("org remove", lambda op: organizations.remove(op, "Lab"))
    told = refused(company, company.number_of(back))
    assert told.facts["operations"] == [gone.operation]
    for one in (gone, back, there):
        company.do("undo", lambda op, one=one: undo(op, one.operation))
    assert checking.examine(company.store).problems == []


def test_what_nothing_takes_back_says_so_and_is_not_stepped_over(company: Company) -> None:
    kept = company.do("reserve", lambda op: reservations.reserve(op, [Range(1418050, 1418050)], "x"))
    final = company.do("user forget", lambda op: users.forget(op, "ann"))
    told = refused(company, None)
    assert f"Operation {final.operation} (`user forget`) can't be undone" in told.message
    assert f"`numctl undo {kept.operation}`" in told.advice
    assert told.facts["before"] == kept.operation


def test_forgetting_blanks_the_names_of_renames_and_breaks_no_hash(company: Company) -> None:
    renamed = company.do("user rename", lambda op: users.rename(op, "ann", "Anna Secret"))
    company.do("user forget", lambda op: users.forget(op, "Anna Secret"))
    names = company.rows("SELECT name_before, name_after FROM catalog_change WHERE kind = 'user'")
    assert set(names) == {("", "")}
    assert checking.examine(company.store).problems == []
    assert "forgotten" in refused(company, company.number_of(renamed)).message


def test_below_the_root_the_catalog_of_others_is_not_undone(company: Company) -> None:
    made = company.do("series add", lambda op: series.add(op, "new", ""))
    with pytest.raises((NotFound, OutOfScope)):
        company.do("undo", lambda op: undo(op, made.operation), "Acme/Sales")
    moved = company.do("org move", lambda op: organizations.move(op, "EMEA", "Finance"))
    with pytest.raises(NotFound):
        company.do("undo", lambda op: undo(op, moved.operation), "Acme/Sales")
    own = company.do("org add", lambda op: organizations.add(op, "Lab", None), "Acme/Sales")
    company.do("undo", lambda op: undo(op, own.operation), "Acme/Sales")


def test_a_hold_that_ended_stands_in_no_way(company: Company) -> None:
    from numctl.core.actions import expiry

    assert not expiry.is_due(company.store, "2999-01-01")  # nothing is held
    held = [Range(1418060, 1418061)]
    reserved = company.do("reserve", lambda op: reservations.reserve(op, held, "x", until="2026-12-01"))
    moved = company.do("move", lambda op: inventory.move(op, held, "Sales"))
    company.today = "2026-12-02"
    assert expiry.settle(company.store, company.act()) == 2
    for one in (moved, reserved):
        company.do("undo", lambda op, one=one: undo(op, one.operation))
    assert company.rows(
        "SELECT organization, status FROM span JOIN state ON state.id = span.state"
        " WHERE 1418060 BETWEEN first AND last"
    ) == [(1, "available")]
    assert checking.examine(company.store).problems == []


def test_what_made_organizations_with_many_numbers_takes_them_away_again(company: Company) -> None:
    def work(operation: Operation) -> None:
        for n in range(3):
            holder = organizations.found(operation, operation.tree.root, f"Branch {n}", [f"{n}@b.example"])
            state = State(series.find_or_make(operation, f"new {n}"), holder, Status.AVAILABLE)
            starts = range(1500000 + 10_000 * n, 1500000 + 10_000 * n + writer.AT_ONCE, 2)
            operation.writer.add([Range(start, start) for start in starts], state)

    before, numbers = catalog(company), company.dump()
    done = company.number_of(company.do("import", work))
    made = catalog(company), company.dump()
    assert "kept" not in company.do("undo", lambda op: undo(op, done)).extra
    assert (catalog(company), company.dump()) == (before, numbers)
    company.do("undo", lambda op: undo(op, done + 1))
    assert (catalog(company), company.dump()) == made
    assert checking.examine(company.store).problems == []
