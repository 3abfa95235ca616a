"""What ``check`` looks for in spans, counts, states, the tree, users, and the outbox.

Each function gives a sentence for each thing that is wrong; none changes anything.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from numctl.core.changes.journal import MESSAGES, digest_of_message
from numctl.core.numbers.packed import Packed
from numctl.core.numbers.ranges import Range, total
from numctl.core.rules.model import WITH_FORWARDING, WITH_USER
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.store.connection import Connection

# How many numbers each state has: their index alone tells how many spans, few of which have more than one.
_BY_STATE = """(
  SELECT state, count(*) AS n FROM span GROUP BY state
  UNION ALL SELECT +state, sum(more) FROM span WHERE more > 0 GROUP BY +state
) AS held JOIN state ON state.id = held.state"""
HELD = f"""
SELECT state.organization, state.series, state.status, sum(held.n) AS n FROM {_BY_STATE} GROUP BY 1, 2, 3
"""  # noqa: S608 - put together from the text above
EARLIEST_END = """
SELECT min(until) FROM state WHERE until <> '' AND EXISTS (SELECT 1 FROM span WHERE span.state = state.id)
"""
_HOLDERS = """
SELECT DISTINCT state.organization FROM state JOIN organization ON organization.id = state.organization
WHERE retired = 1 AND EXISTS (SELECT 1 FROM span WHERE span.state = state.id)
"""
_SINGLE = """
SELECT detail.number, detail.user, detail.forward_to,
  state.status, state.organization, user.organization, user.folded
FROM detail
LEFT JOIN span ON span.first = (SELECT max(first) FROM span WHERE first <= detail.number)
  AND span.last >= detail.number
LEFT JOIN state ON state.id = span.state LEFT JOIN user ON user.id = detail.user
"""
# Numbers that a user of their holder has, the first of a span and those within; numbers rightly forwarded.
_FITTING = """
CROSS JOIN state ON state.id = span.state AND state.status IN (SELECT atom FROM json_each(:users))
CROSS JOIN user ON user.id = detail.user
WHERE (user.organization = state.organization OR user.folded = '')
"""
_SOUND = f"""
SELECT (
  SELECT count(*) FROM detail NOT INDEXED CROSS JOIN span ON span.first = detail.number {_FITTING}
) + (
  SELECT count(*) FROM span CROSS JOIN detail AS detail ON detail.number BETWEEN span.first AND span.last
  {_FITTING} AND span.more > 0 AND detail.number > span.first
), (SELECT count(*) FROM detail WHERE user IS NOT NULL), (
  SELECT coalesce(sum(held.n), 0) FROM {_BY_STATE} WHERE state.status IN (SELECT atom FROM json_each(:users))
), (
  SELECT count(*) FROM detail
  CROSS JOIN span AS span ON span.first = (SELECT max(first) FROM span WHERE first <= detail.number)
  CROSS JOIN state ON state.id = span.state
  WHERE detail.forward_to IS NOT NULL AND span.last >= detail.number
  AND state.status IN (SELECT atom FROM json_each(:forwarding))
), (SELECT count(*) FROM detail WHERE forward_to IS NOT NULL), (SELECT count(*) FROM detail)
"""  # noqa: S608
_WITHOUT_USER = """
SELECT span.first, span.last FROM state JOIN span ON span.state = state.id
WHERE state.status IN (SELECT atom FROM json_each(?)) AND span.last - span.first + 1 <>
  (SELECT count(user) FROM detail WHERE number BETWEEN span.first AND span.last)
