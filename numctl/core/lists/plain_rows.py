"""Rows in which nothing needs a closer look, read many at a time: as most are, in most lists.

A number is digits alone, a user's name and a label are letters and digits and what is harmless between them,
and all else was read before in another row.
"""

from __future__ import annotations

import re
from operator import not_
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.files.columns import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_QUOTED = '":"'
LONGEST = 200  # characters of a name or a label that are read here

# Each can be matched in one way alone, so that nothing is tried twice.
_WORDS = r"[A-Za-z0-9]++(?:[{between}]++[A-Za-z0-9]++)*+"
_NUMBER = r"[1-9][0-9]{2,14}+"
_NAME = rf"(?:{_WORDS.format(between=' .,_:/()-')})?+"
_LABEL = rf"(?:[a-z][a-z0-9_-]{{0,31}}+={_WORDS.format(between=' .,:/()-')})?+"

Alike = tuple[Row, bool]  # what rows share that are alike: all before the user, and whether there is one


def _all(pattern: str) -> Callable[[Sequence[str]], bool]:
    """What tells whether all of some texts are of a pattern, which no text with a line break is."""
    lines = re.compile(rf"{pattern}(?:\n{pattern})*+")

    def are(texts: Sequence[str]) -> bool:
        joined = "\n".join(texts)
        return joined.count("\n") == len(texts) - 1 and lines.fullmatch(joined) is not None

    return are


_are_numbers, _are_names, _are_labels = map(_all, (_NUMBER, _NAME, _LABEL))


class Plain(NamedTuple):
    """Some rows, column by column; ``labels`` as the store keeps them."""

    numbers: Sequence[int]
    kinds: Sequence[int]
    tags: Sequence[str]
    users: Sequence[str]
    labels: Sequence[str]


def read(columns: Sequence[Sequence[str]], known: Mapping[Alike, tuple[int, str]]) -> Plain | None:
    """Some rows at once, by the kind and tag that are known of those alike; None where one is not so plain.

    Given are their fields, column by column: first their numbers, last users, forwarding and labels.
    """
    numbers, *shared, users, forwards, labels = columns
    filled = {id(column): any(column) for column in {id(column): column for column in columns}.values()}
    if filled[id(forwards)] or not _are_numbers(numbers):
        return None
    if filled[id(users)] and (max(map(len, users)) > LONGEST or not _are_names(users)):
        return None
    if filled[id(labels)] and (max(map(len, labels)) > LONGEST or not _are_labels(labels)):
        return None
    there = [at for at, column in enumerate(shared) if filled[id(column)]]
    said = list(zip(*(shared[at] for at in there), map(not_, users), strict=True))
    kinds, tags = {}, {}
    for one in set(said):
        row = [""] * len(shared)
        for at, text in zip(there, one, strict=False):
            row[at] = str(text)
        found = known.get((tuple(row), bool(one[-1])))
        if found is None:
            return None
        kinds[one], tags[one] = found
    return Plain(
        list(map(int, numbers)),
        list(map(kinds.__getitem__, said)),
        list(map(tags.__getitem__, said)) if any(tags.values()) else [""] * len(said),
        users,
        [f'{{"{text.replace("=", _QUOTED, 1)}"}}' if text else "" for text in labels]
        if filled[id(labels)]
        else labels,
    )
