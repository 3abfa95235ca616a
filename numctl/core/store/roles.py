"""Roles that may read a part of a store, which a server has and a file doesn't."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from numctl.core.errors import BadValue
from numctl.core.store.places import Address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.store.connection import Store
    from numctl.core.store.server.connection import ServerConnection
    from numctl.core.store.server.roles import Role


def add(store: Store, name: str, organization: int) -> bool:
    """Let a role read an organization (a row id) and all below it; give whether it had to be made.

    Raises NumbersRefuse for a role that could see more anyway or reads already, OutOfScope where the
    server doesn't let one, BadValue for a store in a file.
    """
    from numctl.core.store.server import roles

    with _on_server(store) as connection:
        return roles.add(connection, name, organization)


def remove(store: Store, name: str) -> bool:
    """Take back what a role was granted, and drop it if it was made here; give whether it was.

    Raises NotFound for one that reads nothing here, OutOfScope and BadValue as ``add`` does.
    """
    from numctl.core.store.server import roles

    with _on_server(store) as connection:
        return roles.remove(connection, name)


def listed(store: Store) -> list[Role]:
    """All roles that read here, by name. Raises BadValue for a store in a file."""
    from numctl.core.store.server import roles

    expect_a_server(store)
    with store.reading() as connection:
        return roles.listed(connection)  # type: ignore[arg-type]


@contextmanager
def _on_server(store: Store) -> Iterator[ServerConnection]:
    expect_a_server(store)
    with store.writing() as connection:
        yield connection  # type: ignore[misc]


def expect_a_server(store: Store) -> None:
    """Raises BadValue for a store in a file."""
    if not isinstance(store.path, Address):
        raise BadValue(
            f"{store.path} is a file, which knows no roles.",
            "Who may read the file sees all of it. To administrators of a branch give a key:"
            " see `numctl key add`.",
        )
