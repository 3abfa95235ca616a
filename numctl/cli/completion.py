"""What may stand where the cursor is: commands, options, and the store's own names, within scope.

Which names an argument or option takes is told by the word in capitals that stands for it in the help
(``ORG``, ``SERIES``, ...). Nothing is written, nothing is waited for, and nothing is ever complained of:
a store that can't be read has no names.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from numctl.cli.call import FILES
from numctl.cli.shells import Candidate, Offer
from numctl.cli.table import COMMANDS, GROUPS, lines
from numctl.cli.unasked import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numctl.cli.call import Call
    from numctl.cli.unasked import Line
    from numctl.core.catalog.view import View
    from numctl.settings import Settings

TOLD = ("db", "acting_as", "region")
"""Options that say which store is looked at, and as whom."""
BETTER = {
    ("search", "--tag"): "TAG",
    ("search", "--user"): "USER",
    ("series rename", "old"): "SERIES",
    ("user rename", "old"): "USER",
    ("register", "numbers"): "USER",
    ("release", "numbers"): "USER",
    ("series remove", "name"): "SERIES",
    ("series set", "name"): "SERIES",
    ("search", "--no-label"): "LABEL",
    ("label", "--remove"): "LABEL",
    ("label", "given"): "KEY=VALUE",
    ("import", "--profile"): "PROFILE",
    ("sync", "--profile"): "PROFILE",
    ("diff", "--profile"): "PROFILE",
    ("usage import", "--profile"): "USAGE-PROFILE",
}
"""What a value stands for where the help's word says less."""
LISTED = {
    "search": "queries.listing:FIELDS",
    "utilization": "queries.utilization:FIELDS",
    "report utilization": "queries.utilization:FIELDS",
    "user list": "queries.catalog:ListedUser",
    "org list": "queries.catalog:ListedOrganization",
    "series list": "queries.catalog:ListedSeries",
    "history": "past.history:Entry",
    "changes": "past.feed:Row",
    "label": "queries.labels:Listed",
    "mail list": "notifications.messages:Listed",
    "request": "notifications.requests:Listed",
}
"""Where the columns of a list stand, by its command: a tuple of the core, or the fields of its rows."""


def offer(call: Call, words: Sequence[str], start: str) -> Offer:
    """What may follow ``words`` and begins with ``start``."""
    line = line_of(words, GROUPS)
    if line is None:  # words that are no command
        return Offer([])
    if call.passage is not None:
        _expect_open(call, line)
    call.flags |= {one.name: value for one, value in line.all_given if one.shared and one.name in TOLD}
    name, equals, value = start.partition("=")
    param, rest = line.pending, start
    if equals and start.startswith("-"):
        param, rest = line.option(name), value
    elif param is None:
        if start.startswith("-") and "--" not in words:
            return Offer([*_options(line, start)])
        param = line.argument
    if param is None or param.flag:
        return Offer([*_commands(line.command, rest)])
    before = start[: len(start) - len(rest)]
    kind = BETTER.get((line.command, param.opts[0])) or param.metavar
    if kind.startswith(FILES):
        return Offer([], files=True)
    if _is_stored(kind) and (elsewhere := _settings(call.flags).remote):
        from numctl.cli import remote

        return Offer([Candidate(word) for word in remote.completed(elsewhere, words, start)])
    wanted = _words_of(kind, call.flags, line.command, rest)
    # Of an organization the whole path may be offered for the beginning of its name.
    fitting = wanted if kind in ("ORG", "PARENT") else _beginning(rest, wanted)
    return Offer([Candidate(before + word, MEANINGS.get(word, "")) for word in fitting])


def _settings(flags: Mapping[str, object]) -> Settings:
    from numctl import settings

    return settings.load(flags, os.environ)


def _expect_open(call: Call, line: Line) -> None:
    """Raises OutOfScope for a line that the gate doesn't let through."""
    from numctl.cli import gate

    call.entry = next((one for one in COMMANDS if one.name == line.command), None)
    if call.passage is not None and call.entry is not None:
        gate.expect_command(call.passage, call.entry)
    for param, value in line.all_given:
        if param.shared:
            gate.expect_shared(call, param, value)


def _options(line: Line, start: str) -> Iterator[Candidate]:
    """The options that begin so, but for those that stand there and may only once."""
    for one in line.parameters:
        if one.param_type_name == "option" and (one.multiple or one.name not in line.given):
            yield from (Candidate(word, one.help) for word in one.opts if word.startswith(start))


def _commands(group: str, start: str) -> Iterator[Candidate]:
    """The commands below a group that begin so; none below a command."""
    if not group or group in GROUPS:
        below = [entry for entry in COMMANDS if not group or entry.name.startswith(f"{group} ")]
        words = lines(below, GROUPS, 1 if group else 0)
        yield from (Candidate(word, told) for word, (_, told) in words.items() if word.startswith(start))


def _is_stored(kind: str) -> bool:
    """Whether what may stand there is told by the store."""
    return kind in STORED or kind == "A,B" or OF_LABEL in kind


