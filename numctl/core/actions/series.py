"""Series: named groups of numbers. Every number is in exactly one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.catalog import series as rows
from numctl.core.errors import NumbersRefuse
from numctl.core.rules.model import Change
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numctl.core.changes.operation import Operation
    from numctl.core.numbers.ranges import Range
    from numctl.core.store.connection import Connection


def add(operation: Operation, name: str, description: str) -> None:
    """Make a series without numbers. Raises NumbersRefuse where the name is taken."""
    operation.root_only()
    _expect_free(operation.connection, name)
    rows.insert(operation.connection, name, description)
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
    rows.rename(operation.connection, id, new)
    operation.note(old=before, name=new)


def reclassify(operation: Operation, numbers: Iterable[Range], to: str) -> None:
    """Put numbers into another series, whatever their status. Raises NotFound for either."""
    operation.root_only()
    operation.writer.change(numbers, Change("series move", series=rows.find(operation, to)))


def _expect_free(connection: Connection, name: str) -> None:
    if rows.is_taken(connection, name):
        raise NumbersRefuse(f"There is a series '{name}' already.", "Choose another name.", series=name)
