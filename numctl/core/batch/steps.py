"""What one line of a batch says, as something to be done.

The actions and their keys are the rule book's; the keys are the options of the command with the
action's name. What is said is read strictly, before any of it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from numctl.core.actions import (
    aging,
    allocation,
    inventory,
    labels,
    organizations,
    reservations,
    series,
    subscribers,
)
from numctl.core.errors import BadValue
from numctl.core.rules.book import ACTIONS
from numctl.core.rules.record import Kind
from numctl.core.text import nearest, quoted
from numctl.core.values import key

if TYPE_CHECKING:
    from numctl.core.batch.values import ValueReader
    from numctl.core.changes.operation import Operation
    from numctl.core.numbers.ranges import Range
    from numctl.core.rules.record import Action

Do = Callable[["Operation"], None]
Values = dict[str, Any]


class Taking(NamedTuple):
    """A quantity that a line takes, of what an organization (None: the acting one) has available."""

    wanted: allocation.Quantity
    holder: str | None
    highest_first: bool


class Step(NamedTuple):
    """What one line does, and to which numbers, as far as it names them."""

    do: Do
    action: str
    values: Values
    taking: Taking | None

    @property
    def numbers(self) -> list[Range]:
        """The numbers that are named; none where they are chosen or found when it is done."""
        named: list[Range] = self.values.get("numbers", [])
        return named

    @property
    def tag(self) -> str:
        """A tag that numbers are given, empty for none."""
        return str(self.values.get("tag") or self.values.get("reserve") or "")

    @property
    def target(self) -> int | None:
        """Where numbers are to be forwarded to."""
        to = self.values.get("forward_to", self.values.get("to"))
        return to if isinstance(to, int) else None

    @property
    def owner(self) -> str | None:
        """The user whose numbers are meant."""
        return self.values.get("user") if self.action in _OF_USERS and not self.numbers else None


# How many numbers of a series these take where nothing is said, by which key it is told whose, and whether
# the highest.
_TAKING: dict[str, tuple[int | None, str, bool]] = {
    "reserve": (None, "", False),
    "assign": (1, "org", False),
    "allocate": (None, "", False),
    "withdraw": (None, "from", True),
}
_OF_USERS = ("register", "release", "move")


def step_of(said: Mapping[str, object], reader: ValueReader) -> Step:
    """What a line's keys and values ask for. Raises BadValue."""
    name = said.get("action")
    if not isinstance(name, str) or name not in STEPS:
        raise _no_action(name)
    action = ACTIONS[name]
    values: Values = {}
    for word, value in said.items():
        kind = action.keys.get("numbers" if word == "number" else word)
        if value is None or word == "action" or (value == "" and kind is not Kind.ORGANIZATION):
            continue
        if kind is None:
            raise _no_key(word, action)
        if kind is Kind.NUMBERS and "numbers" in values:
            raise BadValue("Both 'number' and 'numbers' are there.", "Put all into 'numbers'.", key="number")
        values["numbers" if word == "number" else word] = reader.read(kind, value)
    for word in action.required:
        if word not in values:
            raise BadValue(f"'{word}' is missing for {name}.", f"Its keys are {_listed(action)}.", key=word)
    do = STEPS[name](reader, values)
    return Step(do, name, values, _taking(name, values) if "series" in values else None)


# What each action does with its values.


def _taking(action: str, values: Values) -> Taking | None:
    """The quantity of a series that an action takes; None where it takes none."""
    if action not in _TAKING:
        return None
    usual, holder, highest_first = _TAKING[action]
    wanted = _chosen(values, usual)
    if not isinstance(wanted, allocation.Quantity):
        return None
    return Taking(wanted, values.get(holder), highest_first)


def _chosen(values: Values, quantity: int | None) -> list[Range] | allocation.Quantity:
    """The numbers named, or a quantity of a series."""
    if ("numbers" in values) == ("series" in values):
        raise BadValue("Give either numbers, or a series.", "Leave one of 'numbers' and 'series' out.")
    if "numbers" in values:
        for word in ("quantity", "contiguous", "matching", "aligned", "sequential", "label"):
            if word in values:
                raise BadValue(
                    f"'{word}' is for a series, and here are numbers.", f"Leave '{word}' out.", key=word
                )
        named: list[Range] = values["numbers"]
        return named
    wanted = values.get("quantity", quantity)
    if wanted is None:
        raise BadValue(
            "'quantity' is missing: it goes with 'series'.", "Say how many numbers.", key="quantity"
        )
    chosen = allocation.Quantity(
        values["series"],
        wanted,
        values.get("contiguous", False),
        values.get("matching"),
        values.get("aligned", 0),
        values.get("sequential", 0),
        tuple(f"{key}={value}" for key, value in values.get("label", {}).items()),
    )
    chosen.expect_sense()
    return chosen


def _named(values: Values) -> list[Range] | subscribers.OfUser:
    """The numbers named, or a user's."""
    if ("numbers" in values) == ("user" in values):
        raise BadValue("Give either numbers, or a user.", "Leave one of 'numbers' and 'user' out.")
    if "user" in values:
        return subscribers.OfUser(values["user"], values.get("org"))
    if "org" in values:
        raise BadValue("'org' says which user is meant.", "Leave it out where numbers are named.", key="org")
    named: list[Range] = values["numbers"]
    return named


