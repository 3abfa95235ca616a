"""What one line of a batch says, as something to be done: the actions, their keys, and their values.

The keys are the options of the command with the action's name. What is said is read strictly, before
any of it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from numctl.core.actions import allocation, inventory, reservations, series, subscribers
from numctl.core.batch.values import ValueReader
from numctl.core.errors import BadValue
from numctl.core.text import nearest, quoted

if TYPE_CHECKING:
    from numctl.core.changes.operation import Operation
    from numctl.core.numbers.ranges import Range

Step = Callable[["Operation"], None]
Values = dict[str, Any]


class Action(NamedTuple):
    """The keys of one action with how each is read, those it can't do without, and what it does."""

    keys: Mapping[str, Callable[[ValueReader, object], Any]]
    required: tuple[str, ...]
    step: Callable[[ValueReader, Values], Step]


def step_of(said: Mapping[str, object], reader: ValueReader) -> Step:
    """What a line's keys and values ask for. Raises BadValue."""
    name = said.get("action")
    action = ACTIONS.get(name) if isinstance(name, str) else None
    if action is None:
        raise _no_action(name)
    values: Values = {}
    for key, value in said.items():
        read = action.keys.get(key)
        if value is None or key == "action" or (value == "" and read is not ValueReader.organization):
            continue
        if read is None:
            raise _no_key(str(name), key, action)
        if key in ("number", "numbers") and "numbers" in values:
            raise BadValue("Both 'number' and 'numbers' are there.", "Put all into 'numbers'.", key="number")
        values["numbers" if key == "number" else key] = read(reader, value)
    for key in action.required:
        if key not in values:
            raise BadValue(f"'{key}' is missing for {name}.", f"Its keys are {_listed(action)}.", key=key)
    return action.step(reader, values)


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


Keys = Mapping[str, Callable[[ValueReader, object], Any]]

_OF_NUMBERS: Keys = {"numbers": ValueReader.numbers, "number": ValueReader.numbers}
_OF_A_SERIES: Keys = {
    "series": ValueReader.series,
    "quantity": ValueReader.quantity,
    "contiguous": ValueReader.flag,
    "matching": ValueReader.pattern,
}
_OF_A_RELEASE: Keys = {
    **{**_OF_NUMBERS, "user": ValueReader.user},
    **{
        "reserve": ValueReader.tag,
        "forward_to": ValueReader.number,
        "until": ValueReader.until,
        "cool": ValueReader.days,
    },
}

ACTIONS: dict[str, Action] = {
    "reserve": Action(
        {
            **_OF_NUMBERS,
            **_OF_A_SERIES,
            "tag": ValueReader.tag,
            "org": ValueReader.organization,
            "until": ValueReader.until,
        },
        ("tag",),
        _reserve,
    ),
    "retag": Action(
        {**_OF_NUMBERS, "tag": ValueReader.tag},
        ("numbers", "tag"),
        _allot(reservations.retag, "numbers", "tag"),
    ),
    "unreserve": Action(_OF_NUMBERS, ("numbers",), _allot(reservations.unreserve, "numbers")),
    "assign": Action(
        {
            **_OF_NUMBERS,
            "series": ValueReader.series,
            "matching": ValueReader.pattern,
            "user": ValueReader.user,
        },
        ("user",),
        _assign,
    ),
    "register": Action({**_OF_NUMBERS, "user": ValueReader.user}, (), _register),
    "release": Action(_OF_A_RELEASE, (), _release),
    "forward": Action(
        {**_OF_NUMBERS, "to": ValueReader.number, "remove": ValueReader.flag}, ("numbers",), _forward
    ),
    "move": Action(
        {**_OF_NUMBERS, "to": ValueReader.organization},
        ("numbers", "to"),
        _allot(inventory.move, "numbers", "to"),
    ),
    "allocate": Action(
        {**_OF_A_SERIES, "to": ValueReader.organization}, ("series", "quantity", "to"), _allocate
    ),
    "withdraw": Action(
        {"from": ValueReader.organization, "series": ValueReader.series, "quantity": ValueReader.quantity},
        ("from", "series", "quantity"),
        _allot(allocation.withdraw, "series", "quantity", "from"),
    ),
    "add": Action(
        {**_OF_NUMBERS, "series": ValueReader.series, "org": ValueReader.organization},
        ("numbers", "series"),
        _add,
    ),
    "remove": Action(
        {**_OF_NUMBERS, "reason": ValueReader.reason},
        ("numbers", "reason"),
        _allot(inventory.remove, "numbers", "reason"),
    ),
    "series move": Action(
        {**_OF_NUMBERS, "to": ValueReader.series},
        ("numbers", "to"),
        _allot(series.reclassify, "numbers", "to"),
    ),
}


def _listed(action: Action) -> str:
    return ", ".join(key for key in action.keys if key != "number")


def _no_action(name: object) -> BadValue:
    if name is None or name == "":
        return BadValue("'action' is missing.", f"The actions are {', '.join(ACTIONS)}.", key="action")
    close = nearest(str(name), ACTIONS)
    return BadValue(
        f"There is no action {quoted(str(name))} in a batch.",
        f"Did you mean {' or '.join(close)}?" if close else f"The actions are {', '.join(ACTIONS)}.",
        nearest=close,
    )


def _no_key(name: str, key: str, action: Action) -> BadValue:
    return BadValue(
        f"{name} has no key {quoted(str(key))}.", f"Its keys are {_listed(action)}.", key=str(key)
    )
