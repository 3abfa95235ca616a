"""What may stand where the cursor is: commands, options, and the store's own names, within scope.

Which names an argument or option takes is told by the word in capitals that stands for it in the help
(``ORG``, ``SERIES``, ...). Nothing is written, nothing is waited for, and nothing is ever complained of:
a store that can't be read has no names.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from numctl import settings
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
}
"""What a value stands for where the help's word says less."""


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
    wanted = _beginning(rest, _words_of(kind, context, rest))
    return Offer([Candidate(before + word) for word in wanted])


def _kind(context: Context, param: Parameter) -> str:
    """The word in capitals that stands for the value in the help, or a better one."""
    entry = getattr(context.command, "entry", None)
    better = BETTER.get((entry.name, param.opts[0])) if entry is not None else None
    return better or param.metavar or ""


def _words_of(kind: str, context: Context, start: str) -> Iterable[str]:
    if kind in STORED:
        with suppress(Exception), _reading(context) as view:
            return STORED[kind](view, start)
        return ()
    if kind in FIXED:
        return FIXED[kind]()
    return [word for word in kind.split("|") if word == word.lower() and len(word) > 1]


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


STORED: dict[str, Callable[[View, str], list[str]]] = {
    "ORG": _organizations,
    "PARENT": _organizations,
    "SERIES": _series,
    "TAG": _tags,
    "USER": _users,
}
FIXED: dict[str, Callable[[], Iterable[str]]] = {
    "STATUS": lambda: (*STATUSES, "registered"),
    "FORMAT": lambda: FORMATS,
    "COLUMN": _columns,
    "CC": _countries,
    "PERIOD": _periods,
}


@contextmanager
def _reading(context: Context) -> Iterator[View]:
    """A look at the store as whom the line, the environment or the settings say; nothing is settled."""
    from numctl.core.actions.opening import open_store
    from numctl.core.catalog.tree import Tree
    from numctl.core.catalog.view import View

    known = settings.load(context.find_root().obj.flags, os.environ)
    with open_store(known.db, lock_timeout=0) as store, store.reading() as connection:
        tree = Tree.load(connection)
        acting = tree.find(known.acting_as, tree.root) if known.acting_as else tree.root
        yield View(connection, tree, acting)


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