"""
# What a name in ASCII is compared by is what `lower` gives, and of users it is computed so; all others are
# looked at singly. (Where a bit of a user's name was flipped, its index doesn't fit, which SQLite finds.)
_FOLDED = {
    table: f"SELECT id, {name}, folded FROM {table}"  # noqa: S608
    f" WHERE {otherwise} OR length({name}) <> length(CAST({name} AS BLOB))"
    for table, name, otherwise in (
        ("organization", "name", "folded <> lower(name)"),
        ("series", "name", "folded <> lower(name)"),
        ("user", "name", "folding IS NOT NULL"),
        ("state", "tag", "folded <> lower(tag)"),
    )
}


def counts(connection: Connection) -> Iterator[str]:
    told = {
        row[:3]: row[3] for row in connection.execute("SELECT organization, series, status, n FROM tally")
    }
    held = {row[:3]: row[3] for row in connection.execute(HELD)}
    for key in sorted({*told, *held}):
        if told.get(key, 0) != held.get(key, 0):
            organization, series, status = key
            yield (
                f"The count of {status} numbers of organization {organization} in series {series} is"
                f" {told.get(key, 0)}, but there are {held.get(key, 0)}."
            )


def due(connection: Connection) -> Iterator[str]:
    rows = connection.execute("SELECT due FROM inventory").fetchall()
    if len(rows) != 1:
        yield f"The store has {len(rows)} rows that describe it instead of one."
        return
    (earliest,) = connection.execute(EARLIEST_END).fetchone()
    noted = rows[0][0]
    if earliest is not None and (not noted or noted > earliest):
        yield f"A hold ends on {earliest}, but the store notes {noted or 'no day'} as the first."


def folded(connection: Connection) -> Iterator[str]:
    for table, statement in _FOLDED.items():
        for id, name, stored in connection.walk(statement):
            if fold(name) != stored:
                yield f"Row {id} of {table} is not found by its name: the form to compare by is another's."


def holders(connection: Connection) -> Iterator[str]:
    for (organization,) in connection.execute(_HOLDERS):
        yield f"Organization {organization} was removed, but holds numbers."


def tree(connection: Connection) -> Iterator[str]:
    rows = {
        id: (parent, name, bool(retired))
        for id, parent, name, retired in connection.execute(
            "SELECT id, parent, name, retired FROM organization"
        )
    }
    roots = [id for id, (parent, _, _) in rows.items() if parent is None]
    if len(roots) != 1:
        yield f"The tree of organizations has {len(roots)} roots instead of one."
    for id, (parent, name, retired) in rows.items():
        if parent is not None and parent not in rows:
            yield f"Organization {id} ({name}) is below one that isn't there."
        elif parent is not None and rows[parent][2] and not retired:
            yield f"Organization {id} ({name}) is below one that was removed."
        if "/" in name:
            yield f"The name of organization {id} holds a slash."
    yield from _circles(
        {id: parent for id, (parent, _, _) in rows.items()}, "Organization {} is below itself."
    )


def siblings(connection: Connection) -> Iterator[str]:
    seen: dict[tuple[int | None, str], int] = {}
    for id, parent, name in connection.execute("SELECT id, parent, name FROM organization WHERE retired = 0"):
        twin = seen.setdefault((parent, fold(name)), id)
        if twin != id:
            yield f"Organizations {twin} and {id} are siblings of one name, {name}."


def circles_of_forwarding(connection: Connection) -> Iterator[str]:
    """No damage: two organizations may close one between them, neither of which sees the other's numbers."""
    to = dict(connection.execute("SELECT number, forward_to FROM detail WHERE forward_to IS NOT NULL"))
    yield from _circles(to, "Forwarding goes in a circle at {}.")


def _circles(leads_to: dict[int, int | None], sentence: str) -> Iterator[str]:
    """One sentence for each circle, with the lowest of it."""
    finished: set[int] = set()
    for start in sorted(leads_to):
        path: dict[int, int] = {}
        current: int | None = start
        while current is not None and current not in finished and current not in path:
            path[current] = len(path)
            current = leads_to.get(current)
        if current is not None and current in path:
            circle = [one for one, place in path.items() if place >= path[current]]
            yield sentence.format(min(circle))
        finished.update(path)


