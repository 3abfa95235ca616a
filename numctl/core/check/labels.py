"""What ``check`` looks for in labels: runs that are well, and are what their journal left."""

from __future__ import annotations

import re
from itertools import groupby
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
_STRAY = """
SELECT run.first, run.last FROM label_span AS run WHERE NOT EXISTS (
  SELECT 1 FROM extent WHERE extent.first <= run.first AND extent.last >= run.last
) ORDER BY run.first
"""

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
    rows = connection.execute("SELECT label_set, key, value, folded FROM label ORDER BY label_set, key")
    beside = groupby(rows, key=itemgetter(0))
    id_beside, these = next(beside, (None, ()))
    for id, text, sum in connection.execute("SELECT id, labels, checksum FROM label_set ORDER BY id"):
        if sum != checksum(text):
            yield f"The labels of set {id} are not found: their checksum is another's."
        while id_beside is not None and id_beside < id:  # of a set that isn't there, which is told elsewhere
            id_beside, these = next(beside, (None, ()))
        told = [row[1:] for row in these] if id_beside == id else []
        if len(told) == 1 and _is_plain(text, *told[0]):
            continue
        if told != [(key, value, fold(value)) for key, value in kept(text)]:
            yield f"The labels of set {id} are not what is beside it."


def _is_plain(text: str, key: str, value: str, folded: str) -> bool:
    """Whether one label is a set's, and nothing in it is written otherwise in JSON; most are so."""
    plain = all(_PLAIN.fullmatch(word) for word in (key, value))
    return plain and text == f'{{"{key}":"{value}"}}' and folded == value.lower()


def journal(connection: Connection) -> Iterator[str]:
    """The journal's replay is the map of labels."""
    return replay.labels(connection)
