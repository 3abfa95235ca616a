"""Users of numbers: invited (assigned), on-boarded (in use), deleted (released, perhaps forwarded)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core.actions import aging, allocation, inventory
from numctl.core.actions.forwarding import expect_no_circle
from numctl.core.actions.reservations import expect_a_day_to_come
from numctl.core.catalog import users
from numctl.core.dates import days_after
from numctl.core.errors import Ambiguous, BadValue, NotFound, NumbersRefuse
from numctl.core.numbers.ranges import Range, normalize, total
from numctl.core.rules.book import ACTIONS
from numctl.core.rules.model import CARRIES, MOST_ONE_BY_ONE, Change, Status
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numctl.core.changes.operation import Operation

_OF_USERS = """
SELECT number, status, state.organization FROM user JOIN detail ON detail.user = user.id
JOIN span ON span.first = (SELECT max(first) FROM span WHERE first <= number)
JOIN state ON state.id = span.state WHERE user.folded = ? AND user.folded <> '' ORDER BY number
"""

COOLING = "cooling"  # the tag under which older versions held a number that rests after its release


class OfUser(NamedTuple):
    """All numbers of a user that an action fits; ``organization`` (as ORG) says whose, where several bear
    the name."""

    name: str
    organization: str | None = None


class Keep(NamedTuple):
    """What becomes of released numbers: a tag that reserves them (until a date), or days of rest, and
    forwarding. ``cool`` is None where the rule of aging says."""

    tag: str = ""
    forward_to: int | None = None
    until: str = ""
    cool: int | None = None

    @classmethod
    def of(
        cls,
        *,
        reserve: str | None,
        forward_to: int | None,
        until: str | None,
        cool: int | None,
        today: str,
        name: Callable[[str], str],
    ) -> Keep:
        """What these values together ask for.

        ``reserve`` is a tag, ``until`` a day to come, ``cool`` days from ``today`` on; ``name`` says how
        the one who gave them calls them. Raises BadValue where they don't go together.
        """
        if cool is not None and (reserve is not None or until):
            raise BadValue(
                f"{name('cool')} goes with neither {name('reserve')} nor {name('until')}.",
                "A number is held under a tag, or it rests.",
            )
        if reserve is None and until:
            raise BadValue(
                f"{name('until')} is for numbers that are kept.", f"Add {name('reserve')} with a tag."
            )
        if cool == 0 and forward_to is not None:
            raise _forwards_nothing(name("forward_to"))
        days_after(today, cool or 0)  # raises where the calendar has no such day
        return cls(reserve or "", forward_to, until or "", cool)

    def expect_fit(self, numbers: Iterable[Range] | OfUser) -> None:
        """Raises BadValue where numbers that are named can't be given this forwarding."""
        if self.forward_to is not None and not isinstance(numbers, OfUser):
            expect_few(numbers, "a forwarding")
            expect_others(numbers, self.forward_to)

    def change(self, operation: Operation) -> Change:
        """What the release does to each number."""
        if self.tag:
            expect_a_day_to_come(self.until, operation.act.today)
            return Change(
                "release", to=Status.RESERVED, tag=self.tag, until=self.until, forward_to=self.forward_to
            )
        rule = aging.rule(operation) if self.cool is None else aging.after(operation, self.cool)
        return Change("release", to=Status.AVAILABLE, forward_to=self.forward_to, rests=rule)


AS_RULED = Keep()


def _forwards_nothing(name: str) -> BadValue:
    return BadValue(
        f"{name} is for numbers that are kept, and these become available.",
        "Reserve them under a tag, or let them rest.",
    )


def assign(
    operation: Operation,
    numbers: Iterable[Range] | allocation.Quantity,
    user: str,
    organization: str | None = None,
) -> None:
    """Give numbers to a user by invitation: named ones (available or reserved), or the lowest available.

    These are what ``organization`` itself has (the acting one where it is None).
    """
    holder = operation.organization(organization)
    by_quantity = isinstance(numbers, allocation.Quantity)
    chosen = (
        allocation.choose(operation, numbers, holder=holder)
        if isinstance(numbers, allocation.Quantity)
        else numbers
    )
    operation.writer.change(
        chosen,
        Change("assign", to=Status.ASSIGNED, user=user),
        held_by=holder if by_quantity else None,
    )


def register(operation: Operation, numbers: Iterable[Range] | OfUser) -> None:
    """The user on-boards: assigned numbers come into use. A user stands for all of theirs."""
    operation.writer.change(_named(operation, numbers, "register"), Change("register", to=Status.IN_USE))


