"""What is true of one number alone, its user and its forwarding, and what a change makes of it.

What stays follows from what each status carries (``rules.model``); a user is known by the organization
that holds the number. A part of the writer.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from itertools import chain
from typing import TYPE_CHECKING

from numctl.core.changes.cache import parts, places
from numctl.core.changes.known_users import KnownUsers, Owned
from numctl.core.numbers.ranges import HIGHEST, united
from numctl.core.rules.model import CARRIES, NO_DETAIL, WITH_DETAIL, Change, Detail, State, goes_along

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numctl.core.numbers.ranges import Pair
    from numctl.core.store.connection import Connection

Differences = dict[int, tuple[Detail, Detail]]  # before and after, by number

_PUT = """
INSERT INTO detail (number, user, forward_to) VALUES (?, ?, ?)
ON CONFLICT (number) DO UPDATE SET user = excluded.user, forward_to = excluded.forward_to
"""

_TAKE = "DELETE FROM detail WHERE number = ?"
_WITHIN = "SELECT number, user, forward_to FROM detail WHERE number BETWEEN ? AND ? ORDER BY number"
_FORWARDED = "SELECT count(forward_to) FROM detail WHERE number BETWEEN ? AND ?"
_OF_THESE = """
SELECT number, user, forward_to FROM detail WHERE number IN (SELECT value FROM json_each(?))
"""
_WITHIN_THESE = """
SELECT number, user, forward_to FROM (VALUES {asked}) AS asked
JOIN detail ON number BETWEEN asked.column1 AND asked.column2
"""

OfOne = tuple[int, int | None, int | None]  # a number, its user, its forwarding


def put(connection: Connection, new: Sequence[OfOne]) -> None:
    """Set what is true of numbers that had nothing of their own."""
    connection.put("detail (number, user, forward_to)", new)


def users_changed(connection: Connection, operation: int, position: int) -> list[tuple[int | None, int]]:
    """Two of the users that an operation's changes after ``position`` are about, each with how often."""
    return connection.execute(
        "SELECT coalesce(user_after, user_before), count(*) FROM detail_change"
        " WHERE operation = ? AND position > ? GROUP BY 1 ORDER BY 1 LIMIT 2",
        (operation, position),
    ).fetchall()


def gives(change: Change) -> bool:
    """Whether a change gives each number a user or forwarding, rather than keeping or dropping them."""
    return change.user is not None or change.forward_to is not None


def is_of_each(change: Change) -> bool:
    """Whether a change gives, or takes from, each number something of its own."""
    return gives(change) or change.stop_forwarding


