"""A sheet: what another list says of numbers, packed.

A million rows fit in some tens of megabytes: numbers and lines are arrays, texts are bytes one after
another, and what many rows share is kept once.
"""

from __future__ import annotations

from array import array
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.errors import BadValue
from numctl.core.numbers.ranges import LENGTH_STARTS, Range
from numctl.core.numbers.unusual import Unusual, least_over_long, unusual
from numctl.core.queries.buffer import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from numctl.core.changes.journal import Arrival
    from numctl.core.changes.labels import Labelled
    from numctl.core.files.rejects import Rejects
    from numctl.core.lists.plain_rows import Plain
    from numctl.core.numbers.ranges import Pair
    from numctl.core.rules.model import Status

AT_ONCE = 1_000  # rows packed together
Numbers = tuple[int, int, int]  # first, last, line
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
        self.firsts, self.lasts, self.lines = array("q"), array("q"), array("q")
        self.kinds = array("q")
        self.kinds_known: list[Kind] = []
        self.tags, self.users, self.labels = Texts(), Texts(), Texts()
        self.forwards = array("q")
        self._loose: list[tuple[int, int, int, int, str, str, str, int]] = []
        self.present: Collection[str] = ()
        self.described: Mapping[str, str] = {}
        self.region: str | None = None
        self.with_plus = self.tags_by_status = False
        self.ignored: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.firsts)

    def put(self, line: int, numbers: Pair, kind: int, texts: tuple[str, str, str], forward: int) -> None:
        """Add a row; ``texts`` are its tag, its user, and its labels as the store keeps them.

        Rows are packed some at a time: ``pack`` has to follow the last one.
        """
        self._loose.append((*numbers, line, kind, *texts, forward))
        if len(self._loose) >= AT_ONCE:
            self.pack()

    def extend(self, lines: Sequence[int], rows: Plain) -> None:
        """Add rows of one number each that forward nothing."""
        self.pack()
        self.firsts.extend(rows.numbers)
        self.lasts.extend(rows.numbers)
        self.lines.extend(lines)
        self.kinds.extend(rows.kinds)
        for texts, told in ((self.tags, rows.tags), (self.users, rows.users), (self.labels, rows.labels)):
            texts.extend(told)
        self.forwards.frombytes(bytes(self.forwards.itemsize * len(lines)))

    def pack(self) -> None:
        """Pack the rows put in last."""
        if self._loose:
            columns = (
                *(self.firsts, self.lasts, self.lines, self.kinds),
                *(self.tags, self.users, self.labels, self.forwards),
            )
            for column, values in zip(columns, zip(*self._loose, strict=True), strict=True):
                column.extend(values)  # type: ignore[attr-defined]
            self._loose.clear()

    def range(self, place: int) -> Range:
        return Range(self.firsts[place], self.lasts[place])

    def kind(self, place: int) -> Kind:
        return self.kinds_known[self.kinds[place]]

    @cached_property
    def order(self) -> Sequence[int]:
        """The rows' places by their numbers. A number in two rows is an error at the later one."""
        firsts = self.firsts
        order: Sequence[int] = range(len(self))
        if any(before > after for before, after in pairwise(firsts)):
            order = array("q", sorted(order, key=firsts.__getitem__))
        furthest = -1
        for place in order:
            if furthest >= 0 and firsts[place] <= self.lasts[furthest]:
                twice = Range(firsts[place], min(self.lasts[place], self.lasts[furthest]))
                early, late = sorted((self.lines[furthest], self.lines[place]))
                self.rejects.add(late, _twice(twice, early))
            if furthest < 0 or self.lasts[place] > self.lasts[furthest]:
                furthest = place
        return order

    def ascending(self) -> Iterator[tuple[int, Numbers, Told, str]]:
        """Each row's place, numbers, what is told of them, and labels, by its numbers."""
        order = self.order
        numbers: Iterable[Numbers] = zip(self.firsts, self.lasts, self.lines, strict=True)
        told: Iterable[Told] = zip(self.kinds, self.tags, self.users, self.forwards, strict=True)
        labels: Iterable[str] = self.labels
        if not isinstance(order, range):
            kinds, tags, users, forwards = self.kinds, self.tags, self.users, self.forwards
            numbers = ((self.firsts[at], self.lasts[at], self.lines[at]) for at in order)
            told = ((kinds[at], tags[at], users[at], forwards[at]) for at in order)
            labels = map(self.labels.__getitem__, order)
        return zip(order, numbers, told, labels, strict=True)

    def slices(self, many: int) -> Iterator[Slice]:
        """The rows by their numbers, some at a time, column by column."""
        for start in range(0, len(self), many):
            yield self._slice(start, min(start + many, len(self)))

    def _slice(self, start: int, end: int) -> Slice:
        numbers = (self.firsts, self.lasts, self.kinds, self.forwards)
        all_texts = (self.tags, self.users, self.labels)
        if isinstance(self.order, range):
            firsts, lasts, kinds, forwards = (column[start:end] for column in numbers)
            tags, users, labels = (texts.part(start, end) for texts in all_texts)
            return Slice(firsts, lasts, kinds, tags, users, labels, forwards)
        places = self.order[start:end]
        firsts, lasts, kinds, forwards = (array("q", (column[at] for at in places)) for column in numbers)
        tags, users, labels = ([texts[at] for at in places] for texts in all_texts)
        return Slice(firsts, lasts, kinds, tags, users, labels, forwards)

    @cached_property
    def unusual(self) -> Unusual:
        """How many of its numbers are short codes, or too long for their country."""
        with_country = self.region is not None or self.with_plus
        least = 0 if self.with_plus else least_over_long(self.region)
        return unusual(zip(self.firsts, self.lasts, strict=True), with_country=with_country, least=least)

    def digest(self) -> str:
        """A digest of what was read, for a key that makes a retry safe."""
        from hashlib import sha256

        running = sha256(repr(self.kinds_known).encode("utf-8", "surrogatepass"))
        for column in (self.firsts, self.lasts, self.kinds, self.forwards):
            running.update(column.tobytes())
        for texts in (self.tags, self.users, self.labels):
            running.update(texts._bytes + texts._ends.tobytes())
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
    for place, (first, last, at), now, _ in sheet.ascending():
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
    begin = end = line = 0
    before = ""
    for place, (first, last, at), _, labels in sheet.ascending():
        for low, high in ((first, last),) if left is None else left(place):
            if low == end + 1 and labels == before and low not in LENGTH_STARTS:
                end = high
                continue
            if before:
                yield begin, end, before, line
            begin, end, before, line = low, high, labels, at
    if before:
        yield begin, end, before, line
