"""What ``check`` looks for in labels: runs that are well, and are what their journal left."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING

from numctl.core.check import replay
from numctl.core.numbers.ranges import Range, adjoins
from numctl.core.rules.labels import kept
from numctl.core.store.schema import checksum
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.store.connection import Connection

_RUNS = "SELECT first, last, label_set FROM label_span ORDER BY first"
_TWICE = "SELECT min(id), max(id) FROM label_set GROUP BY checksum, labels HAVING count(*) > 1 ORDER BY 1"
_SETS = "SELECT id, labels, checksum FROM label_set ORDER BY id"
_LABELS = "SELECT label_set, key, value, folded FROM label ORDER BY label_set, key"
_AT_ONCE = 10_000  # rows looked at together
_STRAY = """
SELECT run.first, run.last FROM label_span AS run WHERE NOT EXISTS (
  SELECT 1 FROM extent WHERE extent.first <= run.first AND extent.last >= run.last
) ORDER BY run.first
"""

Set = tuple[int, str, int]  # row id, the labels as JSON, their checksum
Label = tuple[int, str, str, str]  # row id of its set, key, value, the value as it is compared

_PLAIN = re.compile(r"[A-Za-z0-9 .,:/()_-]+")


def runs(connection: Connection) -> Iterator[str]:
    """Runs don't overlap, are joined, and lie within the inventory."""
    before: tuple[int, int, int] | None = None
    for first, last, id in connection.execute(_RUNS):
        if before is not None and before[1] >= first:
            yield f"Runs of labels overlap at {first}."
        elif before is not None and before[2] == id and adjoins(before[1], first):
            yield f"The runs of labels that meet at {first} are alike and not joined."
        before = (first, last, id)
    for first, last in connection.execute(_STRAY):
        yield f"{Range(first, last)} has labels, but is not all in the inventory."


def sets(connection: Connection) -> Iterator[str]:
    """Each set is there once, is found by its checksum, and the keys and values beside it are its own."""
    for id, other in connection.execute(_TWICE):
        yield f"The sets of labels {id} and {other} are alike."
    coming, beside = connection.walk(_SETS), _Beside(connection.walk(_LABELS))
    while some := list(islice(coming, _AT_ONCE)):
        labels = beside.up_to(some[-1][0])
        if not _are_plain(some, labels):
            yield from _otherwise(some, labels)


class _Beside:
    """Labels in the order of their sets, handed out some sets at a time."""

    def __init__(self, rows: Iterator[Label]) -> None:
        self._rows = rows
        self._ahead: list[Label] = []

    def up_to(self, id: int) -> list[Label]:
        """Those that are left of the sets up to ``id``, some of which may not be there."""
        found = self._ahead
        while (not found or found[-1][0] <= id) and (more := list(islice(self._rows, _AT_ONCE))):
            found += more
        end = bisect_right(found, id, key=itemgetter(0))
        self._ahead = found[end:]
        return found[:end]


def _are_plain(some: list[Set], labels: list[Label]) -> bool:
    """Whether each set has one label, in which nothing is written otherwise in JSON, and all is well.

    Most are so. False says nothing, but that each set must be looked at.
    """
    from zlib import crc32  # what ``checksum`` gives, for many at once

    if len(some) != len(labels):
        return False
    ids, texts, sums = zip(*some, strict=True)
    of, keys, values, folded = zip(*labels, strict=True)
    return (
        ids == of
        and _PLAIN.fullmatch("".join(keys + values)) is not None
        and texts == tuple(map('{{"{}":"{}"}}'.format, keys, values))
        and folded == tuple(map(str.lower, values))
        and sums == tuple(map(crc32, map(str.encode, texts)))
    )


def _otherwise(some: list[Set], labels: list[Label]) -> Iterator[str]:
    beside = {id: list(rows) for id, rows in groupby(labels, key=itemgetter(0))}
    for id, text, sum in some:
        if sum != checksum(text):
            yield f"The labels of set {id} are not found: their checksum is another's."
        told = [row[1:] for row in beside.get(id, ())]
        if told != [(key, value, fold(value)) for key, value in kept(text)]:
            yield f"The labels of set {id} are not what is beside it."


def journal(connection: Connection) -> Iterator[str]:
    """The journal's replay is the map of labels."""
    return replay.labels(connection)
