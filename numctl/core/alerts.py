"""Thresholds: who is written to when an operation leaves too few numbers available.

An operation that takes numbers out of an organization's available pool, or assigns a reserved one,
and leaves its utilization at or above its threshold, queues one message to its administrators, each
time, until none is left available; the last one says so. The message is part of the transaction.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from numctl.core import utilization
from numctl.core.model import Status
from numctl.core.organizations import emails_of

if TYPE_CHECKING:
    import sqlite3

    from numctl.core.operations import Operation
    from numctl.core.tree import Tree

_QUEUE = (
    "INSERT INTO message (at, organization, operation, kind, recipients, subject, facts, message_id)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, lower(hex(randomblob(16))) || '@numctl.invalid')"
)


def queue(operation: Operation) -> int:
    """Queue what the thresholds ask for after ``operation``; give how many messages."""
    taken: dict[int, int] = {}
    for (organization, _, status), n in operation.door.effects.moved.items():
        if status == Status.AVAILABLE:
            taken[organization] = taken.get(organization, 0) - n
    concerned = {id for id, n in taken.items() if n > 0} | operation.door.effects.assigned_from_reserve
    return sum(_alert(operation, id, max(taken.get(id, 0), 0)) for id in sorted(concerned))


def _alert(operation: Operation, organization: int, taken: int) -> int:
    tree = operation.tree
    threshold = tree[organization].threshold
    if not threshold:
        return 0
    figures = utilization.of(operation.connection, tree, organization)
    had_some = figures.available + taken > 0
    if not had_some or not figures.reaches(threshold):
        return 0
    recipients = administrators(operation.connection, tree, organization)
    if not recipients:
        return 0
    path = tree.path(organization)
    facts = {
        "organization": path,
        "in_use": figures.in_use,
        "total": figures.total,
        "available": figures.available,
        "percent": figures.percent,
        "threshold": threshold,
        "categories": dict(zip(figures._fields[:5], figures[:5], strict=True)),
    }
    subject = (
        f"{path}: {figures.percent}% of {figures.total} numbers in use"
        if figures.available
        else f"{path}: no numbers left of {figures.total}"
    )
    queue_message(operation, organization, "threshold", recipients, subject, facts)
    return 1


def queue_message(
    operation: Operation,
    organization: int,
    kind: str,
    recipients: list[str],
    subject: str,
    facts: dict[str, object],
) -> int:
    """Put one message into the outbox, in the transaction of ``operation``; give its row id."""
    id = operation.connection.execute(
        _QUEUE,
        (
            operation.at,
            organization,
            operation.id,
            kind,
            json.dumps(recipients),
            subject,
            json.dumps(facts, ensure_ascii=False),
        ),
    ).lastrowid
    assert id is not None  # noqa: S101 - an INSERT has always one
    return id


def administrators(connection: sqlite3.Connection, tree: Tree, organization: int) -> list[str]:
    """Who is written to: its own administrators, else those of the nearest organization above."""
    for id in (organization, *tree.above(organization)):
        emails = emails_of(connection, id)
        if emails:
            return emails
    return []
