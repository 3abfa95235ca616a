"""Founding a store: its one row, its root organization, and the first operation of its journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from numctl.core.catalog import organizations
from numctl.core.changes.catalog import ORGANIZATION
from numctl.core.changes.operation import Act, Outcome
from numctl.core.errors import Damaged, Failed, NoStore
from numctl.core.store import transfer
from numctl.core.store.drafts import stands
from numctl.core.store.opening import is_taken, make_store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numctl.core.changes.operation import Operation
    from numctl.core.store.connection import Connection, Store
    from numctl.core.store.places import Place


def found(
    path: Place,
    act: Act,
    name: str,
    emails: Sequence[str] = (),
    threshold: int | None = None,
    journal: str | None = None,
) -> Outcome:
    """Make a store at ``path`` with a root organization; ``threshold`` is per cent, None for the default.

    ``journal`` is a file's mode, as in ``store.opening.make_store``. Raises NumbersRefuse where something
    stands, unless ``act`` retries the making of just that store.
    """
    if act.op_key is not None and is_taken(path):
        return _founded_before(path, act)
    answers: list[Outcome] = []
    make_store(
        path,
        lambda store: answers.append(begin(store, act, name, emails, threshold)),
        dry_run=act.dry_run,
        journal=journal,
    )
    return answers[0]


def begin(
    store: Store, act: Act, name: str, emails: Sequence[str] = (), threshold: int | None = None
) -> Outcome:
    """Write what an empty store needs to be one, and the operation ``init``."""
    with store.writing() as connection:
        connection.execute("INSERT INTO inventory (id, created_at) VALUES (1, ?)", (act.at,))
        percent = organizations.DEFAULT_THRESHOLD if threshold is None else threshold
        row = organizations.OrganizationRow(None, name, tuple(dict.fromkeys(emails)), percent)
        root = 1  # the first of all, whom the first operation acts as
        organizations.insert(connection, root, row)

    def note(operation: Operation) -> None:
        operation.catalog.made(ORGANIZATION, root)
        operation.note(organization=root)

    return perform(store, act, "init", note)


def _founded_before(path: Place, act: Act) -> Outcome:
    def refuse(operation: Operation) -> None:
        raise stands(path)

    try:
        store = open_store(path)
    except (Damaged, NoStore):
        raise stands(path) from None
    with store:
        return perform(store, act, "init", refuse)


class Copied(NamedTuple):
    """What is in a store: its operations and numbers, and the head of its hashes (hex)."""

    operations: int
    numbers: int
    head: str

    def __str__(self) -> str:
        return f"{self.operations} operations and {self.numbers} numbers"


def copy(source: Store, target: Place) -> Copied:
    """Make a store at ``target`` that is the same as ``source``, whole or not at all; say what both hold.

    Raises NumbersRefuse where something stands, Failed where not all of it arrived.
    """

    def fill(store: Store) -> None:
        with store.writing() as connection:
            transfer.carry(there, connection)
            arrived = _held(connection)
        if arrived != held:
            raise Failed(f"Of {held}, {arrived} arrived at {target}.", "Nothing was kept of it.")

    with source.reading() as there:
        held = _held(there)
        make_store(target, fill)
    return held


def _held(connection: Connection) -> Copied:
    run = connection.execute
    (operations,) = run("SELECT count(*) FROM operation").fetchone()
    (numbers,) = run("SELECT coalesce(sum(last - first + 1), 0) FROM span").fetchone()
    row = run("SELECT hash FROM operation ORDER BY id DESC LIMIT 1").fetchone()
    return Copied(operations, numbers, bytes(row[0]).hex() if row else "")