def release(operation: Operation, numbers: Iterable[Range] | OfUser, keep: Keep = AS_RULED) -> None:
    """The user is deleted or the invitation withdrawn; ``keep`` says what becomes of the numbers.

    This is the one moment at which forwarding can be added. Raises BadValue for a date that has
    passed, for forwarding to itself or of what becomes available, NumbersRefuse for forwarding in a circle.
    """
    chosen = list(_named(operation, numbers, "release"))
    change = keep.change(operation)
    if keep.forward_to is not None:
        expect_others(chosen, keep.forward_to)
        expect_no_circle(operation, chosen, keep.forward_to)
        operation.writer.expect(chosen, change)
        for state in operation.writer.states_of(chosen):
            if not CARRIES[change.after(state).status].forwarding:
                raise _forwards_nothing("Forwarding")
    operation.writer.change(chosen, change)


def move(operation: Operation, numbers: Iterable[Range] | OfUser, to: str) -> None:
    """Hand numbers, or those of a user that may move, to another organization in scope."""
    inventory.move(operation, _named(operation, numbers, "move"), to)


def forward(operation: Operation, numbers: Iterable[Range], to: int | None) -> None:
    """Change the forwarding of reserved numbers that have one; None removes it for good.

    Raises as ``release`` does.
    """
    chosen = list(numbers)
    if to is not None:
        expect_others(chosen, to)
        expect_no_circle(operation, chosen, to)
    operation.writer.change(chosen, Change("forward", forward_to=to, stop_forwarding=to is None))


def expect_few(numbers: Iterable[Range] | allocation.Quantity | OfUser, what: str) -> None:
    """Raises BadValue for more numbers than may be given something of their own at a time.

    ``what`` is what they are given, with its article. Quantities and users are of no such size.
    """
    if isinstance(numbers, allocation.Quantity | OfUser):
        return
    count = total(numbers)
    if count > MOST_ONE_BY_ONE:
        raise BadValue(
            f"At most {MOST_ONE_BY_ONE} numbers are given {what} at a time, and these are {count}.",
            "Divide them.",
            count=count,
        )


def expect_others(numbers: Iterable[Range], to: int) -> None:
    """Raises BadValue where a number would be forwarded to itself."""
    if any(first <= to <= last for first, last in numbers):
        raise BadValue(f"{to} can't be forwarded to itself.", "Forward it to another number.", number=str(to))


def numbers_of(operation: Operation, of: OfUser) -> list[tuple[int, Status]]:
    """A user's numbers held in scope, ascending, with their status.

    Raises NotFound for a user that there is none of, or without numbers; Ambiguous where users of several
    organizations bear the name and none of these is named.
    """
    scope = operation.scope
    if of.organization is not None:
        scope = frozenset({operation.organization(of.organization)})
    found = [one for one in _of_all(operation, of.name) if one[2] in scope]
    if not found:
        raise _without_numbers(operation, of.name, scope)
    holders = sorted({operation.tree.path(holder) for _, _, holder in found})
    if len(holders) > 1:
        raise Ambiguous(
            f"Users of {len(holders)} organizations are called '{of.name}': {', '.join(holders)}.",
            "Say whose with --org, or name the numbers.",
            user=of.name,
            candidates=holders,
        )
    return [(number, status) for number, status, _ in found]


def _of_all(operation: Operation, name: str) -> list[tuple[int, Status, int]]:
    """The numbers of all users of a name that may be seen, ascending, with status and organization."""
    numbers = operation.writer.owned[name]
    if numbers is None:
        rows = operation.written.execute(_OF_USERS, (fold(name),)).fetchall()
        return [(number, Status(status), holder) for number, status, holder in rows]
    states = [(number, operation.writer.state_of(number)) for number in numbers]
    return [(number, state.status, state.organization) for number, state in states if state is not None]


def _without_numbers(operation: Operation, name: str, scope: frozenset[int]) -> NotFound:
    """The refusal of a user without numbers, from memory as far as can be."""
    owned = operation.writer.owned
    is_there = owned.has_user(name, scope)
    if is_there:
        return users.idle(name)
    rows = owned.bearers(operation.writer.flush) if is_there is False else None
    if rows is None:
        return users.unknown(operation.written, scope, name)
    return users.strange(name, (known for known, organization in rows if organization in scope))


def _named(operation: Operation, numbers: Iterable[Range] | OfUser, action: str) -> Iterable[Range]:
    if not isinstance(numbers, OfUser):
        return numbers
    theirs = numbers_of(operation, numbers)
    fitting = [Range(number, number) for number, status in theirs if status in ACTIONS[action].sources]
    if not fitting:
        raise NumbersRefuse(
            f"No number of '{numbers.name}' is {' or '.join(sorted(ACTIONS[action].sources))},"
            f" so `{action}` can't be done.",
            "Nothing was changed. See `numctl search --user`.",
            user=numbers.name,
        )
    return normalize(fitting)
