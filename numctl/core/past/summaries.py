"""What an operation did, in a few words, from the facts that the journal keeps of it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from numctl.core.numbers.ranges import Range
from numctl.core.rules.book import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
    action: str, count: int, block: Range | None, facts: Mapping[str, object], names: Names
) -> str:
    """What was done to ``count`` numbers; ``block`` is where they are if that is one range."""
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
    return f"{said}: {block}" if block else said


def of_the_rest(action: str, facts: Mapping[str, object], names: Names) -> str:
    """What was done to organizations, series, users, thresholds or consumption."""
    if action == "undo" and facts.get("undoes"):
        return f"undid operation {facts['undoes']}, which had changed nothing in the end"
    told = {**facts, "organization": _name(names.organization, facts.get("organization"))}
    words = defaultdict(str, _UNSAID) | {word: value for word, value in told.items() if value}
    said = ACTIONS[action].line.format_map(words)
    percent = facts.get("threshold")
    if isinstance(percent, int) and not isinstance(percent, bool):
        said += f" ({percent}%)" if percent else " (off)"
    return said


def _name(look_up: Callable[[int], str | None], id: object) -> str | None:
    return look_up(id) if isinstance(id, int) else None
