"""The sets of labels that numbers have: each distinct one once, with its keys and values beside it; and
the runs of numbers that have them, in memory.

A part of what changes labels: no other code writes ``label_set`` or ``label``.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING
from zlib import crc32

from numctl.core.changes.cache import Cache, Kept
from numctl.core.rules.labels import NONE, Labels, kept, pairs, singles
from numctl.core.store.schema import checksum
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numctl.core.numbers.ranges import Pair
    from numctl.core.store.connection import Connection

AT_ONCE = 10_000  # sets remembered; pieces held before they are written

_TEXTS = "SELECT id, labels FROM label_set WHERE id IN (SELECT value FROM json_each(?))"
_KNOWN = "SELECT labels, id FROM label_set WHERE checksum IN (SELECT value FROM json_each(?))"
# An index of which every place is as likely as any other is written once, from one end to the other.
_GATHERED = (
    "CREATE TEMP TABLE IF NOT EXISTS gathered (key TEXT, folded TEXT, label_set INTEGER, written TEXT)",
    "DELETE FROM temp.gathered",
)
_IN_ORDER = """
INSERT INTO label (key, folded, label_set, written)
SELECT key, folded, label_set, written FROM temp.gathered ORDER BY key, folded, label_set
"""
RUNS = Kept("label_span", "label_set")

Changed = tuple[int, int, int, int]  # first, last, set before and after


class LabelSets:
    """The ``label_set`` table: labels by their row id and back; 0 is no labels."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._by_id: dict[int, Labels] = {0: NONE}
        self._beside = "label"

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Inside, what stands beside new sets is gathered, and written in its order at the end."""
        for statement in _GATHERED:
            self._connection.execute(statement)
        self._beside = "temp.gathered"
        try:
            yield
        finally:
            self._beside = "label"
        self._connection.execute(_IN_ORDER)

    def __getitem__(self, id: int) -> Labels:
        found = self._by_id.get(id)
        if found is None:
            found = kept(self.text(id))
            self._remember(id, found)
        return found

    def ahead(self, ids: set[int]) -> Callable[[], None]:
        """Ask for sets by their row ids; what is given takes them in."""
        unknown = sorted(ids - self._by_id.keys())
        asked = self._connection.execute(_TEXTS, (json.dumps(unknown),)) if unknown else ()

        def take_in() -> None:
            for id, text in asked:
                self._remember(id, kept(text))

        return take_in

    def text(self, id: int) -> str:
        """A set of labels as it is kept."""
        (text,) = self._connection.execute("SELECT labels FROM label_set WHERE id = ?", (id,)).fetchone()
        return str(text)

    def texts(self, ids: Iterable[int]) -> dict[int, str]:
        """Sets of labels as they are kept, by row id; nothing of them is remembered."""
        wanted = sorted(ids)
        return dict(self._connection.execute(_TEXTS, (json.dumps(wanted),))) if wanted else {}

    def followed(self, ids: Iterable[int], after: Callable[[Labels], Labels]) -> dict[int, int]:
        """The set that comes after each of some (row ids), as ``after`` says of its labels."""
        before = {0: NONE, **{id: kept(text) for id, text in self.texts({*ids} - {0}).items()}}
        now = {id: after(before[id]) for id in ids}
        made = {**self.ids({labels.text for labels in now.values() if labels}), NONE.text: 0}
        return {id: made[labels.text] for id, labels in now.items()}

    def ids(self, texts: Iterable[str]) -> dict[str, int]:
        """The row ids of sets of labels, by their texts as they are kept; those that are new are made."""
        wanted = _checksums(texts)  # indexes are read and written in one direction
        known = self._connection.execute(_KNOWN, (json.dumps([sum for sum, _ in wanted]),))
        latest = self._connection.execute("SELECT coalesce(max(id), 0) FROM label_set")
        (rows, (last,)) = known.fetchall(), latest.fetchone()
        asked = {text for _, text in wanted} if rows else ()
        found = {text: id for text, id in rows if text in asked}
        new = [pair for pair in wanted if pair[1] not in found] if found else wanted
        if new:
            made = [(id, *pair) for id, pair in enumerate(new, last + 1)]
            self._connection.put("label_set (id, checksum, labels)", made)
            self._connection.put(f"{self._beside} (key, folded, label_set, written)", _beside(made))
            found.update(zip([text for _, text in new], range(last + 1, last + 1 + len(new)), strict=True))
        return found

    def _remember(self, id: int, labels: Labels) -> None:
        if len(self._by_id) >= AT_ONCE:
            self._by_id = {0: NONE}
        self._by_id[id] = labels


class AtHand:
    """Runs of numbers with one set of labels that were asked for ahead, changed in memory.

    Sets that may be new have a row id below 0 here until they are written.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._runs = Cache(connection, RUNS)
        self._forget()

    def _forget(self) -> None:
        self._sets: dict[int, Labels] = {0: NONE}
        self._ids: dict[Labels, int] = {NONE: 0}
        self._new: list[Labels] = []

    def __len__(self) -> int:
        return len(self._runs)

    def ahead(self, ranges: Sequence[Pair]) -> Callable[[], None]:
        """Ask for the runs around some ranges; what is given takes them in."""
        lay = self._runs.ahead([one for one in dict.fromkeys(ranges) if not self._runs.has(one)])

        def take_in() -> None:
            lay()
            if unknown := sorted(self._runs.values() - self._sets.keys()):
                for id, text in self._connection.execute(_TEXTS, (json.dumps(unknown),)):
                    self._sets[id] = labels = kept(text)
                    self._ids[labels] = id

        return take_in

    def has(self, ranges: Sequence[Pair]) -> bool:
        """Whether all of these were asked for."""
        return all(self._runs.has((first, last)) for first, last in ranges)

    def change(self, ranges: Sequence[Pair], after: Callable[[Labels], Labels]) -> list[Changed]:
        """Give numbers other labels, by those they have. Raises what ``after`` does, and nothing is done."""
        pieces = [piece for first, last in ranges for piece in self._runs.pieces(first, last)]
        followed = {id: self._id(after(self._sets[id])) for id in {id for _, _, id in pieces}}
        changed = [(first, last, id, followed[id]) for first, last, id in pieces if followed[id] != id]
        for first, last, _, now in changed:
            self._runs.put(first, last, now)
        return changed

    def _id(self, labels: Labels) -> int:
        if not labels:
            return 0
        id = self._ids.get(labels)
        if id is None:
            self._new.append(labels)
            id = self._ids[labels] = -len(self._new)
            self._sets[id] = labels
        return id

    def flush(self, sets: LabelSets) -> dict[int, int]:
        """Write what changed and let go of it; give the row ids of the sets that had none."""
        made: dict[int, int] = {}
        if self._new:
            ids = sets.ids(labels.text for labels in self._new)
            made = {-at: ids[labels.text] for at, labels in enumerate(self._new, 1)}
            self._runs.rename(made)
        self._runs.flush()
        self._forget()
        return made


def _beside(made: Sequence[tuple[int, int, str]]) -> list[tuple[str, str, int, str | None]]:
    """The labels of sets (id, checksum, text) as they stand beside these."""
    ids, _, texts = zip(*made, strict=True)
    rows = singles(texts)
    keys, values = rows or ((), ())
    if rows is None:
        each = ((key, value, id) for id, _, text in made for key, value in pairs(text))
        keys, values, ids = zip(*each, strict=True)
    folded = list(map(str.lower if "".join(values).isascii() else fold, values))
    written = [None if one == other else one for one, other in zip(values, folded, strict=True)]
    return list(zip(keys, folded, ids, written, strict=True))


def _checksums(texts: Iterable[str]) -> list[tuple[int, str]]:
    """The distinct ones of some texts, by their checksums."""
    distinct = list(dict.fromkeys(texts))
    if "".join(distinct).isascii():
        return sorted(zip(map(crc32, map(str.encode, distinct)), distinct, strict=True))
    return sorted(zip(map(checksum, distinct), distinct, strict=True))
