"""The store as it stood: what changed since an operation, laid over the tables under their own names.

For each table that differs there is a view of its name in SQLite's schema for temporary things, which
comes before the store's own: statements read it without knowing. A view is the table without the rows that
changed since, and these as they were. Nothing of the inventory's size is copied.
"""

from __future__ import annotations

from collections import Counter
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
_RUNS = """
CREATE TEMP TABLE before_{name} (first INTEGER PRIMARY KEY, last INTEGER, value INTEGER);
CREATE TEMP TABLE hidden_{name} (first INTEGER PRIMARY KEY);
CREATE TEMP TABLE past_{name} (first INTEGER PRIMARY KEY, last INTEGER, value INTEGER);
"""
_HIDDEN = """
INSERT INTO hidden_{name} SELECT DISTINCT run.first FROM before_{name} AS was CROSS JOIN main.{name} AS run
ON run.last >= was.first AND run.first <= was.last
AND run.first >= coalesce((SELECT max(first) FROM main.{name} WHERE first <= was.first), was.first)
"""
_TOUCHED = """
SELECT first, last, {value} FROM main.{name} WHERE first IN (SELECT first FROM hidden_{name}) ORDER BY first
"""
_OF_RUNS = """
CREATE TEMP VIEW {name} AS
SELECT {columns} FROM main.{name} WHERE first NOT IN (SELECT first FROM hidden_{name})
UNION ALL SELECT {past} FROM past_{name}
"""
_DETAILS = """
CREATE TEMP TABLE past_detail (number INTEGER PRIMARY KEY, user INTEGER, forward_to INTEGER);
CREATE TEMP VIEW detail AS
SELECT number, user, forward_to FROM main.detail WHERE number NOT IN (SELECT number FROM past_detail)
UNION ALL SELECT number, user, forward_to FROM past_detail
WHERE user IS NOT NULL OR forward_to IS NOT NULL;
"""
_DETAILS_SINCE = """
INSERT INTO past_detail SELECT number, user_before, forward_before FROM main.detail_change
WHERE operation > ? ORDER BY operation, position ON CONFLICT DO NOTHING
"""
_STATES = """
CREATE TEMP TABLE past_state (id INTEGER PRIMARY KEY, series INTEGER, organization INTEGER);
CREATE TEMP VIEW state AS
SELECT id, series, organization, status, tag, until, folded FROM main.state
UNION ALL SELECT id, series, organization, 'available', '', '', '' FROM past_state;
"""
_ENDED = """
SELECT first, last, state FROM span
WHERE state IN (SELECT id FROM main.state WHERE until <> '' AND until < ?) ORDER BY first
"""
_ENDED_SPAN = """
INSERT INTO past_span (first, last, value) VALUES (?, ?, ?)
ON CONFLICT (first) DO UPDATE SET last = excluded.last, value = excluded.value
"""
_ENDED_DETAIL = """
INSERT INTO past_detail (number, user, forward_to) VALUES (?, ?, ?)
ON CONFLICT (number) DO UPDATE SET user = excluded.user, forward_to = excluded.forward_to
"""
_FREE = """
SELECT free.id, held.series, held.organization FROM main.state AS held LEFT JOIN main.state AS free
ON free.organization = held.organization AND free.series = held.series
AND free.status = 'available' AND free.tag = '' AND free.until = '' WHERE held.id = ?
"""
_TALLY = """
CREATE TEMP TABLE more (state INTEGER PRIMARY KEY, n INTEGER);
CREATE TEMP TABLE past_tally (
  organization INTEGER, series INTEGER, status TEXT, n INTEGER, PRIMARY KEY (organization, series, status)
);
CREATE TEMP VIEW tally AS
SELECT organization, series, status, n FROM main.tally AS now WHERE NOT EXISTS (
  SELECT 1 FROM past_tally AS was WHERE was.organization = now.organization
  AND was.series = now.series AND was.status = now.status)
UNION ALL SELECT organization, series, status, n FROM past_tally;
"""
_COUNTED = """
INSERT INTO past_tally SELECT state.organization, state.series, state.status,
  sum(more.n) + coalesce((SELECT n FROM main.tally AS now WHERE now.organization = state.organization
    AND now.series = state.series AND now.status = state.status), 0)
FROM more JOIN state ON state.id = more.state GROUP BY 1, 2, 3
"""
# The journal ends with the operation.
_JOURNAL = """
CREATE TEMP VIEW operation AS SELECT id, at, actor, acting_as, action, message, count, facts, undoes,
  CASE WHEN undone_by <= {operation} THEN undone_by END AS undone_by, op_key, command, hash
FROM main.operation WHERE id <= {operation};
CREATE TEMP VIEW detail_change AS SELECT * FROM main.detail_change WHERE operation <= {operation};
CREATE TEMP VIEW catalog_change AS SELECT * FROM main.catalog_change WHERE operation <= {operation};
CREATE TEMP VIEW usage AS SELECT * FROM main.usage WHERE day <= '{day}';
"""


