"""The columns of a file: which fields they are, and where those stand."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.errors import BadValue
from numctl.core.files.cells import joined
from numctl.core.rules.labels import clean_key, written
from numctl.core.text import fits, fold, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from numctl.core.files.translations import Translations

Row = tuple[str, ...]
LABELS, OF_LABEL = "labels", "label."
JOIN = "+"


class Form(NamedTuple):
    """What is looked for in a file.

    ``fields`` are the names of what a row can say, ``expect`` raises BadValue when the fields that a
    file has don't do. ``mapped`` says where else some fields stand: in a column of another name (``*``
    stands for any part of it), in several joined by ``+``, nowhere (empty), or a text in ``'quotes'`` that
    is the same on every row. ``delimiter`` is None to go by the header. ``plain`` is the field that the
    lines of a plain list are; None where there is no such list. ``said`` are words of another list,
    ``skipped`` lines (from 1) that are neither header nor row, ``sheet`` the sheet of a workbook.
    """

    fields: tuple[str, ...]
    expect: Callable[[Collection[str]], None]
    mapped: Mapping[str, str]
    delimiter: str | None = None
    plain: str | None = None
    said: Translations | None = None
    skipped: frozenset[int] = frozenset()
    sheet: str | None = None


class Source(NamedTuple):
    """Where a field stands: in the columns of these places, joined; or it is this text on every row."""

    places: tuple[int, ...] = ()
    text: str | None = None


class Columns:
    """Where the fields stand among the columns of a row.

    ``present`` are the fields that there are, ``ignored`` the names of columns that are none,
    ``described`` says of each field where it stands, ``used`` are the places of columns that matter.
    """

    def __init__(self, names: Sequence[str], form: Form, *, whole: bool) -> None:
        """``whole``: these are all columns of the file, not only those of one object.

        Raises BadValue for a column that is there twice, and for columns that don't do.
        """
        self.width = len(names)
        self._names, self._form, self._whole = names, form, whole
        self._places = _places(names)
        found = {field: self._source(field) for field in form.fields}
        keys = self._keys() if form.fields[-1] == LABELS else {}
        sources = {field: source for field, source in found.items() if source is not None}
        told = {field: source for field, source in {**sources, **keys}.items() if source is not None}
        self.described = {field: self._told(source) for field, source in told.items()}
        self.used = sorted({place for source in told.values() for place in source.places})
        self.present = [field for field in form.fields if field in sources]
        skips = form.said.skips if form.said else ()
        self._skips = [(self._place_of(column), fits) for column, fits in skips]
        self.any_skips = bool(skips)
        if keys and LABELS not in self.present:
            self.present.append(LABELS)
        used = {*self.used, *(place for place, _ in self._skips)}
        self.ignored = [name for place, name in enumerate(names) if place not in used and name.strip()]
        try:
            form.expect(self.present)
        except BadValue as error:
            raise BadValue(
                error.message, f"{error.advice} {_listing(names)}".strip(), **error.facts
            ) from None
        wanted = [found[field] for field in form.fields]
        self.pick = _with_labels(_picker(wanted), keys)
        self._simple, self._labels = _simple(wanted), _simple([*keys.values()])
        self._keys_told = [field[len(OF_LABEL) :] for field in keys]

    def pick_all(self, cells: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
        """The fields of many rows, given and returned column by column. Raises what ``pick`` raises."""
        if self._simple is None or self._labels is None:
            rows = [self.pick([*row, ""]) for row in zip(*cells, strict=True)]
            return list(zip(*rows, strict=True))
        nothing = [""] * len(cells[0])
        columns = [nothing if place < 0 else cells[place] for place in self._simple]
        if self._labels:
            columns[-1] = _all_told(columns[-1], self._keys_told, [cells[place] for place in self._labels])
        return columns

    def skips(self, cells: Sequence[str]) -> bool:
        """Whether a row is one of those that were to be skipped."""
        return any(fits(cells[place]) for place, fits in self._skips if place is not None)

    # Where a field stands

    def _source(self, field: str) -> Source | None:
        named = self._form.mapped.get(field)
        if named is None:
            place = self._places.get(fold(field))
            return None if place is None else Source((place,))
        if not named:
            return None
        if len(named) > 1 and named[0] == named[-1] == "'":
            return Source(text=named[1:-1])
        place = self._place(named)
        if place is not None:
            return Source((place,))
        parts = named.split(JOIN) if JOIN in named else [named]
        places = [self._place(part) for part in parts]
        if None not in places:
            return Source(tuple(place for place in places if place is not None))
        if self._whole:
            lacking = parts[places.index(None)]
            raise BadValue(f"There is no column {quoted(lacking)} for {field}.", _listing(self._names))
        return None

    def _place(self, named: str) -> int | None:
        """The place of a column, by its name in any case, or by the one name that a pattern fits."""
        wanted = fold(named.strip())
        place = self._places.get(wanted)
        if place is not None or "*" not in wanted:
            return place
        fitting = [place for name, place in self._places.items() if fits(name, wanted)]
        return fitting[0] if len(fitting) == 1 else None

    def _place_of(self, column: str) -> int | None:
        place = self._place(column)
        if place is None and self._whole:
            raise BadValue(f"There is no column {quoted(column)} to skip rows by.", _listing(self._names))
        return place

    def _keys(self) -> dict[str, Source | None]:
        """The columns ``label.KEY``, and what was mapped to such a field."""
        own: dict[str, Source | None] = {}
        for place, name in enumerate(self._names):
            if name.strip().lower().startswith(OF_LABEL):
                own[OF_LABEL + name.strip()[len(OF_LABEL) :]] = Source((place,))
        for field in self._form.mapped:
            if field.startswith(OF_LABEL):
                clean_key(field[len(OF_LABEL) :])
                own[field] = self._source(field)
        return {field: source for field, source in own.items() if source is not None}

    def _told(self, source: Source) -> str:
        if source.text is not None:
            return quoted(source.text)
        return f" {JOIN} ".join(self._names[place].strip() for place in source.places)


def _places(names: Sequence[str]) -> dict[str, int]:
    """The place of each column by its folded name. Raises BadValue for a name that is there twice."""
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        folded = fold(name.strip())
        if folded in places and folded:
            raise BadValue(
                f"The column {quoted(name)} is there twice.", "Give each column a name of its own."
            )
        places[folded] = place
    return places


def _picker(sources: Sequence[Source | None]) -> Callable[[Sequence[str]], Row]:
    """What takes the fields out of a row, which has one more cell, an empty one, for all that isn't there."""
    places = _simple(sources)
    if places is not None:
        return itemgetter(*places)
    getters = [_getter(source) for source in sources]
    return lambda cells: tuple([get(cells) for get in getters])


