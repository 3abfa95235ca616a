"""The outbox: the messages that the store owes someone, from queueing to delivery.

A message is queued in the transaction of the change that asks for it. Whoever delivers claims one in
a transaction of its own, sends it outside of any, and notes how that ended. A sender that died leaves
its claim behind; another takes the message over, and sends it under the same Message-ID.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.catalog.organizations import emails_of
from numctl.core.past.places import Places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numctl.core.catalog.tree import Tree
    from numctl.core.catalog.view import View
    from numctl.core.store.connection import Connection

OWN_DOMAIN = "numctl.invalid"  # of a Message-ID until the first sender's domain takes its place
HIDDEN = "***"  # stands for an address of an organization above the scope

_QUEUE = (
    "INSERT INTO message (at, organization, operation, kind, recipients, subject, facts, message_id)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"
)
_WAITING = (
    "SELECT id, at, operation, organization, claimed_at, claimed_by FROM message"
    " WHERE state = 'waiting' AND id > ? ORDER BY id"
)
_CLAIM = (
    "UPDATE message SET claimed_at = ?, claimed_by = ?, attempts = attempts + 1,"
    " message_id = replace(message_id, ?, ?)"
    " WHERE id = ? RETURNING id, kind, recipients, subject, facts, message_id"
)
_UNREACHED = "UPDATE message SET attempts = attempts + 1, last_error = ? WHERE id = ?"
_POSTPONE = (
    "UPDATE message SET last_error = ?, facts = ?, claimed_at = '', claimed_by = ''"
    " WHERE id = ? AND state = 'waiting' AND claimed_by = ?"
)
_FAIL = (
    "UPDATE message SET state = 'failed', last_error = ?, claimed_at = '', claimed_by = ''"
    " WHERE id = ? AND state = 'waiting' AND claimed_by = ?"
)
_SENT = (
    "UPDATE message SET state = 'sent', sent_at = ?, last_error = ?, claimed_at = '', claimed_by = ''"
    " WHERE id = ? AND state = 'waiting'"
)


class Draft(NamedTuple):
    """A message to be queued.

    ``organization`` is whose message it is (a row id), ``operation`` the one that asked for it, or
    None. ``facts`` are what its text is made from when it is sent: plain data without users' names,
    among them ``organization``, its path. ``holder`` is whose administrators are written to (a row
    id), or None for strangers.
    """

    at: str
    organization: int
    operation: int | None
    kind: str
    recipients: list[str]
    subject: str
    facts: dict[str, object]
    holder: int | None = None


class Sender(NamedTuple):
    """Who delivers, and how to tell whether another sender's claim still holds.

    ``name`` tells one process from all others. ``at`` is now; a claim from before ``earliest`` or
    after ``latest`` (a clock went back) is void, as is one of a sender that ``is_gone``. ``domain`` is
    what Message-IDs end in. Times are RFC 3339 in UTC.
    """

    name: str
    at: str
    earliest: str
    latest: str
    domain: str
    is_gone: Callable[[str], bool]

    def finds_void(self, claimed_at: str, claimed_by: str) -> bool:
        """Whether a message with this claim may be taken."""
        return not self.earliest <= claimed_at <= self.latest or self.is_gone(claimed_by)


class Letter(NamedTuple):
    """A message that its sender has claimed. ``reached`` are recipients who have it already."""

    id: int
    kind: str
    recipients: list[str]
    subject: str
    facts: dict[str, object]
    message_id: str

    @property
    def reached(self) -> list[str]:
        return self._addresses("reached")

    @property
    def reply_to(self) -> list[str]:
        """Whom an answer goes to, if not the sender."""
        return self._addresses("reply_to")

    @property
    def outstanding(self) -> list[str]:
        """The recipients to try now."""
        return [address for address in self.recipients if address not in self.reached]

    def _addresses(self, fact: str) -> list[str]:
        found = self.facts.get(fact)
        return [str(address) for address in found] if isinstance(found, list) else []


def queue(connection: Connection, draft: Draft) -> int:
    """Put a message into the outbox, in the transaction of the caller; give its row id."""
    facts = draft.facts if draft.holder is None else {**draft.facts, "holder": draft.holder}
    (id,) = connection.execute(
        _QUEUE,
        (
            draft.at,
            draft.organization,
            draft.operation,
            draft.kind,
            json.dumps(draft.recipients, ensure_ascii=False),
            draft.subject,
            json.dumps(facts, ensure_ascii=False),
            f"{os.urandom(16).hex()}@{OWN_DOMAIN}",
        ),
    ).fetchone()
    return int(id)


def administrators(connection: Connection, tree: Tree, organization: int) -> tuple[int | None, list[str]]:
    """Who is written to, and whose administrators they are (a row id).

    An organization's own, else those of the nearest organization above that has any; (None, []) where
    there are none at all.
    """
    for id in (organization, *tree.above(organization)):
        emails = emails_of(connection, id)
        if emails:
            return id, emails
    return None, []


def shielded(
    view: View,
    facts: Mapping[str, object],
    recipients: Iterable[str],
    text: str,
    scope: frozenset[int] | None = None,
) -> str:
    """A text about a message, without the addresses of an organization above the scope.

    ``scope`` is that of when it was written; None is that of now.
    """
    if is_from_above(view, facts, view.scope if scope is None else scope):
        for address in recipients:
            text = text.replace(address, HIDDEN)
    return text


def count_waiting(view: View) -> int:
    """How many messages of organizations in scope wait, those that a sender has in hand included."""
    return sum(1 for _ in _waiting(view))


def claim(view: View, sender: Sender, after: int = 0) -> Letter | None:
    """Take the first message in scope behind the row id ``after`` that waits and that nobody has in hand."""
    for id, claimed_at, claimed_by in _waiting(view, after):
        if claimed_at == "" or sender.finds_void(claimed_at, claimed_by):
            row = view.connection.execute(
                _CLAIM, (sender.at, sender.name, f"@{OWN_DOMAIN}", f"@{sender.domain or OWN_DOMAIN}", id)
            ).fetchone()
            return Letter(row[0], row[1], json.loads(row[2]), row[3], json.loads(row[4]), row[5])
    return None


def note_sent(view: View, letter: Letter, at: str, remark: str = "") -> None:
    """Note that a message was handed over; ``remark`` says whom it did not reach."""
    view.connection.execute(_SENT, (at, remark, letter.id))


def note_postponed(
    view: View, letter: Letter, sender: Sender, reason: str, reached: Sequence[str] = ()
) -> None:
    """Note that a message waits on, at least for some; ``reached`` are those who have it by now."""
    facts = {**letter.facts, "reached": [*letter.reached, *reached]} if reached else letter.facts
    text = json.dumps(facts, ensure_ascii=False)
    view.connection.execute(_POSTPONE, (reason, text, letter.id, sender.name))


def note_failed(view: View, letter: Letter, sender: Sender, reason: str) -> None:
    """Note that a message was refused for good."""
    view.connection.execute(_FAIL, (reason, letter.id, sender.name))


def note_unreachable(view: View, sender: Sender, reason: str) -> int:
    """Note on each message in scope that waits, and could have been claimed, why nothing was sent."""
    ids = [id for id, *claim in _waiting(view) if not claim[0] or sender.finds_void(*claim)]
    view.connection.executemany(_UNREACHED, [(reason, id) for id in ids])
    return len(ids)


def revive(view: View) -> int:
    """Let the messages in scope that failed wait again; give how many."""
    places = Places(view)
    failed = view.connection.execute(
        "SELECT id, at, operation, organization FROM message WHERE state = 'failed' ORDER BY id"
    ).fetchall()
    ids = [
        (id,)
        for id, at, operation, organization in failed
        if view.sees_all or organization in scope_then(view, places, at, operation)
    ]
    view.connection.executemany("UPDATE message SET state = 'waiting' WHERE id = ?", ids)
    return len(ids)


def rests_until(connection: Connection) -> str:
    """Before which moment no command is to deliver by itself; empty when it may."""
    (moment,) = connection.execute("SELECT mail_rests_until FROM inventory").fetchone()
    return str(moment)


def rest_until(connection: Connection, moment: str) -> None:
    """Let no command deliver by itself before this moment; empty: any may."""
    connection.execute("UPDATE inventory SET mail_rests_until = ?", (moment,))


def _waiting(view: View, after: int = 0) -> Iterator[tuple[int, str, str]]:
    places = Places(view)
    for id, at, operation, organization, *claim in view.connection.execute(_WAITING, (after,)).fetchall():
        if view.sees_all or organization in scope_then(view, places, at, operation):
            yield id, *claim


def scope_then(view: View, places: Places, at: str, operation: int | None) -> frozenset[int]:
    """What was in scope when a message was written."""
    if view.sees_all:
        return view.scope
    return places.scope_on(at) if operation is None else places.scope(operation)


def is_from_above(view: View, facts: Mapping[str, object], scope: frozenset[int]) -> bool:
    """Tell whether a message goes to administrators above a scope, by its facts."""
    holder = facts.get("holder")
    return isinstance(holder, int) and not view.sees_all and holder not in scope
