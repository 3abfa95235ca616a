"""What the tests of commands share: a small company's store, and programs' way of reading answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from numctl.core.actions import founding, inventory, organizations, series, subscribers
from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from numctl.core.actions.reservations import reserve
from numctl.core.catalog.organizations import OFF
from numctl.core.changes.operation import Act, Operation
from numctl.core.numbers.ranges import Range
from tests.on_server import clone

ACT = Act("tester", "2026-01-05T09:00:00Z", "2026-01-05")
BASE = 14188980000
FIRST = str(BASE)


def number(n: int) -> str:
    """The number that is ``n`` after the first of series 1418."""
    return str(BASE + n)


def span(first: int, last: int) -> list[Range]:
    return [Range(BASE + first, BASE + last)]


def populate(operation: Operation) -> None:
    organizations.add(operation, "Sales", None, ["sales@acme.example"], 90)
    organizations.add(operation, "EMEA", "Acme/Sales")
    organizations.add(operation, "Finance", None, ["finance@acme.example"], OFF)
    series.add(operation, "Empty", "has no numbers")


def number_it(operation: Operation) -> None:
    inventory.add(operation, span(0, 99), "1418")
    inventory.add(operation, [Range(3990, 3999)], "Short")
    inventory.move(operation, span(40, 69), "Acme/Sales")
    inventory.move(operation, span(70, 89), "EMEA")
    inventory.move(operation, span(90, 99), "Finance")


def live(operation: Operation) -> None:
    """EMEA: 70 and 71 Ann's, 72 Bob's, 73 reserved, 74 forwarded. Finance: 90 Cat's, 91 reserved."""
    subscribers.assign(operation, span(70, 71), "Ann Lee")
    subscribers.register(operation, span(71, 71))
    subscribers.assign(operation, [*span(72, 72), *span(74, 74)], "Bob")
    subscribers.register(operation, span(72, 72))
    reserve(operation, span(73, 73), "fair")
    subscribers.release(operation, span(74, 74), subscribers.Keep("left", forward_to=BASE + 71))
    subscribers.assign(operation, span(90, 90), "Cat")
    subscribers.register(operation, span(90, 90))
    reserve(operation, span(91, 91), "secret")


@pytest.fixture(scope="session")
def _acme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("acme") / "inventory.db"
    founding.found(path, ACT, "Acme", ["boss@acme.example"])
    with open_store(path) as store:
        for work in (populate, number_it, live):
            perform(store, ACT, "batch", work)
    return path


@pytest.fixture
def acme(_acme: Path, store: Path) -> Path:
    """A store of Acme, Acme/Sales, Acme/Sales/EMEA and Acme/Finance, in use by ``numctl``.

    Series 1418, 100 numbers: Acme holds 0..39, Sales 40..69, EMEA 70..89, Finance 90..99. Series Short:
    3990..3999 at Acme. Series Empty. Four operations were made.
    """
    clone(_acme, store)
    return store


Answer = Callable[..., dict[str, Any]]
Rows = Callable[..., list[dict[str, Any]]]
Refusal = Callable[..., dict[str, Any]]


@pytest.fixture
def rows(numctl: Any) -> Rows:
    """Run a command after ``-o json``, which must succeed; give its array."""

    def run(*args: str | Path, **options: Any) -> list[dict[str, Any]]:
        ending = numctl("-o", "json", *args, **options)
        assert (ending.code, ending.err) == (0, "")
        found = json.loads(ending.out)
        assert isinstance(found, list)
        return found

    return run


@pytest.fixture
def answer(rows: Rows) -> Answer:
    """Run a command after ``-o json``, which must succeed; give the one object of its array."""

    def run(*args: str | Path, **options: Any) -> dict[str, Any]:
        (only,) = rows(*args, **options)
        return only

    return run


@pytest.fixture
def refusal(numctl: Any) -> Refusal:
    """Run a command after ``-o json``, which must be refused; give the error, its exit code as ``code``."""

    def run(*args: str | Path, **options: Any) -> dict[str, Any]:
        ending = numctl("-o", "json", *args, **options)
        assert ending.out == ""
        error = json.loads(ending.err)["error"]
        assert ending.code == error["code"] > 0
        assert error["message"].endswith((".", "?"))
        return error  # type: ignore[no-any-return]

    return run


@pytest.fixture
def state(rows: Rows) -> Callable[[str], dict[str, Any]]:
    """What search says of one number."""

    def look(number: str) -> dict[str, Any]:
        return next(row for row in rows("search", number) if row["number"] == number)

    return look
