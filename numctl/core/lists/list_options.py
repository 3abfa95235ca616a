"""How another program's list is to be read: what its columns, words and dates mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from numctl.core import values
from numctl.core.errors import BadValue
from numctl.core.text import clean_name, nearest, quoted
from numctl.core.values import MOST_DIGITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

TEXTS = ("delimiter", "encoding", "sheet", "date-format", "region", "series", "org", "skip-lines")
LISTS = ("map", "value")
FLAGS = ("no-paths", "create-orgs", "skip-existing", "unchecked")
KEYS = (*LISTS, *TEXTS, *FLAGS)
OF_USAGE = ("map", "delimiter", "encoding", "date-format", "region")  # a profile for records of usage


@dataclass(frozen=True)
class ListOptions:
    """What was said of a list. ``mapped`` is a column (or several, or a text) by field, ``value`` the words.

    ``skip_lines`` are counted from 1. ``series`` (clean) and ``org`` (an ORG) are those of rows that name
    none. ``paths`` is whether a ``/`` divides the names of organizations.
    """

    mapped: Mapping[str, str] = field(default_factory=dict)
    value: tuple[str, ...] = ()
    delimiter: str | None = None
    encoding: str | None = None
    skip_lines: frozenset[int] = frozenset()
    sheet: str | None = None
    date_format: str | None = None
    region: str | None = None
    series: str = ""
    org: str | None = None
    paths: bool = True
    create_orgs: bool = False
    skip_existing: bool = False
    unchecked: bool = False


def read(said: Mapping[str, object], profile: Mapping[str, object]) -> ListOptions:
    """What was said on the command line, over what a profile says; both by the options' names.

    ``map`` and ``value`` are lists of texts: a field that is mapped anew leaves the profile's column, and
    its own words come first. Raises BadValue for what can't be.
    """

    def text(key: str) -> str | None:
        found = said[key] if said.get(key) is not None else profile.get(key)
        return None if found is None else str(found)

    def flag(key: str) -> bool:
        return bool(said.get(key) or profile.get(key))

    mapped = {**mapping(_texts(profile, "map")), **mapping(_texts(said, "map"))}
    series = text("series")
    return ListOptions(
        mapped=_of_one_kind(mapped, mapping(_texts(said, "map"))),
        value=(*_texts(said, "value"), *_texts(profile, "value")),
        delimiter=delimiter(text("delimiter")),
        encoding=text("encoding"),
        skip_lines=skip_lines(text("skip-lines")),
        sheet=text("sheet"),
        date_format=date_format(text("date-format")),
        region=text("region"),
        series="" if series is None else clean_name(series, "A series"),
        org=text("org"),
        paths=not flag("no-paths"),
        create_orgs=flag("create-orgs"),
        skip_existing=flag("skip-existing"),
        unchecked=flag("unchecked"),
    )


def _texts(said: Mapping[str, object], key: str) -> Sequence[str]:
    found = said.get(key)
    if found is None:
        return ()
    return [found] if isinstance(found, str) else [str(one) for one in found]  # type: ignore[attr-defined]


def _of_one_kind(mapped: Mapping[str, str], own: Mapping[str, str]) -> Mapping[str, str]:
    """A mapping in which numbers named on the command line take the place of a profile's in another form."""
    forms = (("number",), ("first", "last", "count"), ("prefix", "length"))
    chosen = [form for form in forms if any(own.get(field) for field in form)]
    if not chosen:
        return mapped
    others = {field for form in forms if form not in chosen for field in form} - own.keys()
    return {field: column for field, column in mapped.items() if field not in others}


def checked(
    profile: Mapping[str, object], bad: Callable[[str, str], BadValue], keys: Sequence[str] = KEYS
) -> Mapping[str, object]:
    """A profile of the settings file; ``bad`` makes the refusal of a key by what it should be. Raises it."""
    said = {key.replace("_", "-"): value for key, value in profile.items()}
    for key, value in said.items():
        if key not in keys:
            near = nearest(key, keys, 1)
            what = "no option of a list" if keys is KEYS else "no option of usage import"
            raise bad(key, f"{what}; did you mean {near[0]}?" if near else what)
        if key in FLAGS and not isinstance(value, bool):
            raise bad(key, "true or false")
        if key in TEXTS and not isinstance(value, str):
            raise bad(key, "text in quotes")
        if key in LISTS and not (isinstance(value, str) or _is_list_of_texts(value)):
            raise bad(key, "a list of texts in quotes")
    return said


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


# Single options


def delimiter(text: str | None) -> str | None:
    """The delimiter that was asked for; ``tab`` and ``\\t`` are a tabulator. Raises BadValue."""
    if text in ("tab", "\\t"):
        return "\t"
    if text is not None and (len(text) != 1 or text in '"\r\n\0'):
        raise BadValue(
            f"A delimiter is one character, not {quoted(text)}.",
            "Give one such as ';', or 'tab' for a tabulator.",
        )
    return text


def mapping(texts: Iterable[str]) -> dict[str, str]:
    """The columns by field of ``--map FIELD=COLUMN``; empty for a field to be left out. Raises BadValue."""
    columns: dict[str, str] = {}
    for text in texts:
        field, equals, column = text.partition("=")
        field = field.strip().lower()
        if not (equals and field):
            raise BadValue(
                f"--map takes FIELD=COLUMN, not {quoted(text)}.", "Write it as --map number=Telephone."
            )
        if field in columns:
            raise BadValue(f"--map names the field {quoted(field)} twice.", "Give it one column.")
        columns[field] = column.strip()
    return columns


def skip_lines(text: str | None) -> frozenset[int]:
    """The lines of ``N,M``, counted from 1. Raises BadValue."""
    lines = [part.strip() for part in text.split(",")] if text is not None else []
    for line in lines:
        if not (line.isascii() and line.isdigit() and int(line[:MOST_DIGITS])) or len(line) > MOST_DIGITS:
            raise BadValue(
                f"Lines to skip are whole numbers from 1, not {quoted(line)}.", "Write them as 2,3."
            )
    return frozenset(map(int, lines))


def date_format(text: str | None) -> str | None:
    """A format of dates in which a day can be told: ``%d/%m/%Y``. Raises BadValue."""
    from datetime import date

    if text is None:
        return None
    told = date(2013, 12, 31).strftime(text)
    try:
        same = read_date(told, text) == "2013-12-31"
    except BadValue:
        same = False
    if not same:
        raise BadValue(
            f"{quoted(text)} says of no date which day, month and year it is.", "Write it as %d/%m/%Y."
        )
    return text


def read_date(text: str, form: str | None) -> str:
    """A date as it is kept, from one in another form, or in ISO's. Raises BadValue."""
    from datetime import datetime

    if form is not None:
        try:
            return datetime.strptime(text.strip(), form).date().isoformat()
        except ValueError:
            pass
    try:
        return values.day(text.strip())
    except BadValue as error:
        if form is None:
            advice = f"{error.advice} For another form there is --date-format %d/%m/%Y.".strip()
            raise BadValue(error.message, advice) from None
        raise BadValue(
            f"{quoted(text)} is no date as --date-format {form} writes it.", "Correct it."
        ) from None
