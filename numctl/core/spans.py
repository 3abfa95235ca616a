"""The one door: every change to numbers goes through ``Door`` and nowhere else.

Given ranges and a change, the door reads the pieces of spans that they cover, checks each against
the rule book, and rewrites them; it joins neighbours, moves the counts, and writes each piece's state
before and after into the journal. No other code writes ``span``, ``state``, ``tally``, ``extent``
or ``detail``. Everything is checked before anything moves, so a refusal leaves the door as it was.

Its parts: ``desk`` (spans in memory), ``states``, ``journal``, ``extents``, ``effects`` (counts and
what an answer says).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core import extents, users
from numctl.core.desk import ABSENT, Desk, Piece
from numctl.core.effects import Effects
from numctl.core.errors import AlreadyPresent, NumbersRefuse, NumbersUnknown, WrongStatus
from numctl.core.journal import NO_DETAIL, Detail, Journal
from numctl.core.model import RULES, Change, State, Status, allowed
from numctl.core.ranges import Range, normalize
from numctl.core.states import States

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

FLUSH_AT = 10_000  # pieces kept in memory before they are written

_DETAILS = "SELECT number, user, forward_to FROM detail WHERE number BETWEEN ? AND ?"
_SET_DETAIL = "INSERT OR REPLACE INTO detail (number, user, forward_to) VALUES (?, ?, ?)"
_WITH_USER = (Status.ASSIGNED, Status.IN_USE)


class Door:
    """The way in for one operation, within its transaction."""

    def __init__(self, connection: sqlite3.Connection, operation: int, scope: frozenset[int]) -> None:
        self._connection = connection
        self.scope = scope
        self._desk = Desk(connection)
        self._journal = Journal(connection, operation)
        self._extents: list[tuple[bool, Range]] = []
        self.states = States(connection)
        self.effects = Effects(self.states)
        self.line = 0  # of the batch or file that is at work

    def change(self, ranges: Iterable[Range], change: Change, *, held_by: int | None = None) -> int:
        """Do ``change`` to every number of ``ranges`` (disjoint); give how many changed.

        Raises NumbersUnknown for numbers not in the inventory or out of scope, WrongStatus where the
        rule book refuses or (with ``held_by``) where another organization holds the number.
        """
        pieces = self._pieces(ranges)
        self._check(pieces, change, held_by)
        successors: dict[int, int] = {}
        before = self.effects.count
        for piece in pieces:
            after = successors.get(piece.state)
            if after is None:
                after = successors[piece.state] = self._successor(piece.state, change)
            self._move(piece, after, change)
        self._flush_if_full()
        return self.effects.count - before

    def add(self, ranges: Iterable[Range], state: State, *, user: str = "", forward_to: int | None = None) -> None:
        """Put numbers into the inventory. Raises AlreadyPresent where one is there, whoever holds it."""
        pieces = self._pieces(ranges)
        present = [piece for piece in pieces if piece.state != ABSENT]
        if present:
            raise AlreadyPresent([str(Range(piece.first, piece.last)) for piece in present])
        after = self.states.id(state)
        change = Change("import", user=user or None, forward_to=forward_to)
        for piece in pieces:
            self._move(piece, after, change)
        self._flush_if_full()

    def state_of(self, number: int) -> State | None:
        """The state of one number within scope, as the operation has left it so far."""
        self._desk.load(number, number)
        (piece,) = self._desk.pieces(number, number)
        state = self.states[piece.state] if piece.state != ABSENT else None
        return state if state and state.organization in self.scope else None

    def flush(self) -> None:
        """Write everything that is still in memory. Reading spans from the store needs this before."""
        self._desk.flush()
        self._journal.flush()
        self.effects.write_counts(self._connection)
        extents.apply(self._connection, self._extents)
        self._extents = []

    def _flush_if_full(self) -> None:
        if len(self._journal) >= FLUSH_AT or len(self._desk) >= 3 * FLUSH_AT:
            self.flush()

    def _pieces(self, ranges: Iterable[Range]) -> list[Piece]:
        found: list[Piece] = []
        for first, last in ranges:
            self._desk.load(first, last)
            found += self._desk.pieces(first, last)
        return found

    def _check(self, pieces: Sequence[Piece], change: Change, held_by: int | None) -> None:
        rule = RULES[change.action]
        fine: set[int] = set()
        unknown, refused = [], []
        for piece in pieces:
            if piece.state in fine:
                continue
            state = self.states[piece.state] if piece.state != ABSENT else None
            if state is None or state.organization not in self.scope:
                unknown.append(Range(piece.first, piece.last))
            elif state.status not in rule.sources or held_by not in (None, state.organization):
                refused.append(piece)
            else:
                fine.add(piece.state)
        if unknown:
            raise NumbersUnknown([str(range) for range in normalize(unknown)])
        if refused:
            raise self._wrong_status(refused, change.action)
        if change.action == "forward":
            self._check_forwarding(pieces)

    def _check_forwarding(self, pieces: Sequence[Piece]) -> None:
        for first, last, _ in pieces:
            (forwarding,) = self._connection.execute(
                "SELECT count(forward_to) FROM detail WHERE number BETWEEN ? AND ?", (first, last)
            ).fetchone()
            if forwarding != last - first + 1:
                raise NumbersRefuse(
                    f"{Range(first, last)} has no forwarding number, and can't be given one any more.",
                    "Forwarding is added when the number is released (`numctl release --reserve TAG --forward-to N`).",
                    numbers=[str(Range(first, last))],
                )

    def _wrong_status(self, pieces: Sequence[Piece], action: str) -> WrongStatus:
        return WrongStatus(
            action,
            [
                (str(Range(first, last)), str(self.states[state].status), self._allowed(first, last, state))
                for first, last, state in pieces
            ],
        )

    def _allowed(self, first: int, last: int, state: int) -> list[str]:
        forwarding = self._connection.execute(
            "SELECT 1 FROM detail WHERE number BETWEEN ? AND ? AND forward_to IS NOT NULL", (first, last)
        ).fetchone()
        return allowed(self.states[state].status, forwarding=forwarding is not None)

    def _successor(self, state: int, change: Change) -> int:
        if not RULES[change.action].to:
            return ABSENT
        return self.states.id(change.after(self.states[state]))

    def _move(self, piece: Piece, after: int, change: Change) -> None:
        details = self._details_after(piece, after, change)
        if after == piece.state:
            for number in details:
                self._journal.piece(self.line, number, number, after, after)
                self.effects.note(number, number, after, after)
        else:
            self._desk.put(piece.first, piece.last, after)
            self._journal.piece(self.line, piece.first, piece.last, piece.state, after)
            self.effects.note(piece.first, piece.last, piece.state, after)
            if ABSENT in (piece.state, after):
                self._extents.append((after != ABSENT, Range(piece.first, piece.last)))
        for number, (old, new) in details.items():
            self._set_detail(number, old, new)

    def _set_detail(self, number: int, old: Detail, new: Detail) -> None:
        if new == NO_DETAIL:
            self._connection.execute("DELETE FROM detail WHERE number = ?", (number,))
        else:
            self._connection.execute(_SET_DETAIL, (number, *new))
        self._journal.detail(number, old, new)
        self.effects.note_user(new.user or old.user)

    def _details_after(self, piece: Piece, after: int, change: Change) -> dict[int, tuple[Detail, Detail]]:
        """What changes for single numbers of a piece: before and after, by number."""
        given = change.user is not None or change.forward_to is not None
        old = self.states[piece.state] if piece.state != ABSENT else None
        if not given and (old is None or old.status is Status.AVAILABLE):
            return {}
        new = self.states[after] if after != ABSENT else None
        found = {
            number: Detail(user, forward_to)
            for number, user, forward_to in self._connection.execute(_DETAILS, (piece.first, piece.last))
        }
        numbers: Iterable[int] = range(piece.first, piece.last + 1) if given else found
        changed = {}
        for number in numbers:
            before = found.get(number, NO_DETAIL)
            now = self._detail_after(before, old, new, change)
            if now != before:
                changed[number] = (before, now)
        return changed

    def _detail_after(self, before: Detail, old: State | None, new: State | None, change: Change) -> Detail:
        if new is None:
            return NO_DETAIL
        if new.status in _WITH_USER:
            if change.user is not None:
                return Detail(users.user_id(self._connection, new.organization, change.user))
            if before.user is not None:
                return Detail(users.taken_along(self._connection, before.user, new.organization))
        elif new.status is Status.RESERVED and not change.stop_forwarding:
            kept = before.forward_to if old is not None and old.status is Status.RESERVED else None
            return Detail(None, change.forward_to or kept)
        return NO_DETAIL
