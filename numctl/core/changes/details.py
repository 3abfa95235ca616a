"""What is true of one number alone, its user and its forwarding, and what a change makes of it.

What stays follows from what each status carries (``rules.model``); a user is known by the organization
that holds the number. A part of the writer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.catalog import users
from numctl.core.rules.model import CARRIES, NO_DETAIL, WITH_DETAIL, Change, Detail, State, goes_along
from numctl.core.store.inserting import insert

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numctl.core.store.connection import Connection

Differences = dict[int, tuple[Detail, Detail]]  # before and after, by number

_PUT = """
INSERT INTO detail (number, user, forward_to) VALUES (?, ?, ?)
ON CONFLICT (number) DO UPDATE SET user = excluded.user, forward_to = excluded.forward_to
"""

OfOne = tuple[int, int | None, int | None]  # a number, its user, its forwarding


def read(connection: Connection, first: int, last: int) -> dict[int, Detail]:
    """The details of the numbers from ``first`` to ``last`` that have any."""
    rows = connection.execute(
        "SELECT number, user, forward_to FROM detail WHERE number BETWEEN ? AND ? ORDER BY number",
        (first, last),
    )
    return {number: Detail(user, forward_to) for number, user, forward_to in rows}


def write(connection: Connection, number: int, detail: Detail) -> None:
    """Set what is true of one number alone."""
    if detail == NO_DETAIL:
        connection.execute("DELETE FROM detail WHERE number = ?", (number,))
    else:
        connection.execute(_PUT, (number, *detail))


def put(connection: Connection, new: Sequence[OfOne]) -> None:
    """Set what is true of numbers that had nothing of their own."""
    insert(connection, "detail (number, user, forward_to)", new)


def users_changed(connection: Connection, operation: int, position: int) -> list[tuple[int | None, int]]:
    """Two of the users that an operation's changes after ``position`` are about, each with how often."""
    return connection.execute(
        "SELECT coalesce(user_after, user_before), count(*) FROM detail_change"
        " WHERE operation = ? AND position > ? GROUP BY 1 ORDER BY 1 LIMIT 2",
        (operation, position),
    ).fetchall()


def forwarded(connection: Connection, first: int, last: int) -> int:
    """How many of the numbers from ``first`` to ``last`` have a forwarding number."""
    (count,) = connection.execute(
        "SELECT count(forward_to) FROM detail WHERE number BETWEEN ? AND ?", (first, last)
    ).fetchone()
    return int(count)


def gives(change: Change) -> bool:
    """Whether a change gives each number a user or forwarding, rather than keeping or dropping them."""
    return change.user is not None or change.forward_to is not None


def is_of_each(change: Change) -> bool:
    """Whether a change gives, or takes from, each number something of its own."""
    return gives(change) or change.stop_forwarding


def differences(
    connection: Connection,
    numbers: tuple[int, int],
    old: State | None,
    new: State | None,
    change: Change,
) -> Differences:
    """What ``change`` makes of the details from the first to the last of ``numbers``.

    Of users that stay as they are it says so: the same before and after.
    ``old`` and ``new`` are their state before and after, None where they are not in the inventory.
    """
    if not gives(change) and (old is None or old.status not in WITH_DETAIL):
        return {}
    first, last = numbers
    found = read(connection, first, last)
    concerned: Iterable[int] = range(first, last + 1) if gives(change) else found
    changed = {}
    for number in concerned:
        before = found.get(number, NO_DETAIL)
        now = _after(connection, before, old, new, change)
        if now != before or now.user is not None:
            changed[number] = (before, now)
    return changed


def _after(
    connection: Connection, before: Detail, old: State | None, new: State | None, change: Change
) -> Detail:
    if new is None:
        return NO_DETAIL
    carries = CARRIES[new.status]
    if carries.user:
        if change.user == "":
            return NO_DETAIL
        if change.user is not None:
            return Detail(users.user_id(connection, new.organization, change.user))
        if before.user is not None:
            return Detail(users.taken_along(connection, before.user, new.organization))
    elif carries.forwarding and not change.stop_forwarding:
        kept = before.forward_to if old is not None and goes_along(old.status, new.status) else None
        return Detail(None, change.forward_to or kept)
    return NO_DETAIL
