"""How a list was understood: where its fields stand, what was left out, its first rows as read."""

from __future__ import annotations

import json
from heapq import nsmallest
from itertools import count
from typing import TYPE_CHECKING

from numctl.core.numbers.ranges import Range
from numctl.core.rules.labels import kept

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.lists.sheets import Sheet

SHOWN = 5  # rows


def facts(sheet: Sheet) -> dict[str, object]:
    """What programs are told: ``fields``, ``ignored``, ``rows`` (the first five), ``numbers`` in all."""
    return {
        "fields": dict(sheet.described),
        "ignored": list(sheet.ignored),
        "rows": [_row(sheet, place) for place in _first_places(sheet)],
        "numbers": sum(sheet.lasts) - sum(sheet.firsts) + len(sheet),
        "short_codes": sheet.unusual.short_codes,
        "over_long": sheet.unusual.over_long,
    }


def told(sheet: Sheet) -> Iterator[str]:
    """The same in lines for people."""
    numbers = facts(sheet)["numbers"]
    yield f"Understood as {len(sheet)} rows of {numbers} numbers:"
    width = max(map(len, sheet.described), default=0)
    for field, column in sheet.described.items():
        yield f"  {field:<{width}}  {column}"
    if sheet.ignored:
        yield f"Left out: {', '.join(sheet.ignored)}"
    if len(sheet):
        yield "The first rows:"
    for place in _first_places(sheet):
        row = _row(sheet, place)
        numbers = row.pop("numbers")
        row["labels"] = kept(sheet.labels[place] or "{}")
        said = ", ".join(f"{word.replace('_', ' ')} {value}" for word, value in row.items() if value)
        yield f"  {numbers}  {said}"


def _first_places(sheet: Sheet) -> list[int]:
    """The places of the rows that come first in the list."""
    return [place for _, place in nsmallest(SHOWN, zip(sheet.lines, count(), strict=False))]


def _row(sheet: Sheet, place: int) -> dict[str, object]:
    kind, numbers = sheet.kind(place), sheet.range(place)
    forward = sheet.forwards[place]
    return {
        "numbers": str(Range(*numbers)),
        "series": kind.series or None,
        "organization": kind.organization or None,
        "status": str(kind.status),
        "reserved_tag": sheet.tags[place] or None,
        "reserved_until": kind.until or None,
        "user": sheet.users[place] or None,
        "forwarded_to": str(forward) if forward else None,
        "labels": json.loads(sheet.labels[place] or "{}"),
    }
