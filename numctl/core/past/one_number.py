"""What happened to one number: each state it was in, since when, and by which operation."""

from __future__ import annotations

import json
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.changes.pieces import covering
from numctl.core.errors import NumbersUnknown
from numctl.core.past.history import Past
from numctl.core.queries.labels import labels_of
from numctl.core.rules.labels import NONE, Labels
from numctl.core.rules.model import CARRIES, NO_DETAIL, Carries, Detail, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numctl.core.catalog.view import View
    from numctl.core.changes.pieces import Covering

NOW = 2**62  # after every operation

_DETAILS = """
SELECT operation, user_after, forward_after FROM detail_change WHERE number = ? ORDER BY operation, position
"""
_NEXT_DETAIL = """
SELECT user_before, forward_before FROM detail_change
WHERE number = ? AND operation > ? ORDER BY operation, position LIMIT 1
"""
_NOW = """
SELECT span.state, detail.user, detail.forward_to
FROM (SELECT first, last, state FROM span WHERE first <= :number ORDER BY first DESC LIMIT 1) AS span
LEFT JOIN detail ON detail.number = :number WHERE span.last >= :number
"""
_OPERATIONS = """
SELECT id, at, action, actor, acting_as, message, facts FROM operation
WHERE id IN (SELECT value FROM json_each(?))
"""

# Day by day backwards: usage is found by its day first.
_USAGE = """
WITH RECURSIVE days (day) AS (
  SELECT max(day) FROM usage
  UNION ALL SELECT (SELECT max(day) FROM usage WHERE day < days.day) FROM days WHERE days.day IS NOT NULL
)
SELECT usage.day, usage.organization FROM days CROSS JOIN usage ON usage.day = days.day
WHERE usage.number = :number ORDER BY usage.day DESC
"""


class Episode(NamedTuple):
    """A state of a number, ``since`` and ``until`` as RFC 3339 (None: still).

    Where the number left the scope or the inventory, all after ``action`` is None.
    """

    since: str
    until: str | None
    operation: int
    action: str
    organization: str | None = None
    series: str | None = None
    status: str | None = None
    reserved_tag: str | None = None
    user: str | None = None
    forwarded_to: str | None = None


class Told(NamedTuple):
    """Who did an operation, and what was said of it; None for one from above the scope, or nothing."""

    actor: str | None
    message: str | None


class Known(NamedTuple):
    """What is true of a number now; all but ``number`` None where it is not in scope any more."""

    number: str
    series: str | None = None
    organization: str | None = None
    status: str | None = None
    reserved_tag: str | None = None
    reserved_until: str | None = None
    user: str | None = None
    forwarded_to: str | None = None
    last_usage: str | None = None
    labels: Labels = NONE


class _About(NamedTuple):
    at: str
    action: str
    actor: str
    acting_as: int
    message: str
    facts: str


class _Step(NamedTuple):
    operation: int
    before: int | None
    after: int | None
    detail: Detail


def of(view: View, number: int, operation: int | None = None) -> list[Episode]:
    """The states of a number, the newest first; those that one operation led to, if it is named.

    Raises NumbersUnknown for a number that never was in scope.
    """
    episodes, _ = _episodes(Past(view), number)
    if not episodes:
        raise NumbersUnknown([str(number)])
    return [one for one in episodes if operation in (None, one.operation)]


def known(view: View, number: int) -> tuple[Known, list[Episode], list[Told]]:
    """What is true of a number now, its history, and who did what led to each of its states.

    Raises NumbersUnknown as ``of`` does.
    """
    past = Past(view)
    run = view.connection.execute  # all is asked for before any of it is waited for
    now, usage = (run(statement, {"number": number}) for statement in (_NOW, _USAGE))
    episodes, about = _episodes(past, number)
    told = [_told(past, episode.operation, about[episode.operation]) for episode in episodes]
    row = now.fetchone()
    state = past.states[row[0]] if row else None
    if state is None or state.organization not in view.scope:
        if not episodes:
            raise NumbersUnknown([str(number)])
        return Known(str(number)), episodes, told
    return (
        Known(
            number=str(number),
            series=past.series(state.series),
            organization=view.tree.path(state.organization),
            status=str(state.status),
            reserved_tag=state.tag or None,
            reserved_until=state.until or None,
            user=past.user(row[1], NOW),
            forwarded_to=str(row[2]) if row[2] is not None else None,
            last_usage=next((day for day, holder in usage if holder in view.scope), None),
            labels=labels_of(view.connection, number),
        ),
        episodes,
        told,
    )


def _told(past: Past, operation: int, about: _About) -> Told:
    """Who did an operation, and what was said: the message, or why a number was removed."""
    if about.acting_as not in past.places.scope(operation):
        return Told(None, None)
    reason = json.loads(about.facts).get("reason")
    return Told(about.actor, about.message or (reason if isinstance(reason, str) else None) or None)


