"""The store as it stood: what changed since an operation, laid over the tables under their own names.

For each table that differs, its name stands for what it was: the table without the rows that changed
since, and these as they were. Statements read it without knowing. Nothing of the inventory's size is copied.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from numctl.core.changes.pieces import net_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numctl.core.store.connection import Connection

Run = tuple[int, int, int]  # first, last, what its numbers have: a row id, 0 for not there

_SINCE = """
SELECT first, last, operation * 4294967296 + position, coalesce(before, 0), coalesce(after, 0)
FROM main.{journal} WHERE operation > ? ORDER BY first, 3
"""
_RUN = "first INTEGER PRIMARY KEY, last INTEGER, value INTEGER"
_FIRST = "first INTEGER PRIMARY KEY"
_TOUCHED = """
SELECT DISTINCT run.first, run.last, {value} FROM before_{name} AS was CROSS JOIN main.{name} AS run
ON run.first BETWEEN coalesce((SELECT max(first) FROM main.{name} WHERE first <= was.first), was.first)
AND was.last AND run.last >= was.first
ORDER BY run.first
"""
_OF_RUNS = """
SELECT {columns} FROM main.{name} WHERE first NOT IN (SELECT first FROM hidden_{name})
UNION ALL SELECT {past} FROM past_{name}
"""
_LABELS_WITHIN = f"""
SELECT max(l.first, s.first) AS first, min(l.last, s.last) AS last, l.label_set AS label_set
FROM ({
    _OF_RUNS.format(
        name="label_span", columns="first, last, label_set", past="first, last, value AS label_set"
    )
}) AS l CROSS JOIN main.span AS s
ON s.first BETWEEN coalesce((SELECT max(first) FROM main.span WHERE first <= l.first), l.first)
AND l.last AND s.last >= l.first
JOIN main.state AS t ON t.id = s.state
WHERE t.organization IN (SELECT value FROM json_each('{{scope}}'))
"""  # noqa: S608 - put together from the text above
_SPANS_WITHOUT_ENDED = """
SELECT first, last, state FROM main.span WHERE first NOT IN (SELECT first FROM hidden_span)
AND first NOT IN (SELECT first FROM ended_span)
UNION ALL SELECT first, last, value AS state FROM past_span WHERE first NOT IN (SELECT first FROM ended_span)
UNION ALL SELECT first, last, value AS state FROM ended_span
"""
_DETAIL = "number INTEGER PRIMARY KEY, user INTEGER, forward_to INTEGER"
_DETAILS = """
SELECT number, user, forward_to FROM main.detail WHERE number NOT IN (SELECT number FROM past_detail){but}
UNION ALL SELECT number, user, forward_to FROM past_detail
WHERE (user IS NOT NULL OR forward_to IS NOT NULL){but}
"""
_BUT_ENDED = " AND number NOT IN (SELECT number FROM ended_detail)"
_DETAILS_SINCE = """
SELECT number, user_before, forward_before FROM main.detail_change WHERE operation > ?
ORDER BY number, operation, position
"""
_STATE = "id INTEGER PRIMARY KEY, series INTEGER, organization INTEGER"
_STATES = """
SELECT id, series, organization, status, tag, until, folded FROM main.state
UNION ALL SELECT id, series, organization, 'available', '', '', '' FROM past_state
"""
_ENDED = """
SELECT first, last, state FROM span
WHERE state IN (SELECT id FROM main.state WHERE until <> '' AND until < ?) ORDER BY first
"""
_FREE = """
SELECT free.id, held.series, held.organization FROM main.state AS held LEFT JOIN main.state AS free
ON free.organization = held.organization AND free.series = held.series
AND free.status = 'available' AND free.tag = '' AND free.until = '' WHERE held.id = ?
"""
_SUM = "organization INTEGER, series INTEGER, status TEXT, n INTEGER"
_TALLY = """
SELECT organization, series, status, n FROM main.tally AS now WHERE NOT EXISTS (
  SELECT 1 FROM past_tally AS was WHERE was.organization = now.organization
  AND was.series = now.series AND was.status = now.status)
UNION ALL SELECT organization, series, status, n FROM past_tally
"""
_COUNTED = """
SELECT sum.organization, sum.series, sum.status, sum.n + coalesce((
  SELECT n FROM main.tally AS now WHERE now.organization = sum.organization
  AND now.series = sum.series AND now.status = sum.status), 0)
FROM (
  SELECT state.organization, state.series, state.status, sum(more.n) AS n
  FROM more JOIN state ON state.id = more.state GROUP BY state.organization, state.series, state.status
) AS sum
"""
# The journal ends with the operation.
_JOURNAL = {
    "operation": """
SELECT id, at, actor, acting_as, action, message, count, facts, undoes,
  CASE WHEN undone_by <= {operation} THEN undone_by END AS undone_by, op_key, command, hash
