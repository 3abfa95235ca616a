"""What a change answers: an object for programs, and one sentence for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numctl.core.changes.operation import Outcome

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
    "undo": (
        "Undid operation {undone}, which gave back {n}",
        "undo operation {undone}, which gives back {n}",
    ),
}
# The same of furniture, by the names in the answer.
_FURNITURE = {
    "init": ("Made a store with the root organization {organization}", "make a store for {organization}"),
    "demo": (
        "Filled a store with {organizations} organizations and {numbers} numbers",
        "fill a store with {organizations} organizations and {numbers} numbers",
    ),
    "org add": ("Added organization {organization}", "add organization {organization}"),
    "org rename": (
        "Renamed organization {old} to {organization}",
        "rename organization {old} to {organization}",
    ),
    "org set": (
        "Set up organization {organization}{settings}",
        "set up organization {organization}{settings}",
    ),
    "org move": ("Moved organization {organization} under {parent}", "move it: it would be {organization}"),
    "org remove": ("Removed organization {name}", "remove organization {name}"),
    "threshold set": (
        "Set up organization {organization}{settings}",
        "set up organization {organization}{settings}",
    ),
    "series add": ("Added series {name}", "add series {name}"),
    "series rename": ("Renamed series {old} to {name}", "rename series {old} to {name}"),
    "usage import": ("Read {rows} rows of usage", "read {rows} rows of usage"),
    "request": ("Made request {request} for {quantity} more", "make a request for {quantity} more"),
    "user rename": ("Renamed a user to {user}", "rename a user to {user}"),
    "user forget": (
        "Forgot a user; the name is blank everywhere, history included",
        "forget the user: the name would be blank everywhere, history included",
    ),
}
_WITH_TAG = ("reserve", "retag", "release")


def facts(outcome: Outcome) -> dict[str, object]:
    """The object that stands for a change in json and jsonl; its ranges stay packed."""
    return {
        "operation": outcome.operation,
        "action": outcome.action,
        "dry_run": outcome.dry_run,
        "count": outcome.count,
        "ranges": outcome.ranges,
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
    would_change = outcome.dry_run and (outcome.count or outcome.extra or outcome.user)
    if outcome.operation is None and not would_change:
        return "Nothing was to be changed."
    numbers = "1 number" if outcome.count == 1 else f"{outcome.count} numbers"
    if outcome.action in _SAID:
        done, would = (
            text.format(n=numbers, undone=outcome.extra.get("undoes")) for text in _SAID[outcome.action]
        )
        details = _details(outcome)
    else:
        done, would, details = *_furniture(outcome), ""
    if outcome.dry_run:
        return f"Would {would}{details}. Nothing was changed: this was a dry run."
    if outcome.action not in _SAID:
        return f"{done}{details} (operation {outcome.operation})."
    taken_back = f"take it back with `numctl undo {outcome.operation}`"
    return f"{done}{details} (operation {outcome.operation}; {taken_back})."


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


def _furniture(outcome: Outcome) -> tuple[str, str]:
    told = {**outcome.extra, "user": outcome.user, "settings": _settings(outcome.extra)}
    names = {name: "(gone since)" if value is None else value for name, value in told.items()}
    if outcome.action in _FURNITURE:
        done, would = _FURNITURE[outcome.action]
        return done.format(**names), would.format(**names)
    what = outcome.extra.get("organization") or outcome.extra.get("name")
    named = f"{outcome.action} {what}" if what else outcome.action
    return f"Done: {named}", f"do: {named}"


def _settings(extra: Mapping[str, object]) -> str:
    said = []
    if isinstance(emails := extra.get("emails"), list):
        said.append(f"e-mail {', '.join(emails)}" if emails else "no e-mail addresses of its own")
    if "threshold" in extra:
        said.append(f"threshold {extra['threshold']}%" if extra["threshold"] else "threshold off")
    return f": {'; '.join(said)}" if said else ""
