"""Reading a sheet: the fields of a row, what they may say, and what a status admits."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TextIO

from numctl.core.errors import BadValue
from numctl.core.files.columns import Form
from numctl.core.files.records import Reader
from numctl.core.files.rejects import Rejects
from numctl.core.files.sheets import Kind, Sheet
from numctl.core.numbers.parsing import parse_number, parse_range
from numctl.core.numbers.ranges import Range
from numctl.core.rules import labels as labels_of
from numctl.core.rules.model import CARRIES, MOST_ONE_BY_ONE, Carries, Need, Status
from numctl.core.text import clean_label, clean_name, clean_tag, quoted, unguard
from numctl.core.values import day

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from numctl.core.files.columns import Row

NUMBER_FIELDS = ("number", "first", "last", "count")
FIELDS = (
    *NUMBER_FIELDS,
    *("series", "organization", "status", "reserved_until", "reserved_tag", "user", "forwarded_to"),
    "labels",
)
STATUSES = {str(status): status for status in Status} | {"": Status.AVAILABLE, "registered": Status.IN_USE}
STEP = 1_000  # rows between two reports of progress


def form(mapped: Mapping[str, str], delimiter: str | None) -> Form:
    """What to look for in a list of numbers. Raises BadValue for a field that there is none of."""
    for field in mapped:
        if field not in FIELDS:
            raise BadValue(f"There is no field {quoted(field)}.", f"The fields are {', '.join(FIELDS)}.")
    return Form(FIELDS, _expect_numbers, mapped, delimiter, plain="number")


def _expect_numbers(present: Collection[str]) -> None:
    if "number" in present and "first" in present:
        raise BadValue("There are columns for both number and first.", "Give one of them.")
    if "number" not in present and "first" not in present:
        raise BadValue(
            "There is no column number, nor first.", "A row needs a number, or first with last or count."
        )
    if "first" in present and "last" not in present and "count" not in present:
        raise BadValue("There is a column first, but neither last nor count.", "Add one of them.")


def read(
    stream: TextIO,
    form: Form,
    *,
    region: str | None = None,
    series: str = "",
    rules: bool = True,
    unchecked: bool = False,
    advance: Callable[[int], None] = lambda steps: None,
) -> Sheet:
    """Read a whole file; what is wrong with it is in the sheet's ``rejects``.

    ``series`` is the (clean) series of rows that name none. With ``rules``, a row must say all that an
    import needs and nothing that its status doesn't admit; without, it is only to be compared.
    ``unchecked`` takes numbers that only the rules of spelling refuse.
    """
    rejects = Rejects("Nothing was imported." if rules else "Nothing was compared.")
    sheet = Sheet(rejects)
    reader = Reader(stream, form, rejects)
    rows = _Rows(sheet, reader, region, series, rules)
    rows.unchecked = unchecked
    for count, (line, row) in enumerate(reader, 1):
        try:
            rows.take(line, row)
        except BadValue as error:
            rejects.add(line, error)
        if not count % STEP:
            advance(STEP)
    sheet.present, sheet.ignored = reader.present, list(reader.ignored)
    _ = sheet.order  # notes numbers that are there twice
    return sheet


_ONLY = {
    "tag": "only a reserved one has a tag",
    "until": "only a reserved or an aging one has a date",
    "user": "only an assigned one or one in use has a user",
    "forwarding": "only a reserved or an aging one has a forwarding",
}


class _Rows:
    """Puts rows into a sheet."""

    def __init__(self, sheet: Sheet, reader: Reader, region: str | None, series: str, rules: bool) -> None:
        self._sheet, self._reader = sheet, reader
        self._region, self._series, self._rules = region, series, rules
        self._kinds: dict[tuple[str, ...], int] = {}
        self.unchecked = False
        self._tag = lru_cache(4096)(lambda text: clean_tag(self._bare(text)))
        self._user = lru_cache(4096)(lambda text: clean_name(self._bare(text), "A user"))

    def take(self, line: int, row: Row) -> None:
        """Raises BadValue where something is wrong; the sheet then stays as it was."""
        *place, series, organization, status, until, tag, user, forward, labels = row
        tag, user, forward = tag.strip(), user.strip(), forward.strip()
        if self._rules and not status.strip():  # who has a user is in use, what has a tag is reserved
            status = "in-use" if user else "reserved" if tag else ""
        said = (series, organization, status, until)
        kind = self._kinds.get(said)
        if kind is None:
            kind = self._new_kind(said)
        numbers = self._numbers(*place)
        tag = self._tag(tag) if tag else ""
        user = self._user(user) if user else ""
        to = parse_number(forward, self._region, unchecked=self.unchecked) if forward else 0
        sheet = self._sheet
        if self._rules:
            _expect_admitted(sheet.kinds_known[kind], numbers, tag, user, to)
        sheet.firsts.append(numbers.first)
        sheet.lasts.append(numbers.last)
        sheet.lines.append(line)
        sheet.kinds.append(kind)
        sheet.tags.append(tag)
        sheet.users.append(user)
        sheet.forwards.append(to)
        sheet.labels.append(self._labels(labels) if labels.strip() else "")

    def _labels(self, text: str) -> str:
        """Labels as the store keeps them. Raises BadValue."""
        pairs = labels_of.read_text(self._bare(text))
        return labels_of.of({key: clean_label(self._bare(value)) for key, value in pairs.items()}).text

    def _bare(self, text: str) -> str:
        return unguard(text) if self._reader.guarded else text

    def _new_kind(self, said: tuple[str, ...]) -> int:
        series, organization, status, until = (self._bare(text).strip() for text in said)
        if series:
            series = clean_name(series, "A series")
        elif self._rules and not self._series:
            raise BadValue("The row names no series.", "Give it a series, or all of them one with --series.")
        if status.lower() not in STATUSES:
            raise BadValue(
                f"There is no status {quoted(status)}.", f"The statuses are {', '.join(map(str, Status))}."
            )
        kind = Kind(series or self._series, organization, STATUSES[status.lower()], until and day(until))
        self._sheet.kinds_known.append(kind)
        self._kinds[said] = len(self._sheet.kinds_known) - 1
        return self._kinds[said]

    def _numbers(self, number: str, first: str, last: str, count: str) -> Range:
        if number:
            return parse_range(number, self._region, unchecked=self.unchecked)
        if not first.strip():
            raise BadValue("The row has no number.", "Give it one, or take the row out.")
        start = parse_number(first, self._region, unchecked=self.unchecked)
        last, count = last.strip(), count.strip()
        if not last:
            if not count:
                raise BadValue("The row has a first number, but neither last nor count.", "Give one of them.")
            return parse_range(f"{start}+{count}")
        end = parse_number(last, self._region, unchecked=self.unchecked)
        if end < start or len(str(end)) != len(str(start)):
            return parse_range(f"{start}..{end}")  # says what is wrong with it
        if count and not (count.isascii() and count.isdigit() and int(count[:16]) == end - start + 1):
            raise BadValue(
                f"From {start} to {end} are {end - start + 1} numbers, not {quoted(count)}.",
                "Correct last or count, or leave one of them out.",
            )
        return Range(start, end)


def _expect_admitted(kind: Kind, numbers: Range, tag: str, user: str, forward: int) -> None:
    """Raises BadValue where a row says something that its status doesn't admit, or lacks what it needs."""
    carries = CARRIES[kind.status]
    if carries.tag is Need.MUST and not tag:
        raise BadValue("A reserved number needs a tag.", "Give it a reserved_tag.")
    if carries.until is Need.MUST and not kind.until:
        raise BadValue("An aging number needs the last day of its rest.", "Give it a reserved_until.")
    said = (tag, kind.until, user, forward)
    for what, told, may in zip(Carries._fields, said, carries, strict=True):
        if told and not may:
            raise BadValue(f"This number is {kind.status}, and {_ONLY[what]}.", "Correct the status.")
    if (user or forward) and numbers.count > MOST_ONE_BY_ONE:
        raise BadValue(
            f"A row with a user or a forwarding may have {MOST_ONE_BY_ONE} numbers at most, and this has "
            f"{numbers.count}.",
            "Divide it.",
        )
    if numbers.first <= forward <= numbers.last:
        raise BadValue(f"{forward} can't be forwarded to itself.", "Forward it to another number.")
