"""Reading a sheet: the fields of a list of numbers, and the file that has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from numctl.core.errors import BadValue
from numctl.core.files.columns import LABELS, OF_LABEL, Form
from numctl.core.files.records import Reader
from numctl.core.files.rejects import Rejects
from numctl.core.files.translations import Translations
from numctl.core.lists.rows import FIELDS, Rows
from numctl.core.lists.sheets import Sheet
from numctl.core.text import nearest, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from numctl.core.files.workbooks import Workbook
    from numctl.core.lists.list_options import ListOptions


def form(options: ListOptions) -> Form:
    """What to look for in a list of numbers. Raises BadValue for a field that there is none of."""
    said = Translations(options.value)
    for field in (*options.mapped, *said.fields):
        if field not in FIELDS and not field.startswith(OF_LABEL):
            near = nearest(field, FIELDS)
            raise BadValue(
                f"There is no field {quoted(field)}.",
                f"Did you mean {' or '.join(near)}?" if near else f"The fields are {', '.join(FIELDS)}.",
                fields=list(FIELDS),
            )
    return Form(
        FIELDS,
        _expect_numbers,
        options.mapped,
        options.delimiter,
        plain="number",
        said=said,
        skipped=options.skip_lines,
        sheet=options.sheet,
    )


def _expect_numbers(present: Collection[str]) -> None:
    ways = [way for way in ("number", "first", "prefix") if way in present]
    if len(ways) > 1:
        raise BadValue(
            f"There are columns for both {ways[0]} and {ways[1]}.",
            f"Give one of them, or leave one out with --map {ways[1]}=.",
        )
    if not ways:
        raise BadValue(
            "There is no column number, nor first, nor prefix.",
            "A row needs a number, or first with last or count, or prefix with length.",
        )
    if "first" in present and "last" not in present and "count" not in present:
        raise BadValue("There is a column first, but neither last nor count.", "Add one of them.")
    if "prefix" in present and "length" not in present:
        raise BadValue("There is a column prefix, but no length.", "Give all of them one: --map length='10'.")
    if "reserved_until" in present and "free_on" in present:
        raise BadValue("There are columns for both reserved_until and free_on.", "Give one of them.")


def read(
    stream: TextIO | Workbook,
    options: ListOptions,
    *,
    today: str,
    rules: bool = True,
    adding: bool = True,
    advance: Callable[[int], None] = lambda steps: None,
) -> Sheet:
    """Read a whole file; what is wrong with it is in the sheet's ``rejects``.

    With ``rules``, a row must say nothing that its status doesn't admit, and with ``adding`` all that a new
    number needs; without, it is only to be compared. ``today`` (``YYYY-MM-DD``) tells which days have passed.
    """
    wanted = form(options)
    rejects = Rejects("Nothing was imported." if rules else "Nothing was compared.")
    sheet = Sheet(rejects)
    reader = Reader(stream, wanted, rejects)
    rows = Rows(sheet, reader, options, wanted.said, today, rules=rules, adding=rules and adding)
    for block in reader.blocks():
        rows.take_all(block)
        advance(len(block.lines))
    sheet.arrange()
    tags = {"reserved_tag"} if sheet.tags_by_status else set()
    sheet.present = reader.present - {LABELS} | _labels(reader) | tags
    sheet.ignored = list(reader.ignored)
    sheet.described = reader.described
    return sheet


def _labels(reader: Reader) -> set[str]:
    """The fields ``labels`` and ``label.KEY`` that a file has."""
    own = {field for field in reader.described if field.startswith(OF_LABEL)}
    return own | (reader.present & {LABELS}) if LABELS in reader.described else own