FROM main.operation WHERE id <= {operation}
""",
    "detail_change": "SELECT * FROM main.detail_change WHERE operation <= {operation}",
    "catalog_change": "SELECT * FROM main.catalog_change WHERE operation <= {operation}",
    "usage": "SELECT * FROM main.usage WHERE day <= '{day}'",
}


def lay(connection: Connection, operation: int, day: str, scope: frozenset[int] | None) -> None:
    """Lay what numbers were over what they are: right after an operation, on a day (``YYYY-MM-DD``).

    A hold whose day had passed by then has ended. The catalog is ``catalog_then``'s. With a ``scope`` (row
    ids) labels are those of numbers that are in it now, as the journal tells of no others.
    """
    for name, query in _JOURNAL.items():
        connection.lay(name, query.format(operation=operation, day=day))
    more, entered = _lay_spans(connection, operation)
    if entered:
        _lay_runs(connection, "extent", "", entered)
    changes = groupby(connection.walk(_DETAILS_SINCE, (operation,)), key=itemgetter(0))
    connection.lay_rows("past_detail", _DETAIL, (next(earliest) for _, earliest in changes))
    connection.lay("detail", _DETAILS.format(but=""))
    ended = _end_holds(connection, day, more)
    if ended:
        numbers = (_detailed(connection, first, last) for first, last in ended)
        connection.lay_rows("ended_detail", "number INTEGER PRIMARY KEY", list(chain.from_iterable(numbers)))
        connection.lay("detail", _DETAILS.format(but=_BUT_ENDED))
    _lay_counts(connection, more)
    labels = ((first, last, was) for first, last, was, _ in _since(connection, "label_piece", operation))
    _lay_runs(connection, "label_span", "label_set", labels)
    if scope is not None:
        connection.lay("label_span", _LABELS_WITHIN.format(scope=json.dumps(sorted(scope))))


def lay_counts(connection: Connection, operation: int, day: str) -> None:
    """The same for counts alone, of what is told of no single number."""
    more, _ = _lay_spans(connection, operation)
    _end_holds(connection, day, more)
    _lay_counts(connection, more)


def _lay_counts(connection: Connection, more: Counter[int]) -> None:
    """Lay how many numbers there were, by how many more of each state."""
    changed = [own for own in more.items() if own[0]]
    connection.lay_rows("more", "state INTEGER PRIMARY KEY, n INTEGER", changed)
    connection.lay_rows("past_tally", _SUM, connection.execute(_COUNTED).fetchall())
    connection.lay("tally", _TALLY)


def _since(connection: Connection, journal: str, operation: int) -> Iterator[tuple[int, int, int, int]]:
    """First, last, before and after of what operations since did on the whole, ascending."""
    rows = connection.walk(_SINCE.format(journal=journal), (operation,))
    return (net for net in net_pieces(rows) if net[2] != net[3])


def _lay_spans(connection: Connection, operation: int) -> tuple[Counter[int], list[Run]]:
    """Lay the spans; give how many numbers each state had more then, and what came in since or left."""
    more: Counter[int] = Counter()
    entered: list[Run] = []

    def befores() -> Iterator[Run]:
        for first, last, was, now in _since(connection, "piece", operation):
            more[was] += last - first + 1
            more[now] -= last - first + 1
            if not (was and now):
                entered.append((first, last, int(bool(was))))
            yield first, last, was

    _lay_runs(connection, "span", "state", befores())
    return more, entered


def _lay_runs(connection: Connection, name: str, column: str, befores: Iterable[Run]) -> None:
    """Lay a map of runs: what numbers had where it changed since, and what is left of the runs of now."""
    connection.lay_rows(f"before_{name}", _RUN, befores)
    # Waited for together.
    asked = connection.execute(_TOUCHED.format(name=name, value=f"run.{column}" if column else "1"))
    stretches = connection.execute(f"SELECT first, last FROM before_{name} ORDER BY first")  # noqa: S608
    there = connection.execute(f"SELECT first, last, value FROM before_{name} WHERE value <> 0")  # noqa: S608
    touched = asked.fetchall()
    connection.lay_rows(f"hidden_{name}", _FIRST, ((first,) for first, _, _ in touched))
    connection.lay_rows(f"past_{name}", _RUN, chain(_left(touched, stretches), there))
    columns, past = "first, last", "first, last"
    if column:
        columns, past = f"{columns}, {column}", f"{past}, value AS {column}"
    connection.lay(name, _OF_RUNS.format(name=name, columns=columns, past=past))


def _left(runs: Iterable[Run], gone: Iterator[tuple[int, int]]) -> Iterator[Run]:
    """What is left of runs outside of some stretches, both ascending."""
    gap = next(gone, None)
    for first, last, value in runs:
        at = first
        while gap is not None and gap[0] <= last:
            if gap[0] > at:
                yield at, gap[0] - 1, value
            at = max(at, gap[1] + 1)
            if gap[1] >= last:
                break  # the next run may meet it, too
            gap = next(gone, None)
        if at <= last:
            yield at, last, value


def _end_holds(connection: Connection, day: str, more: Counter[int]) -> list[tuple[int, int]]:
    """Let holds that had ended before a day be available, settled or not, and add that to the counts.

    Gives their numbers.
    """
    ended: Sequence[Run] = connection.execute(_ENDED, (day,)).fetchall()
    if not ended:
        return []
    free = _free_states(connection, {state for _, _, state in ended})
    for first, last, state in ended:
        more[state] -= last - first + 1
        more[free[state]] += last - first + 1
    connection.lay_rows("ended_span", _RUN, [(first, last, free[state]) for first, last, state in ended])
    connection.lay("span", _SPANS_WITHOUT_ENDED)
    return [(first, last) for first, last, _ in ended]


def _detailed(connection: Connection, first: int, last: int) -> Sequence[tuple[int]]:
    found: Sequence[tuple[int]] = connection.execute(
        "SELECT number FROM detail WHERE number BETWEEN ? AND ?", (first, last)
    ).fetchall()
    return found


def _free_states(connection: Connection, held: set[int]) -> dict[int, int]:
    """For each state of a hold, the one its numbers have when it ends; made for now where there is none."""
    found: dict[int, int] = {}
    made: dict[tuple[int, int], int] = {}
    (most,) = connection.execute("SELECT coalesce(max(id), 0) FROM main.state").fetchone()
    for state in held:
        free, series, organization = connection.execute(_FREE, (state,)).fetchone()
        if free is None:
            free = made.setdefault((series, organization), most + len(made) + 1)
        found[state] = free
    if made:
        connection.lay_rows("past_state", _STATE, [(id, *pair) for pair, id in made.items()])
        connection.lay("state", _STATES)
    return found
