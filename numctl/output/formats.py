"""Rows as text: the formats for programs (tsv, csv, json, jsonl, ranges), and what is safe to show.

Nothing here knows a terminal's colours or width; `numctl.output` does. Rows are streamed: memory
stays flat however many there are, and a run of numbers is written without a row for each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from numctl.core.rules.labels import Labels
from numctl.core.text import starts_formula

DRAWN = ("table",)
STREAMED = ("tsv", "csv", "json", "jsonl")
STRUCTURED = ("json", "jsonl")  # objects, not rows
TABULATED = ("plain", "simple", "github", "grid", "html")
WORKBOOK = "xlsx"
FORMATS = (*DRAWN, *STREAMED, *TABULATED, WORKBOOK, "ranges")

Row = Sequence[object]
Run = tuple[int, int, Any, object, object]
"""First and last number, the key of the row that they share, and two values of their own.

The shared row has None in the number's place and in theirs."""
Runs = tuple[Sequence[int | str], Sequence[int | str], Sequence[Any], Sequence[Any], Sequence[Any]]
"""Some of these, column by column; numbers may be digits, and a value of their own is empty for none."""
OWN = 2
"""How many values, one after another, are the numbers' own."""

KEPT = 8_192
"""How many different rows, or texts, are remembered with what they are written as: a few megabytes."""
SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"


def format_of_file(path: str) -> str | None:
    """The format that a file's name ends with, if any."""
    ending = path.rpartition(".")[2].lower()
    return ending if ending in (*STREAMED, "html", WORKBOOK) else None


def is_showable(character: str) -> bool:
    """Whether a terminal shows this character as itself: no control, no direction, no hiding."""
    return character.isprintable() or character in SPACES


def shown(text: str) -> str:
    r"""The text with what could drive a terminal or deceive a reader made visible, as `\x1b`.

    That is control characters (C0, DEL, C1), bidirectional and zero-width ones, line and paragraph
    separators, lone surrogates, and what this Python's Unicode does not know. A backslash stays.
    """
    if text.isprintable():
        return text
    return "".join(
        char if is_showable(char) else char.encode("unicode_escape").decode("ascii") for char in text
    )


