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
from numctl.core.numbers.ranges import Range
from numctl.core.numbers.unusual import Unusual, least_over_long, unusual
from numctl.core.queries.buffer import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from numctl.core.files.rejects import Rejects
    from numctl.core.rules.model import Status


class Kind(NamedTuple):
    """What many rows share. ``series`` is clean; ``organization`` is as written, empty where none is.

    ``lapsed``: it was held until a day that has passed.
    """

    series: str
    organization: str
    status: Status
    until: str
    lapsed: bool = False


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
        self.present: Collection[str] = ()
        self.described: Mapping[str, str] = {}
        self.region: str | None = None
        self.with_plus = self.tags_by_status = False
        self.ignored: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.firsts)

    def put(self, line: int, numbers: Range, kind: int, texts: tuple[str, str, str], forward: int) -> None:
        """Add a row; ``texts`` are its tag, its user, and its labels as the store keeps them."""
        self.firsts.append(numbers.first)
        self.lasts.append(numbers.last)
        self.lines.append(line)
        self.kinds.append(kind)
        self.tags.append(texts[0])
        self.users.append(texts[1])
        self.labels.append(texts[2])
        self.forwards.append(forward)

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


def runs(
    sheet: Sheet, order: Sequence[int], left: Callable[[int], Sequence[Range]], states: Sequence[int]
) -> Iterator[tuple[int, int, Range]]:
    """Rows joined with neighbours equal but for labels: (place of the first, its state, numbers), ascending.

    ``left`` gives what of a row's numbers is wanted, ``states`` the state of each kind by its
    index.
    """

    def said(place: int) -> tuple[object, ...]:
        own = states[sheet.kinds[place]]
        return own, sheet.tags[place], sheet.users[place], sheet.forwards[place]

    return ((place, states[sheet.kinds[place]], numbers) for place, numbers in _joined(order, left, said))


def labelled(
    sheet: Sheet, order: Sequence[int], left: Callable[[int], Sequence[Range]]
) -> Iterator[tuple[int, Range]]:
    """Rows with labels, joined with neighbours that have the same: (place of the first row, numbers)."""
    labels = sheet.labels
    return ((place, numbers) for place, numbers in _joined(order, left, labels.__getitem__) if labels[place])


def _joined(
    order: Sequence[int], left: Callable[[int], Sequence[Range]], said: Callable[[int], object]
) -> Iterator[tuple[int, Range]]:
    head, numbers, before = -1, Range(0, 0), None
    for place in order:
        now = said(place)
        for part in left(place):
            joins = head >= 0 and now == before and part.first == numbers.last + 1
            if joins and len(str(part.first)) == len(str(numbers.last)):
                numbers = Range(numbers.first, part.last)
                continue
            if head >= 0:
                yield head, numbers
            head, numbers, before = place, part, now
    if head >= 0:
        yield head, numbers
