"""The lines of a batch: JSON lines or CSV, one change a line, each with its number and its raw text.

Whatever is wrong with a line is said of that line, and reading goes on with the next.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.errors import BadValue
from numctl.core.text import quoted, unguard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

DELIMITERS = ",;\t"
_SEVERAL = ("numbers", "number")  # in one cell of a CSV, divided by spaces


class Line(NamedTuple):
    """One change as it was written: ``number`` counts lines of the file from 1, ``start`` and ``end``
    say where in its text it stands. ``said`` are its keys and values, or why they can't be read."""

    number: int
    start: int
    end: int
    said: Mapping[str, object] | BadValue


class BatchText:
    """The whole text of a batch."""

    def __init__(self, text: str) -> None:
        """Raises BadValue for a text that is neither JSON lines nor CSV."""
        if "\r" in text and "\n" not in text:
            text = text.replace("\r", "\n")  # the line's end of old
        self.text = text
        opening = text.lstrip()[:1]
        if opening == "[":
            raise BadValue(
                "This is one JSON array, and a batch is JSON lines.",
                "Write one object on each line, without [ and ].",
            )
        self._is_json = opening == "{"

    def size(self) -> int:
        """How many lines the text has, roughly."""
        return self.text.count("\n") + 1

    def __iter__(self) -> Iterator[Line]:
        return self._objects() if self._is_json else self._rows()

    def opening(self) -> str:
        """What stands before the first change: a CSV's header, nothing in JSON lines."""
        if self._is_json or not self.text.strip():
            return ""
        _, end, _ = next(self._records())
        return self.text[:end]

    def raw(self, start: int, end: int) -> str:
        """A line as it was, with one line's end."""
        return self.text[start:end].rstrip("\r\n") + "\n"

    def _objects(self) -> Iterator[Line]:
        text, start, number = self.text, 0, 0
        length = len(text)
        while start < length:
            end = text.find("\n", start) + 1 or length
            number += 1
            raw = text[start:end]
            if not raw.isspace():
                yield Line(number, start, end, _object(raw))
            start = end

    def _records(self) -> Iterator[tuple[int, int, list[str] | BadValue]]:
        """Start, end and cells of each record; after one that can't be read, nothing more comes."""
        import csv

        place = 0

        def physical() -> Iterator[str]:
            nonlocal place
            length = len(self.text)
            while place < length:
                begun, place = place, self.text.find("\n", place) + 1 or length
                yield self.text[begun:place]

        header = self.text[: self.text.find("\n") + 1 or len(self.text)]
        delimiter = max(DELIMITERS, key=header.count)
        reader = csv.reader(physical(), delimiter=delimiter, strict=True)
        while True:
            start = place
            try:
                cells = next(reader, None)
            except csv.Error as error:
                reason = "a quote isn't closed" if "end of data" in str(error) else str(error)
                what = BadValue(f"From here on this can't be read as CSV: {reason}.", "Correct the quotes.")
                yield start, len(self.text), what
                return
            if cells is None:
                return
            if cells:
                yield start, place, cells

    def _rows(self) -> Iterator[Line]:
        records = self._records()
        header = next(records, None)
        if header is None:
            return
        names = _names(header[2])
        number, counted = 1, 0
        for start, end, cells in records:
            number += self.text.count("\n", counted, start)
            counted = start
            yield Line(number, start, end, cells if isinstance(cells, BadValue) else _row(names, cells))


@cache
def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=_expect_each_once)


def _expect_each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    said = dict(pairs)
    if len(said) < len(pairs):
        twice = _first_twice(key for key, _ in pairs)
        raise BadValue(f"The key {quoted(twice or '')} is there twice.", "Say each thing once.", key=twice)
    return said


def _first_twice(names: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _object(raw: str) -> Mapping[str, object] | BadValue:
    try:
        value = _decoder().decode(raw)
    except BadValue as twice:
        return twice
    except json.JSONDecodeError as error:
        return BadValue(
            f"This isn't JSON: {error.msg[:1].lower()}{error.msg[1:]}.", "Write one object on each line."
        )
    except (ValueError, RecursionError):
        return BadValue("This isn't JSON that can be read.", "Write one object on each line.")
    if not isinstance(value, dict):
        return BadValue(
            "This isn't a JSON object.", 'Write {"action": "reserve", "numbers": [...], "tag": "x"}.'
        )
    return value


def _names(cells: list[str] | BadValue) -> list[str]:
    if isinstance(cells, BadValue):
        raise cells
    names = [cell.strip() for cell in cells]
    twice = _first_twice(filter(None, names))
    if twice is not None:
        raise BadValue(
            f"The column {quoted(twice)} is there twice.", "Give each column a name of its own.", line=1
        )
    if "action" not in names:
        raise BadValue(
            "The first line names no column 'action'.",
            "Write a header such as action,numbers,tag, or one JSON object on each line.",
            line=1,
        )
    return names


def _row(names: list[str], cells: list[str]) -> Mapping[str, object] | BadValue:
    if len(cells) != len(names):
        return BadValue(
            f"This row has {len(cells)} cells, and there are {len(names)} columns.",
            "Give each column a cell, be it an empty one.",
        )
    said: dict[str, object] = {
        name: unguard(cell) for name, cell in zip(names, cells, strict=True) if cell and not cell.isspace()
    }
    for key in _SEVERAL:
        if key in said:
            said[key] = [part for part in str(said[key]).split(" ") if part]
    return said
