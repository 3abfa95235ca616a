"""What ``check --repair`` does: derive anew what follows from spans, states and the journal.

A part of the writer: it joins neighbours and counts again, and never changes the state of a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.check import findings, spans
from numctl.core.store import integrity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numctl.core.store.connection import Connection

# Chains of spans in one state, each going on where the one before it stops.
_CHAINS = """
SELECT min(first), max(last) FROM (
  SELECT first, last, sum(begins) OVER (ORDER BY first) AS chain FROM (
    SELECT first, last, CASE WHEN first <> 1 + coalesce(lag(last) OVER (ORDER BY first), 0)
      OR state <> lag(state) OVER (ORDER BY first)
      OR length(first) <> length(lag(last) OVER (ORDER BY first)) THEN 1 ELSE 0 END AS begins FROM span
  ) AS link
) AS ring GROUP BY chain HAVING count(*) > 1
"""


def repair(connection: Connection, names: Iterable[str]) -> list[str]:
    """Derive anew what ``names`` (of ``Health.repairs``) say, within a transaction; say what was done."""
    wanted = set(names)
    done = []
    for name, (work, sentence) in _WORKS.items():
        if name in wanted:
            work(connection)
            done.append(sentence)
    return done


def _indexes(connection: Connection) -> None:
    integrity.rebuild_indexes(connection)


def _neighbours(connection: Connection) -> None:
    for first, last in connection.execute(_CHAINS).fetchall():
        connection.execute("DELETE FROM span WHERE first > ? AND first <= ?", (first, last))
        connection.execute("UPDATE span SET more = ? - first WHERE first = ?", (last, first))


def _counts(connection: Connection) -> None:
    connection.execute("DELETE FROM tally")
    connection.execute(f"INSERT INTO tally (organization, series, status, n) {findings.HELD}")


def _blocks(connection: Connection) -> None:
    connection.execute("DELETE FROM extent")
    connection.put("extent (first, last)", list(spans.blocks(connection)))


def _holds(connection: Connection) -> None:
    (earliest,) = connection.execute(findings.EARLIEST_END).fetchone()
    connection.execute("UPDATE inventory SET due = ?", (earliest or "",))


def _undone(connection: Connection) -> None:
    connection.execute("UPDATE operation SET undone_by = NULL WHERE undone_by IS NOT NULL")
    connection.executemany(
        "UPDATE operation SET undone_by = ? WHERE id = ?",
        [(by, id) for id, by in findings.undone_by(connection).items()],
    )


_WORKS: dict[str, tuple[Callable[[Connection], None], str]] = {
    "indexes": (_indexes, "Built the indexes anew."),
    "neighbours": (_neighbours, "Joined neighbouring spans."),
    "counts": (_counts, "Counted the numbers again."),
    "blocks": (_blocks, "Listed the unbroken blocks again."),
    "holds": (_holds, "Noted again when the first hold ends."),
    "undone operations": (_undone, "Noted again which operations are undone."),
}
