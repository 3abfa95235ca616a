"""The rows of a list: what each says in its fields, read into a sheet, and what its status admits."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from numctl.core.actions.inventory import EXTENSION
from numctl.core.dates import days_after
from numctl.core.errors import BadValue
from numctl.core.files.columns import LABELS, OF_LABEL
from numctl.core.lists import plain_rows
from numctl.core.lists.list_options import read_date
from numctl.core.lists.prefixes import block
from numctl.core.lists.sheets import Kind
from numctl.core.numbers.parsing import is_canonical, parse_number, parse_range
from numctl.core.numbers.ranges import Range
from numctl.core.numbers.spellings import without_extension
from numctl.core.numbers.unusual import has_country
from numctl.core.rules import labels as labels_of
from numctl.core.rules.model import CARRIES, MOST_ONE_BY_ONE, Carries, Need, Status
from numctl.core.text import clean_label, clean_name, clean_tag, fold, quoted, unguard

if TYPE_CHECKING:
    from numctl.core.files.columns import Row
    from numctl.core.files.records import Reader
    from numctl.core.files.tables import Block
    from numctl.core.files.translations import Translations
    from numctl.core.lists.list_options import ListOptions
    from numctl.core.lists.plain_rows import Alike
    from numctl.core.lists.sheets import Sheet

NUMBER_FIELDS = ("number", "first", "last", "count", "prefix", "length")
FIELDS = (
    *NUMBER_FIELDS,
    *("series", "organization", "status", "reserved_until", "free_on"),
    *("reserved_tag", "user", "forwarded_to", LABELS),
)
_STATUS, _USER, _FORWARD, _LABELS = map(FIELDS.index, ("status", "user", "forwarded_to", LABELS))
REMEMBERED = 4_096  # rows alike but for number, user and labels
STATUSES = {str(status): status for status in Status} | {"": Status.AVAILABLE, "registered": Status.IN_USE}

_ONLY = {
    "tag": "only a reserved one has a tag",
    "until": "only a reserved or an aging one has a date",
    "user": "only an assigned one or one in use has a user",
    "forwarding": "only a reserved or an aging one has a forwarding",
}

# One label that nothing has to be done to, as most are: it is kept as it is written.
_PLAIN = re.compile(r"([a-z][a-z0-9_-]{0,31})=([A-Za-z0-9](?:[A-Za-z0-9 .,:/()-]{0,254}[A-Za-z0-9])?)")

# A name that nothing has to be done to, as most are.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 .,_:/()-]{0,198}[A-Za-z0-9])?")


class Rows:
    """Puts rows into a sheet."""

    def __init__(
        self,
        sheet: Sheet,
        reader: Reader,
        options: ListOptions,
        said: Translations | None,
        today: str,
        *,
        rules: bool,
        adding: bool,
    ) -> None:
        self._sheet, self._reader, self._options, self._rules = sheet, reader, options, rules
        self._adding = adding
        self._today, self._said = today, said
        self._region, self._unchecked = options.region, options.unchecked
        sheet.region = options.region
        self._kinds: dict[tuple[str, ...], int] = {}
        fields = set(said.fields) if said else set()
        self._translated = [(at, field) for at, field in enumerate(FIELDS) if field in fields]
        self._labels_said = {field[len(OF_LABEL) :] for field in fields if field.startswith(OF_LABEL)}
        self._tag = lru_cache(4096)(lambda text: clean_tag(self._bare(text)))
        self._user = lru_cache(4096)(lambda text: clean_name(self._bare(text), "A user"))
        self._at = ""  # the field that is being read
        self._alike: dict[Alike, tuple[int, str]] = {}  # kind and tag of rows read before
        self._bare_numbers = options.region is None and not self._translated

    def take_all(self, block: Block) -> None:
        """Take several; what is wrong with one is noted as rejected."""
        if self._bare_numbers and not self._labels_said:
            plain = plain_rows.read(block.columns, self._alike)
            if plain is not None:
                self._sheet.extend(block.lines, plain)
                return
        for line, row in zip(block.lines, block.rows(), strict=True):
            try:
                self.take(line, row)
            except BadValue as error:
                self._sheet.rejects.add(line, error)

    def take(self, line: int, row: Row) -> None:
        """Raises BadValue where something is wrong, naming the column; the sheet then stays as it was."""
        try:
            self._take(line, row)
        except BadValue as error:
            column = self._reader.described.get(self._at)
            if not self._at or column is None or column.lower() == self._at:
                raise
            facts = {**error.facts, "column": column}
            raise BadValue(f"{error.message} (column {quoted(column)})", error.advice, **facts) from None

    def _take(self, line: int, row: Row) -> None:
        """Read a row: by what is known of one like it, where nothing in it needs a closer look."""
        number, user, forward, labels = row[0], row[_USER], row[_FORWARD], row[_LABELS]
        alike = (row[1:_USER], not user)
        known = self._alike.get(alike) if is_canonical(number) and self._bare_numbers else None
        if known is None or forward or not (_PLAIN_NAME.fullmatch(user) or not user):
            known = self._read(line, row)
            if not forward:
                if len(self._alike) >= REMEMBERED:
                    self._alike.clear()
                self._alike[alike] = known
            return
        kind, tag = known
        self._at = LABELS
        told = self._labels(labels, "") if labels else ""
        only = int(number)
        self._sheet.put(line, (only, only), kind, (tag, user, told), 0)

    def _read(self, line: int, row: Row) -> tuple[int, str]:
        """Read a row in full; give its kind and its tag."""
        theirs = row[_STATUS]
        if self._translated:
            row = self._in_our_words(row)
        *place, series, organization, status, until, free_on, tag, user, forward, labels = row
        tag, user, forward, status = tag.strip(), user.strip(), forward.strip(), status.strip()
        if not status:  # who has a user is in use, what has a tag is reserved
            status = "in-use" if user else "reserved" if tag else ""
        self._at = "number"
        ext = ""
        if ";ext=" in place[0]:
            place[0], ext = without_extension(place[0])
        numbers = self._numbers(*place)
        said = (series, organization, status, until, free_on)
        kind = self._kinds.get(said)
        if kind is None:
            kind = self._new_kind(said)
        known = self._sheet.kinds_known[kind]
        if status and not tag and CARRIES[known.status].tag:
            tag = theirs.strip() or status  # what is reserved for no other reason is so for its status
            self._sheet.tags_by_status |= fold(tag) != known.status
        if known.lapsed:
            tag = forward = ""
        self._at = "reserved_tag"
        tag = self._tag(tag) if tag else ""
        self._at = "user"
        user = self._user(user) if user else ""
        self._at = "forwarded_to"
        to = parse_number(forward, self._region, unchecked=self._unchecked) if forward else 0
        self._at = LABELS
        told = self._labels(labels, ext) if ext or labels.strip() else ""
        self._at = ""
        if self._rules:
            _expect_admitted(known, numbers, tag, user, to)
        self._sheet.put(line, numbers, kind, (tag, user, told), to)
        return kind, tag

    def _in_our_words(self, row: Row) -> Row:
        assert self._said is not None  # noqa: S101 - it has the fields
        cells = list(row)
        for at, field in self._translated:
            cells[at] = self._said.of(field, self._bare(cells[at]))
        return tuple(cells)

    def _labels(self, text: str, ext: str) -> str:
        """Labels as the store keeps them. Raises BadValue."""
        if not ext and not self._labels_said and (plain := _PLAIN.fullmatch(text)):
            return f'{{"{plain[1]}":"{plain[2]}"}}'
        pairs = labels_of.read_text(self._bare(text))
        if ext:
            pairs.setdefault(EXTENSION, ext)
        for key in self._labels_said & pairs.keys() if self._said else ():
            pairs[key] = self._said.of(OF_LABEL + key, pairs[key])  # type: ignore[union-attr]
        told = {key: clean_label(self._bare(value)) for key, value in pairs.items() if value}
        return labels_of.of(told).text if told else ""

    def _bare(self, text: str) -> str:
        return unguard(text) if self._reader.guarded else text

    def _new_kind(self, said: tuple[str, ...]) -> int:
        series, organization, status, until, free_on = (self._bare(text).strip() for text in said)
        self._at = "series"
        if series:
            series = clean_name(series, "A series")
        elif self._adding and not self._options.series:
            raise BadValue("The row names no series.", "Give it a series, or all of them one with --series.")
        if not self._options.paths:
            organization = re.sub(r"\s*/\s*", " - ", organization)
        self._at = "status"
        if status.lower() not in STATUSES:
            raise BadValue(
                f"There is no status {quoted(status)}.",
                f"The statuses are {', '.join(map(str, Status))}; say what it is here with"
                f" --value status:{quoted(status)}=available.",
            )
        kind = self._lapsed_or_not(series, organization, STATUSES[status.lower()], until, free_on)
        self._sheet.kinds_known.append(kind)
        self._kinds[said] = len(self._sheet.kinds_known) - 1
        return self._kinds[said]

    def _lapsed_or_not(
        self, series: str, organization: str, status: Status, until: str, free_on: str
    ) -> Kind:
        """What rows share. What was held until a day that has passed is available, as if it had been here."""
        self._at = "free_on" if free_on else "reserved_until"
        day = ""
        if free_on:
            day = days_after(read_date(free_on, self._options.date_format), -1)
        elif until:
            day = read_date(until, self._options.date_format)
        series = series or self._options.series
        if day and day < self._today and CARRIES[status].until:
            return Kind(series, organization, Status.AVAILABLE, "", lapsed=True)
        return Kind(series, organization, status, day)

    def _numbers(self, number: str, first: str, last: str, count: str, prefix: str, length: str) -> Range:
        if "+" in number or "+" in first or "+" in prefix:
            self._sheet.with_plus |= any(map(has_country, (number, first, prefix)))
        if number:
            return parse_range(number, self._region, unchecked=self._unchecked)
        if prefix.strip():
            self._at = "prefix"
            return block(prefix, length, self._number)
        if not first.strip():
            raise BadValue("The row has no number.", "Give it one, or take the row out.")
        self._at = "first"
        start = self._number(first)
        self._at = "last"
        last, count = last.strip(), count.strip()
        if not last:
            if not count:
                raise BadValue("The row has a first number, but neither last nor count.", "Give one of them.")
            return parse_range(f"{start}+{count}")
        end = self._number(last)
        if end < start or len(str(end)) != len(str(start)):
            return parse_range(f"{start}..{end}")  # says what is wrong with it
        if count and not (count.isascii() and count.isdigit() and int(count[:16]) == end - start + 1):
            raise BadValue(
                f"From {start} to {end} are {end - start + 1} numbers, not {quoted(count)}.",
                "Correct last or count, or leave one of them out.",
            )
        return Range(start, end)

    def _number(self, text: str) -> int:
        return parse_number(text, self._region, unchecked=self._unchecked)


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
