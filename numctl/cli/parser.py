"""How a command line is read: commands loaded when called, and options that every command takes.

Typer turns an annotated function into a command; here that happens at the moment the command is
called, and the shared options of ``options.py`` are put beside its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import typer
import typer.main
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.models import CommandInfo

from numctl.cli.call import FILES, Call
from numctl.cli.nearest import unknown
from numctl.cli.table import lines
from numctl.core.errors import BadValue
from numctl.core.text import quoted
from numctl.input import options
from numctl.input.changing import ChangeOptions

if TYPE_CHECKING:
    from typer._click import Context, HelpFormatter, Parameter
    from typer._click.core import Command as ClickCommand

    from numctl.cli.table import Entry
    from numctl.session import Session

PROGRAM = "numctl"
GLOBAL_PANEL = "Global options"
CHANGE_PANEL = "Options of every change"
LIST_PANEL = "How the list is read"


def dispatch(call: Call, entries: Sequence[Entry], groups: Mapping[str, str]) -> int:
    """Run the command that ``call.args`` names and return its exit code.

    Raises whatever the command raises; Typer's usage errors and ``Exit`` among them.
    """
    call.watching = [entry.name for entry in entries if entry.monitoring]
    root = program(entries, groups)
    with root.make_context(PROGRAM, call.args.copy(), obj=call) as ctx:
        code = root.invoke(ctx)
    return code if isinstance(code, int) else 0


def program(entries: Iterable[Entry], groups: Mapping[str, str]) -> Group:
    """The whole program as one group, its commands not yet loaded."""
    root = Group(PROGRAM, entries, groups, help="Administer telephone numbers over one SQLite file.")
    root.params += _root_options()
    return root


class Group(TyperGroup):
    """Commands by their first word, each known by its line in the table until it is called."""

    def __init__(
        self, name: str, entries: Iterable[Entry], groups: Mapping[str, str] | None = None, *, help: str
    ) -> None:
        super().__init__(
            name=name,
            help=help,
            params=list(_global_options()),
            invoke_without_command=True,
            subcommand_metavar="COMMAND ...",
            rich_markup_mode=None,
            context_settings={"help_option_names": ["-h", "--help"]},
        )
        self.entries = {entry.name: entry for entry in entries}
        self.groups = groups or {}

    def list_commands(self, ctx: Context) -> list[str]:
        return list(self.lines())

    def lines(self) -> dict[str, tuple[str, str]]:
        """Each first word below this group, with its panel and its one line of help."""
        return lines(self.entries.values(), self.groups, 0 if self.name == PROGRAM else 1)

    def get_command(self, ctx: Context, cmd_name: str) -> ClickCommand | None:
        name = cmd_name if self.name == PROGRAM else f"{self.name} {cmd_name}"
        if name in self.entries:
            return load(self.entries[name])
        if name in self.groups:
            below = [entry for entry in self.entries.values() if entry.name.startswith(f"{name} ")]
            return Group(name, below, help=self.groups[name])
        return None

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, ClickCommand | None, list[str]]:
        word, rest = args[0], args[1:]
        name = word if self.name == PROGRAM else f"{self.name} {word}"
        call = cast(Call, ctx.find_root().obj)
        call.entry = self.entries.get(name)
        if call.passage is not None and call.entry is not None:
            from numctl.cli import gate

            gate.expect_command(call.passage, call.entry)
        command = self.get_command(ctx, word)
        if command is None and not ctx.resilient_parsing:
            raise unknown(name, [*self.entries, *self.groups], self.name or PROGRAM)
        return word if command else None, command, rest

    def invoke(self, ctx: Context) -> Any:
        if not ctx._protected_args:  # called alone: how things stand, and what could have been meant
            if self.name == PROGRAM and self.entries.keys() >= {"search"}:
                self._show_overview(ctx)
            typer.echo(ctx.get_help())
            return 0
        return super().invoke(ctx)

    def _show_overview(self, ctx: Context) -> None:
        from numctl.commands import overview

        session = open_session(cast(Call, ctx.find_root().obj), ChangeOptions(), "", {})
        if told := overview.lines(session):
            session.output.prose(*told, "")

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        from numctl.cli.help import page_of_group, write

        write(page_of_group(self, ctx, self.lines()), formatter)


class Command(TyperCommand):
    """A command made from its function, with the shared options beside its own."""

    entry: Entry

    def invoke(self, ctx: Context) -> Any:
        call = cast(Call, ctx.find_root().obj)
        if call.passage is not None:
            from numctl.cli import gate

            gate.expect_own(call.passage, self.entry, ctx)
        for param in self.params:
            _expect_text(param, ctx.params.get(param.name or ""))
        change = ChangeOptions(**call.change)
        if "numbers" in ctx.params and self.entry.changes:
            self._require_numbers(ctx, change)
        ctx.obj = call.session = open_session(call, change, self.entry.name, ctx.params)
        try:
            if call.session.settings.remote is not None:
                from numctl.cli import remote

                return remote.run(call, self.params, ctx.params)
            with call.session.saving() if self.entry.tells else nullcontext():
                ended = self._run(ctx)
            if call.session.owes_mail:  # trying to deliver it never fails the command
                from numctl import mail

                mail.deliver_after_change(call.session)
        finally:
            call.session.close()
        if isinstance(ended, typer.Exit):
            raise ended
        return ended

    def _run(self, ctx: Context) -> Any:
        """What the command returns, or the exit by which it ends with a code of its own."""
        try:
            return super().invoke(ctx)
        except typer.Exit as exit:
            return exit

    def _require_numbers(self, ctx: Context, change: ChangeOptions) -> None:
        if self.numbers_required and not ctx.params["numbers"] and change.from_file is None:
            raise BadValue("NUMBERS are missing.", f"See '{PROGRAM} {self.entry.name} --help'.")

    numbers_required = False

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        from numctl.cli.help import page_of_command, write

        write(page_of_command(self, ctx), formatter)


def _expect_text(param: Parameter, value: object) -> None:
    """Raises BadValue for bytes that are no UTF-8: they may stand in the name of a file alone."""
    values = value if isinstance(value, list | tuple) else [value]
    for text in values:
        if isinstance(text, str) and not text.isascii() and (param.metavar or "") not in FILES:
            try:
                text.encode()
            except UnicodeEncodeError:
                named = param.opts[0] if param.param_type_name == "option" else param.metavar
                raise BadValue(f"{named} takes text in UTF-8, not {quoted(text)}.") from None


def open_session(call: Call, change: ChangeOptions, name: str, params: Mapping[str, object]) -> Session:
    """What the command is handed as ``ctx.obj``; the only place that makes one."""
    from numctl.session import Session

    return Session(call.flags, change, (name, dict(params)), call.lists, call.passage)


def load(entry: Entry) -> Command:
    """Make the command of an entry from its function; the one place where a command is imported."""
    return _made(entry, getattr(import_module(entry.module), entry.function))


@cache
def _made(entry: Entry, function: Callable[..., object]) -> Command:
    info = CommandInfo(name=entry.name.split()[-1], cls=Command, callback=function)
    made = typer.main.get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)
    command = cast(Command, made)
    command.entry = entry
    if entry.lists:
        command.params += _list_options()
    if entry.rows:
        command.params += _shared(options.list_columns, "", "flags")
    if entry.tells:
        command.params += _shared(options.out_options, "", "flags")
    if entry.changes:
        command.params += _change_options()
        numbers = next((p for p in command.params if p.name == "numbers"), None)
        if isinstance(numbers, TyperArgument):
            command.numbers_required = numbers.required
            numbers.required = False  # they may come by --from-file
            command.params += _numbers_options()
    command.params += _global_options()
    return command


@cache
def _global_options() -> list[TyperOption]:
    return _shared(options.global_options, GLOBAL_PANEL, "flags")


@cache
def _change_options() -> list[TyperOption]:
    return _shared(options.change_options, CHANGE_PANEL, "change")


@cache
def _list_options() -> list[TyperOption]:
    from numctl.input import lists

    return _shared(lists.list_options, LIST_PANEL, "lists")


@cache
def _numbers_options() -> list[TyperOption]:
    return _shared(options.numbers_options, "", "change")


@cache
def _root_options() -> list[Parameter]:
    from numctl.cli.program_options import root_options

    own, _, _ = typer.main.get_params_convertors_ctx_param_name_from_function(root_options)
    return [*own]


def _shared(declared: Any, panel: str, kept_in: str) -> list[TyperOption]:
    """Options declared like a command's, but kept in the call instead of handed to the command.

    Parsing goes from the left, so what stands nearest to the command, or last, wins.
    """

    def keep(ctx: Context, param: Parameter, value: object) -> None:
        if value is not None:
            call = cast(Call, ctx.find_root().obj)
            if call.passage is not None:
                from numctl.cli import gate

                gate.expect_shared(call, param, value)
            _expect_text(param, value)
            getattr(call, kept_in)[param.name] = value

    made, _, _ = typer.main.get_params_convertors_ctx_param_name_from_function(declared)
    shared = cast("list[TyperOption]", made)
    for option in shared:
        option.expose_value = False
        option.callback = keep
        option.rich_help_panel = panel or None
    return shared
