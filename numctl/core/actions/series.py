"""Series: named groups of numbers. Every number is in exactly one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.catalog import series as rows
from numctl.core.catalog.series import SeriesRow
from numctl.core.changes.catalog import SERIES
from numctl.core.errors import NumbersRefuse
from numctl.core.rules.model import Change
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numctl.core.changes.operation import Operation
    from numctl.core.numbers.ranges import Range
    from numctl.core.store.connection import Connection


def add(operation: Operation, name: str, description: str) -> None:
    """Make a series without numbers. Raises NumbersRefuse where the name is taken."""
    operation.root_only()
    if fold(name) in _visible(operation):
        raise _taken(name)
    _make(operation, SeriesRow(name, description))
    operation.note(name=name)


def rename(operation: Operation, old: str, new: str) -> None:
    """Give a series another name. Raises NotFound, or NumbersRefuse where the name is taken."""
    operation.root_only()
    id = rows.find(operation, old)
    if fold(old.strip()) != fold(new):
        _expect_free(operation.connection, new)
    before = rows.name_of(operation.connection, id)
    if before == new:
        return
    operation.catalog.set(SERIES, id, name=new)
    operation.note(old=before, name=new)


def set_up(operation: Operation, name: str, wanted: Mapping[str, object]) -> None:
    """Change fields of a series' row, by their names there. Raises NotFound."""
    operation.root_only()
    id = rows.find(operation, name)
    if operation.catalog.set(SERIES, id, **wanted):
        operation.note(name=rows.name_of(operation.connection, id), **wanted)


def remove(operation: Operation, name: str) -> None:
    """Remove a series without numbers. Raises NotFound, or NumbersRefuse where it has some."""
    operation.root_only()
    id = rows.find(operation, name)
    own = rows.name_of(operation.connection, id)
    (held,) = operation.connection.execute(
        "SELECT coalesce(sum(n), 0) FROM tally WHERE series = ?", (id,)
    ).fetchone()
    if held:
        raise NumbersRefuse(
            f"Series {own} has {held} numbers.",
            "Remove them, or move them to another with `numctl series move`.",
            series=own,
            count=held,
        )
    operation.catalog.put(SERIES, id, None)
    operation.note(name=own)


def reclassify(operation: Operation, numbers: Iterable[Range], to: str) -> None:
    """Put numbers into another series, whatever their status. Raises NotFound for either."""
    operation.root_only()
    operation.writer.change(numbers, Change("series move", series=found(operation, to)))


def found(operation: Operation, name: str) -> int:
    """The series of this name. Raises NotFound.

    Which may be seen is the same as long as the catalog is: no operation below the root puts numbers of
    another series into its scope, or takes the last ones out.
    """
    return rows.pick(_visible(operation), name)


def _visible(operation: Operation) -> dict[str, tuple[int, str]]:
    return operation.remembered("series", lambda: rows.visible(operation), _stamp(operation))


def _stamp(operation: Operation) -> int:
    return operation.catalog.added[SERIES] + operation.catalog.changed[SERIES]


def _make(operation: Operation, row: SeriesRow) -> int:
    """Make a series; those that are remembered are so with it."""
    known = _visible(operation)
    (id,) = operation.catalog.add_series(row)
    known[fold(row.name)] = (id, row.name)
    operation.remembered("series", lambda: known, _stamp(operation))
    return id


def finding(operation: Operation, names: Iterable[str]) -> Callable[[], dict[str, int]]:
    """Ask for the series of these (clean) names; what is given makes those that are new; it gives row ids."""
    wanted = list(names)
    take_in = rows.ask_ids(operation.connection, wanted)

    def found_or_made() -> dict[str, int]:
        known = take_in()
        new: dict[str, str] = {}
        for name in wanted:
            if fold(name) not in known:
                new.setdefault(fold(name), name)
        if new:
            known |= zip(new, operation.catalog.add_series(*map(SeriesRow, new.values())), strict=True)
        return {name: known[fold(name)] for name in wanted}

    return found_or_made


def find_or_make(operation: Operation, name: str) -> int:
    """The row id of the series of this (clean) name, made if it is new."""
    known = _visible(operation).get(fold(name))
    return known[0] if known is not None else _make(operation, SeriesRow(name))


def _expect_free(connection: Connection, name: str) -> None:
    if rows.id_of(connection, name) is not None:
        raise _taken(name)


def _taken(name: str) -> NumbersRefuse:
    return NumbersRefuse(f"There is a series '{name}' already.", "Choose another name.", series=name)
