"""What a change answers: an object for programs, and one sentence for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.rules.book import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numctl.core.changes.operation import Outcome
    from numctl.core.rules.record import Action


SHOWN = 5  # ranges in a sentence
# What is told of a list that was read, whether or not anything changed.
OF_A_LIST = frozenset(
    (
        "added",
        "removed",
        "changed",
        "left",
        "short_codes",
        "over_long",
        "fields",
        "ignored",
        "rows",
        "numbers",
    )
)


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
    done_beside = any(fact != [] for word, fact in outcome.extra.items() if word not in OF_A_LIST)
    would_change = outcome.dry_run and (outcome.count or outcome.user or done_beside)
    if outcome.operation is None and not would_change:
        return f"Nothing was to be changed{_unusual(outcome.extra)}."
    action = ACTIONS[outcome.action]
    words = _words(outcome)
    details = _details(outcome, action) if action.of_numbers else ""
    done, would = action.done, action.would
    if outcome.action == "undo" and not outcome.count:
        done, would = "Undid operation {undoes}", "undo operation {undoes}"
    if outcome.dry_run:
        return f"Would {would.format(**words)}{details}. Nothing was changed: this was a dry run."
    way_back = "" if action.final else f"; take it back with `numctl undo {outcome.operation}`"
    return f"{done.format(**words)}{details} (operation {outcome.operation}{way_back})."


def replayed(outcome: Outcome) -> str:
    """What is said of an answer that was given before, under the same key."""
    said = f"This was done before under the same key, as operation {outcome.operation}; nothing was done now."
    if outcome.undone_by is not None:
        said += f" It has been undone since, by operation {outcome.undone_by}."
    return said


def _details(outcome: Outcome, action: Action) -> str:
    said = ""
    if outcome.source and outcome.to and outcome.source != outcome.to:
        said += f" from {outcome.source} to {outcome.to}"
    elif outcome.source or outcome.to:
        said += f" of {outcome.to or outcome.source}"
    if outcome.series and "series" in action.tells:
        said += f", series {outcome.series}"
    if outcome.tag and "tag" in action.tells:
        said += f", tag '{outcome.tag}'"
    if outcome.extra.get("until") and "until" in action.tells:
        said += f", until {outcome.extra['until']}"
    if outcome.user:
        said += f", user {outcome.user}"
    if outcome.ranges:
        said += f": {', '.join(map(str, outcome.ranges[:SHOWN]))}"
    if len(outcome.ranges) > SHOWN:
        more = (
            f"; see them with `numctl history --operation {outcome.operation}`" if outcome.operation else ""
        )
        said += f" and {len(outcome.ranges) - SHOWN} more ranges{more}"
    if isinstance(kept := outcome.extra.get("kept"), list):
        said += f"; {', '.join(kept)} stay, as something needs them by now"
    said += _made(outcome) + _unusual(outcome.extra)
    if outcome.extra.get("rejected"):
        said += f"; {outcome.extra['rejected']} lines were rejected"
    return said


def _made(outcome: Outcome) -> str:
    """What was made on the way, named."""
    said, made = "", "make" if outcome.dry_run else "made"
    for word, what in (("organizations", "organization"), ("series_made", "series")):
        names = outcome.extra.get(word)
        if isinstance(names, list) and names:
            what = f"{what}s" if len(names) > 1 and what != "series" else what
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            said += f"; {made} {what} {', '.join(names[:SHOWN])}{more}"
    return said


def _unusual(extra: Mapping[str, object]) -> str:
    """What of the numbers is to be looked at, and what a list lacks or has more."""
    said = ""
    if short := extra.get("short_codes"):
        said += f"; short codes among them: {short}"
    if long := extra.get("over_long"):
        said += f"; longer than their country's numbers: {long}"
    if left := extra.get("left"):
        said += f"; left as they are, as only one side has them: {left}"
    return said


def _words(outcome: Outcome) -> dict[str, object]:
    """What may stand in a sentence: names of what is gone since are told as such."""
    told = {**outcome.extra, "user": outcome.user, "settings": _settings(outcome.extra)}
    named = {name: "(gone since)" if value is None else value for name, value in told.items()}
    return {**named, "n": "1 number" if outcome.count == 1 else f"{outcome.count} numbers"}


def _settings(extra: Mapping[str, object]) -> str:
    said = []
    if isinstance(emails := extra.get("emails"), list):
        said.append(f"e-mail {', '.join(emails)}" if emails else "no e-mail addresses of its own")
    if "threshold" in extra:
        said.append(f"threshold {extra['threshold']}%" if extra["threshold"] else "threshold off")
    if "basis" in extra:
        said.append(f"basis {extra['basis'] or 'as above'}")
    if "aging" in extra:
        aging = extra["aging"]
        said.append("aging as above" if aging is None else f"aging {aging} days" if aging else "no aging")
    if "intermediate" in extra:
        said.append("intermediate" if extra["intermediate"] else "not intermediate")
    return f": {'; '.join(said)}" if said else ""
