"""What one line of a batch says, as something to be done: the actions, their keys, and their values.

The keys are the options of the command with the action's name. What is said is read strictly, before
any of it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from numctl.core import inventory, pool, reservations, series, subscribers
from numctl.core.errors import BadValue
from numctl.core.numbers import parse_number, parse_numbers, parse_range
from numctl.core.text import clean_name, clean_note, clean_tag, nearest, quoted

if TYPE_CHECKING:
    from numctl.core.operations import Operation
    from numctl.core.ranges import Range

Step = Callable[["Operation"], None]
Values = dict[str, Any]

MOST_DIGITS = 15  # of a quantity
MOST_DAYS = 3650  # that a number rests
REMEMBERED = 4096  # texts of each kind, read once


class Action(NamedTuple):
    """The keys of one action with how each is read, those it can't do without, and what it does."""

    keys: Mapping[str, Callable[[Reader, object], Any]]
    required: tuple[str, ...]
    step: Callable[[Reader, Values], Step]


class Reader:
    """Reads lines for one run: numbers by ``region``, dates against ``today`` (``YYYY-MM-DD``)."""

    def __init__(self, region: str | None, today: str) -> None:
        self.region = region
        self.today = today
        self.tag = lru_cache(REMEMBERED)(clean_tag)
        self.user = lru_cache(REMEMBERED)(lambda text: clean_name(text, "A user"))
        self.series = lru_cache(REMEMBERED)(lambda text: clean_name(text, "A series"))
        self.day = lru_cache(REMEMBERED)(_day)

    def step(self, said: Mapping[str, object]) -> Step:
        """What a line's keys and values ask for. Raises BadValue."""
        name = said.get("action")
        action = ACTIONS.get(name) if isinstance(name, str) else None
        if action is None:
            raise _no_action(name)
        values: Values = {}
        for key, value in said.items():
            if value is None or value == "" or key == "action":
                continue
            read = action.keys.get(key)
            if read is None:
                raise _no_key(str(name), key, action)
            values["numbers" if key == "number" else key] = read(self, value)
        for key in action.required:
            if key not in values:
                raise BadValue(f"'{key}' is missing for {name}.", f"Its keys are {_listed(action)}.", key=key)
        return action.step(self, values)

    def numbers(self, value: object) -> list[Range]:
        """NUMBERS: a list of them, or one alone."""
        texts = value if isinstance(value, list) else [value]
        if len(texts) == 1:
            return [parse_range(_text(texts[0], "numbers"), self.region)]
        if not texts:
            raise BadValue("'numbers' names none.", "Give numbers or ranges FIRST..LAST.")
        return parse_numbers([_text(text, "numbers") for text in texts], self.region)


