"""Numbers that come into the inventory, leave it, or change hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.actions.labels import clear
from numctl.core.actions.series import find_or_make
from numctl.core.changes.admission import expect_absent
from numctl.core.numbers.ranges import Range
from numctl.core.rules import labels
from numctl.core.rules.model import Change, State, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numctl.core.changes.operation import Operation

EXTENSION = "ext"  # the label that a number's extension becomes


def add(
    operation: Operation,
    numbers: Iterable[Range],
    series_name: str,
    organization: str | None = None,
    extensions: Mapping[int, str] | None = None,
) -> None:
    """Put new numbers into the inventory, available; the series is made if it is new.

    ``extensions`` are those of single numbers, to be kept as labels.
    Raises OutOfScope below the root, AlreadyPresent where a number is there already.
    """
    operation.root_only()
    holder = operation.organization(organization)
    new = list(numbers)
    expect_absent(operation.writer.found(new))
    id = find_or_make(operation, series_name)
    operation.writer.add(new, State(id, holder, Status.AVAILABLE))
    if extensions:
        for number, extension in sorted(extensions.items()):
            operation.labels.add(Range(number, number), labels.of({EXTENSION: extension}).text)
        operation.labels.flush()


def remove(operation: Operation, numbers: Iterable[Range], reason: str) -> None:
    """Take numbers out of the inventory: ported out, or given back to the carrier. Their history stays.

    Raises OutOfScope below the root, and as the writer does.
    """
    operation.root_only()
    gone = list(numbers)
    operation.writer.change(gone, Change("remove"))
    clear(operation, gone)
    operation.facts["reason"] = reason


def move(operation: Operation, numbers: Iterable[Range], to: str) -> None:
    """Hand numbers to another organization in scope; tag, date, forwarding and user go along."""
    operation.writer.change(numbers, Change("move", organization=operation.organization(to)))
