"""Which operations are asked for: by time, action, actor, message, or by what they did to numbers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.catalog import series, users
from numctl.core.errors import NotFound
from numctl.core.text import fold, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numctl.core.catalog.view import View
    from numctl.core.dates import When
    from numctl.core.past.places import Places

_BY_STATE = """
SELECT operation FROM piece WHERE before IN (SELECT id FROM state WHERE {condition})
UNION SELECT operation FROM piece WHERE after IN (SELECT id FROM state WHERE {condition})
"""
_BY_ROW = """
SELECT operation FROM catalog_change WHERE kind = ? AND row IN (SELECT value FROM json_each(?))
"""
_BY_USER = """
SELECT operation, number FROM detail_change WHERE user_before IN (SELECT value FROM json_each(:users))
UNION SELECT operation, number FROM detail_change WHERE user_after IN (SELECT value FROM json_each(:users))
ORDER BY operation, number
"""


class Asked(NamedTuple):
    """What to look for. Different fields narrow, repeated ``actions`` widen; empty means any.

    ``user`` is a name in any case: operations that gave or took numbers of theirs.
    """

    since: When | None = None
    until: When | None = None
    actions: Sequence[str] = ()
    actor: str | None = None
    organization: str | None = None
    series: str | None = None
    user: str | None = None
    tag: str = ""
    message: str = ""


class Picked:
    """An ``Asked`` read against a store: which operations it picks, and which numbers of a user's."""

    def __init__(self, view: View, places: Places, asked: Asked) -> None:
        """Raises NotFound, Ambiguous or OutOfScope for a name."""
        self._asked = asked
        self._actions = frozenset(asked.actions)
        self._message = fold(asked.message.strip())
        self.numbers: dict[int, list[int]] | None = None  # a user's, by operation
        picked: list[set[int]] = []
        if asked.organization is not None:
            id = view.organization(asked.organization)
            picked.append(_of_states(view, "organization = ?", id) | _of_rows(view, "organization", [id]))
        if asked.series is not None:
            id = series.find(view, asked.series)
            picked.append(_of_states(view, "series = ?", id) | _of_rows(view, "series", [id]))
        if asked.tag.strip():
            picked.append(_of_states(view, "instr(folded, ?) > 0", fold(asked.tag.strip())))
        if asked.user is not None:
            picked.append(self._of_user(view, places.with_removed(), asked.user))
        self.operations = frozenset.intersection(*map(frozenset, picked)) if picked else None

    def _of_user(self, view: View, reach: frozenset[int], name: str) -> set[int]:
        rows = users.named(view.connection, reach, name)
        if not rows:
            known = {known for _, known in users.all_named(view.connection, reach)}
            close = nearest(name, known)
            raise NotFound(
                f"There is and was no user '{name}'.",
                f"Nearest: {', '.join(close)}." if close else "See `numctl user list`.",
                user=name,
                nearest=close,
            )
        ids = [id for id, _ in rows]
        self.numbers = {}
        for operation, number in view.connection.execute(_BY_USER, {"users": json.dumps(ids)}):
            self.numbers.setdefault(operation, []).append(number)
        return set(self.numbers) | _of_rows(view, "user", ids)

    def ends(self, last: int) -> tuple[int, int]:
        """The first and the last operation that can be picked, of those up to ``last``."""
        since, until = self._asked.since, self._asked.until
        first = since.operation + 1 if since is not None and since.operation else 1
        return first, min(last, until.operation) if until is not None and until.operation else last

    def takes(self, id: int, at: str, action: str) -> bool:
        """Whether an operation is picked, as far as its own row says."""
        since, until = self._asked.since, self._asked.until
        return (
            (self.operations is None or id in self.operations)
            and (not self._actions or action in self._actions)
            and not (since is not None and since.moment and at < since.moment)
            and not (until is not None and until.moment and at > until.moment)
        )

    def says(self, actor: str | None, message: str | None) -> bool:
        """Whether what may be seen of who did it, and of what was said, is what is asked for."""
        if self._asked.actor is not None and actor != self._asked.actor:
            return False
        return not self._message or self._message in fold(message or "")


def _of_states(view: View, condition: str, value: object) -> set[int]:
    rows = view.connection.execute(_BY_STATE.format(condition=condition), (value, value))
    return {operation for (operation,) in rows}


def _of_rows(view: View, kind: str, ids: Sequence[int]) -> set[int]:
    return {operation for (operation,) in view.connection.execute(_BY_ROW, (kind, json.dumps(ids)))}
