"""What one line of a batch says, as something to be done.

The actions and their keys are the rule book's; the keys are the options of the command with the
action's name. What is said is read strictly, before any of it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from numctl.core.actions import allocation, inventory, reservations, series, subscribers
from numctl.core.errors import BadValue
from numctl.core.rules.book import ACTIONS
from numctl.core.rules.record import Kind
from numctl.core.text import nearest, quoted

if TYPE_CHECKING:
    from numctl.core.batch.values import ValueReader
    from numctl.core.changes.operation import Operation
    from numctl.core.numbers.ranges import Range
    from numctl.core.rules.record import Action

Step = Callable[["Operation"], None]
Values = dict[str, Any]


def step_of(said: Mapping[str, object], reader: ValueReader) -> Step:
    """What a line's keys and values ask for. Raises BadValue."""
    name = said.get("action")
    if not isinstance(name, str) or name not in STEPS:
        raise _no_action(name)
    action = ACTIONS[name]
    values: Values = {}
    for key, value in said.items():
        kind = action.keys.get("numbers" if key == "number" else key)
        if value is None or key == "action" or (value == "" and kind is not Kind.ORGANIZATION):
            continue
        if kind is None:
            raise _no_key(key, action)
        if kind is Kind.NUMBERS and "numbers" in values:
            raise BadValue("Both 'number' and 'numbers' are there.", "Put all into 'numbers'.", key="number")
        values["numbers" if key == "number" else key] = reader.read(kind, value)
    for key in action.required:
        if key not in values:
            raise BadValue(f"'{key}' is missing for {name}.", f"Its keys are {_listed(action)}.", key=key)
    return STEPS[name](reader, values)


# What each action does with its values.


def _chosen(values: Values, quantity: int | None) -> list[Range] | allocation.Quantity:
    """The numbers named, or a quantity of a series."""
    if ("numbers" in values) == ("series" in values):
        raise BadValue("Give either numbers, or a series.", "Leave one of 'numbers' and 'series' out.")
    if "numbers" in values:
        for key in ("quantity", "contiguous", "matching"):
            if key in values:
                raise BadValue(
                    f"'{key}' is for a series, and here are numbers.", f"Leave '{key}' out.", key=key
                )
        named: list[Range] = values["numbers"]
        return named
    wanted = values.get("quantity", quantity)
    if wanted is None:
        raise BadValue(
            "'quantity' is missing: it goes with 'series'.", "Say how many numbers.", key="quantity"
        )
    return allocation.Quantity(
        values["series"], wanted, values.get("contiguous", False), values.get("matching")
    )


def _named(values: Values) -> list[Range] | str:
    """The numbers named, or a user's."""
    if ("numbers" in values) == ("user" in values):
        raise BadValue("Give either numbers, or a user.", "Leave one of 'numbers' and 'user' out.")
    named: list[Range] | str = values.get("numbers") or values["user"]
    return named


def _reserve(reader: ValueReader, values: Values) -> Step:
    numbers, tag = _chosen(values, None), values["tag"]
    holder, until = values.get("org"), values.get("until", "")
    return lambda op: reservations.reserve(op, numbers, tag, organization=holder, until=until)


def _assign(reader: ValueReader, values: Values) -> Step:
    numbers, user = _chosen(values, 1), values["user"]
    subscribers.expect_few(numbers, "a user")
    return lambda op: subscribers.assign(op, numbers, user)


def _register(reader: ValueReader, values: Values) -> Step:
    numbers = _named(values)
    return lambda op: subscribers.register(op, numbers)


def _release(reader: ValueReader, values: Values) -> Step:
    numbers, keep = _named(values), _keep(reader, values)
    if keep is not None and keep.forward_to is not None and not isinstance(numbers, str):
        subscribers.expect_few(numbers, "a forwarding")
        subscribers.expect_others(numbers, keep.forward_to)
    return lambda op: subscribers.release(op, numbers, keep)


def _keep(reader: ValueReader, values: Values) -> subscribers.Keep | None:
    tag, forward_to, until = values.get("reserve"), values.get("forward_to"), values.get("until", "")
    if "cool" in values:
        if tag is not None or forward_to is not None or until:
            raise BadValue(
                "'cool' stands alone.", "It reserves the number by itself, until its days are over."
            )
        from datetime import date, timedelta

        last_day = date.fromisoformat(reader.today) + timedelta(values["cool"])
        return subscribers.Keep(subscribers.COOLING, until=last_day.isoformat())
    if tag is None:
        if forward_to is not None or until:
            raise BadValue(
                "'forward_to' and 'until' are for numbers that are kept.", "Add 'reserve' with a tag."
            )
        return None
    return subscribers.Keep(tag, forward_to, until)


def _forward(reader: ValueReader, values: Values) -> Step:
    numbers, to, stop = values["numbers"], values.get("to"), values.get("remove", False)
    if (to is None) is not stop:
        raise BadValue("Give exactly one of 'to' and 'remove'.")
    subscribers.expect_few(numbers, "a forwarding")
    if to is not None:
        subscribers.expect_others(numbers, to)
    return lambda op: subscribers.forward(op, numbers, to)


def _add(reader: ValueReader, values: Values) -> Step:
    numbers, name, holder = values["numbers"], values["series"], values.get("org")
    return lambda op: inventory.add(op, numbers, name, holder)


def _allocate(reader: ValueReader, values: Values) -> Step:
    wanted, to = _chosen(values, None), values["to"]
    if not isinstance(wanted, allocation.Quantity):
        raise BadValue("'allocate' takes a quantity of a series.", "To move numbers by name, say move.")
    return lambda op: allocation.allocate(op, wanted, to)


def _allot(do: Callable[..., None], *keys: str) -> Callable[[ValueReader, Values], Step]:
    """A step that hands the values of these keys to a feature, in their order."""

    def step(reader: ValueReader, values: Values) -> Step:
        given = [values[key] for key in keys]
        return lambda op: do(op, *given)

    return step


STEPS: dict[str, Callable[[ValueReader, Values], Step]] = {
    "reserve": _reserve,
    "retag": _allot(reservations.retag, "numbers", "tag"),
    "unreserve": _allot(reservations.unreserve, "numbers"),
    "assign": _assign,
    "register": _register,
    "release": _release,
    "forward": _forward,
    "move": _allot(inventory.move, "numbers", "to"),
    "allocate": _allocate,
    "withdraw": _allot(allocation.withdraw, "series", "quantity", "from"),
    "add": _add,
    "remove": _allot(inventory.remove, "numbers", "reason"),
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


def _no_key(key: str, action: Action) -> BadValue:
    return BadValue(
        f"{action.name} has no key {quoted(str(key))}.", f"Its keys are {_listed(action)}.", key=str(key)
    )
