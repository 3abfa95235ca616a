"""The rows of organizations, and of their administrators' addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numctl.core.store.connection import Connection

DEFAULT_THRESHOLD = 80  # per cent
OFF = 0


def insert(
    connection: Connection,
    parent: int | None,
    name: str,
    emails: Sequence[str] = (),
    threshold: int | None = None,
) -> int:
    """Write the row of an organization and its addresses; give its row id."""
    percent = DEFAULT_THRESHOLD if threshold is None else threshold
    (id,) = connection.execute(
        "INSERT INTO organization (parent, name, folded, threshold) VALUES (?, ?, ?, ?) RETURNING id",
        (parent, name, fold(name), percent),
    ).fetchone()
    write_emails(connection, id, emails)
    return int(id)


def rename(connection: Connection, organization: int, name: str) -> None:
    """Give an organization another (clean) name."""
    connection.execute(
        "UPDATE organization SET name = ?, folded = ? WHERE id = ?", (name, fold(name), organization)
    )


def set_threshold(connection: Connection, organization: int, threshold: int) -> None:
    """Set the threshold of an organization: per cent, 0 for off."""
    connection.execute("UPDATE organization SET threshold = ? WHERE id = ?", (threshold, organization))


def put_below(connection: Connection, organization: int, parent: int) -> None:
    """Put an organization right below another one."""
    connection.execute("UPDATE organization SET parent = ? WHERE id = ?", (parent, organization))


def retire(connection: Connection, organization: int) -> None:
    """Take an organization out of the tree; its row stays, for what refers to it."""
    connection.execute("UPDATE organization SET retired = 1 WHERE id = ?", (organization,))


def emails_of(connection: Connection, organization: int) -> list[str]:
    """The addresses of an organization's own administrators, in the order given."""
    return [
        email
        for (email,) in connection.execute(
            "SELECT email FROM administrator WHERE organization = ? ORDER BY position", (organization,)
        )
    ]


def all_emails(connection: Connection) -> dict[int, list[str]]:
    """The addresses of the administrators of each organization that has any, in the order given."""
    emails: dict[int, list[str]] = {}
    for id, email in connection.execute(
        "SELECT organization, email FROM administrator ORDER BY organization, position"
    ):
        emails.setdefault(id, []).append(email)
    return emails


def write_emails(connection: Connection, organization: int, emails: Sequence[str]) -> None:
    """Let these be the addresses of an organization's administrators, in this order."""
    connection.execute("DELETE FROM administrator WHERE organization = ?", (organization,))
    connection.executemany(
        "INSERT INTO administrator (organization, position, email) VALUES (?, ?, ?)",
        [(organization, position, email) for position, email in enumerate(dict.fromkeys(emails))],
    )
