"""Objects out of JSON as rows of texts, one at a time, however long the file is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

from numctl.core.errors import BadValue
from numctl.core.files.columns import LABELS, Columns, Row
from numctl.core.rules.labels import written
from numctl.core.text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.files.columns import Form

CHUNK = 1 << 16  # characters read at once
LONGEST = 1 << 20  # characters of one object
_BETWEEN = " \t\r\n,"


class Readable(Protocol):
    """What characters are read from, in parts."""

    def read(self, size: int, /) -> str: ...


class Pairs(list[tuple[str, object]]):
    """An object's names and values in their order, those twice included."""


class Objects:
    """Rows of objects; what each set of names means is worked out once."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._known: dict[tuple[str, ...], Columns] = {}
        self.present: set[str] = set()
        self.described: dict[str, str] = {}
        self.ignored: dict[str, None] = {}

    def row(self, value: object) -> Row | None:
        """The fields of an object as texts; None for one to be skipped. Raises BadValue for anything else."""
        if not isinstance(value, Pairs):
            raise BadValue("This isn't a JSON object.", 'Write rows such as {"number": "14188980000"}.')
        names = tuple(name for name, _ in value)
        columns = self._known.get(names)
        if columns is None:
            columns = self._known[names] = Columns(names, self._form, whole=False)
            self.present.update(columns.present)
            self.described.update(columns.described)
            self.ignored.update(dict.fromkeys(columns.ignored))
        cells = [""] * (columns.width + 1)
        for place in columns.used:
            cells[place] = _text(*value[place])
        return None if columns.skips(cells) else columns.pick(cells)


def _text(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Pairs) and name.strip().lower() == LABELS:
        return "; ".join(written(key, _text(key, one)) for key, one in value)
    raise BadValue(f"{quoted(name)} is neither a text nor a whole number.", "Write it in quotes.")


_DECODER = json.JSONDecoder(object_pairs_hook=Pairs)


def decoded(text: str) -> object:
    """The value that a text is in JSON. Raises BadValue."""
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise _broken(error) from None


def members(opening: str, stream: Readable) -> Iterator[tuple[int, object]]:
    """Each member of an array with the line it begins on; ``opening`` is what was read before.

    Raises BadValue, with its ``line``, where the text is no array of objects.
    """
    at = opening.index("[") + 1
    line = 1 + opening.count("\n", 0, at)
    text, ended = opening, False
    while True:
        start = at
        while at < len(text) and text[at] in _BETWEEN:
            at += 1
        line += text.count("\n", start, at)
        if at < len(text) and text[at] == "]":
            _expect_nothing_more(text[at + 1 :], stream, line)
            return
        try:
            if at == len(text) or text[at] != "{":
                raise ValueError("no object begins here")
            member, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            hopeless = ended or len(text) - at > LONGEST or (at < len(text) and text[at] != "{")
            if hopeless:
                raise _broken(error, line) from None
            more = stream.read(CHUNK)
            text, at, ended = text[at:] + more, 0, not more
            continue
        yield line, member
        line += text.count("\n", at, end)
        at = end


def _expect_nothing_more(rest: str, stream: Readable, line: int) -> None:
    if (rest + stream.read(CHUNK)).strip():
        raise BadValue("Something follows the end of the array.", "Give one array of objects.", line=line)


def _broken(error: Exception, line: int | None = None) -> BadValue:
    facts = {} if line is None else {"line": line}
    reason = error.msg if isinstance(error, json.JSONDecodeError) else "it can't be read"
    if str(error) == "no object begins here":
        reason = "an object or the end of the array was expected"
    return BadValue(
        f"This isn't JSON: {reason[:1].lower()}{reason[1:]}.", "Write rows as JSON objects.", **facts
    )
