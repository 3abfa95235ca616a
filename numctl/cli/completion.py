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

from numctl import settings
from numctl.cli.looking import looking
from numctl.cli.shells import Candidate, Offer
from numctl.input.options import FILES, STATUSES
from numctl.output.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typer._click import Context, Parameter
    from typer._click.core import Command as ClickCommand

    from numctl.core.catalog.view import View

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


def offer(
    root: ClickCommand, state: Mapping[str, object], program: str, words: list[str], start: str
) -> Offer:
    """What may follow ``words`` and begins with ``start``; ``state`` goes to the root's context."""
    from typer._click.shell_completion import _resolve_context, _resolve_incomplete

    context = _resolve_context(root, dict(state), program, words)
    found, rest = _resolve_incomplete(context, words, start)
    before = start[: len(start) - len(rest)]
    if context._protected_args:  # words that are no command
        return Offer([])
    if not hasattr(found, "param_type_name"):
        items = found.shell_complete(context, rest)
        return Offer([Candidate(before + item.value, item.help or "") for item in items])
    kind = _kind(context, found)  # type: ignore[arg-type] # what has that attribute is a parameter
    if kind.startswith(FILES):
        return Offer([], files=True)
    if _is_stored(kind) and (elsewhere := settings.load(context.find_root().obj.flags, os.environ).remote):
        from numctl.cli import remote

        return Offer([Candidate(word) for word in remote.completed(elsewhere, words, start)])
    wanted = _words_of(kind, context, rest)
    # Of an organization the whole path may be offered for the beginning of its name.
    fitting = wanted if kind in ("ORG", "PARENT") else _beginning(rest, wanted)
    return Offer([Candidate(before + word, MEANINGS.get(word, "")) for word in fitting])


def _kind(context: Context, param: Parameter) -> str:
    """The word in capitals that stands for the value in the help, or a better one."""
    entry = getattr(context.command, "entry", None)
    better = BETTER.get((entry.name, param.opts[0])) if entry is not None else None
    return better or param.metavar or ""


def _is_stored(kind: str) -> bool:
    """Whether what may stand there is told by the store."""
    return kind in STORED or kind == "A,B" or OF_LABEL in kind


def _words_of(kind: str, context: Context, start: str) -> list[str]:
    if kind == "A,B":
        return _columns_of(context, start)
    if kind in ("PROFILE", "USAGE-PROFILE"):
        return _profiles(context, of_usage=kind != "PROFILE")
    if kind in STORED:
        with suppress(Exception), looking(context.find_root().obj.flags) as view:
            return STORED[kind](view, start)
        return []
    if kind in FIXED:
        return [*FIXED[kind]()]
    words = [word for word in kind.split("|") if word == word.lower() and len(word) > 1]
    return [*words, *(_words_of(OF_LABEL, context, start) if OF_LABEL in kind else ())]


def _columns_of(context: Context, start: str) -> list[str]:
    """What was named so far, with one more column of the list."""
    from importlib import import_module

    named, comma, last = start.rpartition(",")
    place = LISTED.get(context.command.entry.name)  # type: ignore[attr-defined] # a command's, not a group's
    if place is None:
        return []
    module, attribute = place.split(":")
    columns = getattr(import_module(f"numctl.core.{module}"), attribute)
    fields: Iterable[str] = columns if isinstance(columns, tuple) else columns._fields
    labels = _words_of(OF_LABEL, context, last) if "labels" in fields else []
    there = named.split(",")
    return [named + comma + field for field in (*fields, *labels) if field not in there]


def _profiles(context: Context, *, of_usage: bool) -> list[str]:
    from numctl.core.lists.profiles import listing

    with suppress(Exception):
        known = settings.load(context.find_root().obj.flags, os.environ)
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


def _periods() -> Iterable[str]:
    from numctl.core.dates import PERIODS

    return PERIODS


def _countries() -> Iterable[str]:
    from phonenumbers.data import _AVAILABLE_REGION_CODES

    return sorted(_AVAILABLE_REGION_CODES)


def _organizations(view: View, start: str) -> list[str]:
    from numctl.core.queries import names

    return names.organizations(view, start)


def _series(view: View, start: str) -> list[str]:
    from numctl.core.queries import names

    return names.series(view, start)


def _tags(view: View, start: str) -> list[str]:
    from numctl.core.queries import names

    return names.tags(view, start)


def _users(view: View, start: str) -> list[str]:
    from numctl.core.queries import names

    return names.users(view, start)


def _label_keys(view: View, start: str) -> list[str]:
    from numctl.core.queries import names

    return names.label_keys(view, start)


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
    "ORG": _organizations,
    "PARENT": _organizations,
    "SERIES": _series,
    "TAG": _tags,
    "USER": _users,
    "LABEL": _label_keys,
    "KEY=VALUE": _labels,
    "KEY[=VALUE]": _labels,
    OF_LABEL: _by_labels,
}
FIXED: dict[str, Callable[[], Iterable[str]]] = {
    "STATUS": lambda: (*STATUSES, "registered"),
    "FORMAT": lambda: FORMATS,
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


def respond(
    root: ClickCommand, state: Mapping[str, object], program: str, shell: str, args: list[str]
) -> int:
    """Answer a shell's completion script, on standard output; always 0, never an error."""
    from numctl.cli import shells

    with suppress(Exception, KeyboardInterrupt):
        asked = shells.ASKED[shell](args)
        answer = shells.answer(shell, asked, offer(root, state, program, asked.words, asked.start))
        sys.stdout.write(answer)
        sys.stdout.flush()
    return 0
