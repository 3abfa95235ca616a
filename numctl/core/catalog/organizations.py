"""The rows of organizations, and of their administrators' addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numctl.core.store.connection import Connection

DEFAULT_THRESHOLD = 80  # per cent
OFF = 0


class OrganizationRow(NamedTuple):
    """All that the store keeps of an organization.

    ``parent`` is a row id, None for the root; ``threshold`` per cent, 0 for off. ``basis`` (``held`` or
    ``below``) and ``aging`` (days) are None where the organization above says.
    """

    parent: int | None
    name: str
    emails: tuple[str, ...] = ()
    threshold: int = DEFAULT_THRESHOLD
    basis: str | None = None
    aging: int | None = None
    intermediate: bool = False


_READ = """
SELECT id, parent, name, threshold, basis, aging, intermediate FROM organization
WHERE id IN (SELECT value FROM json_each(?)) AND retired = 0
"""
_EMAILS_OF = """
SELECT organization, email FROM administrator WHERE organization IN (SELECT value FROM json_each(?))
ORDER BY organization, position
"""
_EMAILS = "SELECT email FROM administrator WHERE organization = ? ORDER BY position"
_INSERT = """
INSERT INTO organization (id, parent, name, folded, threshold, basis, aging, intermediate)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_WRITE = """
UPDATE organization SET parent = ?, name = ?, folded = ?, threshold = ?, basis = ?, aging = ?,
  intermediate = ?, retired = 0 WHERE id = ?
"""


def read(connection: Connection, organization: int) -> OrganizationRow | None:
    """The row of an organization; None where there is none, or none any more."""
    return ask(connection, [organization])().get(organization)


def ask(connection: Connection, organizations: Iterable[int]) -> Callable[[], dict[int, OrganizationRow]]:
    """Ask for the rows of organizations; what is given gives those that are there, by row id."""
    ids = str(list(organizations))
    rows, addresses = connection.execute(_READ, (ids,)), connection.execute(_EMAILS_OF, (ids,))

    def take_in() -> dict[int, OrganizationRow]:
        found = {
            id: OrganizationRow(parent, name, (), threshold, basis, aging, bool(intermediate))
            for id, parent, name, threshold, basis, aging, intermediate in rows
        }
        emails: dict[int, tuple[str, ...]] = {}
        for id, email in addresses:
            emails[id] = (*emails.get(id, ()), email)
        return found | {id: found[id]._replace(emails=own) for id, own in emails.items() if id in found}

    return take_in


def insert(connection: Connection, organization: int, row: OrganizationRow) -> None:
    """Write the row of a new organization."""
    parent, name, emails, *rest, intermediate = row
    values = (organization, parent, name, fold(name), *rest, int(intermediate))
    connection.execute(_INSERT, values)
    _put_emails(connection, organization, emails)


def write(
    connection: Connection, organization: int, before: OrganizationRow | None, row: OrganizationRow | None
) -> None:
    """Let this be the row of an organization, which was another ``before``; None takes it out of the tree.

    The row of what was taken out stays, for what refers to it.
    """
    emails: tuple[str, ...] = ()
    if row is None:
        connection.execute("UPDATE organization SET retired = 1 WHERE id = ?", (organization,))
    else:
        parent, name, emails, threshold, basis, aging, intermediate = row
        connection.execute(
            _WRITE, (parent, name, fold(name), threshold, basis, aging, int(intermediate), organization)
        )
    if before is None or before.emails != emails:
        connection.execute("DELETE FROM administrator WHERE organization = ?", (organization,))
        _put_emails(connection, organization, emails)


def emails_of(connection: Connection, organization: int) -> list[str]:
    """The addresses of an organization's own administrators, in the order given."""
    return [email for (email,) in connection.execute(_EMAILS, (organization,))]


def all_emails(connection: Connection) -> dict[int, list[str]]:
    """The addresses of the administrators of each organization that has any, in the order given."""
    emails: dict[int, list[str]] = {}
    for id, email in connection.execute(
        "SELECT organization, email FROM administrator ORDER BY organization, position"
    ):
        emails.setdefault(id, []).append(email)
    return emails


def _put_emails(connection: Connection, organization: int, emails: Sequence[str]) -> None:
    connection.executemany(
        "INSERT INTO administrator (organization, position, email) VALUES (?, ?, ?)",
        [(organization, position, email) for position, email in enumerate(dict.fromkeys(emails))],
    )