def _words_of(kind: str, flags: Mapping[str, object], command: str, start: str) -> list[str]:
    if kind == "A,B":
        return _columns_of(flags, command, start)
    if kind in ("PROFILE", "USAGE-PROFILE"):
        return _profiles(flags, of_usage=kind != "PROFILE")
    if kind in STORED:
        from numctl.cli.looking import looking

        with suppress(Exception), looking(flags) as view:
            return STORED[kind](view, start)
        return []
    if kind in FIXED:
        return [*FIXED[kind]()]
    words = [word for word in kind.split("|") if word == word.lower() and len(word) > 1]
    return [*words, *(_words_of(OF_LABEL, flags, command, start) if OF_LABEL in kind else ())]


def _columns_of(flags: Mapping[str, object], command: str, start: str) -> list[str]:
    """What was named so far, with one more column of the list."""
    from importlib import import_module

    named, comma, last = start.rpartition(",")
    place = LISTED.get(command)
    if place is None:
        return []
    module, attribute = place.split(":")
    columns = getattr(import_module(f"numctl.core.{module}"), attribute)
    fields: Iterable[str] = columns if isinstance(columns, tuple) else columns._fields
    labels = _words_of(OF_LABEL, flags, command, last) if "labels" in fields else []
    there = named.split(",")
    return [named + comma + field for field in (*fields, *labels) if field not in there]


def _profiles(flags: Mapping[str, object], *, of_usage: bool) -> list[str]:
    from numctl.core.lists.profiles import listing

    with suppress(Exception):
        known = _settings(flags)
        return [*known.usage_profiles] if of_usage else [row[0] for row in listing(known.profiles)]
    return []


def _beginning(start: str, words: Iterable[str]) -> list[str]:
    """The words that begin so; in any case where none does exactly."""
    words = list(words)
    exact = [word for word in words if word.startswith(start)]
    return exact or [word for word in words if word[: len(start)].casefold() == start.casefold()]


# The words by kind.


def _columns() -> Iterable[str]:
    from numctl.core.queries.ordering import COLUMNS

    return COLUMNS


def _statuses() -> Iterable[str]:
    from numctl.core.rules.model import Status

    return (*map(str, Status), "registered")


def _formats() -> Iterable[str]:
    from numctl.output.formats import FORMATS

    return FORMATS


def _periods() -> Iterable[str]:
    from numctl.core.dates import PERIODS

    return PERIODS


def _countries() -> Iterable[str]:
    from phonenumbers.data import _AVAILABLE_REGION_CODES

    return sorted(_AVAILABLE_REGION_CODES)


def _named(what: str) -> Callable[[View, str], list[str]]:
    """What ``queries.names`` tells of the store under that name."""

    def told(view: View, start: str) -> list[str]:
        from numctl.core.queries import names

        found: list[str] = getattr(names, what)(view, start)
        return found

    return told


def _labels(view: View, start: str) -> list[str]:
    """Keys with ``=`` behind; behind one, its values."""
    from numctl.core.queries import names

    key, equals, value = start.partition("=")
    if equals:
        return [f"{key}={value}" for value in names.label_values(view, key, value)]
    return [f"{key}=" for key in names.label_keys(view, start)]


def _by_labels(view: View, start: str) -> list[str]:
    from numctl.core.queries import names

    wanted = start.removeprefix("label.") if start.startswith("label.") else ""
    return [f"label.{key}" for key in names.label_keys(view, wanted)]


WHENS: dict[str, str] = {
    "today": "now",
    "yesterday": "the end of that day",
    "operation:": "right after one; see numctl history",
}
OF_LABEL = "label.KEY"
STORED: dict[str, Callable[[View, str], list[str]]] = {
    "ORG": _named("organizations"),
    "PARENT": _named("organizations"),
    "SERIES": _named("series"),
    "TAG": _named("tags"),
    "USER": _named("users"),
    "LABEL": _named("label_keys"),
    "KEY=VALUE": _labels,
    "KEY[=VALUE]": _labels,
    OF_LABEL: _by_labels,
}
FIXED: dict[str, Callable[[], Iterable[str]]] = {
    "STATUS": _statuses,
    "FORMAT": _formats,
    "COLUMN": _columns,
    "CC": _countries,
    "PERIOD": _periods,
    "WHEN": lambda: WHENS,
}
MEANINGS = {
    **WHENS,
    "available": "free",
    "reserved": "held for later, under a tag",
    "aging": "resting until a day",
    "assigned": "given to a user who has not on-boarded yet",
    "in-use": "the user has on-boarded",
    "registered": "the same as in-use",
    "tsv": "tab-separated, for pipes",
    "csv": "for spreadsheets and other programs",
    "json": "an array of objects",
    "jsonl": "an object on each line",
    "xlsx": "a workbook",
    "ranges": "FIRST..LAST lines, for a pipe into another command",
}
"""What is said beside words by the shells that can."""


def respond(call: Call, shell: str) -> int:
    """Answer a shell's completion script, on standard output; always 0, never an error."""
    from numctl.cli import shells

    with suppress(Exception, KeyboardInterrupt):
        asked = shells.ASKED[shell](call.args)
        sys.stdout.write(shells.answer(shell, asked, offer(call, asked.words, asked.start)))
        sys.stdout.flush()
    return 0