def _text(value: object, key: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise BadValue(f"'{key}' is no text.", "Write it in quotes.", key=key)


def _quantity(reader: Reader, value: object, what: str = "A quantity") -> int:
    text = _text(value, "quantity")
    if not (text.isascii() and text.isdecimal()) or len(text) > MOST_DIGITS or int(text) < 1:
        raise BadValue(f"{what} is a whole number, 1 or more, written in digits alone, not {quoted(text)}.")
    return int(text)


def _days(reader: Reader, value: object) -> int:
    days = _quantity(reader, value, "A number of days")
    if days > MOST_DAYS:
        raise BadValue(f"A number rests for {MOST_DAYS} days at most, not {days}.")
    return days


def _day(text: str) -> str:
    from datetime import date

    if len(text) != 10 or not text.isascii():
        raise BadValue(f"A date is written YYYY-MM-DD, not {quoted(text)}.")
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadValue(f"The calendar has no day {quoted(text)}.") from None


def _until(reader: Reader, value: object) -> str:
    day = reader.day(_text(value, "until"))
    reservations.expect_a_day_to_come(day, reader.today)
    return day


def _flag(reader: Reader, value: object) -> bool:
    if isinstance(value, bool):
        return value
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    told = known.get(str(value).strip().lower())
    if told is None:
        raise BadValue(f"{quoted(str(value))} is neither true nor false.")
    return told


def _pattern(reader: Reader, value: object) -> str:
    from numctl.core.patterns import read_pattern

    text = _text(value, "matching")
    read_pattern(text)
    return text


def _numbers(reader: Reader, value: object) -> list[Range]:
    return reader.numbers(value)


def _number(reader: Reader, value: object) -> int:
    return parse_number(_text(value, "number"), reader.region)


def _organization(reader: Reader, value: object) -> str:
    return _text(value, "org")


def _tag(reader: Reader, value: object) -> str:
    return reader.tag(_text(value, "tag"))


def _user(reader: Reader, value: object) -> str:
    return reader.user(_text(value, "user"))


def _series(reader: Reader, value: object) -> str:
    return reader.series(_text(value, "series"))


def _reason(reader: Reader, value: object) -> str:
    return clean_note(_text(value, "reason"), "A reason")


# What each action does with its values.


def _chosen(values: Values, quantity: int | None) -> list[Range] | pool.Quantity:
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
    return pool.Quantity(values["series"], wanted, values.get("contiguous", False), values.get("matching"))


def _named(values: Values) -> list[Range] | str:
    """The numbers named, or a user's."""
    if ("numbers" in values) == ("user" in values):
        raise BadValue("Give either numbers, or a user.", "Leave one of 'numbers' and 'user' out.")
    named: list[Range] | str = values.get("numbers") or values["user"]
    return named


def _reserve(reader: Reader, values: Values) -> Step:
    numbers, tag = _chosen(values, None), values["tag"]
    holder, until = values.get("org"), values.get("until", "")
    return lambda op: reservations.reserve(op, numbers, tag, organization=holder, until=until)


def _assign(reader: Reader, values: Values) -> Step:
    numbers, user = _chosen(values, 1), values["user"]
    return lambda op: subscribers.assign(op, numbers, user)


def _register(reader: Reader, values: Values) -> Step:
    numbers = _named(values)
    return lambda op: subscribers.register(op, numbers)


def _release(reader: Reader, values: Values) -> Step:
    numbers, keep = _named(values), _keep(reader, values)
    if keep is not None and keep.forward_to is not None and not isinstance(numbers, str):
        subscribers.expect_others(numbers, keep.forward_to)
    return lambda op: subscribers.release(op, numbers, keep)


def _keep(reader: Reader, values: Values) -> subscribers.Keep | None:
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


def _forward(reader: Reader, values: Values) -> Step:
    numbers, to, stop = values["numbers"], values.get("to"), values.get("remove", False)
    if (to is None) is not stop:
        raise BadValue("Give exactly one of 'to' and 'remove'.")
    if to is not None:
        subscribers.expect_others(numbers, to)
    return lambda op: subscribers.forward(op, numbers, to)


def _add(reader: Reader, values: Values) -> Step:
    numbers, name, holder = values["numbers"], values["series"], values.get("org")
    return lambda op: inventory.add(op, numbers, name, holder)


def _allocate(reader: Reader, values: Values) -> Step:
    wanted, to = _chosen(values, None), values["to"]
    if not isinstance(wanted, pool.Quantity):
        raise BadValue("'allocate' takes a quantity of a series.", "To move numbers by name, say move.")
    return lambda op: pool.allocate(op, wanted, to)


def _allot(do: Callable[..., None], *keys: str) -> Callable[[Reader, Values], Step]:
    """A step that hands the values of these keys to a feature, in their order."""

    def step(reader: Reader, values: Values) -> Step:
        given = [values[key] for key in keys]
        return lambda op: do(op, *given)

    return step


Keys = Mapping[str, Callable[[Reader, object], Any]]

_OF_NUMBERS: Keys = {"numbers": _numbers, "number": _numbers}
_OF_A_SERIES: Keys = {"series": _series, "quantity": _quantity, "contiguous": _flag, "matching": _pattern}
_OF_A_RELEASE: Keys = {
    **{**_OF_NUMBERS, "user": _user},
    **{"reserve": _tag, "forward_to": _number, "until": _until, "cool": _days},
}

ACTIONS: dict[str, Action] = {
    "reserve": Action(
        {**_OF_NUMBERS, **_OF_A_SERIES, "tag": _tag, "org": _organization, "until": _until},
        ("tag",),
        _reserve,
    ),
    "retag": Action(
        {**_OF_NUMBERS, "tag": _tag}, ("numbers", "tag"), _allot(reservations.retag, "numbers", "tag")
    ),
    "unreserve": Action(_OF_NUMBERS, ("numbers",), _allot(reservations.unreserve, "numbers")),
    "assign": Action(
        {**_OF_NUMBERS, "series": _series, "matching": _pattern, "user": _user}, ("user",), _assign
    ),
    "register": Action({**_OF_NUMBERS, "user": _user}, (), _register),
    "release": Action(_OF_A_RELEASE, (), _release),
    "forward": Action({**_OF_NUMBERS, "to": _number, "remove": _flag}, ("numbers",), _forward),
    "move": Action(
        {**_OF_NUMBERS, "to": _organization}, ("numbers", "to"), _allot(inventory.move, "numbers", "to")
    ),
    "allocate": Action({**_OF_A_SERIES, "to": _organization}, ("series", "quantity", "to"), _allocate),
    "withdraw": Action(
        {"from": _organization, "series": _series, "quantity": _quantity},
        ("from", "series", "quantity"),
        _allot(pool.withdraw, "series", "quantity", "from"),
    ),
    "add": Action({**_OF_NUMBERS, "series": _series, "org": _organization}, ("numbers", "series"), _add),
    "remove": Action(
        {**_OF_NUMBERS, "reason": _reason},
        ("numbers", "reason"),
        _allot(inventory.remove, "numbers", "reason"),
    ),
    "series move": Action(
        {**_OF_NUMBERS, "to": _series}, ("numbers", "to"), _allot(series.reclassify, "numbers", "to")
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
