"""Consumption: usage booked on whoever held the number that day, and what it adds up to."""

from __future__ import annotations

import json
from array import array
from operator import add
from typing import TYPE_CHECKING, NamedTuple

from numctl.core import dates
from numctl.core.catalog.tree import Tree
from numctl.core.errors import NumbersUnknown
from numctl.core.queries.labels import LabelsOf
from numctl.core.text import fold
from numctl.core.usage.holders import Holding, holder_at, holdings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numctl.core.catalog.view import View
    from numctl.core.changes.operation import Operation
    from numctl.core.dates import Period
    from numctl.core.store.connection import Connection
    from numctl.core.usage.reading import UsageRecords

STEP = 10_000  # rows between two reports of progress

_RECORD = """
INSERT INTO usage (day, number, organization, voice_incoming, voice_outgoing, messages_sent,
  messages_received, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (day, number) DO UPDATE SET organization = excluded.organization,
  voice_incoming = excluded.voice_incoming, voice_outgoing = excluded.voice_outgoing,
  messages_sent = excluded.messages_sent, messages_received = excluded.messages_received,
  data = excluded.data
WHERE (usage.organization, usage.voice_incoming, usage.voice_outgoing, usage.messages_sent,
   usage.messages_received, usage.data) <>
  (excluded.organization, excluded.voice_incoming, excluded.voice_outgoing, excluded.messages_sent,
   excluded.messages_received, excluded.data)
"""
# Figures go up to 2^63-1, their sums beyond it: the upper and the lower 32 bits are added up apart.
_SUMS = """
SELECT {by} AS key,
  sum(voice_incoming >> 32), sum(voice_incoming & 4294967295),
  sum(voice_outgoing >> 32), sum(voice_outgoing & 4294967295),
  sum(messages_sent >> 32), sum(messages_sent & 4294967295),
  sum(messages_received >> 32), sum(messages_received & 4294967295),
  sum(data >> 32), sum(data & 4294967295)
FROM usage WHERE day BETWEEN :first AND :last AND organization IN (SELECT value FROM json_each(:inside))
GROUP BY key ORDER BY key
"""

Record = tuple[object, ...]
"""Day, number, organization (a row id), and the figures of ``Figures``."""


def put(connection: Connection, rows: Iterable[Record]) -> int:
    """Write usage, over what is there of a number and day already; give how many rows that changed."""
    return connection.executemany(_RECORD, rows).rowcount


class Figures(NamedTuple):
    """What was consumed, in all: voice in seconds, data in bytes."""

    voice_incoming: int
    voice_outgoing: int
    messages_sent: int
    messages_received: int
    data: int


# Reading in


def record(
    operation: Operation,
    records: UsageRecords,
    timezone: str,
    *,
    skip_unknown: bool = False,
    advance: Callable[[int], None] = lambda steps: None,
) -> None:
    """Book usage; a row for a number and day that is there already replaces it.

    A day ends at midnight in ``timezone``. A number that the store never knew, or that nobody in scope
    held that day, is an error, or left out with ``skip_unknown``. Raises all that is wrong at once.
    """
    holders, skipped = _holders(operation, records, timezone, skip_unknown=skip_unknown)
    if records.rejects:
        raise records.rejects.refusal()
    changed = put(operation.connection, _rows(records, holders, advance))
    if changed:
        operation.note(rows=changed)
    operation.facts |= {"rows": changed, "same": len(records) - skipped - changed, "skipped": skipped}


def _holders(
    operation: Operation, records: UsageRecords, timezone: str, *, skip_unknown: bool
) -> tuple[array[int], int]:
    """Who each row belongs to, 0 for nobody in scope; and how many rows belong to nobody."""
    holders, skipped = array("q", bytes(8 * len(records))), 0
    ends = [dates.end_of(day, timezone) for day in records.days_known]
    inside = Tree.load(operation.connection, retired=True).scope(operation.acting)
    known: tuple[int, Sequence[Holding]] = (-1, ())
    found = holdings(operation.connection, _ascending(records))
    for place in records.order:
        number = records.numbers[place]
        if number != known[0]:
            known = next(found)
        holder = holder_at(known[1], ends[records.days[place]]) if known[1] else 0
        if holder in inside:
            holders[place] = holder
        elif skip_unknown:
            skipped += 1
        else:
            records.rejects.add(records.lines[place], NumbersUnknown([str(number)]))
    return holders, skipped


def _ascending(records: UsageRecords) -> Iterator[int]:
    last = -1
    for place in records.order:
        if records.numbers[place] != last:
            last = records.numbers[place]
            yield last


def _rows(
    records: UsageRecords, holders: array[int], advance: Callable[[int], None]
) -> Iterator[tuple[object, ...]]:
    """The rows to be written, by day and number, as the table has them."""
    places = [array("q") for _ in records.days_known]
    for place in records.order:
        if holders[place]:
            places[records.days[place]].append(place)
    written = 0
    for index in sorted(range(len(places)), key=records.days_known.__getitem__):
        day = records.days_known[index]
        for place in places[index]:
            yield (day, records.numbers[place], holders[place], *records.figures_of(place))
            written += 1
            if not written % STEP:
                advance(STEP)


# Adding up


class Consumed:
    """Sums by organization (row id), number or day; a million fit in some hundred megabytes."""

    def __init__(self) -> None:
        self.keys: list[int | str] = []
        self._parts = [array("q") for _ in range(2 * len(Figures._fields))]

    def __len__(self) -> int:
        return len(self.keys)

    def put(self, key: int | str, parts: Sequence[int]) -> None:
        """Add a row; ``parts`` are the upper and the lower halves of each figure."""
        self.keys.append(key)
        for column, part in zip(self._parts, parts, strict=True):
            column.append(part)

    def figures(self, place: int) -> Figures:
        halves = [column[place] for column in self._parts]
        return Figures(
            *((upper << 32) + lower for upper, lower in zip(halves[::2], halves[1::2], strict=True))
        )


def consumed(view: View, tree: Tree, top: int, period: Period, by: str) -> Consumed:
    """What ``top`` and all below it consumed in a period, by ``org``, ``number`` or ``day``, ascending.

    ``tree`` has the retired ones too: usage stays with an organization that was removed.
    """
    inside = json.dumps(sorted(tree.scope(top)))
    found = Consumed()
    named = {"inside": inside, **period._asdict()}
    statement = _SUMS.format(by="organization" if by == "org" else by)
    for key, *parts in view.connection.execute(statement, named):
        found.put(key, parts)
    return found


def consumed_by_label(view: View, tree: Tree, top: int, period: Period, key: str) -> Consumed:
    """The same by the value of a label that numbers have now, by name; last what hasn't it, under ``""``."""
    labels = LabelsOf(view.connection)
    sums: dict[str, list[int]] = {}
    by_number = consumed(view, tree, top, period, "number")
    for place, number in enumerate(map(int, by_number.keys)):
        ((_, _, id),) = labels.within(number, number)
        value = dict(labels[id]).get(key, "") if id else ""
        figures = by_number.figures(place)
        sums[value] = [*map(add, sums[value], figures)] if value in sums else [*figures]
    found = Consumed()
    for value in sorted(sums, key=lambda value: (not value, fold(value), value)):
        found.put(value, [half for figure in sums[value] for half in (figure >> 32, figure & 0xFFFFFFFF)])
    return found


def minutes(seconds: int) -> int:
    """Hundredths of a minute, rounded half up."""
    return (seconds * 100 + 30) // 60


def megabytes(data: int) -> int:
    """Hundredths of 10^6 bytes, rounded half up."""
    return (data + 5_000) // 10_000
