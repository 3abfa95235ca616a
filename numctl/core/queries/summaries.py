"""What an operation did, in a few words, from the facts that the journal keeps of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.numbers.ranges import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_OF_NUMBERS = {
    "reserve": "reserved {n}",
    "retag": "tagged {n} anew",
    "unreserve": "made {n} available again",
    "assign": "assigned {n}",
    "register": "registered {n}",
    "release": "released {n}",
    "forward": "changed the forwarding of {n}",
    "move": "moved {n}",
    "allocate": "allocated {n}",
    "withdraw": "withdrew {n}",
    "remove": "removed {n}",
    "add": "added {n}",
    "import": "imported {n}",
    "series move": "moved {n} to another series",
    "settle": "ended the hold of {n}",
    "batch": "changed {n} by a batch",
    "undo": "gave back {n}",
}
_OF_FURNITURE = {
    "init": "made the store",
    "org add": "added {organization}",
    "org rename": "renamed {organization} from {old}",
    "org set": "changed the settings of {organization}",
    "org move": "moved {organization} to another place",
    "org remove": "removed {organization}",
    "threshold set": "set the threshold of {organization}",
    "series add": "added series {name}",
    "series rename": "renamed series {old} to {name}",
    "user rename": "renamed a user",
    "user forget": "forgot a user",
    "usage import": "read {rows} usage records",
    "request": "noted a request for {quantity} numbers",
    "demo": "filled the store with a small company",
}
_WITH_TAG = ("reserve", "retag", "release")


class Named:
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
    action: str, count: int, block: Range | None, facts: Mapping[str, object], named: Named
) -> str:
    """What was done to ``count`` numbers; ``block`` is where they are if that is one range."""
    n = "1 number" if count == 1 else f"{count} numbers"
    said = _OF_NUMBERS.get(action, f"{action}: {{n}}").format(n=n)
    if action == "undo" and facts.get("undoes"):
        said = f"undid operation {facts['undoes']}: {said}"
    source, to = (_name(named.organization, facts.get(word)) for word in ("from", "to"))
    if source and to and source != to:
        said += f" from {source} to {to}"
    elif source or to:
        said += f" of {to or source}"
    series = _name(named.series, facts.get("series"))
    if series:
        said += f", series {series}"
    if facts.get("tag") and action in _WITH_TAG:
        said += f", tag '{facts['tag']}'"
    user = _name(named.user, facts.get("user"))
    if user:
        said += f", user {user}"
    if facts.get("reason"):
        said += f", because: {facts['reason']}"
    if facts.get("rejected"):
        said += f", {facts['rejected']} lines rejected"
    return f"{said}: {block}" if block else said


def of_furniture(action: str, facts: Mapping[str, object], named: Named) -> str:
    """What was done to organizations, series, users, thresholds or consumption."""
    if action == "undo" and facts.get("undoes"):
        return f"undid operation {facts['undoes']}, which had changed nothing in the end"
    text = _OF_FURNITURE.get(action)
    if text is None:
        return action
    organization = _name(named.organization, facts.get("organization"))
    words = {
        "organization": organization or "an organization",
        "name": facts.get("name") or "",
        "old": facts.get("old") or "another name",
        "rows": facts.get("rows") or "some",
        "quantity": facts.get("quantity") or "more",
    }
    said = text.format(**words)
    percent = facts.get("threshold")
    if isinstance(percent, int) and not isinstance(percent, bool):
        said += f" ({percent}%)" if percent else " (off)"
    return said


def _name(look_up: Callable[[int], str | None], id: object) -> str | None:
    return look_up(id) if isinstance(id, int) else None
