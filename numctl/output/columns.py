"""The columns that a list was asked to show, in that order, ``label.KEY`` among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from numctl.core.errors import BadValue
from numctl.core.text import quoted
from numctl.output.formats import OWN, Row
from numctl.output.writing import Shared

LABELS, OF_LABEL = "labels", "label."  # the field with all labels of a number; a column of one of them


def read_columns(text: str) -> list[str]:
    """Names with commas between. Raises BadValue for none, or one that is there twice."""
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise BadValue(f"{quoted(text)} names no columns.", "Write --columns A,B.")
    for name in names:
        if names.count(name) > 1:
            raise BadValue(f"The column {name} is named twice.", "Name each once.")
    return names


class Picked(NamedTuple):
    """Some columns of a list: their names, and the value of each in a row of all of its fields."""

    fields: Sequence[str]
    values: Sequence[Callable[[Row], object]]
    places: Sequence[int | None]  # of each in a whole row; None for a label

    def row(self, row: Row) -> Row:
        """The picked columns of a whole row."""
        return tuple(value(row) for value in self.values)

    def runs(self, number: int, own: int) -> tuple[int, int] | None:
        """Where the number, and the first of the two fields that are its own, stand in a picked row.

        Given where they stand in a whole one. None where a row of runs can't have them so: the number is
        there once, and its own fields behind it and side by side, or neither of them.
        """
        theirs = [self.places.index(place) for place in range(own, own + OWN) if place in self.places]
        if number not in self.places:
            return None
        at = self.places.index(number)
        if not theirs:
            return at, len(self.fields)
        if len(theirs) == OWN and at < theirs[0] == theirs[1] - 1:
            return at, theirs[0]
        return None


def pick(names: Sequence[str], fields: Sequence[str]) -> Picked:
    """These columns out of a list of these fields. Raises BadValue for one that it hasn't."""
    values, places = [], []
    for name in names:
        place = fields.index(name) if name in fields else None
        if place is None and not (LABELS in fields and name.startswith(OF_LABEL) and name != OF_LABEL):
            known = ", ".join(fields) + (f", {OF_LABEL}KEY" if LABELS in fields else "")
            raise BadValue(f"There is no column {quoted(name)}.", f"The columns are {known}.", column=name)
        places.append(place)
        values.append(_of_label(name, fields) if place is None else _at(place))
    return Picked(names, values, places)


def _at(place: int) -> Callable[[Row], object]:
    return lambda row: row[place]


def _of_label(name: str, fields: Sequence[str]) -> Callable[[Row], object]:
    key, place = name.removeprefix(OF_LABEL), fields.index(LABELS)

    def value(row: Row) -> object:
        labels: Any = row[place]
        return dict(labels or ()).get(key)

    return value


class PickedRows:
    """Shared rows of runs, picked as they are asked for."""

    def __init__(self, picked: Picked, rows: Shared) -> None:
        self._picked, self._rows = picked, rows

    def __getitem__(self, key: Any) -> Row:
        return self._picked.row(self._rows[key])
