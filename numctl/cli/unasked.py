"""What runs most often unasked, without Typer: ``threshold check``, and the completion of commands.

Loading Typer takes longer than looking at the store. What is read here is the plain form alone; any
other line, be it wrong or only unusual, is left to the parser, so that each is read as ever.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numctl.cli.call import Call
    from numctl.cli.shells import Candidate
    from numctl.cli.table import Entry

WORDS = ("threshold", "check")
VALUED = {"--db": "db", "--as": "acting_as", "--org": "org", "--region": "region"}
SINGLE = {
    "--notify": "notify",
    "--quiet": "quiet",
    "-q": "quiet",
    "--no-color": "no_color",
    "--no-input": "no_input",
}


def check_of(args: Sequence[str]) -> tuple[dict[str, object], str | None] | None:
    """The options of a plain ``threshold check``, global ones too, and its ORG; None for any other line."""
    flags: dict[str, object] = {}
    words: list[str] = []
    rest = iter(args)
    for word in rest:
        if word in VALUED:
            value = next(rest, "")
            if not value or value.startswith("-"):
                return None
            flags[VALUED[word]] = value
        elif word in SINGLE:
            flags[SINGLE[word]] = True
        elif word.startswith("-"):
            return None
        else:
            words.append(word)
    named = words[len(WORDS) :]
    org = flags.pop("org", None)
    given = [*named, *([str(org)] if org is not None else [])]
    told = [*words, *given, *(str(value) for value in flags.values())]
    plain = (*words[: len(WORDS)],) == WORDS and len(given) < 2 and all(word.isascii() for word in told)
    return (flags, next(iter(given), None)) if plain else None


def check(call: Call, entries: Sequence[Entry], flags: dict[str, object], top: str | None) -> int | None:
    """Run ``threshold check``; None, with nothing done, where the store is behind a gate."""
    from numctl import monitoring
    from numctl.input.changing import ChangeOptions
    from numctl.session import Session

    notify = bool(flags.pop("notify", False))
    call.flags = flags
    call.entry = next(entry for entry in entries if entry.monitoring)
    call.session = Session(flags, ChangeOptions(), (call.entry.name, {}), {})
    try:
        if call.session.settings.remote is not None:
            return None
        return monitoring.tell(call.session, top, notify=notify)
    finally:
        call.session.close()


def completed(shell: str, args: list[str], entries: Sequence[Entry], groups: Mapping[str, str]) -> bool:
    """Answer a shell that asks for a command or an organization; False, with nothing said, for all else."""
    from numctl.cli import shells

    with suppress(Exception):
        asked = shells.ASKED[shell](args)
        group = asked.words[0] if asked.words else ""
        if asked.start.startswith("-"):
            return False
        if len(asked.words) < 2 and (not group or group in groups):
            found = _commands(group, asked.start, entries, groups)
        elif asked.words[-1] == "--org" or (asked.words[-1] == "--to" and _moves(asked.words)):
            found = [shells.Candidate(word) for word in _organizations(asked.words, asked.start)]
        else:
            return False
        sys.stdout.write(shells.answer(shell, asked, shells.Offer(found)))
        sys.stdout.flush()
        return True
    return False


def _moves(words: Sequence[str]) -> bool:
    """Whether the command is one whose ``--to`` is an organization."""
    plain = (word for last, word in pairwise(("", *words)) if not word.startswith("-") and last not in VALUED)
    return next(plain, "") in ("move", "allocate")


def _commands(group: str, start: str, entries: Sequence[Entry], groups: Mapping[str, str]) -> list[Candidate]:
    from numctl.cli.shells import Candidate
    from numctl.cli.table import lines

    below = [entry for entry in entries if not group or entry.name.startswith(f"{group} ")]
    words = lines(below, groups, 1 if group else 0)
    return [Candidate(word, line) for word, (_, line) in words.items() if word.startswith(start)]


def _organizations(words: Sequence[str], start: str) -> list[str]:
    """What fits in scope. Raises LookupError where the line or the settings say more than is read here."""
    from numctl.cli.looking import looking
    from numctl.core.queries import names

    flags = {VALUED[word]: value for word, value in pairwise(words) if word in ("--db", "--as")}
    if any(word.startswith(("--db=", "--as=")) for word in words) or _is_elsewhere(flags):
        raise LookupError
    with looking(flags) as view:
        return names.organizations(view, start)


def _is_elsewhere(flags: Mapping[str, object]) -> bool:
    import os

    from numctl import settings

    return settings.load(flags, os.environ).remote is not None
