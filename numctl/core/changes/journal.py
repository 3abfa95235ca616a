"""The journal's rows, and the chain of hashes over them; a part of the writer.

An operation's hash is SHA-256 over the hash before it and its own content: the operation's row but
for what is added later (``undone_by``), its pieces, the changes of single numbers, of the catalog and of
labels, and the states that the pieces name, spelled out. Users stand by their row id, so that forgetting a
name breaks no hash.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numctl.core.changes import details
    from numctl.core.rules.model import Detail
    from numctl.core.store.connection import Connection

_PIECES = "piece (operation, position, ahead, first, more, before, after)"
_DETAILS = (
    "detail_change (operation, position, number, user_before, user_after, forward_before, forward_after)"
)

Arrival = tuple[int, int, int, str, int, int]
"""Numbers that come in: first, last, state (a row id), user's name (or empty), forwarding (or 0), line."""


class Journal:
    """The pieces of one operation, kept until ``flush`` writes them."""

    def __init__(self, connection: Connection, operation: int) -> None:
        self._connection = connection
        self._operation = operation
        self._pieces: list[tuple[int, int, int | None, int, int, int | None, int | None]] = []
        self._details: list[tuple[int, int, int, int | None, int | None, int | None, int | None]] = []
        self.positions = 0
        self.detail_positions = 0

    def __len__(self) -> int:
        return len(self._pieces)

    def piece(self, line: int, first: int, last: int, before: int, after: int) -> None:
        """Note that numbers went from state ``before`` to ``after`` (row ids, 0 for not there)."""
        self.positions += 1
        ahead = line - self.positions if line else None
        self._pieces.append(
            (self._operation, self.positions, ahead, first, last - first, before or None, after or None)
        )

    def detail(self, number: int, before: Detail, after: Detail) -> None:
        """Note what changed for one number alone."""
        self.detail_positions += 1
        self._details.append(
            (
                self._operation,
                self.detail_positions,
                number,
                before.user,
                after.user,
                before.forward_to,
                after.forward_to,
            )
        )

    def arrived(self, arrivals: Sequence[Arrival]) -> None:
        """Write at once that numbers came into the inventory."""
        pieces = [
            (self._operation, position, line - position if line else None, first, last - first, None, state)
            for position, (first, last, state, _, _, line) in enumerate(arrivals, self.positions + 1)
        ]
        self.positions += len(pieces)
        self._connection.put(_PIECES, pieces)

    def given(self, new: Sequence[details.OfOne]) -> None:
        """Write at once what single numbers were given that had nothing of their own."""
        rows = [
            (self._operation, position, number, None, user, None, forward_to)
            for position, (number, user, forward_to) in enumerate(new, self.detail_positions + 1)
        ]
        self.detail_positions += len(rows)
        self._connection.put(_DETAILS, rows)

    def flush(self) -> None:
        self._connection.put(_PIECES, self._pieces)
        self._connection.put(_DETAILS, self._details)
        self._pieces, self._details = [], []


# What is hashed, as text that SQLite puts together: one row a field list, `quote` so that no two
# contents read alike. Rows of numbers alone come as arrays of JSON, which takes half the time; ``spelled``
# makes of them what is hashed.
_HEAD_TEXT = """
id || ',' || quote(at) || ',' || quote(actor) || ',' || acting_as || ',' || quote(action) || ',' ||
quote(message) || ',' || count || ',' || quote(facts) || ',' || quote(undoes) || ',' || quote(op_key)
"""
_PIECE_TEXT = "json_array(line, first, last, before, after)"
_DETAIL_TEXT = "json_array(number, user_before, user_after, forward_before, forward_after)"
_SPELLING = {"pieces": (None, b"[]nul"), "details": (bytes.maketrans(b"nul", b"NUL"), b"[]")}
_STATE_TEXT = """
id || ',' || series || ',' || organization || ',' || quote(status) || ',' || quote(tag) || ',' || quote(until)
"""
_CATALOG_TEXT = """
line || ',' || quote(kind) || ',' || row || ',' || quote(before) || ',' || quote(after)
"""
_LABEL_TEXT = """
trim(json_array(line, first, last), '[]') ||
CASE WHEN before IS NULL THEN ',NULL,'
  ELSE ',' || quote((SELECT labels FROM label_set WHERE id = before)) || ',' END ||
CASE WHEN after IS NULL THEN 'NULL' ELSE quote((SELECT labels FROM label_set WHERE id = after)) END
"""
MESSAGES = "SELECT operation, organization, kind, recipients, subject, facts FROM message"
CHUNK = 10_000  # rows put into one text
LAST = "SELECT id, hash, at FROM operation ORDER BY id DESC LIMIT 1"

