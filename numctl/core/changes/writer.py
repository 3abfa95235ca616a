"""The writer: every change to numbers goes through ``Writer`` and nowhere else.

Given ranges and a change, the writer reads the pieces of spans that they cover, checks each against
the rule book, and rewrites them; it joins neighbours, moves the counts, and writes each piece's state
before and after into the journal. No other code writes ``span``, ``state``, ``tally``, ``extent``
or ``detail``. Everything is checked before anything moves, so a refusal leaves the writer as it was.

Its parts: ``cache`` (spans in memory), ``many`` (many spans at once), ``states``, ``journal``, ``details``,
``extents``, ``admission`` (who may do what), ``effects`` (counts, what an answer says).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, starmap
from typing import TYPE_CHECKING

from numctl.core.changes import details, extents
from numctl.core.changes.admission import Admission, expect_absent
from numctl.core.changes.cache import ABSENT, Cache, Piece
from numctl.core.changes.details import Details
from numctl.core.changes.effects import Effects
from numctl.core.changes.in_state import EVERY_SPAN, InState, Pools
from numctl.core.changes.journal import Journal
from numctl.core.changes.many.sizes import are_many, is_crowded
from numctl.core.changes.parts import AtHand, Parts
from numctl.core.changes.states import States
from numctl.core.numbers.ranges import Pair, Range, total
from numctl.core.rules.book import ACTIONS
from numctl.core.rules.model import Change, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numctl.core.changes.journal import Arrival
    from numctl.core.store.connection import Connection

AT_ONCE = 1_000  # spans, and users and forwardings, changed one by one; more are changed in bulk
FLUSH_AT = 10_000  # pieces kept in memory before they are written
PART = 1_000  # numbers given something of their own at a time


class Writer:
    """The way in for one operation, within its transaction."""

    def __init__(self, connection: Connection, operation: int, scope: frozenset[int]) -> None:
        self._connection, self._operation = connection, operation
        self.scope = scope
        self._cache = Cache(connection)
        self._journal = Journal(connection, operation)
        self._details = Details(connection)
        self._extents: list[tuple[bool, Range]] = []  # put in (True) or taken out
        self._successors: dict[tuple[object, ...], int] = {}  # states that changes lead to, by row id
        self.states = States(connection)
        self.effects = Effects(self.states)
        self._at_hand = AtHand(self._cache, self.states, self._details)
        self.pools, self.owned = Pools(connection, self._cache), self._details.owned
        self._has_begun, self.flushes = False, 0
        self.line = 0  # of the batch or file that is at work

    def change(
        self, numbers: Iterable[Pair] | InState, change: Change, *, held_by: int | None = None
    ) -> None:
        """Do ``change`` to every one of ``numbers`` (disjoint ranges).

        Raises NumbersUnknown for numbers not in the inventory or out of scope, WrongStatus where the
        rule book refuses or (with ``held_by``) where another organization holds the number.
        """
        chosen: Sequence[Pair] | InState = numbers if isinstance(numbers, Sequence) else list(numbers)
        admission = Admission(self._details, self.states, self.scope, change, held_by)
        of_each = details.is_of_each(change)
        fit = False  # whether their pieces may be laid out together
        if isinstance(chosen, InState):
            some = self._ranges(chosen, at_most=EVERY_SPAN if of_each else AT_ONCE + 1)
            fit = not of_each and len(some) <= AT_ONCE
            chosen = some if fit or of_each else chosen
        if not isinstance(chosen, InState) and total(chosen) <= AT_ONCE:
            self._begin_with(chosen, change)
            fit = True
        if isinstance(chosen, InState) or not (fit or of_each or not self._is_large(chosen)):
            self._change_in_bulk(chosen, admission, lambda state: self._successor(state, change))
            return
        self._move_all(self._each(chosen, change, admission.check, fit=fit), change)

    def _is_large(self, numbers: Sequence[Pair]) -> bool:
        self.flush()
        return are_many(self._connection, numbers, AT_ONCE)

    def _ranges(self, numbers: Sequence[Pair] | InState, at_most: int = EVERY_SPAN) -> Sequence[Pair]:
        if not isinstance(numbers, InState):
            return numbers
        self.flush()
        return numbers.ranges(self._connection, at_most)

    def _move_all(self, pieces: Iterable[Piece], change: Change) -> None:
        for piece in pieces:
            self._move(piece, self._successor(piece.state, change), change)
        self._flush_if_full()

    def _each(
        self,
        ranges: Sequence[Pair],
        change: Change,
        check: Callable[[Iterable[Piece]], None],
        *,
        fit: bool = False,
    ) -> Iterator[Piece]:
        """The pieces of some ranges, each in the cache when its turn comes; ``check`` sees all of them first.

        Many are laid out bit by bit, in parts where each number is given something of its own.
        """
        if fit or self._fit(ranges, change):
            pieces = self._pieces(ranges)
            check(pieces)
            yield from pieces
            return
        self.flush()
        check(self._stored(ranges))
        for first, last, state in self._stored(ranges):
            step = PART if details.is_of_each(change) else last - first + 1
            for start in range(first, last + 1, step):
                piece = Piece(start, min(start + step - 1, last), state)
                self._flush_if_full()
                self._cache.load(piece.first, piece.last)
                yield piece

    def _fit(self, ranges: Sequence[Pair], change: Change) -> bool:
        """Whether the pieces of some ranges may be laid out together."""
        if total(ranges) <= AT_ONCE:
            return True
        if details.is_of_each(change) or len(ranges) > AT_ONCE:
            return False
        return not any(is_crowded(self._connection, *range, AT_ONCE) for range in ranges)

    def _stored(self, ranges: Iterable[Pair]) -> Iterator[Piece]:
        return chain.from_iterable(starmap(self._cache.stored, ranges))

    def _change_in_bulk(
        self, numbers: Sequence[Pair] | InState, admission: Admission, successor: Callable[[int], int]
    ) -> None:
        from numctl.core.changes.many.changing import change_by_set

        refuse = lambda: admission.check(self._stored(self._ranges(numbers)))  # noqa: E731
        change_by_set(self.parts(), self.line, numbers, admission, successor, refuse)

    def add(
        self, ranges: Iterable[Range], state: State, user: str = "", forward_to: int | None = None
    ) -> None:
        """Put numbers into the inventory. Raises AlreadyPresent where one is there, whoever holds it."""
        change = Change("import", user=user or None, forward_to=forward_to)
        for piece in self._each([*ranges], change, expect_absent):
            self._move(piece, self.states.id(state), change)  # made when nothing is in its way
        self._flush_if_full()

    def add_all(self, arrivals: Iterable[Arrival], advance: Callable[[int], None]) -> None:
        """Put many numbers in, ascending and disjoint; ``advance`` is told how many of them are in.

        Raises AlreadyPresent, with some of them in by then.
        """
        from numctl.core.changes.many.arrivals import Arrivals

        Arrivals(self.parts()).put(arrivals, advance)

    def parts(self) -> Parts:
        """What another body works with, all of it written."""
        self.flush()
        self.pools.forget()
        self.owned.forget()
        return Parts(self._connection, self._operation, self._cache, self._journal, self.states, self.effects)

    def ahead(
        self,
        numbers: Sequence[Pair],
        names: Iterable[str] = (),
        tags: Iterable[str] = (),
        targets: Iterable[int] = (),
    ) -> None:
        """Have at hand, with few questions, what is around numbers that are changed one after another.

        ``names`` are users', ``tags`` are tags that they may be given, ``targets`` what they may be
        forwarded to. What is at hand is so as long as ``flushes`` stays as it is.
        """
        targets = dict.fromkeys(targets)
        concerned = [*numbers, *((number, number) for number in targets)]
        if len(self._journal) + len(concerned) >= FLUSH_AT:
            self.flush()  # not halfway
        self._at_hand.ask(concerned, names, tags)
        self._at_hand.ask_for_ways(targets)
        self._has_begun = True

    def _begin_with(self, numbers: Sequence[Pair], change: Change) -> None:
        """Have at hand what is around the first numbers of an operation, which are few."""
        if not self._has_begun:
            self.ahead(numbers, filter(None, [change.user]))

    def forwarding_of(self, number: int) -> int | None:
        """Where a number is forwarded to, as the operation has left it so far."""
        return self._details.of(number).forward_to

    def expect(self, ranges: Sequence[Range], change: Change) -> None:
        """Raises what ``change`` would raise for these numbers."""
        if total(ranges) <= AT_ONCE:
            self._begin_with(ranges, change)
        Admission(self._details, self.states, self.scope, change).check(self.found(ranges))

    def states_of(self, ranges: Sequence[Range]) -> Iterator[State]:
        """Each state that numbers of these ranges are in, as the operation has left them so far, once."""
        for state in {piece.state for piece in self.found(ranges)} - {ABSENT}:
            yield self.states[state]

    def found(self, ranges: Sequence[Range]) -> Iterable[Piece]:
        """What some ranges consist of, holes included, as the operation has left it so far."""
        if total(ranges) <= AT_ONCE:
            return self._pieces(ranges)
        self.flush()
        return self._stored(ranges)

    def restore(self, left: Piece, state: int, differing: details.Differences) -> bool:
        """Put numbers back to ``state`` (a row id or ABSENT), and single ones' details from old to new.

        False, and nothing done, where the numbers are no longer all in the state ``left`` names.
        """
        self._cache.load(left.first, left.last)
        if self._cache.pieces(left.first, left.last) != [left]:
            return False
        self._place(left, state, differing)
        self._flush_if_full()
        return True

    def state_of(self, number: int) -> State | None:
        """The state of a number within scope, as the operation has left it so far."""
        self._cache.load(number, number)
        (piece,) = self._cache.pieces(number, number)
        state = self.states[piece.state] if piece.state != ABSENT else None
        return state if state and state.organization in self.scope else None

    @property
    def has_unwritten(self) -> bool:
        """Whether anything that was done is in memory alone."""
        return len(self._journal) > 0 or self.effects.has_unwritten

    def flush(self) -> None:
        """Write everything that is still in memory. Reading spans from the store needs this before."""
        self.flushes += 1
        self._cache.flush()
        self._details.flush()
        self._journal.flush()
        self.effects.write_counts(self._connection)
        extents.apply(self._connection, self._extents)
        self._extents = []

    def _flush_if_full(self) -> None:
        if len(self._journal) >= FLUSH_AT or len(self._cache) >= 3 * FLUSH_AT:
            self.flush()

    def _pieces(self, ranges: Sequence[Pair]) -> list[Piece]:
        found: list[Piece] = []
        if len(ranges) > 1:
            self._cache.ahead([range for range in ranges if not self._cache.has(range)])()
        for first, last in ranges:
            self._cache.load(first, last)
            found += self._cache.pieces(first, last)
        return found

    def _successor(self, state: int, change: Change) -> int:
        shared = (state, *change.of_states)
        after = self._successors.get(shared)
        if after is None:
            stays = ACTIONS[change.action].to
            after = self.states.id(change.after(self.states[state])) if stays else ABSENT
            if len(self._successors) >= FLUSH_AT:
                self._successors.clear()
            self._successors[shared] = after
        return after

    def _move(self, piece: Piece, after: int, change: Change) -> None:
        old = self.states[piece.state] if piece.state != ABSENT else None
        new = self.states[after] if after != ABSENT else None
        numbers = (piece.first, piece.last)
        self._place(piece, after, self._details.differences(numbers, old, new, change))

    def _place(self, piece: Piece, after: int, differing: details.Differences) -> None:
        if after == piece.state:
            for number, (old, new) in differing.items():
                if new == old:
                    continue
                self._journal.piece(self.line, number, number, after, after)
                self.effects.note(after, after, 1)
        else:
            self._cache.put(piece.first, piece.last, after)
            self.pools.moved(piece, after)
            self._journal.piece(self.line, piece.first, piece.last, piece.state, after)
            self.effects.note(piece.state, after, piece.last - piece.first + 1)
            if ABSENT in (piece.state, after):
                self._extents.append((after != ABSENT, Range(piece.first, piece.last)))
        for number, (old, new) in differing.items():
            if new != old:
                self._details.write(number, old, new)
                self._journal.detail(number, old, new)
            self.effects.note_user(new.user or old.user)
