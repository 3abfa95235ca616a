"""The values in a line of a batch, read as strictly as the options of a command are."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from numctl.core import values
from numctl.core.actions.reservations import expect_a_day_to_come
from numctl.core.dates import read_day
from numctl.core.errors import BadValue
from numctl.core.numbers.parsing import parse_number, parse_numbers, parse_range
from numctl.core.rules import labels
from numctl.core.rules.record import Kind
from numctl.core.text import clean_email, clean_name, clean_note, clean_organization_name, clean_tag, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from numctl.core.numbers.ranges import Range

NEVER = "never"  # a hold without a day
REMEMBERED = 4096  # texts of each kind, read once
_SAID = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class ValueReader:
    """Reads values for one run: numbers by ``region``, dates against ``today`` (``YYYY-MM-DD``).

    Every method takes a value as it came out of JSON or CSV, and raises BadValue.
    """

    def __init__(self, region: str | None, today: str) -> None:
        self.region = region
        self.today = today
        self._clean_tag = lru_cache(REMEMBERED)(clean_tag)
        self._clean_name = lru_cache(REMEMBERED)(clean_name)
        self._day = lru_cache(REMEMBERED)(lambda text: read_day(text, today))

        self._by_kind: dict[Kind, Callable[[object], Any]] = {
            Kind.NUMBERS: self.numbers,
            Kind.NUMBER: self.number,
            Kind.ORGANIZATION: self.organization,
            Kind.SERIES: self.series,
            Kind.TAG: self.tag,
            Kind.USER: self.user,
            Kind.REASON: self.reason,
            Kind.QUANTITY: self.quantity,
            Kind.DAYS: self.days,
            Kind.DAY_TO_COME: self.until,
            Kind.DAY_OR_NEVER: self.until_or_never,
            Kind.FLAG: self.flag,
            Kind.PATTERN: self.pattern,
            Kind.SIZE: self.size,
            Kind.LABELS: self.labels,
            Kind.KEYS: self.keys,
            Kind.NAME: self.name,
            Kind.TEXT: lambda value: clean_note(_text(value, "description"), "A description"),
            Kind.EMAILS: self.emails,
            Kind.PERCENT: lambda value: values.percent(_text(value, "threshold")),
        }

    def read(self, kind: Kind, value: object) -> Any:
        """A value of one kind."""
        return self._by_kind[kind](value)

    def numbers(self, value: object) -> list[Range]:
        """NUMBERS: a list of them, or one alone."""
        texts = value if isinstance(value, list) else [value]
        if len(texts) == 1:
            return [parse_range(_text(texts[0], "numbers"), self.region)]
        if not texts:
            raise BadValue("'numbers' names none.", "Give numbers or ranges FIRST..LAST.")
        return parse_numbers([_text(text, "numbers") for text in texts], self.region)

    def number(self, value: object) -> int:
        return parse_number(_text(value, "number"), self.region)

    def organization(self, value: object) -> str:
        """The name of an organization, to be found later; an empty one would be the acting one's."""
        text = _text(value, "org")
        if not text.strip():
            raise BadValue("An organization's name is empty.", "Give a path such as Acme/Sales.")
        return text

    def tag(self, value: object) -> str:
        return self._clean_tag(_text(value, "tag"))

    def user(self, value: object) -> str:
        return self._clean_name(_text(value, "user"), "A user")

    def series(self, value: object) -> str:
        return self._clean_name(_text(value, "series"), "A series")

    def reason(self, value: object) -> str:
        return clean_note(_text(value, "reason"), "A reason")

    def quantity(self, value: object) -> int:
        return values.quantity(_text(value, "quantity"))

    def labels(self, value: object) -> dict[str, str]:
        """Labels: an object, ``KEY=VALUE`` or a list of them."""
        if isinstance(value, dict):
            return dict(labels.clean(str(key), _text(one, key)) for key, one in value.items())
        return labels.read_pairs(map(str, value if isinstance(value, list) else [_text(value, "labels")]))

    def keys(self, value: object) -> list[str]:
        """Keys of labels: a list of them, or one alone."""
        texts = value if isinstance(value, list) else [value]
        return [labels.clean_key(_text(text, "remove")) for text in texts]

    def name(self, value: object) -> str:
        """The name of an organization to be made, or its path."""
        return "/".join(clean_organization_name(part) for part in _text(value, "name").split("/"))

    def emails(self, value: object) -> list[str]:
        """Addresses: a list of them, or one alone."""
        texts = value if isinstance(value, list) else [value]
        return [clean_email(_text(text, "email")) for text in texts]

    def size(self, value: object) -> int:
        """The size of a block."""
        return values.size(_text(value, "size"))

    def days(self, value: object) -> int:
        """How many days a number rests."""
        return values.days(_text(value, "cool"))

    def until(self, value: object) -> str:
        """A day that hasn't passed, as ``YYYY-MM-DD``."""
        day = self._day(_text(value, "until"))
        expect_a_day_to_come(day, self.today)
        return day

    def until_or_never(self, value: object) -> str:
        """The same, or ``never``: none, an empty text."""
        return "" if value == NEVER else self.until(value)

    def flag(self, value: object) -> bool:
        told = value if isinstance(value, bool) else _SAID.get(str(value).strip().lower())
        if told is None:
            raise BadValue(f"{quoted(str(value))} is neither true nor false.")
        return told

    def pattern(self, value: object) -> str:
        from numctl.core.numbers.patterns import read_pattern

        text = _text(value, "matching")
        read_pattern(text)
        return text


def _text(value: object, key: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise BadValue(f"'{key}' is no text.", "Write it in quotes.", key=key)
