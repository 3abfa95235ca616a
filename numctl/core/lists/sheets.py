"""A sheet: what another list says of numbers, in the order of these.

Its columns hold a part of their rows in memory, and what many rows share is kept once.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from itertools import count, islice
from operator import ge, gt, ne
from typing import TYPE_CHECKING, Any, NamedTuple

from numctl.core.errors import BadValue
from numctl.core.numbers.countries import SHORT
from numctl.core.numbers.ranges import LENGTH_STARTS, Range
from numctl.core.numbers.unusual import Unusual, least_over_long, unusual
from numctl.core.queries.columns import Ints, Shelf, Texts
from numctl.core.store import sorting

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from numctl.core.changes.journal import Arrival
    from numctl.core.changes.labels import Labelled
    from numctl.core.files.rejects import Rejects
    from numctl.core.lists.plain_rows import Plain
    from numctl.core.numbers.ranges import Pair
    from numctl.core.queries.columns import Column
    from numctl.core.rules.model import Status

AT_ONCE = 1_000  # rows packed together
Numbers = tuple[int, int, int]  # first, last, line
Row = tuple[int, int, int, int, str, str, str, int]
"""First, last, line, kind, tag, user, labels as the store keeps them, forwarding."""
Told = tuple[int, str, str, int]  # kind, tag, user, forwarding


class Kind(NamedTuple):
    """What many rows share. ``series`` is clean; ``organization`` is as written, empty where none is.

    ``lapsed``: it was held until a day that has passed.
    """

    series: str
    organization: str
    status: Status
    until: str
    lapsed: bool = False


class Slice(NamedTuple):
    """Some rows of a sheet, column by column."""

    firsts: Sequence[int]
    lasts: Sequence[int]
    kinds: Sequence[int]
    tags: Sequence[str]
    users: Sequence[str]
    labels: Sequence[str]
    forwards: Sequence[int]


class Sheet:
    """Rows by their place from 0: ``firsts[i]`` to ``lasts[i]`` stand on line ``lines[i]``.

    ``kinds[i]`` is an index into ``kinds_known``; tags, users and forwarding numbers are empty (0)
    where there is none. ``present`` are the fields the file has, ``described`` where each of them stands,
    ``ignored`` its other columns. ``region`` is what its numbers were read by, ``with_plus`` whether some
    were written with their country code, ``tags_by_status`` whether some are tagged with another list's
    words for a status.
    """

    def __init__(self, rejects: Rejects) -> None:
        self.rejects = rejects
        self.kinds_known: list[Kind] = []
        self._new_columns()
        self._loose: list[Row] = []
        self.present: Collection[str] = ()
        self.described: Mapping[str, str] = {}
        self.region: str | None = None
        self.with_plus = self.tags_by_status = False
        self.ignored: Sequence[str] = ()

    def _new_columns(self) -> None:
        shelf = Shelf()
        self.firsts, self.lasts, self.lines, self.kinds = (Ints(shelf) for _ in range(4))
        self.tags, self.users, self.labels = (Texts(shelf) for _ in range(3))
        self.forwards = Ints(shelf)

    @property
    def _columns(self) -> tuple[Column[Any], ...]:
        """All of them, in the order of a ``Row``."""
        texts = (self.tags, self.users, self.labels)
        return (self.firsts, self.lasts, self.lines, self.kinds, *texts, self.forwards)

    def __len__(self) -> int:
        return len(self.firsts)

    def put(self, line: int, numbers: Pair, kind: int, texts: tuple[str, str, str], forward: int) -> None:
        """Add a row; ``texts`` are its tag, its user, and its labels as the store keeps them.

        Rows are packed some at a time: ``pack`` has to follow the last one.
        """
        tag, user, labels = texts
        self._loose.append((*numbers, line, kind, tag, user, labels, forward))
        if len(self._loose) >= AT_ONCE:
            self.pack()

    def extend(self, lines: Sequence[int], rows: Plain) -> None:
        """Add rows of one number each that forward nothing."""
        self.pack()
        values = (rows.numbers, rows.numbers, lines, rows.kinds, rows.tags, rows.users, rows.labels)
        for column, some in zip(self._columns, (*values, [0] * len(lines)), strict=True):
            column.extend(some)

    def pack(self) -> None:
        """Pack the rows put in last."""
        if self._loose:
            for column, values in zip(self._columns, zip(*self._loose, strict=True), strict=True):
                column.extend(values)
            self._loose.clear()

    def arrange(self) -> None:
        """Bring the rows into the order of their numbers. One in two rows is an error at the later one."""
        self.pack()
        if not any(map(ge, self.lasts, islice(self.firsts, 1, None))):
            return
        if any(map(gt, self.firsts, islice(self.firsts, 1, None))):
            rows = zip(*self._columns, strict=True)
            self._new_columns()
            with sorting.arranged(rows, len(self._columns)) as sorted_rows:
                while some := list(islice(sorted_rows, AT_ONCE)):
                    self._loose += some
                    self.pack()
        if not any(map(ge, self.lasts, islice(self.firsts, 1, None))):
            return
        furthest, its_line = -1, 0
        for first, last, line in zip(self.firsts, self.lasts, self.lines, strict=True):
            if first <= furthest:
                early, late = sorted((its_line, line))
                self.rejects.add(late, _twice(Range(first, min(last, furthest)), early))
            if last > furthest:
                furthest, its_line = last, line

    def range(self, place: int) -> Range:
        return Range(self.firsts[place], self.lasts[place])

    def kind(self, place: int) -> Kind:
        return self.kinds_known[self.kinds[place]]

    def ascending(self) -> Iterator[tuple[int, Numbers, Told]]:
        """Each row's place, numbers, and what is told of them but for labels, by its numbers."""
        numbers: Iterable[Numbers] = zip(self.firsts, self.lasts, self.lines, strict=True)
        told: Iterable[Told] = zip(self.kinds, self.tags, self.users, self.forwards, strict=True)
        return zip(count(), numbers, told, strict=False)

    def slices(self, many: int) -> Iterator[Slice]:
        """The rows by their numbers, some at a time, column by column."""
        for start in range(0, len(self), many):
            part = slice(start, start + many)
            numbers = (self.firsts[part], self.lasts[part], self.kinds[part])
            texts = (self.tags[part], self.users[part], self.labels[part])
            yield Slice(*numbers, *texts, self.forwards[part])

    @cached_property
    def unusual(self) -> Unusual:
        """How many of its numbers are short codes, or too long for their country."""
        with_country = self.region is not None or self.with_plus
        least = 0 if self.with_plus else least_over_long(self.region)
        numbers: Iterable[Pair] = zip(self.firsts, self.lasts, strict=True)
        if not with_country:  # a longer one after those that are short is all that matters
            numbers = islice(numbers, bisect_left(self.firsts, 10**SHORT) + 1)
        return unusual(numbers, with_country=with_country, least=least)

    def digest(self) -> str:
        """A digest of what was read, for a key that makes a retry safe."""
        from hashlib import sha256

        running = sha256(repr(self.kinds_known).encode("utf-8", "surrogatepass"))
        for column in self._columns:
            if column is not self.lines:
                column.tell(running)
        return running.hexdigest()


