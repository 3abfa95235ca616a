"""The options of the program itself, before any command: its version, and completion for shells."""

from __future__ import annotations

from typing import Annotated

import typer


def _show_version(ctx: typer.Context, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from numctl import __version__

        typer.echo(f"numctl {__version__}")
        raise typer.Exit


def _install_completion(ctx: typer.Context, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from numctl.cli import shells

        _expect_no_gate(ctx)
        shells.set_up(_word_after("--install-completion", ctx))
        raise typer.Exit


def _show_completion(ctx: typer.Context, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from numctl.cli import shells

        _expect_no_gate(ctx)
        shells.show(_word_after("--show-completion", ctx))
        raise typer.Exit


def _expect_no_gate(ctx: typer.Context) -> None:
    """Raises OutOfScope where the line came through the gate: scripts are for one's own machine."""
    if ctx.find_root().obj.passage is not None:
        from numctl.core.errors import OutOfScope

        raise OutOfScope("The gate gives out no completion scripts.", "Use numctl on your own machine.")


def _word_after(option: str, ctx: typer.Context) -> str | None:
    """The shell named after an option that may stand alone."""
    args = ctx.find_root().obj.args
    return next(iter(args[args.index(option) + 1 :]), None) if option in args else None


def root_options(
    version: Annotated[
        bool | None,
        typer.Option(
            "--version",
            is_eager=True,
            expose_value=False,
            callback=_show_version,
            help="Show the version.",
        ),
    ] = None,
    install_completion: Annotated[
        bool | None,
        typer.Option(
            "--install-completion",
            is_eager=True,
            expose_value=False,
            callback=_install_completion,
            help="Install completion for this shell, or for bash, zsh or fish if that is named next.",
        ),
    ] = None,
    show_completion: Annotated[
        bool | None,
        typer.Option(
            "--show-completion",
            is_eager=True,
            expose_value=False,
            callback=_show_completion,
            help="Print that completion's script.",
        ),
    ] = None,
) -> None:
    """The options of the program itself."""
