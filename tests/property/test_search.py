"""Searches against looking at every number: what is found, in which order, how many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from numctl.core.actions import inventory, labels, organizations, reservations, subscribers
from numctl.core.actions.founding import found
from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from numctl.core.catalog.tree import Tree
from numctl.core.catalog.view import View
from numctl.core.changes.operation import Act
from numctl.core.numbers.ranges import Range, adjoins
from numctl.core.queries import details, ordering, pieces, search, selection, slices
from numctl.core.queries.labels import Wanted, labels_of
from numctl.core.queries.listing import FIELDS, RANGE_FIELDS, Listing
from numctl.core.queries.ordering import Order
from numctl.core.queries.search import Search
from numctl.core.queries.selection import Filter
from numctl.core.store.connection import Store

ACT = Act("tester", "2026-11-24T12:00:00Z", "2026-11-24")
ORGS = ("Acme", "Acme/Sales", "Acme/Sales/EMEA", "Acme/Finance")
TAGS = ("sales 91", "Été", "x_%", "991", "07")
USERS = ("Ann", "bob", "Ännchen")


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "inventory.db"
        found(path, ACT, "Acme")
        with open_store(path) as opened:
            _fill(opened)
            yield opened


def _fill(store: Store) -> None:
    def do(work: Any) -> None:
        perform(store, ACT, "test", work)

    for name in ORGS[1:]:
        parent, _, own = name.rpartition("/")
        do(lambda op, own=own, parent=parent: organizations.add(op, own, parent))
    do(lambda op: inventory.add(op, [Range(900, 999), Range(1000, 1299)], "red"))
    do(lambda op: inventory.add(op, [Range(9900, 9999), Range(9100, 9140)], "blue", "Acme/Sales"))
    for n in range(903, 1300, 7):
        if len(str(n)) == len(str(n + 1)):
            do(lambda op, n=n: inventory.move(op, [Range(n, n + 1)], ORGS[n % 4]))
    for at, n in enumerate([*range(905, 1290, 9), *range(9905, 9990, 4)]):
        tag, until = TAGS[at % 5], "2026-12-01" if at % 3 else ""
        do(lambda op, n=n, tag=tag, until=until: reservations.reserve(op, [Range(n, n)], tag, until=until))
    for at, n in enumerate([*range(906, 1290, 9), *range(9906, 9990, 4)]):
        do(lambda op, n=n, at=at: subscribers.assign(op, [Range(n, n)], USERS[at % 3]))
    do(lambda op: subscribers.register(op, subscribers.OfUser("Ann", "Acme")))
    do(lambda op: subscribers.release(op, [Range(906, 906)], subscribers.Keep("ex", 3999)))
    # Neighbours in one state, with different users, and with forwarding here and there.
    for n in [*range(9105, 9112), *range(9120, 9126)]:
        do(lambda op, n=n: subscribers.assign(op, [Range(n, n)], USERS[n % 4 % 3]))
    do(lambda op: subscribers.release(op, [Range(9120, 9125)], subscribers.Keep("ex")))
    do(lambda op: subscribers.assign(op, [Range(9122, 9122)], "Ann"))
    do(lambda op: subscribers.release(op, [Range(9122, 9122)], subscribers.Keep("ex", 3999)))
    do(lambda op: subscribers.assign(op, [Range(9130, 9139)], "bob"))
    # Labels over and beside the spans' ends, some in some.
    do(lambda op: labels.label(op, [Range(930, 999), Range(1000, 1100)], {"site": "Paris"}))
    do(lambda op: labels.label(op, [Range(950, 960), Range(9105, 9112)], {"site": "Lyon", "note": "x"}))
    do(lambda op: labels.label(op, [Range(n, n) for n in range(1003, 1090, 11)], {"note": "y"}))
    do(lambda op: labels.label(op, [Range(940, 942)], {}, ["site"]))


def _rows(store: Store, acting: int) -> list[dict[str, Any]]:
    tree = Tree.load(store.connection)
    rows = []
    for first, last, series, org, status, tag, until in store.connection.execute(
        "SELECT first, last, series.name, organization, status, tag, until FROM span"
        " JOIN state ON state.id = span.state JOIN series ON series.id = state.series ORDER BY first"
    ):
        for n in range(first, last + 1):
            if org not in tree.scope(acting):
                continue
            user, forward = store.connection.execute(
                "SELECT user.name, forward_to FROM (SELECT ? AS n) AS one LEFT JOIN detail ON number = n"
                " LEFT JOIN user ON user.id = detail.user",
                (n,),
            ).fetchone()
            own = labels_of(store.connection, n)
            values = (series, n, tree.path(org), status, tag or None, until or None, user, forward, own)
            row = dict(zip(FIELDS, values, strict=True))
            row["forwarded_to"] = str(forward) if forward else None
            rows.append(row)
    return rows


def _fits(row: dict[str, Any], wanted: Filter) -> bool:
    tag = (row["reserved_tag"] or "").casefold()
    if wanted.text and not (
        (wanted.text.isdigit() and wanted.text in str(row["number"])) or wanted.text.casefold() in tag
    ):
        return False
    if wanted.series and row["series"] not in wanted.series:
        return False
    if wanted.organizations and not any(
        row["organization"] == org or (wanted.below and row["organization"].startswith(org + "/"))
        for org in wanted.organizations
    ):
        return False
    if wanted.statuses and row["status"] not in wanted.statuses:
        return False
    if wanted.tags and not any(text.casefold() in tag for text in wanted.tags):
        return False
    own = dict(row["labels"])
    for key in {key for key, _ in wanted.labels.having}:
        values = {value for name, value in wanted.labels.having if name == key}
        if key not in own or not (None in values or own[key].casefold() in values):
            return False
    if any(key in own for key in wanted.labels.without):
        return False
    if wanted.users and not any(text.casefold() in (row["user"] or "").casefold() for text in wanted.users):
        return False
    ends = wanted.matching.replace("^", "").rstrip("$")
    return not wanted.matching or str(row["number"]).endswith(ends)


FILTERS = st.builds(
    Filter,
    text=st.sampled_from(("", "", "9", "91", "07", "11", "999", "été", "%", "_", "S", "1234567")),
    series=st.lists(st.sampled_from(("red", "blue")), max_size=2, unique=True),
    organizations=st.lists(st.sampled_from(ORGS), max_size=2, unique=True),
    below=st.booleans(),
    statuses=st.lists(st.sampled_from(("available", "reserved", "assigned", "in-use")), max_size=2),
    tags=st.lists(st.sampled_from(("SALES", "9", "e", "é")), max_size=2),
    users=st.lists(st.sampled_from(("ann", "B", "ä")), max_size=2),
    matching=st.sampled_from(("", "", "7$", "00$")),
    labels=st.builds(
        Wanted,
        having=st.lists(
            st.tuples(
                st.sampled_from(("site", "note", "none")), st.sampled_from((None, "paris", "lyon", "y"))
            ),
            max_size=2,
        ),
        without=st.lists(st.sampled_from(("site", "note")), max_size=1),
    ),
)
ORDERS = st.builds(
    Order, st.sampled_from(("number", "series", "organization", "status", "reserved_tag")), st.booleans()
)


@example(wanted=Filter(), order=Order(), limit=None, few=0)
@example(wanted=Filter(), order=Order(), limit=None, few=2000)
@example(wanted=Filter(), order=Order("number", True), limit=None, few=0)
@example(wanted=Filter(), order=Order("number", True), limit=None, few=2000)
@example(wanted=Filter(), order=Order("reserved_tag"), limit=None, few=0)
@example(wanted=Filter(), order=Order("reserved_tag"), limit=30, few=2000)
@example(wanted=Filter(), order=Order("reserved_tag", True), limit=None, few=0)
@example(wanted=Filter(), order=Order("organization", True), limit=None, few=5)
@given(wanted=FILTERS, order=ORDERS, limit=st.none() | st.integers(1, 30), few=st.sampled_from((0, 5, 2000)))
def test_finds_what_looking_at_every_number_finds(
    store: Store, wanted: Filter, order: Order, limit: int | None, few: int
) -> None:
    expected = [row for row in _rows(store, 1) if _fits(row, wanted)]
    expected.sort(key=lambda row: row["number"], reverse=order == Order("number", True))
    if order.column != "number":
        name = order.column
        expected.sort(key=lambda row: (row[name] or "").casefold(), reverse=order.descending)
        expected.sort(key=lambda row: row[name] is None)
    with pytest.MonkeyPatch.context() as patch, store.reading() as connection:
        patch.setattr(selection, "FEW", few)
        patch.setattr(details, "NEARBY", few)
        patch.setattr(details, "AT_HAND", few)
        patch.setattr(pieces, "FEW", few)
        patch.setattr(slices, "AT_FIRST", few or 1)
        patch.setattr(slices, "AT_ONCE", few or 1)
        patch.setattr(ordering, "ONE_BY_ONE", few)
        patch.setattr(search, "PATIENCE", 2)
        view = View(connection, Tree.load(connection), 1)
        found = Search(view, wanted)
        listing = Listing.read(view, found, order, limit=limit)
        count = found.count()
    told = [
        {
            **dict(zip(FIELDS, (*listing.rows[state][:6], *own, listing.rows[state][8]), strict=True)),
            "number": n,
        }
        for first, last, state, *own in slices.pieces(listing.slices())
        for n in range(first, last + 1)
    ]
    assert told == expected[:limit]
    assert count == len(expected)


@example(wanted=Filter("913", users=("b",)), order=Order(), limit=1, few=1)
@example(wanted=Filter("91", users=("ann", "b")), order=Order("number", True), limit=5, few=1)
@example(wanted=Filter(text="9"), order=Order("organization", True), limit=3, few=1)
@given(wanted=FILTERS, order=ORDERS, limit=st.none() | st.integers(1, 30), few=st.sampled_from((1, 5, 2000)))
def test_ranges_are_unbroken_runs_of_equal_rows(
    store: Store, wanted: Filter, order: Order, limit: int | None, few: int
) -> None:
    expected = _runs(row for row in _rows(store, 1) if _fits(row, wanted))
    expected.sort(key=lambda run: run["first"], reverse=order == Order("number", True))
    if order.column != "number":
        name = order.column
        expected.sort(key=lambda run: (run[name] or "").casefold(), reverse=order.descending)
        expected.sort(key=lambda run: run[name] is None)
    with pytest.MonkeyPatch.context() as patch, store.reading() as connection:
        patch.setattr(slices, "AT_FIRST", few)
        patch.setattr(slices, "AT_ONCE", few)
        patch.setattr(ordering, "ONE_BY_ONE", few)
        view = View(connection, Tree.load(connection), 1)
        listing = Listing.read(view, Search(view, wanted), order, limit=limit, ranges=True)
    told = [dict(zip(RANGE_FIELDS, listing.ranged(run), strict=True)) for run in listing.ranges()]
    shown = [{**run, "first": str(run["first"]), "last": str(run["last"])} for run in expected[:limit]]
    assert told == shown


def _runs(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows, which ascend by number, joined where they are equal but for it."""
    runs: list[dict[str, Any]] = []
    for row in rows:
        shown = dict(row)
        number = shown.pop("number")
        same = runs and {name: runs[-1][name] for name in shown} == shown
        if same and adjoins(runs[-1]["last"], number):
            runs[-1] |= {"last": number, "count": runs[-1]["count"] + 1}
        else:
            runs.append({**shown, "first": number, "last": number, "count": 1})
    return runs


@given(acting=st.integers(1, 4), wanted=FILTERS)
def test_nothing_outside_the_scope_is_found(store: Store, acting: int, wanted: Filter) -> None:
    with store.reading() as connection:
        view = View(connection, Tree.load(connection), acting)
        here = wanted._replace(organizations=(), series=())
        listing = Listing.read(view, Search(view, here), Order())
        count = Search(view, here).count()
    expected = [row["number"] for row in _rows(store, acting) if _fits(row, here)]
    assert [
        n for first, last, *_ in slices.pieces(listing.slices()) for n in range(first, last + 1)
    ] == expected
    assert count == len(expected)
