"""What runs most often unasked, without Typer: ``threshold check``, and completion.

Loading Typer takes longer than looking at the store. Of ``threshold check`` the plain form alone is
read here; any other line, be it wrong or only unusual, is left to the parser, so that each is read as
ever. Completion has to know of a line what stands where, which it has from a table of all parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from numctl.cli.call import Call
    from numctl.cli.table import Entry

TABLE = Path(__file__).with_name("parameters.tsv")
MARKS = ("flag", "multiple", "shared")
"""What a line of the table says of a parameter, after its names and the word for its value."""
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


# A line as far as completion must know it


class Parameter(NamedTuple):
    """An option or argument of a command, as the parser declares it; made by ``tools.parameters``."""

    name: str
    param_type_name: str
    opts: tuple[str, ...]
    metavar: str
    help: str
    flag: bool
    multiple: bool
    shared: bool  # kept in the call, whatever the command


class Line(NamedTuple):
    """The words before the cursor: the command or group so far, what it takes, and what it has."""

    command: str
    parameters: Sequence[Parameter]
    given: Mapping[str, str]
    all_given: Sequence[tuple[Parameter, str]]  # before the command, too
    positional: int
    pending: Parameter | None  # an option that wants the next word

    def option(self, word: str) -> Parameter | None:
        """The option of that name."""
        return next((one for one in self.parameters if word in one.opts and word.startswith("-")), None)

    @property
    def argument(self) -> Parameter | None:
        """The argument that the next word without an option is for."""
        arguments = [one for one in self.parameters if one.param_type_name == "argument"]
        taken = next((at for at, one in enumerate(arguments) if one.multiple), len(arguments))
        return next(iter(arguments[min(self.positional, taken) :]), None)


def parameters() -> dict[str, list[Parameter]]:
    """What each command and group takes, by its words; the program itself by none."""
    told = TABLE.read_text(encoding="utf-8")
    distinct, commands = (part.split("\n") for part in told.rstrip("\n").split("\n\n"))
    found = [_parameter(*line.split("\t")) for line in distinct]
    rows = (line.split("\t") for line in commands)
    return {name: [found[int(at)] for at in places.split()] for name, places in rows}


def _parameter(name: str, type_name: str, opts: str, metavar: str, marks: str, help: str) -> Parameter:
    flag, multiple, shared = (mark in marks.split() for mark in MARKS)
    return Parameter(name, type_name, (*opts.split(),), metavar, help, flag, multiple, shared)


def line_of(words: Sequence[str], groups: Mapping[str, str]) -> Line | None:
    """The line that these words begin; None where they name no command."""
    known = parameters()
    line = Line("", known[""], {}, (), 0, None)
    ended = False
    for word in words:
        if line.pending is not None:
            line = _with(line._replace(pending=None), line.pending, word)
        elif word == "--" and not ended:
            ended = True
        elif word.startswith("-") and len(word) > 1 and not ended:
            line = _with_option(line, word)
        elif line.command in ("", *groups):
            command = f"{line.command} {word}".strip()
            if command not in known:
                return None
            line = Line(command, known[command], {}, line.all_given, 0, None)
        else:
            line = line._replace(positional=line.positional + 1)
    return line


def _with_option(line: Line, word: str) -> Line:
    name, equals, value = word.partition("=")
    if not word.startswith("--") and len(word) > 2:
        name, equals, value = word[:2], "=", word[2:].removeprefix("=")
    option = line.option(name)
    if option is None:
        return line
    if option.flag or equals:
        return _with(line, option, value)
    return line._replace(pending=option)


def _with(line: Line, option: Parameter, value: str) -> Line:
    return line._replace(
        given={**line.given, option.name: value}, all_given=(*line.all_given, (option, value))
    )
