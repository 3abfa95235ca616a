"""Changes to numbers where what is in memory, what is stored, and what is refused meet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from numctl.core.actions import inventory, reservations, subscribers
from numctl.core.changes import cache, writer
from numctl.core.changes.operation import Operation
from numctl.core.errors import NumbersRefuse, NumbersUnknown
from numctl.core.numbers.ranges import Range
from numctl.core.past.history import Past
from tests.company import Company

FIRST = 1418000


def span(first: int, last: int) -> list[Range]:
    return [Range(FIRST + first, FIRST + last)]


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    company = Company(tmp_path / "inventory.db")
    yield company
    company.store.close()


def test_a_long_change_sees_what_the_same_operation_did_before(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "AT_ONCE", 5)
    monkeypatch.setattr(writer, "PART", 3)

    def work(operation: Operation) -> None:
        inventory.add(operation, span(100, 104), "1418")
        subscribers.assign(operation, span(90, 104), "Ann")

    assert company.do("batch", work).count == 20
    assert company.rows("SELECT count(*) FROM detail") == [(15,)]


@pytest.mark.parametrize("at_a_time", [1, 2, 3, 5, 10])
def test_many_spans_are_read_page_by_page_to_the_last(
    company: Company, monkeypatch: pytest.MonkeyPatch, at_a_time: int
) -> None:
    monkeypatch.setattr(writer, "AT_ONCE", 5)
    monkeypatch.setattr(cache, "AT_A_TIME", at_a_time)
    for n in range(1, 10, 2):
        company.do("reserve", lambda op, n=n: reservations.reserve(op, span(n, n), f"t{n}"))
    assert company.do("assign", lambda op: subscribers.assign(op, span(0, 9), "Ann")).count == 10


def test_what_is_not_there_is_said_before_what_does_not_fit(company: Company) -> None:
    company.do("reserve", lambda op: reservations.reserve(op, span(0, 0), "x"))
    with pytest.raises(NumbersUnknown, match="1418100"):
        company.do("reserve", lambda op: reservations.reserve(op, [*span(0, 0), *span(99, 100)], "y"))


def test_forwarding_is_changed_only_where_all_have_it(company: Company) -> None:
    company.do("assign", lambda op: subscribers.assign(op, span(0, 0), "Ann"))
    keep = subscribers.Keep("left", forward_to=FIRST + 50)
    company.do("release", lambda op: subscribers.release(op, subscribers.OfUser("Ann"), keep))
    company.do("reserve", lambda op: reservations.reserve(op, span(1, 1), "left"))
    before = company.dump()
    with pytest.raises(NumbersRefuse, match="has no forwarding number"):
        company.do("forward", lambda op: subscribers.forward(op, span(0, 1), FIRST + 60))
    assert company.dump() == before


def test_a_clock_that_went_back_does_not_reorder_what_happened(company: Company) -> None:
    company.today = "2026-12-24"
    company.do("reserve", lambda op: reservations.reserve(op, span(0, 0), "x"))
    company.today = "2026-12-01"
    company.do("unreserve", lambda op: reservations.unreserve(op, span(0, 0)))
    last, before = Past(company.view()).operations(2)
    assert (last.action, before.action) == ("unreserve", "reserve")
    assert last.at == before.at == "2026-12-24T12:00:00Z"


def test_a_tag_that_only_some_of_the_numbers_have_is_not_the_tag_of_all(company: Company) -> None:
    def work(operation: Operation) -> None:
        reservations.reserve(operation, span(0, 0), "x")
        inventory.remove(operation, span(5, 5), "ported")

    assert company.do("batch", work).tag is None
    assert company.do("reserve", lambda op: reservations.reserve(op, span(1, 2), "x")).tag == "x"


def test_the_state_of_a_number_outside_is_not_told(company: Company) -> None:
    company.do("move", lambda op: inventory.move(op, span(0, 0), "Finance"))
    seen: list[bool] = []

    def look(operation: Operation) -> None:
        seen.extend(operation.writer.state_of(FIRST + n) is not None for n in (0, 1, 500))

    company.do("look", look, acting="Acme/Sales")
    assert seen == [False, False, False]
    company.do("look", look)
    assert seen[3:] == [True, True, False]
