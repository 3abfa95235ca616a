"""One attempt to deliver what waits in the outbox.

A message is claimed before it is sent and marked after, each in a transaction of its own. Between
the two a sender may die: then another sends the message again, under the same Message-ID.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from numctl import clock
from numctl.core.errors import BadValue
from numctl.core.notifications import outbox
from numctl.core.text import clean_email, wire_address
from numctl.mail.server import Receipt, Unreachable, within

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from numctl.core.catalog.view import View
    from numctl.core.notifications.outbox import Letter
    from numctl.core.store.connection import Store
    from numctl.mail.server import Connection, Server
    from numctl.settings import Supplier

# In seconds.
CLAIM_HOLDS = 600  # longer than any step takes
REST = 300  # for so long after an attempt in vain, no change tries to deliver by itself
GOODBYE = 2

_PROCESS = f"{os.getpid()} {os.urandom(4).hex()}"


@dataclass
class Report:
    """How many messages were sent, failed for good, and still wait; and what went wrong."""

    sent: int = 0
    failed: int = 0
    waiting: int = 0
    problems: list[str] = field(default_factory=list)


class Patience(NamedTuple):
    """How long to wait in seconds: for each step, and until when (``monotonic``) for all of them."""

    step: float
    end: float

    def left(self) -> float:
        """Seconds that the next step may take."""
        return max(0.0, min(self.step, self.end - monotonic()))


class Delivery:
    """Takes what waits in the scope of ``view`` to ``server``, one message at a time."""

    def __init__(
        self, store: Store, view: View, server: Server, patience: Patience, supplier: Supplier | None
    ) -> None:
        self._store, self._view = store, view
        self._server, self._patience, self._supplier = server, patience, supplier
        self._report = Report()

    def run(self) -> Report:
        """Deliver, note whether changes are to leave the server alone for a while, and say how it went."""
        with self._store.reading():
            waiting = outbox.count_waiting(self._view)
        if waiting:
            self._deliver()
            with self._store.writing() as connection:
                self._report.waiting = outbox.count_waiting(self._view)
                in_vain = self._report.waiting and self._report.problems
                outbox.rest_until(connection, stamp(clock.now(), REST) if in_vain else "")
        return self._report

    def _deliver(self) -> None:
        after = 0
        connection = self._connect()
        while connection is not None:
            try:
                after, handed, broken = self._deliver_over(connection, after)
            finally:
                connection.hang_up()
            # Some servers take only so many messages at a time.
            connection = self._connect() if broken and handed else None

    def _deliver_over(self, connection: Connection, after: int) -> tuple[int, int, bool]:
        """Deliver over this connection what stands behind the row id ``after``.

        Gives the row id it came to, how many were handed over, and whether the connection broke.
        """
        handed = 0
        while self._patience.left():
            letter = self._claim(after)
            if letter is None:
                with suppress(Unreachable):
                    within(min(GOODBYE, self._patience.left()), self._server.name, connection.leave)
                return after, handed, False
            after = letter.id
            receipt = self._hand_over(connection, letter)
            self._note(letter, receipt)
            handed += bool(receipt.reached)
            if receipt.broken:
                return after, handed, True
        self._report.problems.append("there was no time for all of it")
        return after, handed, False

    def _connect(self) -> Connection | None:
        seconds = self._patience.left()
        try:
            return within(seconds, self._server.name, lambda: self._server.connect(seconds))
        except Unreachable as error:
            reason = str(error)
        self._report.problems.append(reason)
        with self._store.writing():
            outbox.note_unreachable(self._view, self._sender(), reason)
        return None

    def _sender(self) -> outbox.Sender:
        moment = clock.now()
        return outbox.Sender(
            name=f"{_machine()} {_PROCESS}",
            at=stamp(moment),
            earliest=stamp(moment, -CLAIM_HOLDS),
            latest=stamp(moment, CLAIM_HOLDS),
            domain=self._server.domain,
            is_gone=is_gone,
        )

    def _claim(self, after: int) -> Letter | None:
        with self._store.writing():
            return outbox.claim(self._view, self._sender(), after)

    def _hand_over(self, connection: Connection, letter: Letter) -> Receipt:
        from numctl.mail import composing

        wire: dict[str, str] = {}
        bad: dict[str, str] = {}
        for address in letter.recipients:
            try:
                wire[wire_address(clean_email(address))] = address
            except BadValue as error:
                bad[address] = error.message.rstrip(".")
        try:
            text = composing.text_of(letter.kind, letter.facts, self._supplier)
            envelope = composing.Envelope(self._server.author, list(wire), _answerable(letter.reply_to))
            message = composing.message(envelope, letter.subject, text, letter.message_id)
        except (KeyError, TypeError, ValueError) as error:
            bad = dict.fromkeys(letter.recipients, f"its text could not be made ({type(error).__name__})")
            wire = {}
        wanted = [written for written, address in wire.items() if address in letter.outstanding]
        if not wanted:
            return Receipt([], {}, bad, broken=False)
        try:
            receipt = within(
                self._patience.left(), self._server.name, lambda: connection.hand_over(message, wanted)
            )
        except Unreachable as error:
            receipt = Receipt([], dict.fromkeys(wanted, str(error)), {}, broken=True)
        return _as_kept(receipt, wire, bad)

    def _note(self, letter: Letter, receipt: Receipt) -> None:
        reason = receipt.reasons
        with self._store.writing():
            if receipt.for_now:
                outbox.note_postponed(self._view, letter, self._sender(), reason, receipt.reached)
            elif receipt.reached or letter.reached:
                outbox.note_sent(self._view, letter, stamp(clock.now()), reason)
                self._report.sent += 1
            else:
                outbox.note_failed(self._view, letter, self._sender(), reason)
                self._report.failed += 1
        if reason:
            seen = outbox.shielded(self._view, letter.facts, letter.recipients, reason)
            self._report.problems.append(f"message {letter.id}: {seen}")


def _answerable(addresses: Iterable[str]) -> list[str]:
    """Those of some kept addresses that an answer can go to, whatever the server can carry."""
    written = []
    for address in addresses:
        with suppress(BadValue):
            written.append(wire_address(clean_email(address)))
    return [address for address in written if address.isascii()]


def _as_kept(receipt: Receipt, wire: dict[str, str], bad: dict[str, str]) -> Receipt:
    """The receipt by the addresses as the store has them, and with those that were none."""
    return Receipt(
        [wire[address] for address in receipt.reached],
        {wire[address]: reason for address, reason in receipt.for_now.items()},
        {**bad, **{wire[address]: reason for address, reason in receipt.for_good.items()}},
        receipt.broken,
    )


def stamp(moment: datetime, later: float = 0) -> str:
    """A moment, or some seconds later, as RFC 3339."""
    return (moment + timedelta(seconds=later)).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_gone(sender: str) -> bool:
    """Whether this process of this machine has ended; False where that can't be known."""
    machine, _, process = sender.partition(" ")
    pid, _, token = process.partition(" ")
    if machine != _machine() or os.name != "posix" or not (pid.isascii() and pid.isdigit()):
        return False
    if int(pid) == os.getpid():
        return f"{pid} {token}" != _PROCESS  # this process has its number now
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _machine() -> str:
    """What tells the processes that this one can see from those of other machines and containers."""
    from platform import node

    space = ""
    with suppress(OSError):
        space = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - no file, but a name
    return f"{node()}{space}".replace(" ", "_")
