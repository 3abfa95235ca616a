"""What the company of the demo did, as operations in the order of their days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.actions import allocation, inventory, organizations, reservations, series, subscribers
from numctl.core.catalog.organizations import OFF
from numctl.core.numbers.ranges import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numctl.core.changes.operation import Operation

BEGAN = 120  # days ago
DAYS_OF_USAGE = 60
WEEKS_OF_GROWTH = 14
A_WEEK = 6  # numbers that the contact centre takes into use each week

QUEBEC, PARIS, EXTENSIONS = 14188980000, 33199000000, 4000  # the first number of each series


class Step(NamedTuple):
    """One operation: how many days ago, what, and as whom (a path below the root)."""

    days_ago: int
    action: str
    work: Callable[[Operation], None]
    acting: str = ""
    message: str = ""


def story(today: date) -> list[Step]:
    """All steps, the earliest first. Holds end after ``today``."""
    chapters = (_founding(), _numbers(), _allocations(), _people(), _growth(), _daily_life(today))
    return sorted((step for chapter in chapters for step in chapter), key=lambda step: -step.days_ago)


def telephones() -> Iterator[int]:
    """The numbers that consume: in use for longer than usage is told of, and never moved."""
    yield from range(QUEBEC + 100, QUEBEC + 107)
    yield from range(QUEBEC + 700, QUEBEC + 706)
    yield from range(PARIS, PARIS + 4 * A_WEEK)
    yield from range(EXTENSIONS, EXTENSIONS + 10)


def _span(begin: int, first: int, last: int) -> list[Range]:
    return [Range(begin + first, begin + last)]


def _founding() -> Iterator[Step]:
    def add(name: str, parent: str | None, email: str | None, threshold: int | None = None) -> Step:
        emails = [f"{email}@acme.example"] if email else []
        work = lambda op: organizations.add(op, name, parent, emails, threshold)  # noqa: E731
        return Step(BEGAN, "org add", work)

    yield add("Sales", None, "sales")
    yield add("EMEA", "Sales", "emea", 85)
    yield add("Americas", "Sales", None)
    yield add("Support", None, "support")
    yield add("Helpdesk", "Support", "helpdesk", 90)
    yield add("Finance", None, "finance", 70)
    yield add("Lab", None, None, OFF)
    for name, text in (
        ("1418", "Québec"),
        ("Paris", "Paris, geographic"),
        ("Extensions", "Inside the house"),
    ):
        yield Step(BEGAN, "series add", lambda op, name=name, text=text: series.add(op, name, text))  # type: ignore[misc]


def _numbers() -> Iterator[Step]:
    for name, begin, count in (
        ("1418", QUEBEC, 2000),
        ("Paris", PARIS, 1000),
        ("Extensions", EXTENSIONS, 500),
    ):
        work = lambda op, name=name, at=begin, n=count: inventory.add(op, _span(at, 0, n - 1), name)  # noqa: E731
        yield Step(BEGAN - 1, "add", work, message="Blocks from the carrier")


def _allocations() -> Iterator[Step]:
    def move(begin: int, first: int, last: int, to: str, acting: str = "") -> Step:
        return Step(BEGAN - 5, "move", lambda op: inventory.move(op, _span(begin, first, last), to), acting)

    def allocate(name: str, count: int, to: str, acting: str = "") -> Step:
        wanted = allocation.Quantity(name, count, contiguous=True)
        return Step(BEGAN - 6, "allocate", lambda op: allocation.allocate(op, wanted, to), acting)

    yield allocate("Paris", 200, "Sales")
    yield allocate("Paris", 200, "Support")
    yield allocate("Paris", 100, "EMEA", acting="Sales")
    yield allocate("Extensions", 200, "Support")
    yield allocate("Extensions", 50, "Helpdesk", acting="Support")
    yield move(QUEBEC, 100, 999, "Sales")
    yield move(QUEBEC, 1000, 1099, "Support")
    yield move(QUEBEC, 1100, 1149, "Finance")
    yield move(QUEBEC, 600, 699, "EMEA", acting="Sales")
    yield move(QUEBEC, 700, 899, "Americas", acting="Sales")


_SALES = (
    *("Jo Park", "Ada Moreau", "Mia Rossi", "Lou Brandt", "Tom Okafor", "Iris Chen", "Ada Moreau"),
    *("Ben Adler", "Zoé Lambert", "Raj Patel", "Ana Costa", "Sam Ortega"),
)
_AMERICAS = ("Luis Vega", "Eva Stone", "Max Reyes", "Joy Bell", "Ian Frost", "Sue Park")
_INVITED = ("Noa Klein", "Kim Sato", "Eli Novak")


def _people() -> Iterator[Step]:
    for begin, names in ((QUEBEC + 100, _SALES), (QUEBEC + 700, _AMERICAS)):
        for number, name in enumerate(names, begin):
            yield from _on_board([Range(number, number)], name, 100)
    yield from _on_board(_span(EXTENSIONS, 0, 9), "Helpdesk desks", 95)
    yield from _on_board(_span(EXTENSIONS, 50, 79), "Support desks", 80)
    yield from _on_board(_span(QUEBEC, 1100, 1104), "Finance desks", 70)
    for number, name in enumerate(_INVITED, QUEBEC + 150):
        yield _invited([Range(number, number)], name, 3)


def _invited(numbers: list[Range], name: str, days_ago: int) -> Step:
    return Step(days_ago, "assign", lambda op: subscribers.assign(op, numbers, name))


def _on_board(numbers: list[Range], name: str, days_ago: int) -> Iterator[Step]:
    yield _invited(numbers, name, days_ago)
    yield Step(days_ago - 1, "register", lambda op: subscribers.register(op, numbers))


def _growth() -> Iterator[Step]:
    user = "Contact centre"
    for week in range(WEEKS_OF_GROWTH, 0, -1):
        wanted = allocation.Quantity("Paris", A_WEEK)
        numbers = _span(PARIS, (WEEKS_OF_GROWTH - week) * A_WEEK, (WEEKS_OF_GROWTH - week + 1) * A_WEEK - 1)
        work = lambda op, wanted=wanted: subscribers.assign(op, wanted, user)  # noqa: E731
        yield Step(7 * week, "assign", work, "Sales/EMEA")
        yield Step(7 * week - 1, "register", lambda op, numbers=numbers: subscribers.register(op, numbers))  # type: ignore[misc]


def _daily_life(today: date) -> Iterator[Step]:
    def reserve(days_ago: int, numbers: list[Range], tag: str, until: int | None = None) -> Step:
        day = (today + timedelta(until)).isoformat() if until else ""
        return Step(days_ago, "reserve", lambda op: reservations.reserve(op, numbers, tag, until=day))

    def release(days_ago: int, number: int, keep: subscribers.Keep) -> Step:
        return Step(days_ago, "release", lambda op: subscribers.release(op, [Range(number, number)], keep))

    yield reserve(60, _span(QUEBEC, 120, 129), "sales floor 2")
    yield reserve(45, _span(QUEBEC, 130, 139), "spring fair", until=30)
    yield reserve(40, _span(QUEBEC, 1110, 1139), "audit hotline")
    yield reserve(35, _span(PARIS, 300, 319), "hotline Paris")
    yield Step(
        34, "retag", lambda op: reservations.retag(op, _span(PARIS, 310, 319), "night desk"), "Support"
    )
    yield Step(20, "unreserve", lambda op: reservations.unreserve(op, _span(PARIS, 315, 319)))
    left = subscribers.Keep("left", forward_to=QUEBEC + 101)
    yield release(15, QUEBEC + 111, left)
    cooling = subscribers.Keep(cool=90)
    yield release(12, QUEBEC + 110, cooling)
    yield Step(
        10, "withdraw", lambda op: allocation.withdraw(op, "Paris", 50, "Support"), message="Never used"
    )
    yield Step(8, "move", lambda op: inventory.move(op, _span(QUEBEC, 109, 109), "Support"))
    yield Step(
        5,
        "remove",
        lambda op: inventory.remove(op, _span(EXTENSIONS, 490, 499), "The old exchange is gone"),
    )
    yield reserve(2, _span(QUEBEC, 1140, 1142), "audit hotline")
