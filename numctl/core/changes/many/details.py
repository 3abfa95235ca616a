"""What becomes of users and forwarding when many spans change at once; a part of the writer's second body.

The rules are those of ``details``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.rules.model import WITH_DETAIL, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numctl.core.store.connection import Connection

# Details of the pieces just written whose numbers keep them no longer, or change hands with them.
_DETAILS = """
FROM piece AS p
CROSS JOIN temp.successor AS new ON new.before = p.before
CROSS JOIN detail AS d ON d.number BETWEEN p.first AND p.last
"""
_THESE = "WHERE p.operation = :operation AND p.position > :position"
_DROP = f"""
INSERT INTO detail_change (operation, position, number, user_before, forward_before)
SELECT :operation, :details + row_number() OVER (ORDER BY d.number), d.number, d.user, d.forward_to
{_DETAILS} {_THESE} AND new.drops = 1
"""
_DROPPED = """
DELETE FROM detail
WHERE number IN (SELECT number FROM detail_change WHERE operation = ? AND position > ?)
"""
_FOLLOWING = f"""
{_DETAILS} CROSS JOIN user AS old
  ON old.id = d.user AND old.folded <> '' AND old.organization <> new.organization
"""
_NEW_USERS = f"""
INSERT INTO user (organization, name, folding)
SELECT new.organization, max(old.name), CASE WHEN lower(max(old.name)) <> old.folded THEN old.folded END
{_FOLLOWING} {_THESE} AND new.drops = 0
AND NOT EXISTS (
  SELECT 1 FROM user WHERE folded = old.folded AND folded <> '' AND organization = new.organization
)
GROUP BY new.organization, old.folded
"""  # noqa: S608 - put together from the constants above
_FOLLOW = f"""
INSERT INTO detail_change (operation, position, number, user_before, user_after)
SELECT :operation, :details + row_number() OVER (ORDER BY d.number), d.number, d.user, now.id
{_FOLLOWING} CROSS JOIN user AS now
  ON now.folded = old.folded AND now.folded <> '' AND now.organization = new.organization
{_THESE} AND new.drops = 0
"""
_FOLLOWED = """
UPDATE detail SET user = change.user_after FROM detail_change AS change
WHERE change.operation = ? AND change.position > ? AND change.number = detail.number
"""


def carry(
    connection: Connection,
    states: Sequence[tuple[State, State | None]],
    operation: int,
    position: int,
    details: int,
) -> int:
    """Drop details, or let users follow, of an operation's pieces after ``position``; journal it.

    ``states`` are those before and after, as ``temp.successor`` has them; ``details`` is the journal's
    last position of such changes. Gives how many were made.
    """
    if all(old.status not in WITH_DETAIL for old, _ in states):
        return 0  # no user, no forwarding
    run = connection.execute
    these = {"operation": operation, "position": position}
    dropped = run(_DROP, {**these, "details": details}).rowcount
    if dropped:
        run(_DROPPED, (operation, details))
    if all(new is None or new.organization == old.organization for old, new in states):
        return dropped
    run(_NEW_USERS, these)
    followed = run(_FOLLOW, {**these, "details": details + dropped}).rowcount
    run(_FOLLOWED, (operation, details + dropped))
    return dropped + followed
