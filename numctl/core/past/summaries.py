"""What an operation did, in a few words, from the facts that the journal keeps of it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from numctl.core.numbers.ranges import total
from numctl.core.rules.book import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numctl.core.numbers.ranges import Range

# What stands for a word that may not be seen, or that an older store's facts don't have.
_UNSAID = {"organization": "an organization", "old": "another name", "rows": "some", "quantity": "more"}


class Names:
    """Row ids of the facts as names; each gives None for what may not be seen."""

    def __init__(
        self,
        organization: Callable[[int], str | None],
        series: Callable[[int], str | None],
        user: Callable[[int], str | None],
    ) -> None:
        self.organization = organization
        self.series = series
        self.user = user


def of_numbers(
    action: str, count: int, ranges: Sequence[Range], facts: Mapping[str, object], names: Names
) -> str:
    """What was done to ``count`` numbers; ``ranges`` are the first of them."""
    n = "1 number" if count == 1 else f"{count} numbers"
    record = ACTIONS[action]
    said = record.line.format(n=n)
    if action == "undo" and facts.get("undoes"):
        said = f"undid operation {facts['undoes']}: {said}"
    source, to = (_name(names.organization, facts.get(word)) for word in ("from", "to"))
    if source and to and source != to:
        said += f" from {source} to {to}"
    elif source or to:
        said += f" of {to or source}"
    series = _name(names.series, facts.get("series"))
    if series:
        said += f", series {series}"
    if facts.get("tag") and "tag" in record.tells:
        said += f", tag '{facts['tag']}'"
    user = _name(names.user, facts.get("user"))
    if user:
        said += f", user {user}"
    if facts.get("reason"):
        said += f", because: {facts['reason']}"
    if facts.get("rejected"):
        said += f", {facts['rejected']} lines rejected"
    left = count - total(ranges)
    more = f" and {left} number{'s' if left > 1 else ''} more" if left > 0 else ""
    return f"{said}: {', '.join(map(str, ranges))}{more}" if ranges else said


def of_the_rest(action: str, facts: Mapping[str, object], names: Names, changes: Sequence[str] = ()) -> str:
    """What was done to organizations, series, users, thresholds or consumption.

    ``changes`` say what of it changed from what to what.
    """
    if action == "undo" and facts.get("undoes"):
        said = f"undid operation {facts['undoes']}"
        return f"{said}: {'; '.join(changes)}" if changes else f"{said}, which had changed nothing in the end"
    told = {**facts, "organization": _name(names.organization, facts.get("organization"))}
    words = defaultdict(str, _UNSAID) | {word: value for word, value in told.items() if value}
    said = ACTIONS[action].line.format_map(words)
    percent = facts.get("threshold")
    if changes:
        said += f": {'; '.join(changes)}"
    elif isinstance(percent, int) and not isinstance(percent, bool):
        said += f" ({percent}%)" if percent else " (off)"
    return said


def differences(before: Mapping[str, object] | None, after: Mapping[str, object] | None) -> list[str]:
    """What of a row of the catalog changed, from what to what; nothing for one that came or went."""
    if before is None or after is None:
        return []
    return [
        f"{_FIELDS[field]} {_said(field, before[field])} -> {_said(field, after[field])}"
        for field in _FIELDS
        if field in before and before[field] != after.get(field)
    ]


_FIELDS = {
    "organization": "from",
    "name": "name",
    "description": "description",
    "emails": "e-mail",
    "threshold_percent": "threshold",
    "basis": "basis",
    "aging": "aging",
    "intermediate": "intermediate",
}


def _said(field: str, value: object) -> str:
    if value is None or value == "":
        return {"threshold_percent": "off", "basis": "as above", "aging": "as above"}.get(field, "none")
    if isinstance(value, list):
        return ", ".join(value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value}%" if field == "threshold_percent" else str(value)


def _name(look_up: Callable[[int], str | None], id: object) -> str | None:
    return look_up(id) if isinstance(id, int) else None
