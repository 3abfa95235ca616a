"""The sets of labels that numbers have: each distinct one once, with its keys and values beside it.

A part of what changes labels: no other code writes ``label_set`` or ``label``.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from operator import itemgetter
from typing import TYPE_CHECKING

from numctl.core.rules.labels import NONE, Labels, kept
from numctl.core.store.schema import checksum
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

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
_FIRST = itemgetter(0, 1, 2)


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

    def text(self, id: int) -> str:
        """A set of labels as it is kept."""
        (text,) = self._connection.execute("SELECT labels FROM label_set WHERE id = ?", (id,)).fetchone()
        return str(text)

    def followed(self, ids: Iterable[int], after: Callable[[Labels], Labels]) -> dict[int, int]:
        """The set that comes after each of some (row ids), as ``after`` says of its labels."""
        before = {0: NONE}
        if unread := sorted({*ids} - {0}):
            for id, text in self._connection.execute(_TEXTS, (json.dumps(unread),)):
                before[id] = kept(text)
        now = {id: after(before[id]) for id in ids}
        made = {**self.ids({labels.text for labels in now.values() if labels}), NONE.text: 0}
        return {id: made[labels.text] for id, labels in now.items()}

    def ids(self, texts: Iterable[str]) -> dict[str, int]:
        """The row ids of sets of labels, by their texts as they are kept; those that are new are made."""
        wanted = {text: checksum(text) for text in texts}
        known = self._connection.execute(_KNOWN, (json.dumps(sorted(wanted.values())),))
        latest = self._connection.execute("SELECT coalesce(max(id), 0) FROM label_set")
        found = {text: id for text, id in known.fetchall() if text in wanted}
        new = sorted((sum, text) for text, sum in wanted.items() if text not in found)
        (last,) = latest.fetchone()
        if new:  # indexes are read and written in one direction
            made = [(id, *pair) for id, pair in enumerate(new, last + 1)]
            self._connection.put("label_set (id, checksum, labels)", made)
            beside = [_beside(key, value, id) for id, _, text in made for key, value in kept(text)]
            self._connection.put(
                f"{self._beside} (key, folded, label_set, written)",
                sorted(beside, key=_FIRST),
            )
            found.update((text, id) for id, _, text in made)
        return found

    def _remember(self, id: int, labels: Labels) -> None:
        if len(self._by_id) >= AT_ONCE:
            self._by_id = {0: NONE}
        self._by_id[id] = labels


def _beside(key: str, value: str, id: int) -> tuple[str, str, int, str | None]:
    """One label of a set as it stands beside it."""
    folded = fold(value)
    return key, folded, id, None if folded == value else value
