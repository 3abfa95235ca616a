"""Users: another name, or none any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.catalog import users as rows
from numctl.core.errors import NumbersRefuse
from numctl.core.past.places import Places
from numctl.core.text import fold

if TYPE_CHECKING:
    from numctl.core.changes.operation import Operation


def rename(operation: Operation, old: str, new: str) -> None:
    """Give a user in scope another name, in the history too.

    Raises NotFound, or NumbersRefuse where another user in scope has the name.
    """
    reach = Places(operation).with_removed()
    theirs = _rows(operation, reach, old)
    if fold(old) != fold(new) and rows.named(operation.connection, reach, new):
        raise NumbersRefuse(
            f"There is a user '{new}' already.", "Choose another name, or forget that user first.", user=new
        )
    changed = [id for id, name in theirs if name != new]
    if changed:
        operation.catalog.rename_users(changed, new)
        operation.note(user=changed[0], organizations=len(changed))


def forget(operation: Operation, name: str) -> None:
    """Blank the name of a user in scope everywhere; their numbers stay as they are. Raises NotFound.

    Everywhere: in what organizations removed since have of it, too.
    """
    reach = Places(operation).with_removed()
    theirs = [id for id, _ in _rows(operation, reach, name)]
    operation.catalog.forget_users(theirs)
    operation.note(user=theirs[0], organizations=len(theirs))


def _rows(operation: Operation, reach: frozenset[int], name: str) -> list[tuple[int, str]]:
    """The rows of a user of any of these organizations. Raises NotFound."""
    found = rows.named(operation.connection, reach, name)
    if not found:
        raise rows.unknown(operation.connection, operation.scope, name)
    return found
