"""Organizations as furniture: adding, renaming, setting, moving and removing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core.catalog.tree import Organization, Tree
from numctl.core.errors import NotFound, NumbersRefuse, OutOfScope
from numctl.core.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from numctl.core.changes.operations import Operation

DEFAULT_THRESHOLD = 80  # per cent
OFF = 0


class Listed(NamedTuple):
    """An organization with its path, the path above (None at the root), and all numbers it was given."""

    organization: str
    parent: str | None
    emails: list[str]
    threshold_percent: int | None
    total: int


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
    id = insert(operation.connection, parent, name, emails, threshold)
    percent = DEFAULT_THRESHOLD if threshold is None else threshold
    operation.tree.graft(Organization(id, parent, name, fold(name), percent))
    operation.door.scope = operation.scope
    return id


def insert(
    connection: sqlite3.Connection,
    parent: int | None,
    name: str,
    emails: Sequence[str] = (),
    threshold: int | None = None,
) -> int:
    """Write the row of an organization and its addresses; give its row id."""
    percent = DEFAULT_THRESHOLD if threshold is None else threshold
    id = connection.execute(
        "INSERT INTO organization (parent, name, folded, threshold) VALUES (?, ?, ?, ?)",
        (parent, name, fold(name), percent),
    ).lastrowid
    assert id is not None  # noqa: S101 - an INSERT has always one
    _write_emails(connection, id, emails)
    return id


def add(
    operation: Operation,
    name: str,
    parent: str | None,
    emails: Sequence[str] = (),
    threshold: int | None = None,
) -> None:
    """Make an organization in scope. Raises as ``found`` does, NotFound or OutOfScope for the parent."""
    id = found(operation, operation.organization(parent), name, emails, threshold)
    operation.furnish(organization=id)


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
    operation.connection.execute(
        "UPDATE organization SET name = ?, folded = ? WHERE id = ?", (name, fold(name), id)
    )
    operation.reload_tree()
    operation.furnish(organization=id, old=old.name, name=name)


def set_up(
    operation: Operation, organization: str | None, emails: Sequence[str] | None, threshold: int | None
) -> None:
    """Change an organization's e-mail addresses or its threshold; None leaves each as it is."""
    id = operation.organization(organization)
    before = (emails_of(operation.connection, id), operation.tree[id].threshold)
    if emails is not None and list(emails) != before[0]:
        _write_emails(operation.connection, id, emails)
        operation.furnish(organization=id, emails=list(emails))
    if threshold is not None and threshold != before[1]:
        operation.connection.execute("UPDATE organization SET threshold = ? WHERE id = ?", (threshold, id))
        operation.furnish(organization=id, threshold=threshold)
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
    operation.connection.execute("UPDATE organization SET parent = ? WHERE id = ?", (parent, id))
    operation.reload_tree()
    operation.furnish(organization=id, old_parent=old.parent, parent=parent)


def remove(operation: Operation, organization: str) -> None:
    """Remove an organization without numbers and with nothing below it. Raises NumbersRefuse otherwise."""
    id = operation.organization(organization)
    if id == operation.acting:
        raise _own(operation, id)
    path = operation.tree.path(id)
    if operation.tree.children(id):
        below = operation.tree.path(operation.tree.children(id)[0])
        raise NumbersRefuse(
            f"{path} has organizations below it, such as {below}.", "Move or remove them first."
        )
    (held,) = operation.connection.execute(
        "SELECT coalesce(sum(n), 0) FROM tally WHERE organization = ?", (id,)
    ).fetchone()
    if held:
        raise NumbersRefuse(
            f"{path} holds {held} numbers.", "Move or withdraw them first.", organization=path, count=held
        )
    operation.connection.execute("UPDATE organization SET retired = 1 WHERE id = ?", (id,))
    operation.furnish(organization=id, name=path)
    operation.reload_tree()


def listed(connection: sqlite3.Connection, tree: Tree, top: int, text: str = "") -> list[Listed]:
    """``top`` and what is below it, parents before children, those whose path contains ``text``."""
    from numctl.core.queries import utilization

    emails: dict[int, list[str]] = {}
    for id, email in connection.execute(
        "SELECT organization, email FROM administrator ORDER BY organization, position"
    ):
        emails.setdefault(id, []).append(email)
    rows = utilization.table(connection, tree, tree.below(top))
    return [
        Listed(
            tree.path(row.organization),
            tree.path(tree[row.organization].parent) if tree[row.organization].parent else None,
            emails.get(row.organization, []),
            tree[row.organization].threshold or None,
            row.figures.total,
        )
        for row in rows
        if fold(text) in fold(tree.path(row.organization))
    ]


def emails_of(connection: sqlite3.Connection, organization: int) -> list[str]:
    """The addresses of an organization's own administrators, in the order given."""
    return [
        email
        for (email,) in connection.execute(
            "SELECT email FROM administrator WHERE organization = ? ORDER BY position", (organization,)
        )
    ]


def _write_emails(connection: sqlite3.Connection, organization: int, emails: Sequence[str]) -> None:
    connection.execute("DELETE FROM administrator WHERE organization = ?", (organization,))
    connection.executemany(
        "INSERT INTO administrator (organization, position, email) VALUES (?, ?, ?)",
        [(organization, position, email) for position, email in enumerate(dict.fromkeys(emails))],
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
