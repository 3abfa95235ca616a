"""Users and forwarding of numbers as lists read them: many together, and many of one span."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from numctl.core.actions import inventory, subscribers
from numctl.core.actions.founding import found
from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from numctl.core.catalog.tree import Tree
from numctl.core.catalog.view import View
from numctl.core.changes.operation import Act
from numctl.core.numbers.ranges import Range
from numctl.core.queries import details, slices
from numctl.core.queries.listing import Listing
from numctl.core.queries.ordering import Order
from numctl.core.queries.search import Search
from numctl.core.queries.selection import Filter
from numctl.core.queries.slices import Slice, pieces
from numctl.core.store.connection import Store

ACT = Act("tester", "2026-11-24T12:00:00Z", "2026-11-24")
NAMES = ("Ann, the first", "a\x1fb", "line\nbreak", "\x1f", 'say "so"', "> 3999")


@pytest.fixture
def store(tmp_path: Path) -> Any:
    """A span in which each number has a user, one with forwarding here and there, and single ones."""
    path = tmp_path / "inventory.db"
    found(path, ACT, "Acme")
    with open_store(path) as opened:

        def do(work: Any) -> None:
            perform(opened, ACT, "test", work)

        do(lambda op: inventory.add(op, [Range(1000, 1199), Range(100, 139)], "red"))
        for at, number in enumerate((*range(1000, 1060), *range(101, 130, 2))):
            one = [Range(number, number)]
            do(lambda op, one=one, at=at: subscribers.assign(op, one, f"User {at % len(NAMES)}"))
        do(lambda op: subscribers.assign(op, [Range(1080, 1170)], "Zoe"))
        for number in (1080, 1081, 1090, 1170):
            one = [Range(number, number)]
            do(lambda op, one=one: subscribers.release(op, one, subscribers.Keep("ex", 3999)))
        rest = [Range(1082, 1089), Range(1091, 1169)]
        do(lambda op: subscribers.release(op, rest, subscribers.Keep("ex")))
        for at, name in enumerate(NAMES):
            opened.connection.execute("UPDATE user SET name = ? WHERE name = ?", (name, f"User {at}"))
        yield opened


def _own(store: Store) -> dict[int, tuple[str | None, str | None]]:
    rows = store.connection.execute(
        "SELECT number, user.name, CAST(forward_to AS TEXT) FROM detail LEFT JOIN user ON user.id = user"
    )
    return {number: (user, forward) for number, user, forward in rows}


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("at_once", [7, 10_000])
@pytest.mark.parametrize("at_hand", [0, 2_000])
@pytest.mark.parametrize("nearby", [0, 4])
def test_each_number_has_what_is_its_own(
    store: Store,
    backwards: bool,
    at_once: int,
    at_hand: int,
    nearby: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(slices, "AT_ONCE", at_once)
    monkeypatch.setattr(details, "AT_HAND", at_hand)
    monkeypatch.setattr(details, "NEARBY", nearby)
    with store.reading() as connection:
        view = View(connection, Tree.load(connection), 1)
        listing = Listing.read(view, Search(view, Filter()), Order("number", backwards))
    told = [
        (number, user, forward)
        for first, last, _, user, forward in pieces(listing.slices())
        for number in range(first, last + 1)
    ]
    own = _own(store)
    numbers = sorted([*range(1000, 1200), *range(100, 140)], reverse=backwards)
    assert told == [(number, *own.get(number, (None, None))) for number in numbers]


def test_slices_come_out_as_they_were_put_away() -> None:
    for rows in (
        [("100", "100", "1", "", "")],
        [("100", "109", "1", "Ann", "")],
        [("100", "100", "1", "a\x1fb", ""), ("101", "101", "2", "", "3999")],
        [("100", "100", "1", "", ""), ("101", "105", "-2", "", "")],
    ):
        one = Slice.unpacked(Slice.of(rows).packed())
        assert list(zip(*one, strict=True)) == rows
        assert (one.lasts is one.firsts) == all(row[0] == row[1] for row in rows)
