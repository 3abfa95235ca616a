"""What a command is handed: the settings, the open store, who acts, and the output."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from numctl import actor, clock, settings
from numctl.core.actions import expiry
from numctl.core.actions.opening import open_store
from numctl.core.catalog.tree import Tree
from numctl.core.catalog.view import View, acting, owner_only
from numctl.core.errors import BadValue, Refusal
from numctl.core.store.connection import Store
from numctl.core.store.places import Address
from numctl.output.making import made

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from numctl.core.changes.operation import Act, Operation, Outcome
    from numctl.core.dates import When
    from numctl.core.numbers.ranges import Range
    from numctl.gate.requests import Passage
    from numctl.input.changing import ChangeOptions

# Formats that a command writes by itself, beside those of all others.
OWN_FORMATS = {"diff": ("batch",)}


class Session:
    """One run of one command. ``committed`` is the number of the operation that was made, if one was."""

    def __init__(
        self,
        flags: Mapping[str, Any],
        change: ChangeOptions,
        invocation: tuple[str, Mapping[str, object]],
        lists: Mapping[str, object],
        passage: Passage | None = None,
    ) -> None:
        """``flags`` are the global options given, ``lists`` the options of a list's form, both by name.

        ``passage`` says who comes through the gate.
        """
        self._passage = passage
        self.handed_on: Passage | None = None  # what the gate is to run once this command has ended
        self.flags, self.lists = flags, lists
        self.settings = settings.load(flags, os.environ)
        self.change_options = change
        self.command, self._parameters = invocation
        self.committed: int | None = None
        self.owes_mail = False
        self._signed: list[Collection[object]] = []
        self._store: Store | None = None
        self._changing = self._settled = False
        clock.follow(None)
        self.output = made(self.settings, flags, OWN_FORMATS.get(self.command, ()))

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Within, what is told goes where --out says; the file is there, whole, once it ends well."""
        by_name, out = "output" not in self.flags, self.flags.get("out")
        with self.output.saved(out, by_name=by_name, made=self.moment, name=self.command) as self.output:
            yield

    # The moment and the person

    @cached_property
    def moment(self) -> datetime:
        """When this run began, in UTC, by the server's clock where the store is on one."""
        if isinstance(self.settings.db, Address):
            with suppress(Refusal):  # whoever needs the store says why there is none
                self._opened()
        return clock.now()

    @property
    def at(self) -> str:
        """When this run began, as RFC 3339."""
        return self.moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    @cached_property
    def today(self) -> str:
        """The date in the settings' time zone, ``YYYY-MM-DD``."""
        from numctl.core.dates import day_of

        return day_of(self.at, self.settings.timezone)

    @cached_property
    def actor(self) -> str:
        """The operating system's user, or whom the gate says that it is."""
        return self._passage.actor if self._passage else actor.name()

    def act(self, *, as_root: bool = False) -> Act:
        """Who does this, as whom, when, and what was said. ``as_root`` is for before there is a store."""
        from numctl.core.changes.operation import Act

        options, message = self.change_options, ""
        if options.message is not None:
            from numctl.core.text import clean_note

            message = clean_note(options.message, "A message")
        return Act(
            actor=self.actor,
            at=self.at,
            today=self.today,
            acting_as=self._acting_now() if self.settings.acting_as and not as_root else 0,
            message=message,
            dry_run=options.dry_run,
            op_key=options.op_key,
            command=self._digest() if options.op_key is not None else "",
            expect=options.expect,
        )

    def _acting_now(self) -> int:
        with self.store.reading() as connection:
            return self._acting(Tree.load(connection))

    def _acting(self, tree: Tree) -> int:
        return acting(tree, self.settings.acting_as, self.store.reader)

    # The store

    @property
    def store(self) -> Store:
        """The open store, with ended holds settled. Raises NoStore, Damaged or Locked."""
        store = self._opened()
        if not self._settled:
            self._settled = True
            self._settle(store)
        return store

    def _opened(self) -> Store:
        if self._store is None:
            self._store = self.open_store()
        return self._store

    def open_store(self) -> Store:
        """The store as it stands, nothing settled."""
        known = self.settings
        store = open_store(known.db, known.lock_timeout, lambda: (self.actor, self.at), known.journal)
        clock.follow(store.moment)
        self.output.warn(store.warning)
        self.output.hint(store.hint)
        return store

    def damage(self) -> Refusal | None:
        """What is wrong with the store: asked after what should not be possible."""
        from numctl.core.check import damage

        return damage.found_in(self.settings.db)

    def _settle(self, store: Store) -> None:
        if not expiry.is_due(store, self.today):
            return
        from numctl.core.changes.operation import Act

        act = Act(self.actor, self.at, self.today)
        if self._changing and not self.change_options.dry_run:
            expiry.settle(store, act)
            return
        try:
            with store.impatient():
                expiry.settle(store, act)
        except Refusal:
            self.output.note(
                "Some holds have ended, but the store could not be changed just now:"
                " their numbers still show as reserved, with their date."
            )

    @contextmanager
    def reading(self, at: str | None = None) -> Iterator[View]:
        """A snapshot to read from, as whom one acts; ``at`` a WHEN as it stood. It ends before output begins.

        Raises BadValue for what is no WHEN, NotFound for one before the store or who acts was there.
        """
        when = None if at is None else self.when(at)
        with self.store.reading() as connection:
            tree = Tree.load(connection)
            partial = self.store.reader is not None
            now = View(connection, tree, self._acting(tree), self.command, partial=partial)
            if when is None:
                yield now
                return
            from numctl.core.past import as_of

            moment = as_of.resolved(connection, when, self.settings.timezone)
            with as_of.as_of(now, moment) as view:
                yield view
        if view.dated_back:
            self.output.warn("Organizations and series are shown as the upgrade of this store found them.")

    def expect_root(self) -> None:
        """Raises what ``store`` raises, and OutOfScope for who acts below the root."""
        if self.settings.acting_as or self.store.reader is not None:  # who names nobody acts as the root
            with self.reading() as view:
                view.root_only()
        if self.store.reader is not None:
            raise owner_only(self.command)

    # What was given

    def numbers(self, given: Iterable[str] | None, *, unchecked: bool = False) -> Sequence[Range]:
        """NUMBERS: arguments, with ``-`` standard input, with --from-file a file. Raises BadValue."""
        from numctl.input.numbers import numbers

        ranges = numbers(given, self.change_options.from_file, self.settings.region, unchecked=unchecked)
        self.sign(ranges)
        return ranges

    def number(self, text: str) -> int:
        """One number, read by the region. Raises BadValue."""
        from numctl.core.numbers.parsing import parse_number

        return parse_number(text, self.settings.region)

    def day(self, text: str) -> str:
        """A date as ``YYYY-MM-DD``; ``+6w`` and the like count from today. Raises BadValue."""
        from numctl.core.dates import read_day

        return read_day(text, self.today)

    def when(self, text: str, *, start: bool = False) -> When:
        """A day (its end, with ``start`` its beginning), a moment, ``operation:N``. Raises BadValue."""
        from numctl.core.dates import read_when

        return read_when(text, self.today, self.settings.timezone, self.at, start=start)

    def day_to_come(self, text: str | None) -> str | None:
        """A day that hasn't passed, None for none. Raises BadValue before anything else is said.

        What was done once under its --op-key passes: it is answered as it was then. So all that is a
        part of the command must be read before.
        """
        from numctl.core.actions.reservations import expect_a_day_to_come

        day = None if text is None else self.day(text)
        try:
            expect_a_day_to_come(day or "", self.today)
        except BadValue:
            if self.change_options.op_key is None or not self._was_done():
                raise
        return day

    def _was_done(self) -> bool:
        from numctl.core.actions.perform import answered

        try:
            act = self.act()
            with self.store.reading() as connection:
                return answered(connection, act) is not None
        except Refusal:  # of whatever comes after a bad value
            return False

    def sign(self, parts: Collection[object]) -> None:
        """Count what was read from elsewhere as a part of this command, for --op-key."""
        self._signed.append(parts)

    def _digest(self) -> str:
        import json
        from hashlib import sha256

        signed = [str(part) for parts in self._signed for part in parts]
        said = [self.command, {name: str(value) for name, value in self._parameters.items()}, signed]
        return sha256(json.dumps(said, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()

    # Changing

    def change(self, action: str, work: Callable[[Operation], None]) -> Outcome:
        """Do ``work`` as one operation, honouring the options of every change, and print its answer.

        Where mail was queued and a server is set, ``owes_mail`` says from then on that it can be delivered.
        """
        from numctl.core.actions.perform import perform

        self._changing = True
        outcome = perform(self.store, self.act(), action, work)
        self.tell(outcome)
        if outcome.queued_mail and outcome.operation is not None and self.settings.smtp is not None:
            self.owes_mail = True
        return outcome

    def tell(self, outcome: Outcome) -> None:
        """Print the answer of a change, which counts as made from then on."""
        from numctl.output import answers

        self.committed = outcome.operation
        self.output.answer(answers.facts(outcome), answers.sentence(outcome))
        if outcome.replayed and not self.output.structured:
            self.output.note(answers.replayed(outcome))

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None
