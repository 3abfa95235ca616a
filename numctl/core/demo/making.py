"""A small company to try things out with: what it did in the last months, told as operations.

Everything depends on today's date and on nothing else. Addresses are in the domain ``example``, which
no mail can reach.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING

from numctl.core.actions.founding import begin
from numctl.core.actions.perform import perform
from numctl.core.catalog.tree import Tree
from numctl.core.changes.operation import Act, Operation, Outcome
from numctl.core.demo.story import BEGAN, DAYS_OF_USAGE, story, telephones
from numctl.core.errors import NumbersRefuse
from numctl.core.store.connection import Store
from numctl.core.store.opening import make_store
from numctl.core.usage.consumption import put as put_usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numctl.core.demo.story import Step
    from numctl.core.store.connection import Connection
    from numctl.core.store.places import Place

NAME, EMAIL = "Acme", "numbers@acme.example"


def make(path: Place, act: Act, journal: str | None = None) -> Outcome:
    """Make a store at ``path`` and fill it. Raises NumbersRefuse where something stands.

    ``journal`` is a file's mode, as in ``store.opening.make_store``.
    """
    answers: list[Outcome] = []

    def found_and_fill(store: Store) -> None:
        begin(store, Act(act.actor, *_morning(act.today, BEGAN)), NAME, [EMAIL])
        answers.append(fill(store, act._replace(dry_run=False)))

    make_store(path, found_and_fill, dry_run=act.dry_run, journal=journal)
    return answers[0]._replace(operation=None, dry_run=True) if act.dry_run else answers[0]


def fill(store: Store, act: Act) -> Outcome:
    """Fill a store that has a root organization and nothing else, in one transaction.

    Raises OutOfScope below the root, NumbersRefuse where there are numbers or organizations, or where
    ``act`` expects another count of numbers.
    """
    last = act._replace(dry_run=False, expect=None)
    with store.writing(keep=lambda: not act.dry_run) as connection:
        whole = _Within(store)
        known = perform(whole, last, "demo", _expect_empty)
        if known.operation is not None:
            return known
        for step in story(date.fromisoformat(act.today)):
            perform(whole, _act(connection, act, step), step.action, step.work)
        _expect_count(connection, act.expect)
        answer = perform(whole, last, "demo", _consume)
    return answer._replace(operation=None, dry_run=True) if act.dry_run else answer


class _Within(Store):
    """An open transaction of a store, as a store: what is done to it becomes a part of that."""

    def __init__(self, store: Store) -> None:
        self.path, self.connection = store.path, store.connection

    @contextmanager
    def writing(self, *, keep: Callable[[], bool] = lambda: True) -> Iterator[Connection]:
        self.connection.execute("SAVEPOINT step")
        yield self.connection  # an error rolls the whole back
        if not keep():
            self.connection.execute("ROLLBACK TO step")
        self.connection.execute("RELEASE step")


def _expect_empty(operation: Operation) -> None:
    operation.root_only()
    (numbers,) = operation.connection.execute("SELECT coalesce(sum(n), 0) FROM tally").fetchone()
    if numbers or operation.tree.children(operation.tree.root):
        holds = f"{numbers} numbers" if numbers else "organizations"
        raise NumbersRefuse(
            f"The store holds {holds} already, and `demo` fills an empty one.",
            "Nothing was changed. Name a new store with --db.",
            count=numbers,
        )


def _expect_count(connection: Connection, expected: int | None) -> None:
    (numbers,) = connection.execute("SELECT sum(n) FROM tally").fetchone()
    if expected not in (None, numbers):
        raise NumbersRefuse(
            f"{expected} numbers were expected to change, but it would be {numbers}.",
            "Nothing was changed.",
            expected=expected,
            count=numbers,
        )


def _act(connection: Connection, act: Act, step: Step) -> Act:
    acting = 0
    if step.acting:
        tree = Tree.load(connection)
        acting = tree.find(f"{tree.path(tree.root)}/{step.acting}", tree.root)
    return Act(act.actor, *_morning(act.today, step.days_ago), acting_as=acting, message=step.message)


def _morning(today: str, days_ago: int) -> tuple[str, str]:
    """The moment (RFC 3339) and the date of a morning some days ago."""
    day = (date.fromisoformat(today) - timedelta(days_ago)).isoformat()
    return f"{day}T09:00:00Z", day


def _consume(operation: Operation) -> None:
    """Write what the telephones that have been in use all the time consumed until yesterday."""
    today = date.fromisoformat(operation.act.today)
    days = [today - timedelta(ago) for ago in range(DAYS_OF_USAGE, 0, -1)]
    rows = []
    operation.ahead([(number, number) for number in telephones()])
    for number in telephones():
        state = operation.writer.state_of(number)
        if state is not None:
            rows += [(day.isoformat(), number, state.organization, *_usage(number, day)) for day in days]
    put_usage(operation.connection, rows)
    (numbers,) = operation.connection.execute("SELECT sum(n) FROM tally").fetchone()
    operation.note(organizations=len(operation.tree.by_id), numbers=numbers, usage_rows=len(rows))


def _usage(number: int, day: date) -> tuple[int, int, int, int, int]:
    """Seconds in and out, messages sent and received, bytes: what looks like use, the same each time."""
    chance = (number * 7919 + day.toordinal() * 104_729) % 9973
    busy = 1 if day.weekday() < 5 else 8  # times quieter on a weekend
    return (
        chance % 3600 // busy,
        chance * 7 % 2400 // busy,
        chance % 23 // busy,
        chance % 31 // busy,
        chance * 40_009 // busy,
    )