def text_of(value: object) -> str:
    """A value as text: nothing for None, `true` or `false`, a list as its members, an object as JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Labels):
        return str(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(map(text_of, value))
    return json_writer()(value) if isinstance(value, dict) else str(value)


def guard(text: str) -> str:
    """The text with one more leading `'` where a spreadsheet might take it for a formula."""
    return "'" + text if starts_formula(text) else text


def csv_cell(text: str) -> str:
    """The text as RFC 4180 writes it: in quotes where it holds a comma, a quote, CR or LF."""
    if '"' in text or "," in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def tsv_cell(text: str) -> str:
    r"""The text with `\`, tab, newline and carriage return written as `\\`, `\t`, `\n`, `\r`."""
    if text.isprintable() and "\\" not in text:
        return text
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def json_writer(*, ascii_only: bool = False) -> Callable[[object], str]:
    r"""A function from a value to JSON on one line, with what `shown` would escape as `\uXXXX`.

    Types that JSON lacks are written as their text. `ascii_only` escapes all beyond ASCII.
    """
    from json import JSONEncoder
    from json.encoder import encode_basestring_ascii

    encode = JSONEncoder(ensure_ascii=ascii_only, default=str).encode

    def written(value: object) -> str:
        text = encode(dict(value) if isinstance(value, Labels) else value)
        if text.isprintable():
            return text
        return "".join(char if is_showable(char) else encode_basestring_ascii(char)[1:-1] for char in text)

    return written


class Column(dict[object, str]):
    """What the values of a column are as text, looked up as `column[value]`; texts are remembered.

    `harmless` tells of texts, one after another, that each of them is written as it is.
    """

    def __init__(
        self, before: str, cell: Callable[[object], str], harmless: Callable[[str], bool] = lambda text: False
    ) -> None:
        super().__init__()
        self.before = before
        self.cell = cell
        self._harmless = harmless

    def all_of(self, values: Sequence[Any]) -> tuple[str, Sequence[str] | None]:
        """What values are as text, at once where they are harmless; an empty one is none.

        Given as what stands before each, and each: None where there is nothing more.
        """
        nothing = self[None]
        try:
            together = "".join(values)
        except TypeError:  # not texts
            return "", [nothing if value == "" else self[value] for value in values]
        if not together:
            return nothing, None
        if self._harmless(together) and nothing == self.before:
            return nothing, values
        return "", [self[value] if value else nothing for value in values]

    def __missing__(self, value: object) -> str:
        text = self.before + self.cell(value)
        # Texts alone, as 1 and True are one key.
        if isinstance(value, str) or value is None:
            if len(self) >= KEPT:
                self.clear()
            self[value] = text
        return text

    def around(self) -> tuple[str, str]:
        """What stands before and after the digits of a number in this column."""
        before, after = self["0"].rsplit("0", 1)
        return before, after


look_up: Callable[[Column, object], str] = dict.__getitem__


class Layout:
    """How one format lays out rows: what opens and closes them, ends each, and stands between two."""

    def __init__(
        self, opening: str, columns: Sequence[Column], after: str, between: str = "", closing: str = ""
    ) -> None:
        self.opening, self.columns, self.after = opening, columns, after
        self.between, self.closing = between, closing

    def row(self, row: Row) -> str:
        """A whole row as text. Raises ValueError for a row of the wrong length."""
        self._check(row)
        try:
            return self.between + "".join(map(look_up, self.columns, row)) + self.after
        except TypeError:  # a list among the values, which is no key
            cells = (one.before + one.cell(value) for one, value in zip(self.columns, row, strict=True))
            return self.between + "".join(cells) + self.after

    def _check(self, row: Row) -> None:
        if len(row) != len(self.columns):
            raise ValueError(f"a row of {len(row)} values for {len(self.columns)} fields")

    def around(self, at: int, own: int) -> Callable[[Row], tuple[str, str, str]]:
        """Tells of a shared row what stands before the number at index `at`, after it up to the own values,
        which begin at index `own`, and after these.

        Raises what `row` raises.
        """
        heads, tails, rest = self.columns[:at], self.columns[at + 1 : own], self.columns[own + OWN :]
        before, after = self.columns[at].around()
        between = self.between

        def of(row: Row) -> tuple[str, str, str]:
            self._check(row)
            head = between + "".join(map(look_up, heads, row)) + before
            tail = after + "".join(map(look_up, tails, row[at + 1 :]))
            return head, tail, "".join(map(look_up, rest, row[own + OWN :])) + self.after

        return of


def layout(
    name: str,
    fields: Sequence[str],
    *,
    guarded: bool = True,
    terminal: bool = False,
    ascii_only: bool = False,
) -> Layout:
    """The layout of one of the streamed formats for rows of these fields.

    `guarded`: formulas are guarded in csv. `terminal`: text formats show control characters
    escaped, as nobody parses them there. `ascii_only`: the stream can't carry more, which JSON can.
    """
    if name in STRUCTURED:
        return _json_layout(fields, as_array=name == "json", ascii_only=ascii_only)
    safe = shown if terminal else str
    if name == "tsv":
        texts = [
            Column("\t" if index else "", lambda value: safe(tsv_cell(text_of(value))))
            for index in range(len(fields))
        ]
        return Layout("", texts, "\n")

    # A lone empty cell would be an empty line, which readers skip.
    nothing = '""' if len(fields) == 1 else ""

    def cell(value: object) -> str:
        if type(value) is str and _is_harmless(value):  # most are, and need no care
            return value
        text = text_of(value)
        if guarded and isinstance(value, (str, list, tuple)):
            text = guard(text)
        return csv_cell(safe(text)) or nothing

    columns = [Column("," if index else "", cell, _is_harmless) for index in range(len(fields))]
    return Layout(",".join(map(csv_cell, fields)) + "\r\n", columns, "\r\n")


def _is_harmless(text: str) -> bool:
    """Whether a text has nothing but letters, digits and spaces, so that CSV writes it as it is."""
    return text.replace(" ", "").isalnum()


def _json_layout(fields: Sequence[str], *, as_array: bool, ascii_only: bool) -> Layout:
    write = json_writer(ascii_only=ascii_only)
    columns = [
        Column(f"{', ' if index else '{'}{write(field)}: ", write) for index, field in enumerate(fields)
    ]
    if as_array:
        return Layout("[", columns, "}", between=",\n ", closing="]\n")
    return Layout("", columns, "}\n")
