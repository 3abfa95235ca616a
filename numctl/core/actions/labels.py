"""Labels of numbers, set and dropped; of numbers in any status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.actions.pool import labelled
from numctl.core.rules.labels import NONE
from numctl.core.rules.model import Change

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numctl.core.changes.operation import Operation
    from numctl.core.numbers.ranges import Range


def label(
    operation: Operation, numbers: Sequence[Range], put: Mapping[str, str], drop: Collection[str] = ()
) -> None:
    """Set labels of numbers (clean keys and values), and drop those of some keys.

    Raises NumbersUnknown for numbers that are not there or out of scope, NumbersRefuse for too many labels.
    """
    operation.writer.expect(numbers, Change("label"))
    operation.labels.change(numbers, lambda labels: labels.changed(put, drop))
    labelled.note(operation, numbers, put, drop)
    if put:
        operation.facts["labels"] = dict(put)
    if drop:
        operation.facts["removed"] = list(drop)


def clear(operation: Operation, numbers: Sequence[Range]) -> None:
    """End the labels of numbers that leave the inventory."""
    operation.labels.change(numbers, lambda labels: NONE)
    labelled.note_none(operation, numbers)
