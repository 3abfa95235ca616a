"""How every change is made, to numbers or to what they refer to: as one operation, whole or not at all.

A dry run is the same, rolled back at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.catalog.tree import Tree
from numctl.core.changes.operation import Operation, Outcome, outcome
from numctl.core.errors import NumbersRefuse
from numctl.core.notifications import thresholds
from numctl.core.numbers.packed import Packed

if TYPE_CHECKING:
    from collections.abc import Callable

    from numctl.core.changes.operation import Act
    from numctl.core.store.connection import Connection, Store


def perform(store: Store, act: Act, action: str, work: Callable[[Operation], None]) -> Outcome:
    """Do ``work`` as one operation, whole or not at all, and give its answer.

    Whatever ``work`` raises leaves the store as it was; so does a dry run. An ``op_key`` that was used
    before by the same organization answers as it did then and does nothing (in a dry run: that nothing
    would change); with another command it raises NumbersRefuse.
    """
    operation: Operation | None = None
    with store.writing(
        keep=lambda: operation is not None and operation.changed and not act.dry_run
    ) as connection:
        known = answered(connection, act)
        if known is not None:
            return known if not act.dry_run else _nothing_more(known.action)
        operation = Operation(connection, act, action)
        work(operation)
        answer = operation.finish(thresholds.queue)
        if operation.changed and not act.dry_run:
            return answer
        return answer._replace(operation=None, dry_run=act.dry_run)


def _nothing_more(action: str) -> Outcome:
    return Outcome(None, action, True, 0, Packed(), None, None, None, None, None, 0, {})


def answered(connection: Connection, act: Act) -> Outcome | None:
    """The answer that was given under the act's key; None for none. Raises NumbersRefuse as ``perform``."""
    if act.op_key is None:
        return None
    tree = Tree.load(connection)
    row = connection.execute(
        "SELECT id, command, undone_by FROM operation WHERE acting_as = ? AND op_key = ?",
        (act.acting_as or tree.root, act.op_key),
    ).fetchone()
    if row is None:
        return None
    id, command, undone_by = row
    if command != act.command:
        raise NumbersRefuse(
            f"The operation key '{act.op_key}' was used by another command (operation {id}).",
            "Give this command a key of its own.",
            operation=id,
        )
    return outcome(connection, tree, id)._replace(replayed=True, undone_by=undone_by)
