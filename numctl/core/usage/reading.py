"""Usage records: the rows of a file, checked and packed. A million take some 70 megabytes."""

from __future__ import annotations

from array import array
from functools import cached_property
from itertools import islice
from operator import gt
from typing import TYPE_CHECKING, TextIO

from numctl.core.errors import BadValue
from numctl.core.files.columns import Form
from numctl.core.files.records import Reader
from numctl.core.files.rejects import Rejects
from numctl.core.lists.list_options import read_date
from numctl.core.numbers.parsing import parse_number
from numctl.core.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

FIGURES = (
    "voice_incoming_seconds",
    "voice_outgoing_seconds",
    "messages_sent",
    "messages_received",
    "data_bytes",
)
FIELDS = ("date", "number", *FIGURES)
MOST = 2**63 - 1
STEP = 1_000  # rows between two reports of progress


class UsageRecords:
    """Rows by their place from 0; ``days[i]`` is an index into ``days_known``."""

    def __init__(self, rejects: Rejects) -> None:
        self.rejects = rejects
        self.ignored: Sequence[str] = ()
        self.numbers, self.lines, self.days = array("q"), array("q"), array("l")
        self.days_known: list[str] = []
        self.figures = array("q")  # of one row after another

    def __len__(self) -> int:
        return len(self.numbers)

    def figures_of(self, place: int) -> array[int]:
        """The figures of a row, in the order of ``FIGURES``."""
        return self.figures[place * len(FIGURES) : (place + 1) * len(FIGURES)]

    @cached_property
    def order(self) -> Sequence[int]:
        """The rows' places by their numbers. A number's second row for a day is an error."""
        order: Sequence[int] = range(len(self))
        if any(map(gt, self.numbers, islice(self.numbers, 1, None))):
            order = array("q", sorted(order, key=self.numbers.__getitem__))
        number, seen = -1, dict[int, int]()
        for place in order:
            if self.numbers[place] != number:
                number = self.numbers[place]
                seen.clear()
            day = self.days[place]
            if day in seen:
                self.rejects.add(self.lines[place], _twice(number, self.days_known[day], seen[day]))
            else:
                seen[day] = self.lines[place]
        return order

    def digest(self) -> str:
        """A digest of what was read, for a key that makes a retry safe."""
        from hashlib import sha256

        running = sha256(repr(self.days_known).encode())
        for column in (self.numbers, self.days, self.figures):
            running.update(column.tobytes())
        return running.hexdigest()


def form(mapped: Mapping[str, str], delimiter: str | None) -> Form:
    """What to look for in a file of usage. Raises BadValue for a field that there is none of."""
    for field in mapped:
        if field not in FIELDS:
            raise BadValue(f"There is no field {quoted(field)}.", f"The fields are {', '.join(FIELDS)}.")
    return Form(FIELDS, _expect_some, mapped, delimiter)


def _expect_some(present: Collection[str]) -> None:
    lacking = [field for field in FIELDS[:2] if field not in present]
    if lacking:
        raise BadValue(
            f"There is no column {', '.join(lacking)}.", "A row of usage needs a date and a number."
        )
    if not any(field in present for field in FIGURES):
        raise BadValue(
            f"There is no column {', '.join(FIGURES)}.", "A row of usage needs at least one of them."
        )


def read(
    stream: TextIO,
    form: Form,
    *,
    region: str | None,
    date_format: str | None = None,
    advance: Callable[[int], None] = lambda steps: None,
) -> UsageRecords:
    """Read a whole file; what is wrong with it is in the ``rejects`` of what comes back."""
    rejects = Rejects()
    records = UsageRecords(rejects)
    reader = Reader(stream, form, rejects)
    known: dict[str, int] = {}
    numbers, lines, day_places, figures = records.numbers, records.lines, records.days, records.figures
    for count, (line, (day, number, *given)) in enumerate(reader, 1):
        try:
            texts = [
                text if field in reader.present else "0" for field, text in zip(FIGURES, given, strict=True)
            ]
            place = known.get(day)
            if place is None:
                place = known[day] = _place(read_date(day, date_format), records.days_known)
            parsed = parse_number(number, region)
            figures.fromlist(_whole(texts))
        except BadValue as error:
            rejects.add(line, error)
            continue
        numbers.append(parsed)
        lines.append(line)
        day_places.append(place)
        if not count % STEP:
            advance(STEP)
    records.ignored = list(reader.ignored)
    _ = records.order  # notes what is there twice
    return records


def _place(day: str, known: list[str]) -> int:
    """A day's index, the same for all ways to write it."""
    if day not in known:
        known.append(day)
    return known.index(day)


def _twice(number: int, day: str, line: int) -> BadValue:
    return BadValue(
        f"{number} has a row for {day} on line {line} already.", "Give one row for each number and day."
    )


def _whole(texts: list[str]) -> list[int]:
    """Whole numbers from 0 to 2^63-1."""
    together = "".join(texts)
    if together.isdecimal() and together.isascii() and "" not in texts and len(together) <= 90:
        values = [*map(int, texts)]
        if max(values) <= MOST:
            return values
    for field, text in zip(FIGURES, texts, strict=True):
        digits = text.strip()
        if not (digits.isascii() and digits.isdecimal()) or len(digits) > 19 or int(digits) > MOST:
            raise BadValue(
                f"{field} is a whole number from 0 to {MOST}, not {quoted(text)}.", "Write digits alone."
            )
    return [int(text) for text in texts]
