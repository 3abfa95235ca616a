"""The columns of a file: which fields they are, and where those stand."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.errors import BadValue
from numctl.core.rules.labels import written
from numctl.core.text import fold, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

Row = tuple[str, ...]
LABELS, OF_LABEL = "labels", "label."


class Form(NamedTuple):
    """What is looked for in a file.

    ``fields`` are the names of what a row can say, ``expect`` raises BadValue when the fields that a
    file has don't do, ``mapped`` gives some fields another column. ``delimiter`` is None to go by the
    header. ``plain`` is the field that the lines of a plain list are; None where there is no such list.
    """

    fields: tuple[str, ...]
    expect: Callable[[Collection[str]], None]
    mapped: Mapping[str, str]
    delimiter: str | None = None
    plain: str | None = None


class Columns:
    """Where the fields stand among the columns of a row."""

    def __init__(self, names: Sequence[str], form: Form, *, whole: bool) -> None:
        """``whole``: these are all columns of the file, not only those of one object.

        Raises BadValue for a column that is there twice, and for columns that don't do.
        """
        self.width = len(names)
        places: dict[str, int] = {}
        for place, name in enumerate(names):
            folded = fold(name.strip())
            if folded in places and folded:
                raise BadValue(
                    f"The column {quoted(name)} is there twice.", "Give each column a name of its own."
                )
            places[folded] = place
        wanted = {field: fold(form.mapped.get(field, field).strip()) for field in form.fields}
        for field, column in form.mapped.items():
            if whole and wanted[field] not in places:
                raise BadValue(f"There is no column {quoted(column)} for {field}.", _listing(names))
        self.present = [field for field in form.fields if wanted[field] in places]
        used = [places[wanted[field]] for field in self.present]
        self.ignored = [name for place, name in enumerate(names) if place not in used and name.strip()]
        try:
            form.expect(self.present)
        except BadValue as error:
            raise BadValue(
                error.message, f"{error.advice} {_listing(names)}".strip(), **error.facts
            ) from None
        self.used = used
        # A row gets one more cell, an empty one, for all that it has no column for.
        self.pick: Callable[[Sequence[str]], Row] = itemgetter(
            *(places.get(wanted[field], -1) for field in form.fields)
        )
        self._take_labels(names, form)

    def _take_labels(self, names: Sequence[str], form: Form) -> None:
        """Read columns ``label.KEY`` as parts of the last field, where that is ``labels``."""
        own = [(name.strip()[len(OF_LABEL) :], place) for place, name in enumerate(names) if _is_label(name)]
        if not own or form.fields[-1] != LABELS:
            return
        self.used += [place for _, place in own]
        self.ignored = [name for name in self.ignored if not _is_label(name)]
        self.present.append(LABELS)
        base = self.pick

        def pick(cells: Sequence[str]) -> Row:
            *row, labels = base(cells)
            told = [written(key, cells[place]) for key, place in own if cells[place].strip()]
            return (*row, "; ".join([labels, *told] if labels.strip() else told))

        self.pick = pick


def _is_label(name: str) -> bool:
    return name.strip().lower().startswith(OF_LABEL)


def _listing(names: Sequence[str]) -> str:
    shown = ", ".join(quoted(name) for name in names[:20])
    return f"The columns are {shown}; give others a field with --map FIELD=COLUMN."