def single_numbers(connection: Connection) -> Iterator[str]:
    statuses = {"users": json.dumps(WITH_USER), "forwarding": json.dumps(WITH_FORWARDING)}
    users, with_user, to_have_one, forwarded, forwarding, all = connection.execute(
        _SOUND, statuses
    ).fetchone()
    if users == with_user == to_have_one and forwarded == forwarding and users + forwarded == all:
        return
    for number, user, forward_to, status, holder, of, name in connection.walk(_SINGLE):
        if user is not None and status not in WITH_USER:
            yield f"{number} is {status or 'not in the inventory'}, but has a user."
        elif user is not None and name and of != holder:
            yield f"{number} has a user of organization {of}, but organization {holder} holds it."
        if forward_to is not None and status not in WITH_FORWARDING:
            yield f"{number} is {status or 'not in the inventory'}, but is forwarded."
    for first, last in connection.execute(_WITHOUT_USER, (json.dumps(WITH_USER),)):
        yield f"{Range(first, last)} is given to users, but not each number has one."


def messages(connection: Connection) -> Iterator[str]:
    for id, recipients, facts in connection.execute("SELECT id, recipients, facts FROM message"):
        told = _parsed(recipients)
        if not isinstance(told, list) or not told or not all(isinstance(one, str) for one in told):
            yield f"The recipients of message {id} can't be read."
        if not isinstance(_parsed(facts), dict):
            yield f"What message {id} is to say can't be read."


def mail(connection: Connection) -> Iterator[str]:
    """The messages of operations say what they said when these were sealed, and all of them are there."""
    there: dict[int, list[str]] = {}
    for operation, *row in connection.execute(f"{MESSAGES} WHERE operation IS NOT NULL ORDER BY id"):
        try:
            there.setdefault(operation, []).append(digest_of_message(row))
        except (ValueError, TypeError, AttributeError, RecursionError):
            there[operation] = []  # told elsewhere
    for id, text, undone_by in connection.execute("SELECT id, facts, undone_by FROM operation ORDER BY id"):
        facts = _parsed(text)
        kept = facts.get("mail") if isinstance(facts, dict) else None
        if not isinstance(kept, list):
            continue
        now = there.get(id, [])
        if not set(now) <= set(kept):
            yield f"A message of operation {id} is not as it was written."
        elif len(now) < len(kept) and undone_by is None:
            yield f"A message of operation {id} is gone or can't be read."


def operations(connection: Connection) -> Iterator[str]:
    changed = dict(
        connection.execute("SELECT operation, sum(more + 1) FROM piece GROUP BY operation").fetchall()
    )
    before = ""
    for id, at, count, facts in connection.execute("SELECT id, at, count, facts FROM operation ORDER BY id"):
        if count != changed.get(id, 0) and count != _each_once(connection, id):
            yield f"Operation {id} is said to have changed {count} numbers, but it is {changed.get(id, 0)}."
        if not isinstance(_parsed(facts), dict):
            yield f"What operation {id} was about can't be read."
        if at < before:
            yield f"Operation {id} is dated before the one before it."
        before = at


def _each_once(connection: Connection, operation: int) -> int:
    """How many numbers an operation changed, each counted once: so batches count them by now."""
    pieces = connection.execute(
        "SELECT first, last FROM piece WHERE operation = :operation"
        " UNION ALL SELECT first, last FROM label_piece WHERE operation = :operation",
        {"operation": operation},
    )
    return total(Packed(pieces).joined())


def undone(connection: Connection) -> Iterator[str]:
    marks = undone_by(connection)
    for id, noted in connection.execute("SELECT id, undone_by FROM operation"):
        if noted != marks.get(id):
            told = "not undone" if marks.get(id) is None else f"undone by operation {marks[id]}"
            yield f"Operation {id} is {told}, but is noted otherwise."


def undone_by(connection: Connection) -> dict[int, int | None]:
    """By which undo each operation is undone, derived from what undid what."""
    undoes: dict[int, int] = {}
    marks: dict[int, int | None] = {}
    for id, target in connection.execute(
        "SELECT id, undoes FROM operation WHERE undoes IS NOT NULL ORDER BY id"
    ):
        undoes[id] = target
        marks[target] = id
        later, in_force = target, False
        while later in undoes and undoes[later] < later:
            marks[undoes[later]] = later if in_force else None
            later, in_force = undoes[later], not in_force
    return marks


def _parsed(text: object) -> object:
    try:
        return json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None