# Of one operation, as it is sealed. The only things put into these statements are the texts above.
_HEAD = f"SELECT {_HEAD_TEXT} FROM operation WHERE id = ?"  # noqa: S608
_CHUNK_OF_PIECES = f"""
SELECT group_concat({_PIECE_TEXT}, ';'), count(*) FROM (
  SELECT line, first, last, before, after FROM piece
  WHERE operation = ? AND position BETWEEN ? AND ? ORDER BY position
) AS part
"""  # noqa: S608
_CHUNK_OF_DETAILS = f"""
SELECT group_concat({_DETAIL_TEXT}, ';'), count(*) FROM (
  SELECT number, user_before, user_after, forward_before, forward_after FROM detail_change
  WHERE operation = ? AND position BETWEEN ? AND ? ORDER BY position
) AS part
"""  # noqa: S608
_CHUNK_OF_CATALOG = f"""
SELECT group_concat({_CATALOG_TEXT}, ';'), count(*) FROM (
  SELECT line, kind, row, before, after FROM catalog_change
  WHERE operation = ? AND position BETWEEN ? AND ? ORDER BY position
) AS part
"""  # noqa: S608
_CHUNK_OF_LABELS = f"""
SELECT group_concat({_LABEL_TEXT}, ';'), count(*) FROM (
  SELECT line, first, last, before, after FROM label_piece
  WHERE operation = ? AND position BETWEEN ? AND ? ORDER BY position
) AS part
"""  # noqa: S608
_STATES = f"""
WITH named AS MATERIALIZED (SELECT DISTINCT after, before FROM piece WHERE operation = :operation)
SELECT {_STATE_TEXT} FROM state WHERE id IN (SELECT before FROM named UNION SELECT after FROM named)
ORDER BY id
"""  # noqa: S608

_CHUNKS = (
    ("pieces", _CHUNK_OF_PIECES),
    ("details", _CHUNK_OF_DETAILS),
    ("catalog", _CHUNK_OF_CATALOG),
    ("labels", _CHUNK_OF_LABELS),
)

# Of operations in their order, as they are verified in one pass.
ALL_HEADS = f"SELECT id, {_HEAD_TEXT}, hash FROM operation ORDER BY id"  # noqa: S608
_BETWEEN = "WHERE operation > ? AND operation < ? ORDER BY operation, position"
ALL_PIECES = f"SELECT operation, {_PIECE_TEXT}, before, after FROM piece {_BETWEEN}"  # noqa: S608
ALL_OTHERS = (
    ("details", f"SELECT operation, {_DETAIL_TEXT} FROM detail_change {_BETWEEN}"),  # noqa: S608
    ("catalog", f"SELECT operation, {_CATALOG_TEXT} FROM catalog_change {_BETWEEN}"),  # noqa: S608
    ("labels", f"SELECT operation, {_LABEL_TEXT} FROM label_piece {_BETWEEN}"),  # noqa: S608
)
# Operations so large that chunks are faster, by a table of theirs, and whether its rows are numbered in full.
_LARGE = """
SELECT operation, n = (SELECT max(position) FROM {table} WHERE operation = most.operation)
  AND (SELECT min(position) FROM {table} WHERE operation = most.operation) = 1
FROM (SELECT operation, count(*) AS n FROM {table} GROUP BY operation HAVING count(*) > ?) AS most
WHERE operation IN (SELECT id FROM operation)
"""
ONE_STATE = f"SELECT {_STATE_TEXT} FROM state WHERE id = ?"  # noqa: S608


def digest(connection: Connection, operation: int, previous: bytes) -> bytes:
    """The hash of an operation (32 bytes), given the hash of the one before it (empty for the first)."""
    from hashlib import sha256

    running = sha256(previous)
    for part in _content(connection, operation):
        running.update(part + b"\n")
    return running.digest()


def spelled(label: str, rows: str) -> bytes:
    """Give rows of one kind, put together with ``;``, as they are hashed."""
    text = encoded(rows)
    if label in _SPELLING:
        text = text.translate(*_SPELLING[label])
    return label.encode() + b":" + text


def encoded(text: str) -> bytes:
    """Give a text as it is hashed."""
    return text.encode("utf-8", "surrogatepass")


def large(connection: Connection) -> set[int]:
    """The operations that ``digest`` is the faster way for: it reads chunks, and their rows have no holes."""
    sizes = {}
    for table in ("piece", "detail_change", "catalog_change", "label_piece"):
        sizes[table] = dict(connection.execute(_LARGE.format(table=table), (CHUNK,)).fetchall())
    found = {id for table in sizes.values() for id in table}
    return {id for id in found if all(table.get(id, True) for table in sizes.values())}


def _content(connection: Connection, operation: int) -> Iterator[bytes]:
    """All of it is asked for before any of it is waited for: it is mostly short."""
    run = connection.execute
    head, states = run(_HEAD, (operation,)), run(_STATES, {"operation": operation})
    firsts = [(label, statement, run(statement, (operation, 1, CHUNK))) for label, statement in _CHUNKS]
    yield encoded(head.fetchone()[0])
    for label, statement, found in firsts:
        start = 1
        while (row := found.fetchone())[1]:
            yield spelled(label, row[0])
            if row[1] < CHUNK:
                break
            start += CHUNK
            found = run(statement, (operation, start, start + CHUNK - 1))
    for (text,) in states:
        yield encoded(text)


def mail_queued(connection: Connection, many: int) -> list[str]:
    """The digests of the last so many messages, in their order: those that an operation has just queued."""
    rows = connection.execute(f"{MESSAGES} ORDER BY id DESC LIMIT ?", (many,)).fetchall()
    return [digest_of_message(row[1:]) for row in reversed(rows)]


def digest_of_message(row: Sequence[Any]) -> str:
    """A digest (hex) of what a message says and to whom: of its columns in ``MESSAGES`` but the first.

    Kept in the facts of the operation that queued it, so that a message changed by hand is noticed.
    Raises ValueError, TypeError or AttributeError for what can't be read.
    """
    from hashlib import sha256

    *row, text = row
    told = json.loads(text)
    told.pop("reached", None)  # who has it by now comes later
    said = json.dumps([*row, told], sort_keys=True)
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]
