"""The core against a plain dictionary of numbers, whatever is done to it, step by step.

The model keeps a record for each number and counts by looking at all of them. After each step every
number, every count, every category, the journal's replay and the chain of hashes are compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from numctl.core.actions import (
    aging,
    allocation,
    expiry,
    inventory,
    labels,
    organizations,
    reservations,
    series,
    subscribers,
)
from numctl.core.actions.founding import found
from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from numctl.core.actions.pool import available
from numctl.core.catalog.tree import Tree
from numctl.core.catalog.view import View
from numctl.core.changes import cache, journal, writer
from numctl.core.changes import labels as label_writer
from numctl.core.changes.operation import Act, Operation, Outcome
from numctl.core.check import labels as check_labels
from numctl.core.errors import NumbersRefuse, Refusal
from numctl.core.numbers.ranges import LENGTH_STARTS, Range
from numctl.core.past.feed import Feed
from numctl.core.queries import utilization
from numctl.core.queries.labels import LabelsOf
from numctl.core.store.connection import Store
from numctl.core.undo import net_changes, undoing
from tests.conftest import FULL

LOW, HIGH = 980, 1019  # across two lengths of number
TODAY = date(2026, 11, 24)
TREE = ("Acme", "Acme/Sales", "Acme/Sales/EMEA", "Acme/Finance")
SERIES = ("red", "blue")
USERS = ("ann", "bob")
TAGS = ("x", "É", "cooling")


class Line(NamedTuple):
    """All that is true of one number."""

    org: str
    series: str
    status: str = "available"
    tag: str = ""
    until: str = ""
    user: str = ""
    forward: int = 0


def _line(facts: dict[str, Any]) -> Line:
    """A number as the feed tells it."""
    return Line(
        facts["organization"],
        facts["series"],
        facts["status"],
        facts["reserved_tag"] or "",
        facts["reserved_until"] or "",
        facts["user"] or "",
        int(facts["forwarded_to"] or 0),
    )


def _ranges() -> st.SearchStrategy[Range]:
    ends = st.integers(LOW, HIGH)
    pairs = st.tuples(ends, ends).map(lambda pair: (min(pair), max(pair)))
    return pairs.filter(lambda pair: len(str(pair[0])) == len(str(pair[1]))).map(lambda pair: Range(*pair))


def _short() -> st.SearchStrategy[Range]:
    return st.integers(LOW, HIGH).map(lambda n: Range(n, n))


RANGES = st.one_of(_short(), _ranges())
ORGS = st.sampled_from(TREE)
ACTORS = st.sampled_from(TREE)


class Within(Store):
    """An open transaction as a store: what is done to it becomes a part of that."""

    def __init__(self, store: Store) -> None:
        self.path, self.connection = store.path, store.connection

    @contextmanager
    def writing(self, *, keep: Any = None) -> Iterator[Any]:
        yield self.connection


class Inventory(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        path = Path(self.folder.name) / "inventory.db"
        self.today = TODAY
        found(path, self.act(), "Acme")
        self.store = open_store(path)
        self.fed: dict[int, dict[str, object]] = {}
        self.labelled: dict[int, dict[str, str]] = {}
        self.lost: dict[int, dict[int, dict[str, str]]] = {}  # labels that left with their numbers
        self.read_until = 0
        self.model: dict[int, Line] = {}
        # For each operation: what it changed, as it was before and after.
        self.done: dict[int, tuple[dict[int, Line | None], dict[int, Line | None]]] = {}
        for name in TREE[1:]:
            parent, _, own = name.rpartition("/")
            self.do(lambda op, own=own, parent=parent: organizations.add(op, own, parent))
        self.do(lambda op: inventory.add(op, [Range(990, 999), Range(1000, 1009)], "red"))
        self.model.update({n: Line("Acme", "red") for n in range(990, 1010)})

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    def act(self, acting: str = "Acme") -> Act:
        day = self.today.isoformat()
        tree = Tree.load(self.store.connection) if hasattr(self, "store") else None
        id = tree.at(acting) if tree else 0
        return Act("tester", f"{day}T12:00:00Z", day, acting_as=id or 0)

    def do(self, work: Any, acting: str = "Acme", action: str = "test") -> Outcome:
        return perform(self.store, self.act(acting), action, work)

    # What the model allows, in its own words

    def inside(self, acting: str, org: str) -> bool:
        return org == acting or org.startswith(acting + "/")

    def sees(self, acting: str, number: int) -> bool:
        return number in self.model and self.inside(acting, self.model[number].org)

    def attempt(
        self, work: Any, acting: str, numbers: list[int], fits: Any, change: Any, allowed: bool = True
    ) -> None:
        """Do it in the core; it must succeed exactly if every number fits, and do what ``change`` says."""
        fine = allowed and all(self.sees(acting, n) and fits(self.model[n]) for n in numbers)
        before = dict(self.model)
        if fine:
            for n in numbers:
                self.model[n] = change(n, self.model[n])
        try:
            outcome = self.do(work, acting)
        except Refusal:
            assert not fine
            return
        assert fine
        differing = {n for n in numbers if before[n] != self.model[n]}
        self.remember(outcome, before)
        assert outcome.count == len(differing)
        assert {n for r in outcome.ranges for n in range(r.first, r.last + 1)} == differing

    def remember(self, outcome: Outcome, before: dict[int, Line]) -> None:
        changed = {n for n in {*before, *self.model} if before.get(n) != self.model.get(n)}
        if outcome.operation is not None:
            old = {n: before.get(n) for n in changed}
            self.done[outcome.operation] = old, {n: self.model.get(n) for n in changed}
            gone = [n for n in changed if n not in self.model]
            self.lost[outcome.operation] = {n: self.labelled.pop(n, {}) for n in gone}

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        """Any operation, the latest more often; an undo too."""
        known = sorted(self.done, reverse=True)
        id = data.draw(st.sampled_from(known[:3]) | st.sampled_from(known))
        old, new = self.done[id]
        untouched = all(self.model.get(n) == line for n, line in new.items())
        # A hold that has ended since is no change; that someone ended it before its day is one.
        perhaps = all(self.model.get(n) in (line, self.ended(line)) for n, line in new.items())
        before = dict(self.model)
        if perhaps:
            for n, line in old.items():
                self.model.pop(n, None)
                if line is not None:
                    self.model[n] = self.ended(line) or line
        circle = any(
            self.leads_to(line.forward, n, "Acme")
            for n, line in self.model.items()
            if n in old and line.forward and line.forward != getattr(before.get(n), "forward", 0)
        )
        try:
            outcome = self.do(lambda op: undoing.undo(op, id), action="undo")
        except NumbersRefuse as refusal:
            assert not untouched or circle
            self.model = before
            self.what_it_names_makes_it_possible(id, refusal)
            return
        assert perhaps
        assert not circle
        del self.done[id]
        self.labelled |= self.lost.get(id, {})
        self.remember(outcome, before)

    def ended(self, line: Line | None) -> Line | None:
        """What a number is like whose hold has ended by now; None for any other."""
        if line is None or not line.until or line.until >= self.today.isoformat():
            return None
        return Line(line.org, line.series)

    def what_it_names_makes_it_possible(self, id: int, refusal: NumbersRefuse) -> None:
        """Undoing what a refused undo names, in its order, and then it; all of it rolled back."""
        named = refusal.facts["operations"]
        assert isinstance(named, list)
        assert named
        with self.store.writing(keep=lambda: False):
            for one in [*named, id]:
                perform(Within(self.store), self.act(), "undo", lambda op, one=one: undoing.undo(op, one))

    @rule(
        steps=st.lists(
            st.tuples(st.integers(0, 3), RANGES, ORGS, st.sampled_from(TAGS)), min_size=2, max_size=4
        )
    )
    def several_at_once(self, steps: list[tuple[int, Range, str, str]]) -> None:
        """Several changes in one operation, each seeing what came before; one that refuses undoes all."""
        before = dict(self.model)
        fine = all(self.step(*step) for step in steps)

        def work(op: Operation) -> None:
            for line, (kind, range, org, tag) in enumerate(steps, 1):
                op.writer.line = line
                if kind == 0:
                    reservations.reserve(op, [range], tag, organization=org)
                elif kind == 1:
                    reservations.unreserve(op, [range])
                elif kind == 2:
                    inventory.move(op, [range], org)
                else:
                    subscribers.assign(op, [range], "ann")

        try:
            outcome = self.do(work)
        except Refusal:
            assert not fine
            self.model = before
            return
        assert fine
        self.remember(outcome, before)

    def step(self, kind: int, range: Range, org: str, tag: str) -> bool:
        """Do one of the four in the model; False, and nothing done, where the rules refuse it."""
        numbers = list(_numbers(range))
        if not all(n in self.model for n in numbers):
            return False
        sources = (
            ("available",),
            ("reserved",),
            ("available", "reserved", "aging", "in-use"),
            ("available", "reserved"),
        )
        if not all(self.model[n].status in sources[kind] for n in numbers):
            return False
        for n in numbers:
            line = self.model[n]
            if kind == 0:
                self.model[n] = line._replace(status="reserved", tag=tag, org=org)
            elif kind == 1:
                self.model[n] = Line(line.org, line.series)
            elif kind == 2:
                self.model[n] = line._replace(org=org)
            else:
                self.model[n] = Line(line.org, line.series, "assigned", user="ann")
        return True

    @rule(range=RANGES, name=st.sampled_from(SERIES), org=ORGS)
    def add(self, range: Range, name: str, org: str) -> None:
        numbers = list(_numbers(range))
        fine = not any(n in self.model for n in numbers)
        before = dict(self.model)
        try:
            outcome = self.do(lambda op: inventory.add(op, [range], name, org))
        except NumbersRefuse:
            assert not fine
            return
        assert fine
        self.model.update({n: Line(org, name) for n in numbers})
        self.remember(outcome, before)

    @rule(range=RANGES)
    def remove(self, range: Range) -> None:
        numbers = list(_numbers(range))
        fine = all(
            n in self.model and self.model[n].status in ("available", "reserved", "aging") for n in numbers
        )
        before = dict(self.model)
        try:
            outcome = self.do(lambda op: inventory.remove(op, [range], "ported"))
        except Refusal:
            assert not fine
            return
        assert fine
        for n in numbers:
            del self.model[n]
        self.remember(outcome, before)

    @rule(
        ranges=st.lists(_short(), min_size=1, max_size=4, unique=True),
        acting=ACTORS,
        org=st.none() | ORGS,
        tag=st.sampled_from(TAGS),
        days=st.none() | st.integers(0, 3),
    )
    def reserve(self, ranges: list[Range], acting: str, org: str | None, tag: str, days: int | None) -> None:
        until = "" if days is None else (self.today + timedelta(days)).isoformat()
        self.attempt(
            lambda op: reservations.reserve(op, ranges, tag, organization=org, until=until),
            acting,
            [n for r in ranges for n in _numbers(r)],
            lambda line: line.status == "available",
            lambda _, line: line._replace(status="reserved", tag=tag, until=until, org=org or line.org),
            allowed=org is None or self.inside(acting, org),
        )

    @rule(range=RANGES, acting=ACTORS, tag=st.sampled_from(TAGS))
    def retag(self, range: Range, acting: str, tag: str) -> None:
        self.attempt(
            lambda op: reservations.retag(op, [range], tag),
            acting,
            list(_numbers(range)),
            lambda line: line.status == "reserved",
            lambda _, line: line._replace(tag=tag),
        )

    @rule(range=RANGES, acting=ACTORS)
    def unreserve(self, range: Range, acting: str) -> None:
        self.attempt(
            lambda op: reservations.unreserve(op, [range]),
            acting,
            list(_numbers(range)),
            lambda line: line.status == "reserved",
            lambda _, line: line._replace(status="available", tag="", until="", forward=0),
        )

    @rule(range=RANGES, acting=ACTORS, to=ORGS)
    def move(self, range: Range, acting: str, to: str) -> None:
        self.attempt(
            lambda op: inventory.move(op, [range], to),
            acting,
            list(_numbers(range)),
            lambda line: line.status != "assigned",
            lambda _, line: line._replace(org=to),
            allowed=self.inside(acting, to),
        )

    @rule(range=RANGES, to=st.sampled_from(SERIES))
    def reclassify(self, range: Range, to: str) -> None:
        known = self.store.connection.execute(
            "SELECT 1 FROM series WHERE name = ? AND retired = 0", (to,)
        ).fetchone()
        self.attempt(
            lambda op: series.reclassify(op, [range], to),
            "Acme",
            list(_numbers(range)),
            lambda _: True,
            lambda _, line: line._replace(series=to),
            allowed=known is not None,
        )

    @rule(range=_short(), acting=ACTORS, user=st.sampled_from(USERS))
    def assign(self, range: Range, acting: str, user: str) -> None:
        self.attempt(
            lambda op: subscribers.assign(op, [range], user),
            acting,
            list(_numbers(range)),
            lambda line: line.status in ("available", "reserved"),
            lambda _, line: line._replace(status="assigned", tag="", until="", user=user, forward=0),
        )

    @rule(acting=ACTORS, user=st.sampled_from(USERS))
    def register_user(self, acting: str, user: str) -> None:
        theirs = [n for n in self.model if self.sees(acting, n) and self.model[n].user == user]
        numbers = [n for n in theirs if self.model[n].status == "assigned"]
        self.attempt(
            lambda op: subscribers.register(op, subscribers.OfUser(user)),
            acting,
            numbers,
            lambda _: True,
            lambda _, line: line._replace(status="in-use"),
            allowed=bool(numbers) and len({self.model[n].org for n in theirs}) == 1,
        )

    @rule(
        range=_short(),
        acting=ACTORS,
        tag=st.none() | st.sampled_from(TAGS),
        cool=st.none() | st.integers(0, 3),
        forward=st.integers(LOW, HIGH) | st.none(),
    )
    def release(
        self, range: Range, acting: str, tag: str | None, cool: int | None, forward: int | None
    ) -> None:
        if tag is not None:
            cool = None
        kept = tag is not None or bool(cool)
        target = forward or 0 if kept else 0
        keep = subscribers.Keep(tag or "", target or None, cool=cool)
        until = (self.today + timedelta(cool)).isoformat() if cool else ""
        status = "reserved" if tag else "aging" if cool else "available"
        after = Line("", "", status, tag or "", until, "", target)
        self.attempt(
            lambda op: subscribers.release(op, [range], keep),
            acting,
            list(_numbers(range)),
            lambda line: line.status in ("assigned", "in-use"),
            lambda _, line: after._replace(org=line.org, series=line.series),
            allowed=not self.leads_to(target, range.first, acting),
        )

    @rule(range=RANGES, acting=ACTORS, days=st.integers(0, 3))
    def age(self, range: Range, acting: str, days: int) -> None:
        until = (self.today + timedelta(days)).isoformat()
        self.attempt(
            lambda op: aging.age(op, [range], until),
            acting,
            list(_numbers(range)),
            lambda line: line.status in ("available", "reserved"),
            lambda _, line: line._replace(status="aging", tag="", until=until),
        )

    @rule(
        range=RANGES,
        acting=ACTORS,
        put=st.dictionaries(st.sampled_from(("site", "note")), st.sampled_from(("a", "b")), max_size=2),
        drop=st.lists(st.sampled_from(("site", "note")), max_size=1),
    )
    def label(self, range: Range, acting: str, put: dict[str, str], drop: list[str]) -> None:
        """Labels stay with numbers whatever is done to them; only this changes them."""
        numbers = list(_numbers(range))
        fine = all(self.sees(acting, n) for n in numbers)
        try:
            self.do(lambda op: labels.label(op, [range], put, drop), acting, action="label")
        except Refusal:
            assert not fine
            return
        assert fine
        for n in numbers:
            old = {key: value for key, value in self.labelled.get(n, {}).items() if key not in drop}
            self.labelled[n] = {**old, **put}

    @rule(range=RANGES, acting=ACTORS)
    def free(self, range: Range, acting: str) -> None:
        self.attempt(
            lambda op: aging.free(op, [range]),
            acting,
            list(_numbers(range)),
            lambda line: line.status == "aging",
            lambda _, line: Line(line.org, line.series),
        )

    @rule(range=_short(), acting=ACTORS, to=st.none() | st.integers(LOW, HIGH))
    def forward(self, range: Range, acting: str, to: int | None) -> None:
        self.attempt(
            lambda op: subscribers.forward(op, [range], to),
            acting,
            list(_numbers(range)),
            lambda line: line.forward != 0,
            lambda _, line: line._replace(forward=to or 0),
            allowed=not self.leads_to(to or 0, range.first, acting),
        )

    def leads_to(self, start: int, number: int, acting: str) -> bool:
        """Whether a call goes on to the number, as far as who acts may see."""
        seen = set()
        while start and start not in seen:
            if start == number:
                return True
            seen.add(start)
            start = self.model[start].forward if self.sees(acting, start) else 0
        return False

    @rule(acting=ACTORS, to=ORGS, name=st.sampled_from(SERIES), n=st.integers(1, 12), block=st.booleans())
    def allocate(self, acting: str, to: str, name: str, n: int, block: bool) -> None:
        own = self.pool(acting, name)
        chosen = _block(own, n) if block else own[:n]
        self.attempt(
            lambda op: allocation.allocate(op, allocation.Quantity(name, n, block), to),
            acting,
            chosen,
            lambda _: True,
            lambda _, line: line._replace(org=to),
            allowed=self.inside(acting, to) and to != acting and len(chosen) == n,
        )

    @rule(acting=ACTORS, source=ORGS, name=st.sampled_from(SERIES), n=st.integers(1, 12))
    def withdraw(self, acting: str, source: str, name: str, n: int) -> None:
        chosen = self.pool(source, name)[::-1][:n]
        self.attempt(
            lambda op: allocation.withdraw(op, name, n, source),
            acting,
            chosen,
            lambda _: True,
            lambda _, line: line._replace(org=source.rpartition("/")[0]),
            allowed=self.inside(acting, source) and source != acting and len(chosen) == n,
        )

    def pool(self, org: str, name: str) -> list[int]:
        return sorted(n for n, line in self.model.items() if line[:3] == (org, name, "available"))

    @rule(days=st.integers(1, 2))
    def pass_days(self, days: int) -> None:
        self.today += timedelta(days)
        due = [n for n, line in self.model.items() if line.until and line.until < self.today.isoformat()]
        noted = expiry.is_due(self.store, self.today.isoformat())
        assert noted or not due
        assert not noted or expiry.settle(self.store, self.act()) == len(due)
        for n in due:
            self.model[n] = self.model[n]._replace(status="available", tag="", until="", forward=0)

    @precondition(lambda self: self.model)
    @rule(range=RANGES)
    def a_dry_run_changes_nothing(self, range: Range) -> None:
        with_dry_run = self.act()._replace(dry_run=True)
        try:
            answer = perform(
                self.store, with_dry_run, "reserve", lambda op: reservations.reserve(op, [range], "x")
            )
        except Refusal:
            return
        assert answer.operation is None
        assert answer.count == range.count

    # What must hold after each step

    @invariant()
    def labels_are_the_models(self) -> None:
        """A number has the labels it was given, whatever was done to it since; outside there are none."""
        if not hasattr(self, "store"):
            return
        of = LabelsOf(self.store.connection)
        runs = [*of.within(LOW, 999), *of.within(1000, HIGH)]
        found = {n: dict(of[id]) for first, last, id in runs for n in range(first, last + 1) if id}
        wanted = {n: own for n, own in self.labelled.items() if own and n in self.model}
        assert found == wanted
        assert not list(check_labels.runs(self.store.connection))
        assert not list(check_labels.journal(self.store.connection))

    @invariant()
    def the_feed_gives_the_inventory(self) -> None:
        """Whoever applied each row of the feed to a dictionary, from any operation on, has what is there."""
        if not hasattr(self, "store"):
            return
        tree = Tree.load(self.store.connection)
        feed = Feed(View(self.store.connection, tree, tree.root))
        rows, last = feed.rows(self.read_until, 1000)
        self.read_until = last or self.read_until
        for row in rows:
            if row.first is None or row.last is None or "labels" in (row.before or row.after or {}):
                continue
            for n in range(int(row.first), int(row.last) + 1):
                self.fed.pop(n, None)
                if row.after is not None:
                    self.fed[n] = row.after
        assert {n: _line(facts) for n, facts in self.fed.items()} == self.model

    @invariant()
    def numbers_are_the_models(self) -> None:
        if not hasattr(self, "store"):
            return
        assert self.stored() == self.model

    def stored(self) -> dict[int, Line]:
        connection = self.store.connection
        tree = Tree.load(connection)
        found: dict[int, Line] = {}
        for first, last, name, org, status, tag, until in connection.execute(
            "SELECT first, last, series.name, organization, status, tag, until FROM span"
            " JOIN state ON state.id = span.state JOIN series ON series.id = state.series ORDER BY first"
        ):
            for n in range(first, last + 1):
                user, forward = connection.execute(
                    "SELECT user.name, forward_to FROM (SELECT ? AS n) AS one LEFT JOIN detail ON number = n"
                    " LEFT JOIN user ON user.id = detail.user",
                    (n,),
                ).fetchone()
                found[n] = Line(tree.path(org), name, status, tag, until, user or "", forward or 0)
        return found

    @invariant()
    def spans_are_as_few_as_can_be(self) -> None:
        if not hasattr(self, "store"):
            return
        rows = self.store.connection.execute("SELECT first, last, state FROM span ORDER BY first").fetchall()
        for (_, last, state), (first, _, after) in pairwise(rows):
            assert last < first
            assert state != after or last + 1 != first or first in LENGTH_STARTS

    @invariant()
    def extents_hold_all_numbers(self) -> None:
        if not hasattr(self, "store"):
            return
        rows = self.store.connection.execute("SELECT first, last FROM extent ORDER BY first").fetchall()
        assert [n for first, last in rows for n in range(first, last + 1)] == sorted(self.model)
        assert all(a[1] + 1 != b[0] or b[0] in LENGTH_STARTS for a, b in pairwise(rows))

    @invariant()
    def categories_add_up(self) -> None:
        if not hasattr(self, "store"):
            return
        connection = self.store.connection
        tree = Tree.load(connection)
        ids = list(tree.below(tree.root))
        for row in utilization.table(connection, tree, ids):
            self.check_figures(tree.path(row.organization), None, row.figures)
            assert utilization.of(connection, tree, row.organization) == row.figures
        names = dict(connection.execute("SELECT id, name FROM series"))
        for row in utilization.table(connection, tree, ids, by="series"):
            self.check_figures(tree.path(row.organization), names[row.part], row.figures)

    def check_figures(self, org: str, name: str | None, figures: utilization.Figures) -> None:
        lines = [line for line in self.model.values() if name in (None, line.series)]
        own = [line.status for line in lines if line.org == org]
        below = [line.status for line in lines if line.org.startswith(org + "/")]
        counts = [own.count(status) for status in ("available", "reserved", "assigned", "in-use")]
        subscribers_ = sum(status in ("assigned", "in-use") for status in own + below)
        aging_ = own.count("aging")
        counts[1] += aging_
        free_ = (own + below).count("available")
        assert figures == utilization.Figures._make([*counts, len(below), subscribers_, aging_, free_])
        assert figures.total == len(own) + len(below)

    @invariant()
    def the_journal_replays_to_the_inventory(self) -> None:
        if not hasattr(self, "store"):
            return
        connection = self.store.connection
        replay: dict[int, int] = {}
        for first, last, before, after in connection.execute(
            "SELECT first, last, before, after FROM piece ORDER BY operation, position"
        ):
            for n in range(first, last + 1):
                assert replay.pop(n, None) == before
                if after is not None:
                    replay[n] = after
        spans_ = connection.execute("SELECT first, last, state FROM span").fetchall()
        assert replay == {n: state for first, last, state in spans_ for n in range(first, last + 1)}

    @invariant()
    def the_chain_of_hashes_holds(self) -> None:
        if not hasattr(self, "store"):
            return
        previous = b""
        for id, seal in self.store.connection.execute(
            "SELECT id, hash FROM operation ORDER BY id"
        ).fetchall():
            assert journal.digest(self.store.connection, id, previous) == seal
            previous = seal


def _numbers(range_: Range) -> range:
    return range(range_.first, range_.last + 1)


def _block(numbers: list[int], n: int) -> list[int]:
    for start in range(len(numbers) - n + 1):
        block = numbers[start : start + n]
        if block[-1] - block[0] == n - 1 and len(str(block[0])) == len(str(block[-1])):
            return block
    return []


RUNS, LENGTH = (500, 50) if FULL else (15, 30)
STEPS = settings(max_examples=RUNS, stateful_step_count=LENGTH)


@pytest.mark.promise(7, tries=RUNS * LENGTH)
@pytest.mark.promise(8, tries=RUNS * LENGTH)
@pytest.mark.promise(43, tries=RUNS * LENGTH)
@pytest.mark.promise(47, tries=RUNS * LENGTH)
class TestInMemory(Inventory.TestCase):  # type: ignore[valid-type]
    settings = STEPS


@pytest.mark.promise(7, tries=RUNS * LENGTH)
@pytest.mark.promise(8, tries=RUNS * LENGTH)
@pytest.mark.promise(43, tries=RUNS * LENGTH)
@pytest.mark.promise(47, tries=RUNS * LENGTH)
class TestSetWise(Inventory.TestCase):  # type: ignore[valid-type]
    """The same with every change made set by set, as large ones are."""

    settings = STEPS

    def runTest(self) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(writer, "AT_ONCE", 0)
            for module, name in ((writer, "PART"), (cache, "AT_A_TIME"), (available, "MANY")):
                patch.setattr(module, name, 2)
            patch.setattr(label_writer, "MANY", 0)
            patch.setattr(net_changes, "FEW", 0)
            super().runTest()
