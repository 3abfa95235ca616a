"""What an older store's upgrade lets rest: what a release has held, and nothing that was merely tagged so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from numctl.core.actions import reservations, subscribers, upgrading
from numctl.core.actions.subscribers import COOLING, Keep
from numctl.core.changes.operation import Operation
from numctl.core.numbers.ranges import Range
from tests.company import Company

UNTIL = "2026-12-24"
KEPT = Keep(COOLING, until=UNTIL)


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    company = Company(tmp_path / "inventory.db")
    yield company
    company.store.close()


def span(first: int, last: int) -> list[Range]:
    return [Range(1418000 + first, 1418000 + last)]


def resting(company: Company) -> list[tuple[object, ...]]:
    """The numbers that rest once the store was upgraded."""
    with company.store.writing() as connection:
        upgrading.record(connection, "tester", f"{company.today}T12:00:00Z")
    return company.rows(
        "SELECT first - 1418000, last - 1418000 FROM span JOIN state ON state.id = span.state"
        " WHERE status = 'aging' ORDER BY first"
    )


def test_what_was_released_rests_and_what_was_tagged_does_not(company: Company) -> None:
    company.do("assign", lambda op: subscribers.assign(op, span(0, 9), "Ann"))
    company.do("release", lambda op: subscribers.release(op, span(0, 4), KEPT))
    company.do("reserve", lambda op: reservations.reserve(op, span(10, 19), COOLING, until=UNTIL))
    assert resting(company) == [(0, 4)]


def test_the_last_that_one_batch_did_decides(company: Company) -> None:
    def work(operation: Operation) -> None:
        subscribers.assign(operation, span(0, 9), "Ann")
        subscribers.release(operation, span(0, 9), KEPT)
        subscribers.assign(operation, span(20, 29), "Bob")
        subscribers.release(operation, span(20, 29), subscribers.Keep(cool=0))
        reservations.reserve(operation, span(20, 29), COOLING, until=UNTIL)

    company.do("batch", work)
    assert resting(company) == [(0, 9)]