def _episodes(past: Past, number: int) -> tuple[list[Episode], dict[int, _About]]:
    steps = [*_steps(past, number)]
    steps = [*_with_moves(past, number, steps)]
    asked = json.dumps(sorted({step.operation for step in steps}))
    rows = past.connection.execute(_OPERATIONS, (asked,)).fetchall()
    about = {id: _About(*row) for id, *row in rows}
    found: list[Episode] = []
    until: str | None = None
    for step in reversed(steps):
        before, after = (past.states[id] if id is not None else None for id in (step.before, step.after))
        at, action = about[step.operation][:2]
        scope = past.places.scope(step.operation)
        if after is not None and after.organization in scope:
            found.append(_in_scope(past, (at, until, step.operation, action), after, step.detail))
        elif before is not None and before.organization in past.places.scope(step.operation - 1):
            found.append(Episode(at, until, step.operation, action))
        else:
            continue
        until = at
    return found, about


def _with_moves(past: Past, number: int, steps: list[_Step]) -> Iterator[_Step]:
    """The steps, and where its organization came into scope or left it with the number."""
    moved = [] if past.sees_all else [move.operation for move in past.places.moves()]
    last: _Step | None = None
    for step in [*steps, None]:
        while moved and (step is None or moved[0] < step.operation):
            operation = moved.pop(0)
            state, detail = (last.after, last.detail) if last else (None, NO_DETAIL)
            if not _is_in(past, state, operation - 1):  # what was done meanwhile may not be seen
                state, detail = _until(past, number, operation, step)
            if _is_in(past, state, operation - 1) != _is_in(past, state, operation):
                last = _Step(operation, state, state, detail)
                yield last
        if step is not None:
            yield step
            last = step


def _is_in(past: Past, state: int | None, operation: int) -> bool:
    return state is not None and past.states[state].organization in past.places.scope(operation)


def _until(past: Past, number: int, operation: int, step: _Step | None) -> tuple[int | None, Detail]:
    """What a number was from an operation to its next step, or to now."""
    row = past.connection.execute(_NOW, {"number": number}).fetchone()
    state, *detail = row or (None, None, None)
    change = past.connection.execute(_NEXT_DETAIL, (number, operation)).fetchone()
    return step.before if step else state, Detail(*(change or detail))


def _in_scope(past: Past, when: tuple[str, str | None, int, str], state: State, detail: Detail) -> Episode:
    _, _, operation, _ = when
    return Episode(
        *when,
        organization=past.path(state.organization, operation),
        series=past.series(state.series),
        status=str(state.status),
        reserved_tag=state.tag or None,
        user=past.user(detail.user, operation),
        forwarded_to=str(detail.forward_to) if detail.forward_to is not None else None,
    )


def _steps(past: Past, number: int) -> Iterator[_Step]:
    details = past.connection.execute(_DETAILS, (number,))  # waited for together with the pieces
    pieces = sorted(covering(past.connection, number), key=itemgetter(0, 1))
    changes: dict[int, list[Detail]] = {}
    for operation, user, forward_to in details:
        changes.setdefault(operation, []).append(Detail(user, forward_to))
    _look_up(past, pieces, {detail.user for some in changes.values() for detail in some})
    detail = NO_DETAIL
    for operation, group in groupby(pieces, key=itemgetter(0)):
        steps = [(before, after) for _, _, before, after in group]
        for step in _with_details(past, operation, steps, detail, changes.get(operation, [])):
            detail = step.detail
            yield step


def _look_up(past: Past, pieces: Sequence[Covering], users: set[int | None]) -> None:
    """Read what some pieces name, all of it together."""
    asked = (
        past.states.look_up({id for _, _, *both in pieces for id in both if id is not None}),
        past.names.ahead(users),
    )
    past.places.read_down_to(min((operation for operation, *_ in pieces), default=NOW) - 1)
    _ = past.names.series
    for take_in in asked:
        take_in()


def _with_details(
    past: Past,
    operation: int,
    steps: Sequence[tuple[int | None, int | None]],
    detail: Detail,
    changes: list[Detail],
) -> Iterator[_Step]:
    """The steps of one operation (a batch may have several) with the detail that holds after each.

    The journal keeps both in order, but not which belongs to which: a change belongs to the step
    without which the detail would not fit the state, or to the last one.
    """
    waiting = iter(changes)
    for place, (before, after) in enumerate(steps):
        if place == len(steps) - 1:
            detail = (*[detail], *waiting)[-1]
        elif before == after or not _fits(past, detail, after):
            detail = next(waiting, detail)
        yield _Step(operation, before, after, detail)


def _fits(past: Past, detail: Detail, after: int | None) -> bool:
    state = past.states[after] if after is not None else None
    carries = CARRIES[state.status] if state is not None else Carries()
    if not carries.user:
        return detail.user is None and (detail.forward_to is None or bool(carries.forwarding))
    known = past.names.user(detail.user)
    return known is not None and state is not None and known[1] == state.organization
