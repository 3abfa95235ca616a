"""Undoing an operation exactly, by a new operation.

What an operation changed is taken from the journal as net pieces: the state of its numbers before
its first change of them and after its last. Each piece must still be as the operation left it, with
the details of single numbers; then it goes back to the state before. An undo is undone the same way.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from numctl.core.actions import net_changes
from numctl.core.actions.forwarding import expect_no_circle_again
from numctl.core.catalog.tree import Tree
from numctl.core.changes.cache import ABSENT, Piece
from numctl.core.errors import SHOWN, NotFound, NumbersRefuse, OutOfScope, enumerated
from numctl.core.numbers.ranges import Range, normalize
from numctl.core.queries import history
from numctl.core.rules.model import NO_DETAIL, Detail, Status

if TYPE_CHECKING:
    from numctl.core.actions.net_changes import Net
    from numctl.core.changes.operation import Operation
    from numctl.core.store.connection import Connection

_LAST = """
SELECT id FROM operation WHERE actor = ? AND acting_as = ? AND count > 0 AND undone_by IS NULL
AND undoes IS NULL AND action <> 'settle' AND id <> ? ORDER BY id DESC LIMIT 1
"""
_ORGANIZATIONS = """
SELECT DISTINCT organization FROM state WHERE id IN (
  SELECT before FROM piece WHERE operation = :operation
  UNION SELECT after FROM piece WHERE operation = :operation
)
"""
# Numbers put in, taken out, or in another series: what only the root may do.
_STORE_WIDE = """
SELECT 1 FROM piece LEFT JOIN state AS old ON old.id = before LEFT JOIN state AS new ON new.id = after
WHERE operation = ? AND old.series IS NOT new.series LIMIT 1
"""
_LATER = """
SELECT number, user_before, forward_before FROM detail_change
WHERE number BETWEEN ? AND ? AND operation > ? AND operation < ? ORDER BY number, operation, position
"""
_CANCEL = "DELETE FROM message WHERE operation = ? AND state = 'waiting' AND claimed_at = ''"


def undo(operation: Operation, wanted: int | None = None) -> None:
    """Take back an operation: the one named, or the last that this actor did as this organization.

    Raises NotFound where there is none, or it touched anything out of scope; OutOfScope for what only
    the root may take back; NumbersRefuse for what changed no numbers, for what is undone already, and where
    something has changed since.
    """
    id = _last(operation) if wanted is None else _named(operation, wanted)
    changed, forwarding = _give_back(operation, id)
    if changed:
        raise _changed_since(id, changed)
    if not operation.writer.effects.count and _settled(operation.written, id):
        return  # holds that have ended stay so
    expect_no_circle_again(operation, forwarding)
    operation.undoes = id
    operation.note(undoes=id)  # be it that what it changed cancels out: then it is done with, too
    mark(operation.connection, id, operation.id)
    operation.connection.execute(_CANCEL, (id,))


def _settled(connection: Connection, id: int) -> bool:
    (action,) = connection.execute("SELECT action FROM operation WHERE id = ?", (id,)).fetchone()
    return bool(action == "settle")


def _last(operation: Operation) -> int:
    found = operation.connection.execute(
        _LAST, (operation.act.actor, operation.acting, operation.id)
    ).fetchone()
    if found is None:
        raise NotFound(
            f"{operation.act.actor} has done nothing as {operation.tree.path(operation.acting)}"
            " that could be undone.",
            "See `numctl history`, and name an operation.",
        )
    return _named(operation, found[0])


def _named(operation: Operation, id: int) -> int:
    connection = operation.connection
    row = connection.execute(
        "SELECT action, count, undone_by, undoes FROM operation WHERE id = ?", (id,)
    ).fetchone()
    if row is None or id == operation.id:
        raise history.unknown(id)
    action, count, undone_by, undoes = row
    past = history.Past(operation)
    _expect_in_scope(operation, past, id)
    if not count:
        past.operation(id)  # raises NotFound where it is none of theirs
    if not count and undoes is None:
        raise NumbersRefuse(
            f"Operation {id} (`{action}`) changed no numbers, and only changes of numbers can be undone.",
            "Set it back by hand.",
            operation=id,
        )
    if not operation.sees_all and connection.execute(_STORE_WIDE, (id,)).fetchone():
        raise OutOfScope(
            f"Operation {id} added or removed numbers, or moved them to another series; only the root takes"
            f" that back, and you act as {operation.tree.path(operation.acting)}.",
            "Only who acts as the root may do it: leave --as out.",
            operation=id,
        )
    if undone_by is not None:
        raise NumbersRefuse(
            f"Operation {id} is undone already, by operation {undone_by}.",
            f"To do it again, undo that: `numctl undo {undone_by}`.",
            operation=id,
            undone_by=undone_by,
        )
    return id


def _expect_in_scope(operation: Operation, past: history.Past, id: int) -> None:
    """Raises NotFound for what touched anything out of scope when it was done, NumbersRefuse where some
    of it is out of scope by now."""
    rows = operation.connection.execute(_ORGANIZATIONS, {"operation": id})
    touched = {organization for (organization,) in rows}
    if not touched <= past.places.scope(id):
        raise history.unknown(id)
    if not touched <= past.places.scope(operation.id):
        raise NumbersRefuse(
            f"Operation {id} can't be undone: it changed numbers of organizations that are elsewhere now.",
            "Nothing was changed. Who acts as an organization above both may do it.",
            operation=id,
        )


def _expect_holder(operation: Operation, id: int, state: int) -> None:
    """Raises NumbersRefuse where numbers would go back to an organization that was removed since."""
    organization = operation.writer.states[state].organization if state != ABSENT else None
    if organization is not None and organization not in operation.tree:
        path = Tree.load(operation.connection, retired=True).path(organization)
        raise NumbersRefuse(
            f"Operation {id} can't be undone: numbers would go back to {path}, which was removed since.",
            "Nothing was changed.",
            operation=id,
            organization=path,
        )


def _give_back(operation: Operation, id: int) -> tuple[list[Range], array[int]]:
    """Restore what an operation changed; give the pieces that are not as it left them any more, and
    the numbers that are forwarded again."""
    connection, writer = operation.connection, operation.writer
    targets: dict[int, int] = {}
    reached: set[int] = set()  # states that something goes back to
    changed: list[Range] = []
    forwarding = array("q")
    watch_details = _has_later_details(connection, id, operation.id)
    for net in net_changes.of(connection, id):
        to = targets.get(net.before)
        if to is None:
            to = targets[net.before] = _target(operation, net.before)
        details = net.details if to == net.before else _ended(connection, net)
        if details:
            details = {number: pair for number, pair in details.items() if pair[0] != pair[1]}
        if to == net.after and not details:
            continue  # it cancels out: there is nothing to take back, whatever came later
        if to not in reached:
            _expect_holder(operation, id, to)
            reached.add(to)
        as_left = not watch_details or _details_as_left(connection, id, operation.id, net)
        if not (as_left and writer.restore(Piece(net.first, net.last, net.after), to, details)):
            changed.append(Range(net.first, net.last))
        if details:
            forwarding.extend(number for number, (_, now) in details.items() if now.forward_to is not None)
    return changed, forwarding


def _target(operation: Operation, before: int) -> int:
    """The state to go back to: the one before, or available if that was a hold that has ended."""
    if before == ABSENT:
        return ABSENT
    state = operation.writer.states[before]
    if not state.until or state.until >= operation.act.today:
        return before
    return operation.writer.states.id(state._replace(status=Status.AVAILABLE, tag="", until=""))


def _ended(connection: Connection, net: Net) -> dict[int, tuple[Detail, Detail]]:
    """A hold that has ended forwards nothing any more."""
    left = {number: left for number, (left, _) in net.details.items()}
    for number, user, forward_to in connection.execute(
        "SELECT number, user, forward_to FROM detail WHERE number BETWEEN ? AND ?", (net.first, net.last)
    ):
        left.setdefault(number, Detail(user, forward_to))
    return {number: (detail, NO_DETAIL) for number, detail in left.items()}


def _has_later_details(connection: Connection, id: int, own: int) -> bool:
    row = connection.execute(
        "SELECT 1 FROM detail_change WHERE operation > ? AND operation < ? LIMIT 1", (id, own)
    ).fetchone()
    return row is not None


def _details_as_left(connection: Connection, id: int, own: int, net: Net) -> bool:
    """Whether single numbers' users and forwarding, where they changed since, are as they were again."""
    left: dict[int, Detail] = {}
    for number, user, forward_to in connection.execute(_LATER, (net.first, net.last, id, own)):
        left.setdefault(number, Detail(user, forward_to))
    for number, detail in left.items():
        row = connection.execute("SELECT user, forward_to FROM detail WHERE number = ?", (number,)).fetchone()
        if (Detail(*row) if row else NO_DETAIL) != detail:
            return False
    return True


def _changed_since(id: int, changed: list[Range]) -> NumbersRefuse:
    numbers = [str(range) for range in normalize(changed)]
    return NumbersRefuse(
        f"Operation {id} can't be undone: {enumerated(numbers)} changed since.",
        "Undo what came later first, see `numctl history NUMBER`. Nothing was changed.",
        operation=id,
        numbers=numbers[:SHOWN],
        count=len(numbers),
    )


def mark(connection: Connection, undone: int, by: int) -> None:
    """Note that ``by`` undid ``undone``. If that was an undo itself, what it undid is in force again;
    if that was one, what it undid is undone again; and so on."""
    connection.execute("UPDATE operation SET undone_by = ? WHERE id = ?", (by, undone))
    later, in_force = undone, False
    while True:
        row = connection.execute("SELECT undoes FROM operation WHERE id = ?", (later,)).fetchone()
        if row is None or row[0] is None or row[0] >= later:
            return
        connection.execute(
            "UPDATE operation SET undone_by = ? WHERE id = ?", (later if in_force else None, row[0])
        )
        later, in_force = row[0], not in_force