class Details:
    """What is true of single numbers, within one operation.

    What was asked for ahead is at hand, and is written by ``flush``; all else at once.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._at_hand: dict[int, Detail] = {}
        self._covered: list[Pair] = []  # ascending and disjoint: what isn't at hand of these has no details
        self._changed: set[int] = set()
        self._users = KnownUsers(connection)
        self.owned = Owned(connection, self._users, self._unwritten)

    def ahead(self, ranges: Sequence[Pair], names: Iterable[str], *, few: bool = False) -> Callable[[], None]:
        """Ask for what is true of single numbers, and for users; what is given takes the answer in.

        Who has them is asked for right away where they are ``few``, else where any has a user.
        """
        single = [first for first, last in ranges if first == last and first not in self._at_hand]
        several = [(first, last) for first, last in ranges if first != last]
        asked = [self._connection.execute(_OF_THESE, (json.dumps(single),))] if single else []
        for some in parts(several):
            asked.append(
                self._connection.execute(
                    _WITHIN_THESE.format(asked=places(some)), [*chain.from_iterable(some)]
                )
            )
        these = [number for first, last in ranges for number in range(first, last + 1)] if few else []
        take_in_users = self._users.ahead(names, these)

        def take_in() -> None:
            take_in_users()
            found = {number: Detail(*own) for number, *own in chain.from_iterable(asked)}
            self._users.look_up({detail.user for detail in found.values() if detail.user is not None})
            self._covered = united(chain(self._covered, several))
            self._at_hand = {**dict.fromkeys(single, NO_DETAIL), **found, **self._at_hand}

        return take_in

    def has(self, first: int, last: int) -> bool:
        """Whether all that is true of single numbers, from the first to the last, is at hand."""
        if first == last and first in self._at_hand:
            return True
        at = bisect_right(self._covered, (first, HIGHEST)) - 1
        return at >= 0 and self._covered[at][1] >= last

    def flush(self) -> None:
        """Write what was changed of that, and let go of it."""
        self._users.flush()
        self._write_changed()
        self._at_hand, self._covered = {}, []

    def _write_changed(self) -> None:
        changed = [(number, self._at_hand[number]) for number in sorted(self._changed)]
        self._changed = set()
        gone = [(number,) for number, detail in changed if detail == NO_DETAIL]
        if gone:
            self._connection.executemany(_TAKE, gone)
        put_in = [(number, *detail) for number, detail in changed if detail != NO_DETAIL]
        if put_in:
            self._users.write()
            self._connection.executemany(_PUT, put_in)

    def _unwritten(self) -> dict[int, int | None]:
        return {number: self._at_hand[number].user for number in self._changed}

    def write(self, number: int, before: Detail, detail: Detail) -> None:
        """Set what is true of one number alone, and was another before."""
        if self.owned.is_kept and before.user != detail.user:
            self.owned.changed(number, before.user, detail.user)
        if self.has(number, number):
            self._at_hand[number] = detail
            self._changed.add(number)
        elif detail == NO_DETAIL:
            self._connection.execute(_TAKE, (number,))
        else:
            self._users.write()
            self._connection.execute(_PUT, (number, *detail))

    def forwarded(self, first: int, last: int) -> int:
        """How many of the numbers from ``first`` to ``last`` have a forwarding number."""
        if self.has(first, last):
            return sum(detail.forward_to is not None for detail in self._read(first, last).values())
        self._write_changed()
        (count,) = self._connection.execute(_FORWARDED, (first, last)).fetchone()
        return int(count)

    def of(self, number: int) -> Detail:
        """What is true of one number alone."""
        return self._read(number, number).get(number, NO_DETAIL)

    def differences(
        self, numbers: tuple[int, int], old: State | None, new: State | None, change: Change
    ) -> Differences:
        """What ``change`` makes of the details from the first to the last of ``numbers``.

        Of users that stay as they are it says so: the same before and after.
        ``old`` and ``new`` are their state before and after, None where they are not in the inventory.
        """
        if not gives(change) and (old is None or old.status not in WITH_DETAIL):
            return {}
        first, last = numbers
        found = self._read(first, last)
        concerned: Iterable[int] = range(first, last + 1) if gives(change) else found
        changed = {}
        for number in concerned:
            before = found.get(number, NO_DETAIL)
            now = self._after(before, old, new, change)
            if now != before or now.user is not None:
                changed[number] = (before, now)
        return changed

    def _read(self, first: int, last: int) -> dict[int, Detail]:
        """The details of the numbers from ``first`` to ``last`` that have any."""
        if first == last and (detail := self._at_hand.get(first)) is not None:
            return {first: detail} if detail != NO_DETAIL else {}
        if self.has(first, last):
            known = self._at_hand
            own = ((number, known.get(number, NO_DETAIL)) for number in range(first, last + 1))
            return {number: detail for number, detail in own if detail != NO_DETAIL}
        self._write_changed()
        rows = self._connection.execute(_WITHIN, (first, last))
        return {number: Detail(user, forward_to) for number, user, forward_to in rows}

    def _after(self, before: Detail, old: State | None, new: State | None, change: Change) -> Detail:
        if new is None:
            return NO_DETAIL
        carries = CARRIES[new.status]
        if carries.user:
            if change.user == "":
                return NO_DETAIL
            if change.user is not None:
                return Detail(self._users.id(new.organization, change.user))
            if before.user is not None:
                return Detail(self._users.taken_along(before.user, new.organization))
        elif carries.forwarding and not change.stop_forwarding:
            kept = before.forward_to if old is not None and goes_along(old.status, new.status) else None
            return Detail(None, change.forward_to or kept)
        return NO_DETAIL