def _reserve(reader: ValueReader, values: Values) -> Do:
    numbers, tag = _chosen(values, None), values["tag"]
    holder, until = values.get("org"), values.get("until", "")
    return lambda op: reservations.reserve(op, numbers, tag, organization=holder, until=until)


def _retag(reader: ValueReader, values: Values) -> Do:
    numbers, tag, until = values["numbers"], values.get("tag"), values.get("until")
    if tag is None and until is None:
        raise BadValue("There is nothing to change.", "Give a 'tag', 'until', or both.")
    return lambda op: reservations.retag(op, numbers, tag, until)


def _assign(reader: ValueReader, values: Values) -> Do:
    numbers, user, holder = _chosen(values, 1), values["user"], values.get("org")
    if holder is not None and "series" not in values:
        raise BadValue("'org' says whose numbers of a series.", "Leave it out here.", key="org")
    subscribers.expect_few(numbers, "a user")
    return lambda op: subscribers.assign(op, numbers, user, holder)


def _register(reader: ValueReader, values: Values) -> Do:
    numbers = _named(values)
    return lambda op: subscribers.register(op, numbers)


def _release(reader: ValueReader, values: Values) -> Do:
    numbers, keep = _named(values), _keep(reader, values)
    keep.expect_fit(numbers)
    return lambda op: subscribers.release(op, numbers, keep)


def _keep(reader: ValueReader, values: Values) -> subscribers.Keep:
    said = {word: values.get(word) for word in ("reserve", "forward_to", "until", "cool")}
    return subscribers.Keep.of(**said, today=reader.today, name=key)


def _move(reader: ValueReader, values: Values) -> Do:
    numbers, to = _named(values), values["to"]
    return lambda op: subscribers.move(op, numbers, to)


def _add_organization(reader: ValueReader, values: Values) -> Do:
    name, parents = values["name"], values.get("parents", False)
    if "/" in name and not parents:
        raise BadValue("A name holds no slash.", "With 'parents' a path makes what is missing.", key="name")
    parent, emails, threshold = values.get("parent"), values.get("email", ()), values.get("threshold")
    return lambda op: organizations.add(op, name, parent, emails, threshold, parents=parents)


def _add_series(reader: ValueReader, values: Values) -> Do:
    return lambda op: series.add(op, values["name"], values.get("description", ""))


def _label(reader: ValueReader, values: Values) -> Do:
    numbers, put, drop = values["numbers"], values.get("labels", {}), values.get("remove", ())
    if not put and not drop:
        raise BadValue("There is nothing to change.", "Give 'labels', 'remove', or both.")
    return lambda op: labels.label(op, numbers, put, drop)


def _forward(reader: ValueReader, values: Values) -> Do:
    numbers, to, stop = values["numbers"], values.get("to"), values.get("remove", False)
    if (to is None) is not stop:
        raise BadValue("Give exactly one of 'to' and 'remove'.")
    subscribers.expect_few(numbers, "a forwarding")
    if to is not None:
        subscribers.expect_others(numbers, to)
    return lambda op: subscribers.forward(op, numbers, to)


def _add(reader: ValueReader, values: Values) -> Do:
    numbers, name, holder = values["numbers"], values["series"], values.get("org")
    return lambda op: inventory.add(op, numbers, name, holder)


def _allocate(reader: ValueReader, values: Values) -> Do:
    wanted, to = _chosen(values, None), values["to"]
    if not isinstance(wanted, allocation.Quantity):
        raise BadValue("'allocate' takes a quantity of a series.", "To move numbers by name, say move.")
    return lambda op: allocation.allocate(op, wanted, to)


def _allot(do: Callable[..., None], *words: str) -> Callable[[ValueReader, Values], Do]:
    """A step that hands the values of these keys to a feature, in their order."""

    def step(reader: ValueReader, values: Values) -> Do:
        told = [values[word] for word in words]
        return lambda op: do(op, *told)

    return step


STEPS: dict[str, Callable[[ValueReader, Values], Do]] = {
    "reserve": _reserve,
    "retag": _retag,
    "unreserve": _allot(reservations.unreserve, "numbers"),
    "assign": _assign,
    "register": _register,
    "release": _release,
    "age": _allot(aging.age, "numbers", "until"),
    "free": _allot(aging.free, "numbers"),
    "forward": _forward,
    "move": _move,
    "allocate": _allocate,
    "withdraw": _allot(allocation.withdraw, "series", "quantity", "from"),
    "add": _add,
    "remove": _allot(inventory.remove, "numbers", "reason"),
    "label": _label,
    "org add": _add_organization,
    "series add": _add_series,
    "series move": _allot(series.reclassify, "numbers", "to"),
}


def _listed(action: Action) -> str:
    return ", ".join(action.keys)


def _no_action(name: object) -> BadValue:
    if name is None or name == "":
        return BadValue("'action' is missing.", f"The actions are {', '.join(STEPS)}.", key="action")
    close = nearest(str(name), STEPS)
    return BadValue(
        f"There is no action {quoted(str(name))} in a batch.",
        f"Did you mean {' or '.join(close)}?" if close else f"The actions are {', '.join(STEPS)}.",
        nearest=close,
    )


def _no_key(word: str, action: Action) -> BadValue:
    return BadValue(
        f"{action.name} has no key {quoted(str(word))}.", f"Its keys are {_listed(action)}.", key=str(word)
    )