def _simple(sources: Sequence[Source | None]) -> list[int] | None:
    """The place of each field, -1 for one that isn't there; None where one is more than a column."""
    if any(source is not None and len(source.places) != 1 for source in sources):
        return None
    return [source.places[0] if source else -1 for source in sources]


def _getter(source: Source | None) -> Callable[[Sequence[str]], str]:
    if source is None:
        return lambda cells: ""
    text, places = source.text, source.places
    if text is not None:
        return lambda cells: text
    if len(places) == 1:
        return itemgetter(places[0])
    return lambda cells: joined([cells[place] for place in places])


def _with_labels(
    base: Callable[[Sequence[str]], Row], keys: Mapping[str, Source | None]
) -> Callable[[Sequence[str]], Row]:
    """The same, with what stands in columns of single labels put to the last field, ``labels``."""
    if not keys:
        return base
    getters = [(field[len(OF_LABEL) :], _getter(source)) for field, source in keys.items()]

    def pick(cells: Sequence[str]) -> Row:
        *row, labels = base(cells)
        return (*row, _told(labels, [(key, get(cells)) for key, get in getters]))

    return pick


def _told(labels: str, own: Iterable[tuple[str, str]]) -> str:
    """The labels of a row with what stands in columns of single ones."""
    told = [written(key, value) for key, value in own if value.strip()]
    return "; ".join([labels, *told] if labels.strip() else told)


def _all_told(labels: Sequence[str], keys: Sequence[str], values: Sequence[Sequence[str]]) -> Sequence[str]:
    """The same for many rows, given column by column; most lists have one such column, full and plain."""
    if len(keys) == 1 and not any(labels) and all(map(str.strip, values[0])):
        text = "".join(values[0])
        if written("", text) == f"={text}":
            return [f"{keys[0]}={value}" for value in values[0]]
    rows = zip(*values, strict=True)
    return [_told(one, zip(keys, row, strict=True)) for one, row in zip(labels, rows, strict=True)]


def _listing(names: Sequence[str]) -> str:
    shown = ", ".join(quoted(name) for name in names[:20])
    return f"The columns are {shown}; give others a field with --map FIELD=COLUMN."
