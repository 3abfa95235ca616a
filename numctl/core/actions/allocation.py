"""Allocating a quantity to an organization below, and withdrawing one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.actions.pool.choosing import choose
from numctl.core.actions.pool.quantity import Quantity
from numctl.core.errors import OutOfScope
from numctl.core.rules.model import Change

if TYPE_CHECKING:
    from numctl.core.changes.operation import Operation

__all__ = ["Quantity", "allocate", "choose", "withdraw"]


def allocate(operation: Operation, wanted: Quantity, to: str) -> None:
    """Give a quantity out of what the acting organization has available to one below it.

    Raises NotFound or OutOfScope for the names, NotEnough where there are fewer.
    """
    target = operation.organization(to)
    if target == operation.acting:
        raise OutOfScope(
            f"{operation.tree.path(target)} is the organization you act as; allocate gives to one below it.",
            "Name an organization below, see `numctl org tree`.",
        )
    chosen = choose(operation, wanted)
    operation.writer.change(chosen, Change("allocate", organization=target), held_by=operation.acting)


def withdraw(operation: Operation, series: str, quantity: int, source: str) -> None:
    """Give a quantity of what ``source`` has available back to its immediate parent, highest first.

    Raises OutOfScope for the acting organization itself, NotEnough where there are fewer.
    """
    holder = operation.organization(source)
    if holder == operation.acting:
        raise OutOfScope(
            f"{operation.tree.path(holder)} is the organization you act as;"
            " its numbers can't be withdrawn by itself.",
            "Act as an organization above it with --as.",
        )
    chosen = choose(operation, Quantity(series, quantity), holder=holder, highest_first=True)
    parent = operation.tree[holder].parent
    operation.writer.change(chosen, Change("withdraw", organization=parent), held_by=holder)
