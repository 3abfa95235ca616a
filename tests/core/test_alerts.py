"""Thresholds at their edges: who is written to after an operation, and what the message says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from numctl.core.actions import (
    allocation,
    founding,
    inventory,
    organizations,
    reservations,
    subscribers,
)
from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from numctl.core.catalog.organizations import OFF
from numctl.core.catalog.tree import Tree
from numctl.core.catalog.view import View
from numctl.core.changes.operation import Act, Operation, Outcome
from numctl.core.check import checking
from numctl.core.notifications import messages, thresholds
from numctl.core.numbers.ranges import Range
from numctl.core.undo import undoing

AT, TODAY = "2026-11-24T09:00:00Z", "2026-11-24"
FIRST = 14188980000
ACT = Act("ann", AT, TODAY)


class World:
    """Acme (addressed) > Sales (addressed) > EMEA, Acme > Lab; all thresholds at 80 per cent."""

    def __init__(self, path: Path) -> None:
        founding.found(path, ACT, "Acme", ["boss@acme.example"])
        self.store = open_store(path)
        self.do(lambda op: organizations.add(op, "Sales", None, ["sales@acme.example"]))
        self.do(lambda op: organizations.add(op, "EMEA", "Acme/Sales"))
        self.do(lambda op: organizations.add(op, "Lab", None))

    def do(self, work: Callable[[Operation], None], **act: Any) -> Outcome:
        return perform(self.store, ACT._replace(**act), "test", work)

    def give(self, organization: str, count: int, at: int = FIRST) -> None:
        """New numbers, available."""
        self.do(lambda op: inventory.add(op, [Range(at, at + count - 1)], "1418", organization))

    def reserve(self, count: int, at: int = FIRST, **act: Any) -> Outcome:
        ranges = [Range(at, at + count - 1)]
        return self.do(lambda op: reservations.reserve(op, ranges, "x"), **act)

    def watch(self, organization: str, threshold: int) -> None:
        self.do(lambda op: organizations.set_up(op, organization, {"threshold": threshold}))

    def messages(self) -> list[tuple[str, list[str], str]]:
        """Organization, recipients and subject of each message, the oldest first."""
        return [(row.organization, row.to, row.subject) for row in messages.listed(self.view())]

    def facts(self) -> list[dict[str, Any]]:
        rows = self.store.connection.execute("SELECT facts FROM message ORDER BY id")
        return [json.loads(facts) for (facts,) in rows]

    def view(self, acting: str = "Acme") -> View:
        tree = Tree.load(self.store.connection)
        return View(self.store.connection, tree, tree.find(acting, tree.root))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "inventory.db")
    yield made
    made.store.close()


@pytest.mark.parametrize(
    ("threshold", "total", "taken", "queued"),
    [
        (80, 10, 7, 0),
        (80, 10, 8, 1),  # exactly
        (80, 10, 9, 1),
        (79, 1000, 789, 0),
        (79, 1000, 790, 1),
        (1, 100, 1, 1),
        (1, 101, 1, 0),  # less than one per cent
        (1, 101, 2, 1),
        (100, 10, 9, 0),
        (100, 10, 10, 1),
        (33, 3, 1, 1),  # a third is 33.3 per cent
        (34, 3, 1, 0),
        (OFF, 10, 10, 0),
    ],
)
def test_a_message_comes_from_the_threshold_on(
    world: World, threshold: int, total: int, taken: int, queued: int
) -> None:
    world.give("Acme", total)
    world.watch("Acme", threshold)
    assert world.reserve(taken).queued_mail == queued
    assert len(world.messages()) == queued


def test_an_organization_without_numbers_is_never_over(world: World) -> None:
    world.watch("Lab", 1)
    world.give("Lab", 1)
    world.watch("Lab", OFF)
    world.do(lambda op: inventory.remove(op, [Range(FIRST, FIRST)], "given back"))
    world.watch("Lab", 1)
    assert world.messages() == []
    assert thresholds.standings(world.view(), world.view().organization("Lab")) == []


def test_its_last_number_leaving_is_no_alert(world: World) -> None:
    world.watch("Lab", 1)
    world.give("Lab", 1)
    assert world.do(lambda op: inventory.move(op, [Range(FIRST, FIRST)], "Acme/Sales")).queued_mail == 0


def test_each_operation_above_writes_and_the_last_says_so(world: World) -> None:
    world.give("Acme", 10)
    subjects = []
    for number in range(FIRST, FIRST + 10):
        world.reserve(1, number)
        subjects = [subject for _, _, subject in world.messages()]
    assert subjects == [
        "Acme: 80% of 10 numbers in use",
        "Acme: 90% of 10 numbers in use",
        "Acme: no numbers left of 10",
    ]


@pytest.mark.parametrize(("count", "queued"), [(9, 1), (10, 0)], ids=["some left", "none left"])
def test_assigning_a_reserved_number_writes_while_some_are_left(
    world: World, count: int, queued: int
) -> None:
    world.give("Acme", 10)
    world.reserve(count)
    before = len(world.messages())
    numbers = [Range(FIRST, FIRST)]
    world.do(lambda op: subscribers.assign(op, numbers, "jo"))
    assert len(world.messages()) - before == queued


def test_what_takes_nothing_writes_nothing(world: World) -> None:
    world.give("Acme", 10)
    world.reserve(10)
    sent = len(world.messages())
    numbers = [Range(FIRST, FIRST + 4)]
    world.do(lambda op: reservations.retag(op, numbers, "y"))
    world.do(lambda op: reservations.unreserve(op, numbers))
    world.give("Acme", 1, FIRST + 20)
    assert len(world.messages()) == sent


def test_giving_numbers_away_counts_for_who_gave_them(world: World) -> None:
    world.give("Acme", 10)
    world.give("Acme/Sales", 10, FIRST + 100)
    wanted = allocation.Quantity("1418", 8)
    outcome = world.do(lambda op: allocation.allocate(op, wanted, "Acme/Sales"))
    assert outcome.queued_mail == 1
    assert [row[0] for row in world.messages()] == ["Acme"]


def test_a_bulk_operation_writes_once_to_each_organization(world: World) -> None:
    world.give("Acme", 10)
    world.give("Acme/Sales", 10, FIRST + 100)
    world.give("Acme/Lab", 10, FIRST + 200)

    def work(operation: Operation) -> None:
        for at in (FIRST, FIRST + 100, FIRST + 200):
            for number in range(at, at + 9):
                reservations.reserve(operation, [Range(number, number)], f"tag {number}")

    assert world.do(work).queued_mail == 3
    assert [(organization, to) for organization, to, _ in world.messages()] == [
        ("Acme", ["boss@acme.example"]),
        ("Acme/Sales", ["sales@acme.example"]),
        ("Acme/Lab", ["boss@acme.example"]),
    ]


def test_what_an_operation_takes_and_gives_back_was_not_taken(world: World) -> None:
    world.give("Acme", 10)
    world.reserve(9)
    sent = len(world.messages())

    def work(operation: Operation) -> None:
        reservations.reserve(operation, [Range(FIRST + 9, FIRST + 9)], "x")
        reservations.unreserve(operation, [Range(FIRST + 9, FIRST + 9)])

    world.do(work)
    assert len(world.messages()) == sent


def test_a_dry_run_and_a_refused_operation_write_to_nobody(world: World) -> None:
    world.give("Acme", 10)
    assert world.reserve(10, dry_run=True).queued_mail == 1
    with pytest.raises(Exception, match="not in the inventory"):
        world.reserve(11)
    assert world.messages() == []


@pytest.mark.parametrize(
    ("addressed", "to"),
    [
        ({}, None),
        ({"Acme": ["a@x.example"]}, ["a@x.example"]),
        (
            {"Acme": ["a@x.example"], "Acme/Sales": ["b@x.example", "c@x.example"]},
            ["b@x.example", "c@x.example"],
        ),
        ({"Acme/Sales/EMEA": ["d@x.example"], "Acme": ["a@x.example"]}, ["d@x.example"]),
        ({"Acme/Lab": ["e@x.example"]}, None),  # beside it
    ],
    ids=["nobody", "the root", "the nearest", "its own", "a neighbour's"],
)
def test_the_nearest_address_is_written_to(
    world: World, addressed: dict[str, Sequence[str]], to: list[str] | None
) -> None:
    for organization in ("Acme", "Acme/Sales", "Acme/Sales/EMEA", "Acme/Lab"):
        emails = list(addressed.get(organization, []))
        world.do(
            lambda op, name=organization, emails=emails: organizations.set_up(
                op, name, {"emails": tuple(emails)}
            )
        )
    world.give("Acme/Sales/EMEA", 1)
    assert world.reserve(1).queued_mail == (1 if to else 0)
    assert [row[1] for row in world.messages()] == ([to] if to else [])


def test_an_address_from_above_is_not_shown_below(world: World) -> None:
    world.give("Acme/Sales/EMEA", 1)
    world.reserve(1)
    world.store.connection.execute("UPDATE message SET last_error = 'for sales@acme.example: no'")
    seen = {acting: messages.listed(world.view(acting)) for acting in ("Acme/Sales", "EMEA", "Lab")}
    assert (seen["Acme/Sales"][0].to, seen["Acme/Sales"][0].last_error) == (
        ["sales@acme.example"],
        "for sales@acme.example: no",
    )
    assert (seen["EMEA"][0].to, seen["EMEA"][0].last_error) == ([], "for ***: no")
    assert seen["Lab"] == []


def test_facts_add_up_and_name_no_user(world: World) -> None:
    world.give("Acme", 10)
    world.do(lambda op: subscribers.assign(op, [Range(FIRST, FIRST + 8)], "Jo Secret"))
    (facts,) = world.facts()
    counts = {"available": 1, "reserved": 0, "assigned": 9, "registered": 0, "allocated": 0}
    assert facts["categories"] == counts
    assert (facts["in_use"], facts["total"], facts["percent"], facts["threshold"]) == (9, 10, 90, 80)
    assert "Secret" not in json.dumps(facts)


def test_a_long_path_is_cut_in_the_subject_at_its_beginning(world: World) -> None:
    names = [f"{letter * 60}" for letter in "abc"]
    for depth, name in enumerate(names):
        parent = "/".join(["Acme", *names[:depth]])
        world.do(lambda op, name=name, parent=parent: organizations.add(op, name, parent))
    path = "/".join(["Acme", *names])
    world.give(path, 1)
    world.reserve(1)
    ((_, _, subject),) = world.messages()
    assert subject == f"...{path[-thresholds.LONGEST_NAME :]}: no numbers left of 1"


def test_the_worst_stands_first(world: World) -> None:
    world.give("Acme", 10)
    world.give("Acme/Sales", 100, FIRST + 100)
    world.give("Acme/Sales/EMEA", 1, FIRST + 300)
    world.give("Acme/Lab", 100, FIRST + 400)
    world.watch("Acme/Lab", 100)
    world.watch("Acme/Sales", 50)
    world.reserve(99, FIRST + 400)
    world.reserve(60, FIRST + 100)
    world.reserve(1, FIRST + 300)
    found = thresholds.standings(world.view(), world.view().acting)
    assert [(one.path, one.figures.percent, one.reached, one.exhausted) for one in found] == [
        ("Acme/Sales/EMEA", 100, True, True),  # of 1
        ("Acme", 95, True, False),  # 201 of 211 are allocated
        ("Acme/Sales", 60, True, False),
        ("Acme/Lab", 99, False, False),
    ]


@pytest.mark.parametrize(
    ("statement", "kept"),
    [
        ("UPDATE message SET state = 'sent', sent_at = at", 1),
        ("UPDATE message SET claimed_at = at, claimed_by = 'someone'", 1),
        ("UPDATE message SET attempts = 1", 0),
    ],
)
def test_undo_takes_back_only_mail_that_nobody_has_in_hand(world: World, statement: str, kept: int) -> None:
    world.give("Sales", 10)
    done = world.reserve(9)
    assert len(world.messages()) == 1
    world.store.connection.execute(statement)
    world.do(lambda op: undoing.undo(op, done.operation))
    assert len(world.messages()) == kept


def test_a_number_gained_is_no_reason_to_say_nothing(world: World) -> None:
    """All is in use or reserved; one is assigned from the reserve while another becomes available."""
    world.give("Sales", 10)
    world.reserve(10)
    before = len(world.messages())

    def work(op: Operation) -> None:
        subscribers.assign(op, [Range(FIRST, FIRST)], "ann")
        reservations.unreserve(op, [Range(FIRST + 9, FIRST + 9)])

    world.do(work)
    assert len(world.messages()) == before + 1


def test_the_worst_comes_first_however_close_they_are(world: World) -> None:
    world.watch("Sales", 50)
    world.watch("Lab", 50)
    world.give("Lab", 1000, FIRST)
    world.give("Sales", 3, FIRST + 5000)
    world.reserve(665, FIRST)
    world.reserve(2, FIRST + 5000)
    found = [one.path for one in thresholds.standings(world.view(), 1) if one.path != "Acme"]
    assert found == ["Acme/Sales", "Acme/Lab"]
    world.reserve(2, FIRST + 665)
    found = [one.path for one in thresholds.standings(world.view(), 1) if one.path != "Acme"]
    assert found == ["Acme/Lab", "Acme/Sales"]


def test_what_a_sender_notes_of_a_message_is_no_change_of_it(world: World) -> None:
    world.give("Acme", 10)
    done = world.do(lambda op: reservations.reserve(op, [Range(FIRST, FIRST + 8)], "x"))

    def note(**facts: object) -> None:
        run = world.store.connection.execute
        ((id, text),) = run("SELECT id, facts FROM message").fetchall()
        run("UPDATE message SET facts = ? WHERE id = ?", (json.dumps({**json.loads(text), **facts}), id))

    world.store.connection.execute("UPDATE message SET message_id = 'x@y'")
    note(reached=["a@b.example"])
    assert checking.examine(world.store).problems == []
    note(total=11)
    (problem,) = checking.examine(world.store).problems
    assert problem == f"A message of operation {done.operation} is not as it was written."
