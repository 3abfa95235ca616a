"""Organizations: adding, renaming, setting, moving and removing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.catalog import organizations as rows
from numctl.core.catalog.organizations import OrganizationRow
from numctl.core.catalog.tree import SEPARATOR, Organization
from numctl.core.changes.catalog import ORGANIZATION
from numctl.core.errors import NotFound, NumbersRefuse, OutOfScope
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numctl.core.changes.operation import Operation


def found(
    operation: Operation, parent: int, name: str, emails: Sequence[str] = (), threshold: int | None = None
) -> int:
    """Make an organization right below ``parent`` (a row id); give its row id.

    ``threshold`` is per cent, 0 for off, None for the default. Raises NumbersRefuse where a sibling has
    the name in any case.
    """
    if operation.tree.child(parent, name) is not None:
        raise NumbersRefuse(
            f"{operation.tree.path(parent)} has an organization '{name}' already.",
            "Choose another name.",
            organization=name,
        )
    percent = rows.DEFAULT_THRESHOLD if threshold is None else threshold
    addresses = tuple(dict.fromkeys(emails))
    id = operation.catalog.add_organization(OrganizationRow(parent, name, addresses, percent))
    operation.tree.graft(Organization(id, parent, name, fold(name), percent))
    operation.writer.scope = operation.scope
    return id


def add(
    operation: Operation,
    name: str,
    parent: str | None,
    emails: Sequence[str] = (),
    threshold: int | None = None,
    *,
    parents: bool = False,
) -> None:
    """Make an organization in scope; with ``parents`` ``name`` is a path, of which what lacks is made.

    Raises as ``found`` does, NotFound or OutOfScope for the parent.
    """
    current = operation.organization(parent)
    *above, own = name.split(SEPARATOR) if parents else [name]
    for one in above:
        below = operation.tree.child(current, one)
        current = found(operation, current, one) if below is None else below
    operation.note(organization=found(operation, current, own, emails, threshold))


def rename(operation: Operation, organization: str, name: str) -> None:
    """Give an organization another name. Raises NumbersRefuse where a sibling has it."""
    id = operation.organization(organization)
    _expect_changeable(operation, id)
    old = operation.tree[id]
    if name == old.name:
        return
    sibling = operation.tree.child(old.parent, name) if old.parent else None
    if sibling not in (None, id):
        raise NumbersRefuse(
            f"There is an organization '{name}' beside {operation.tree.path(id)} already.",
            "Choose another name.",
            organization=name,
        )
    operation.catalog.set(ORGANIZATION, id, name=name)
    operation.reload_tree()
    operation.note(organization=id, old=old.name, name=name)


def set_up(operation: Operation, organization: str | None, wanted: Mapping[str, object]) -> None:
    """Change fields of an organization's row, by their names there; what isn't named stays as it is.

    Raises OutOfScope for ``intermediate`` below the root.
    """
    if "intermediate" in wanted:
        operation.root_only()
    id = operation.organization(organization)
    row = rows.read(operation.connection, id)
    changed = {field: value for field, value in wanted.items() if getattr(row, field) != value}
    if changed:
        operation.catalog.set(ORGANIZATION, id, **changed)
        operation.note(organization=id, **changed)
        operation.reload_tree()


def move(operation: Operation, organization: str, to: str) -> None:
    """Put an organization, with all it holds and all below it, under another parent in scope.

    Raises OutOfScope for the acting organization itself, NumbersRefuse for a parent below it or where
    the name is taken.
    """
    try:
        id = operation.organization(organization)
    except NotFound:
        operation.organization(to)  # what is out of scope is said before what is not found
        raise
    if id == operation.acting:
        raise _own(operation, id)
    parent = operation.organization(to)
    old = operation.tree[id]
    if old.parent == parent:
        return
    if parent in operation.tree.scope(id):
        raise NumbersRefuse(
            f"{operation.tree.path(parent)} is {operation.tree.path(id)} itself or below it.",
            "Choose a parent outside it.",
        )
    if operation.tree.child(parent, old.name) is not None:
        raise NumbersRefuse(
            f"{operation.tree.path(parent)} has an organization '{old.name}' already.",
            "Rename one of them first.",
        )
    operation.catalog.set(ORGANIZATION, id, parent=parent)
    operation.reload_tree()
    operation.note(organization=id, old_parent=old.parent, parent=parent)


def remove(operation: Operation, organization: str, *, recursive: bool = False) -> None:
    """Remove an organization without numbers and with nothing below it; ``recursive``: with all below.

    Raises NumbersRefuse otherwise, OutOfScope for the acting organization itself.
    """
    id = operation.organization(organization)
    if id == operation.acting:
        raise _own(operation, id)
    path, tree = operation.tree.path(id), operation.tree
    if tree.children(id) and not recursive:
        below = tree.path(tree.children(id)[0])
        raise NumbersRefuse(
            f"{path} has organizations below it, such as {below}.",
            "Move or remove them first, or remove all of it with --recursive.",
        )
    for one in reversed(list(tree.below(id))):
        _expect_empty(operation, one)
        operation.catalog.put(ORGANIZATION, one, None)
    operation.note(organization=id, name=path)
    operation.reload_tree()


def _expect_empty(operation: Operation, id: int) -> None:
    (held,) = operation.connection.execute(
        "SELECT coalesce(sum(n), 0) FROM tally WHERE organization = ?", (id,)
    ).fetchone()
    if held:
        path = operation.tree.path(id)
        raise NumbersRefuse(
            f"{path} holds {held} numbers.", "Move or withdraw them first.", organization=path, count=held
        )


def _expect_changeable(operation: Operation, id: int) -> None:
    if id == operation.acting and id != operation.tree.root:
        raise _own(operation, id)


def _own(operation: Operation, id: int) -> OutOfScope:
    if id == operation.tree.root:
        return OutOfScope(
            f"{operation.tree.path(id)} is the root; it stays where it is.", "Name one below it."
        )
    return OutOfScope(
        f"{operation.tree.path(id)} is the organization you act as; its name and place are set from above.",
        "Act as an organization above it with --as.",
    )
