"""What a change answers: an object for programs, and one sentence for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numctl.core.operations import Outcome

# What was done, and what would be: {n} is "1 number" or "3 numbers".
_SAID = {
    "reserve": ("Reserved {n}", "reserve {n}"),
    "retag": ("Tagged {n} anew", "tag {n} anew"),
    "unreserve": ("Made {n} available again", "make {n} available again"),
    "assign": ("Assigned {n}", "assign {n}"),
    "register": ("Registered {n}", "register {n}"),
    "release": ("Released {n}", "release {n}"),
    "forward": ("Changed the forwarding of {n}", "change the forwarding of {n}"),
    "move": ("Moved {n}", "move {n}"),
    "allocate": ("Allocated {n}", "allocate {n}"),
    "withdraw": ("Withdrew {n}", "withdraw {n}"),
    "remove": ("Removed {n}", "remove {n}"),
    "add": ("Added {n}", "add {n}"),
    "import": ("Imported {n}", "import {n}"),
    "series move": ("Moved {n} to another series", "move {n} to another series"),
    "batch": ("Changed {n} by a batch", "change {n} by a batch"),
    "undo": ("Undid operation {undone}, which gave back {n}", "undo operation {undone}, which gives back {n}"),
}
_WITH_TAG = ("reserve", "retag", "release")


def facts(outcome: Outcome) -> dict[str, object]:
    """The object that stands for a change in json and jsonl."""
    return {
        "operation": outcome.operation,
        "action": outcome.action,
        "dry_run": outcome.dry_run,
        "count": outcome.count,
        "ranges": [
            {"first": str(range.first), "last": str(range.last), "count": range.count} for range in outcome.ranges
        ],
        "from": outcome.source,
        "to": outcome.to,
        "series": outcome.series,
        "tag": outcome.tag,
        "user": outcome.user,
        "queued_mail": outcome.queued_mail,
        **outcome.extra,
    }


def sentence(outcome: Outcome) -> str:
    """One sentence: what changed (or would), the operation's number, and how to undo it."""
    numbers = "1 number" if outcome.count == 1 else f"{outcome.count} numbers"
    if outcome.action in _SAID:
        done, would = (text.format(n=numbers, undone=outcome.extra.get("undoes")) for text in _SAID[outcome.action])
        details = _details(outcome)
    else:
        done, would, details = f"Done: {outcome.action}", f"do: {outcome.action}", _furniture(outcome)
    if outcome.dry_run:
        return f"Would {would}{details}. Nothing was changed: this was a dry run."
    if outcome.operation is None:
        return "Nothing was to be changed."
    if outcome.action not in _SAID:
        return f"{done}{details} (operation {outcome.operation})."
    return f"{done}{details} (operation {outcome.operation}; take it back with `numctl undo {outcome.operation}`)."


def _details(outcome: Outcome) -> str:
    said = ""
    if outcome.source and outcome.to and outcome.source != outcome.to:
        said += f" from {outcome.source} to {outcome.to}"
    elif outcome.source or outcome.to:
        said += f" of {outcome.to or outcome.source}"
    if outcome.series and outcome.action in ("allocate", "withdraw", "add", "series move"):
        said += f", series {outcome.series}"
    if outcome.tag and outcome.action in _WITH_TAG:
        said += f", tag '{outcome.tag}'"
    if outcome.user:
        said += f", user {outcome.user}"
    if len(outcome.ranges) == 1:
        said += f": {outcome.ranges[0]}"
    if outcome.extra.get("rejected"):
        said += f"; {outcome.extra['rejected']} lines were rejected"
    return said


def _furniture(outcome: Outcome) -> str:
    name = outcome.extra.get("organization") or outcome.extra.get("name")
    return f" {name}" if name else ""
