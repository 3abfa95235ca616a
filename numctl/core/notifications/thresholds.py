"""Thresholds: who is written to when few numbers are left, and who stands where.

An operation that takes numbers out of an organization's available pool, or assigns a reserved one,
and leaves its utilization at or above its threshold, queues one message to its administrators, each
time, until none is left available; the last one says so. The message is part of the transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core.queries import utilization
from numctl.core.rules.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numctl.core.catalog.tree import Tree
    from numctl.core.catalog.view import View
    from numctl.core.changes.operation import Operation
    from numctl.core.queries.utilization import Figures
    from numctl.core.store.connection import Connection

KIND = "threshold"
LONGEST_NAME = 120  # in a subject; a path of many levels keeps its end


class Standing(NamedTuple):
    """Where an organization stands; ``threshold`` is per cent, never off."""

    organization: int
    path: str
    figures: Figures
    threshold: int
    basis: str = utilization.HELD

    @property
    def reached(self) -> bool:
        """Whether it is at or above its threshold."""
        return self.figures.reaches(self.threshold, self.basis)

    @property
    def used(self) -> int:
        """How many numbers count as used, by its basis."""
        return self.figures.used(self.basis)

    @property
    def percent(self) -> int:
        """The same in per cent of all, rounded down; 0 without numbers."""
        return 100 * self.used // self.figures.total if self.figures.total else 0

    @property
    def exhausted(self) -> bool:
        """Whether it has numbers, and none left."""
        return self.figures.total > 0 and self.used == self.figures.total


def queue(operation: Operation) -> int:
    """Queue what the thresholds ask for after ``operation``; give how many messages."""
    effects = operation.writer.effects
    tree, taken = operation.tree, _taken(operation)
    assigned = {up for id in effects.assigned_from_reserve if id in tree for up in _by_basis(tree, id)}
    concerned = {id for id, n in taken.items() if n > 0} | assigned
    watched = sorted(id for id in concerned if tree[id].threshold)
    figures = _figures(operation.connection, tree, watched)
    standings = (_standing(tree, id, figures[id]) for id in watched)
    return sum(
        _write(operation, operation.at, operation.id, standing)
        for standing in standings
        # Where there was none before either, the message about the last one has been sent.
        if standing.figures.total - standing.used + max(taken.get(standing.organization, 0), 0)
    )


def _taken(operation: Operation) -> dict[int, int]:
    """How many numbers an operation took out of what is available, for each organization by its basis."""
    taken: dict[int, int] = {}
    for (organization, _, status), n in operation.writer.effects.moved.items():
        if status == Status.AVAILABLE and organization in operation.tree:
            for id in _by_basis(operation.tree, organization):
                taken[id] = taken.get(id, 0) - n
    return taken


def _by_basis(tree: Tree, organization: int) -> Iterator[int]:
    """Those whose threshold counts what an organization holds: itself, and by ``below`` those above."""
    yield organization
    yield from (up for up in tree.above(organization) if tree.basis(up) == utilization.BELOW)


def standings(view: View, top: int) -> list[Standing]:
    """Where ``top`` and all below it stand, the worst first.

    Organizations with the threshold off, or without numbers, are left out. Exhausted ones come before
    those at or above their threshold, these before all others; among equals the higher utilization.
    """
    rows = utilization.table(view.connection, view.tree, view.tree.below(top))
    found = [
        _standing(view.tree, row.organization, row.figures)
        for row in rows
        if view.tree[row.organization].threshold and row.figures.total
    ]
    return sorted(found, key=_badness)


def notify(view: View, at: str, standings: Sequence[Standing]) -> tuple[int, int]:
    """Queue one message to each address about all of these that it is concerned by, the worst first.

    In the transaction of the caller. Addresses with the same concerns share a message. Give how many
    messages there are, and about how many of these nobody could be written to.
    """
    from numctl.core.notifications import outbox

    concerns: dict[str, list[Standing]] = {}
    holders: dict[int, int] = {}
    for standing in standings:
        holder, recipients = outbox.administrators(view.connection, view.tree, standing.organization)
        if holder is not None:
            holders[standing.organization] = holder
        for address in recipients:
            concerns.setdefault(address, []).append(standing)
    shared: dict[tuple[Standing, ...], list[str]] = {}
    for address, concerned in concerns.items():
        shared.setdefault(tuple(concerned), []).append(address)
    for together, addresses in shared.items():
        worst, *others = together
        facts = _facts(worst) | ({"others": [_facts(one) for one in others]} if others else {})
        subject = f"{_subject(worst)}, and {len(others)} more" if others else _subject(worst)
        whose = _common(view.tree, [one.organization for one in together])
        holder = _common(view.tree, [holders[one.organization] for one in together])
        draft = outbox.Draft(at, whose, None, KIND, addresses, subject, facts, holder)
        outbox.queue(view.connection, draft)
    return len(shared), len(standings) - len(holders)


def _common(tree: Tree, organizations: Sequence[int]) -> int:
    """The nearest organization that has all of these in its scope."""
    first = organizations[0]
    ups = (first, *tree.above(first))
    return next(up for up in ups if tree.scope(up).issuperset(organizations))


def _badness(standing: Standing) -> tuple[bool, bool, int, str]:
    share = 10**30 * standing.used // standing.figures.total  # finer than two shares can differ
    return not standing.exhausted, not standing.reached, -share, standing.path


def _figures(connection: Connection, tree: Tree, organizations: list[int]) -> Mapping[int, Figures]:
    if len(organizations) < 2:
        return {id: utilization.of(connection, tree, id) for id in organizations}
    rows = utilization.table(connection, tree, tree.below(tree.root))  # once for all of a large batch
    return {row.organization: row.figures for row in rows}


def _standing(tree: Tree, organization: int, figures: Figures) -> Standing:
    return Standing(
        organization,
        tree.path(organization),
        figures,
        tree[organization].threshold,
        tree.basis(organization),
    )


def _write(view: View, at: str, operation: int | None, standing: Standing) -> int:
    """Queue the message about one organization if it asks for one; give how many: 0 or 1."""
    if not standing.reached:
        return 0
    from numctl.core.notifications import outbox

    holder, recipients = outbox.administrators(view.connection, view.tree, standing.organization)
    if not recipients:
        return 0
    subject, facts = _subject(standing), _facts(standing)
    outbox.queue(
        view.connection,
        outbox.Draft(at, standing.organization, operation, KIND, recipients, subject, facts, holder),
    )
    return 1


def _subject(standing: Standing) -> str:
    figures, path = standing.figures, standing.path
    name = path if len(path) <= LONGEST_NAME else f"...{path[-LONGEST_NAME:]}"
    if standing.exhausted:
        return f"{name}: no numbers left of {figures.total}"
    return f"{name}: {standing.percent}% of {figures.total} numbers in use"


def _facts(standing: Standing) -> dict[str, object]:
    figures = standing.figures
    return {
        "organization": standing.path,
        "in_use": standing.used,
        "total": figures.total,
        "percent": standing.percent,
        "threshold": standing.threshold,
        "categories": dict(zip(figures._fields[:5], figures[:5], strict=True)),
    }