def _twice(numbers: Range, line: int) -> BadValue:
    verb = "is" if numbers.count == 1 else "are"
    return BadValue(
        f"{numbers} {verb} on line {line} already.", "Give each number once.", numbers=str(numbers)
    )


def arrivals(
    sheet: Sheet, left: Callable[[int], Sequence[Range]] | None, state_of: Callable[[int, str], int]
) -> Iterator[Arrival]:
    """What a sheet's rows put in, joined with neighbours equal but for labels, ascending.

    ``left`` gives what of a row's numbers is wanted, None where all of them are; ``state_of`` the state of a
    kind with a tag (a row id).
    """
    begin = end = line = 0
    before: Told | None = None
    given = (0, "", 0)
    for place, (first, last, at), now in sheet.ascending():
        for low, high in ((first, last),) if left is None else left(place):
            if low == end + 1 and now == before and low not in LENGTH_STARTS:
                end = high
                continue
            if begin:
                yield begin, end, *given, line
            if now != before:
                before, given = now, (state_of(*now[:2]), *now[2:])
            begin, end, line = low, high, at
    if begin:
        yield begin, end, *given, line


def labelled(sheet: Sheet, left: Callable[[int], Sequence[Range]] | None) -> Iterator[Labelled]:
    """The numbers with labels, joined with neighbours that have the same: first, last, labels, line."""
    rows: Iterable[Labelled] = zip(sheet.firsts, sheet.lasts, sheet.labels, sheet.lines, strict=True)
    if left is not None:
        rows = ((*part, *row[2:]) for place, row in enumerate(rows) for part in left(place))
    return _joined(iter(rows))


def _joined(rows: Iterator[Labelled]) -> Iterator[Labelled]:
    """Rows with those that go on with the same labels joined, without those that have none."""
    held: Labelled = (0, 0, "", 0)
    while some := list(islice(rows, AT_ONCE)):
        labels = [row[2] for row in some]
        apart = all(labels) and all(map(ne, labels, islice(labels, 1, None)))
        for first, last, text, line in some[:1] if apart else some:  # most have labels of their own
            if text == held[2] and first == held[1] + 1 and first not in LENGTH_STARTS:
                held = (held[0], last, text, held[3])
                continue
            if held[2]:
                yield held
            held = (first, last, text, line)
        if apart and len(some) > 1:
            yield held
            yield from some[1:-1]
            held = some[-1]
    if held[2]:
        yield held