def lay(connection: Connection, operation: int, day: str) -> None:
    """Lay what numbers were over what they are: right after an operation, on a day (``YYYY-MM-DD``).

    A hold whose day had passed by then has ended. The catalog is ``catalog_then``'s.
    """
    script(connection, _JOURNAL.format(operation=operation, day=day))
    more = _lay_spans(connection, operation)
    script(connection, _DETAILS)
    connection.execute(_DETAILS_SINCE, (operation,))
    _end_holds(connection, day, more)
    script(connection, _TALLY)
    connection.executemany("INSERT INTO more VALUES (?, ?)", [pair for pair in more.items() if pair[0]])
    connection.execute(_COUNTED)
    labels = ((first, last, was) for first, last, was, _ in _since(connection, "label_piece", operation))
    _lay_runs(connection, "label_span", "label_set", labels)


def script(connection: Connection, text: str) -> None:
    """Run statements that end with a semicolon, in the transaction that there is."""
    for statement in filter(str.strip, text.split(";")):
        connection.execute(statement)


def _since(connection: Connection, journal: str, operation: int) -> Iterator[tuple[int, int, int, int]]:
    """First, last, before and after of what operations since did on the whole, ascending."""
    rows = connection.execute(_SINCE.format(journal=journal), (operation,))
    return (net for net in net_pieces(rows) if net[2] != net[3])


def _lay_spans(connection: Connection, operation: int) -> Counter[int]:
    """Lay the spans and the extents; give how many numbers each state had more then."""
    more: Counter[int] = Counter()
    entered: list[Run] = []  # what came into the inventory since, or left it

    def befores() -> Iterator[Run]:
        for first, last, was, now in _since(connection, "piece", operation):
            more[was] += last - first + 1
            more[now] -= last - first + 1
            if not (was and now):
                entered.append((first, last, int(bool(was))))
            yield first, last, was

    _lay_runs(connection, "span", "state", befores())
    if entered:
        _lay_runs(connection, "extent", "", entered)
    return more


def _lay_runs(connection: Connection, name: str, column: str, befores: Iterable[Run]) -> None:
    """Lay a map of runs: what numbers had where it changed since, and what is left of the runs of now."""
    script(connection, _RUNS.format(name=name))
    connection.executemany(f"INSERT INTO before_{name} VALUES (?, ?, ?)", befores)  # noqa: S608 - names are ours
    connection.execute(_HIDDEN.format(name=name))
    touched = connection.execute(_TOUCHED.format(name=name, value=column or "1"))
    stretches = connection.execute(f"SELECT first, last FROM before_{name} ORDER BY first")  # noqa: S608
    insert = f"INSERT INTO past_{name} VALUES (?, ?, ?)"  # noqa: S608
    connection.executemany(insert, list(_left(touched, stretches)))
    connection.execute(f"INSERT INTO past_{name} SELECT * FROM before_{name} WHERE value <> 0")  # noqa: S608
    columns, past = "first, last", "first, last"
    if column:
        columns, past = f"{columns}, {column}", f"{past}, value AS {column}"
    connection.execute(_OF_RUNS.format(name=name, columns=columns, past=past))


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


def _end_holds(connection: Connection, day: str, more: Counter[int]) -> None:
    """Let holds that had ended before a day be available, settled or not, and add that to the counts."""
    ended: Sequence[Run] = connection.execute(_ENDED, (day,)).fetchall()
    free = _free_states(connection, {state for _, _, state in ended})
    for first, last, state in ended:
        more[state] -= last - first + 1
        more[free[state]] += last - first + 1
        connection.execute("INSERT INTO hidden_span VALUES (?) ON CONFLICT DO NOTHING", (first,))
        connection.execute(_ENDED_SPAN, (first, last, free[state]))
        numbers = connection.execute(
            "SELECT number, NULL, NULL FROM detail WHERE number BETWEEN ? AND ?", (first, last)
        ).fetchall()
        connection.executemany(_ENDED_DETAIL, numbers)


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
        script(connection, _STATES)
        rows = [(id, *pair) for pair, id in made.items()]
        connection.executemany("INSERT INTO past_state VALUES (?, ?, ?)", rows)
    return found
