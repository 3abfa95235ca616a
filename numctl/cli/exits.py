"""How a run ends: every error as an exit code and one sentence, at one place.

Codes 2 to 12 belong to the refusals of the core. What is added here are the endings that only a
program has: failed input and output, an interruption, a reader that went away, a bug.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from numctl.core.errors import BadValue, Failed, Refusal

if TYPE_CHECKING:
    from numctl.cli.call import Call
    from numctl.output import Output

UNKNOWN_TO_MONITORING = 3
INTERRUPTED = 130
READER_GONE = 141


class OutputLost(Refusal):
    """The change was made, but its output could not be written."""

    code = 14
    kind = "output-lost"


class Bug(Refusal):
    """Something happened that should not be possible."""

    code = 20
    kind = "bug"


def conclude(call: Call, run: Callable[[], int]) -> int:
    """Run, and turn whatever is raised into what is said and the exit code to leave with."""
    try:
        code = run()
        sys.stdout.flush()  # here, where failing still has a consequence
        return code
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        return _conclude_with(call, error)


def _conclude_with(call: Call, error: BaseException) -> int:
    if isinstance(error, Refusal) and getattr(call.session, "committed", None) is None:
        return _say(call, error)
    from typer import Abort, Exit

    committed = getattr(call.session, "committed", None)
    if committed is not None and not isinstance(error, SystemExit | Exit):
        return _say(call, _output_lost(committed, error))
    if isinstance(error, Exit):
        return error.exit_code
    if isinstance(error, SystemExit):  # Typer's completion leaves this way
        return error.code if isinstance(error.code, int) else 0
    if isinstance(error, KeyboardInterrupt | Abort):
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        return READER_GONE
    refusal = refusal_of(error)
    if isinstance(refusal, Bug) and (damage := getattr(call.session, "damage", None)):
        refusal = damage() or refusal
    return _say(call, refusal)


def refusal_of(error: BaseException) -> Refusal:
    """What an error is in this program's terms."""
    if isinstance(error, Refusal):
        return error
    from typer._click.exceptions import ClickException, UsageError

    if isinstance(error, UsageError):
        return _usage(error)
    if isinstance(error, ClickException):
        return Failed(_sentence(error.format_message()))
    if isinstance(error, OSError):
        return _failed(error)
    if isinstance(error, MemoryError):
        return Failed("There is not enough memory.")
    if isinstance(error, ImportError):  # a disk that fails, or an installation that isn't whole
        return Failed(
            _sentence(f"A part of numctl can't be loaded: {error}"), "Install it anew if that stays."
        )
    from numctl.core.store import failures

    return failures.refusal_of(error) or _bug(error)


def _usage(error: BaseException) -> BadValue:
    from typer._click import exceptions as click

    advice = ""
    if isinstance(error, click.UsageError) and error.ctx is not None:
        advice = f"See '{error.ctx.command_path.split(' [')[0]} --help'."
    if isinstance(error, click.MissingParameter) and error.param is not None:
        param = error.param
        named = param.opts[0] if param.param_type_name == "option" else param.metavar or param.name
        return BadValue(f"{named} is missing.", advice)
    if isinstance(error, click.NoSuchOption):
        near = sorted(error.possibilities or [])
        hint = f"Did you mean {' or '.join(near)}?" if near else advice
        return BadValue(f"There is no option {error.option_name}.", hint, nearest=near)
    message = error.format_message() if isinstance(error, click.ClickException) else str(error)
    return BadValue(_sentence(message), advice)


def _failed(error: OSError) -> Failed:
    reason = error.strerror or str(error)
    where = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
    return Failed(_sentence(f"{where}{reason}"))


def _bug(error: BaseException) -> Bug:
    if os.environ.get("NUMCTL_DEBUG"):
        from traceback import format_exception

        with suppress(OSError, ValueError):
            sys.stderr.write("".join(format_exception(error, limit=-8)))
    what = f"{type(error).__name__}: {error}".rstrip(": ")
    return Bug(
        _sentence(f"This is a bug in numctl: {what}"),
        "Nothing was changed. Set NUMCTL_DEBUG=1 to see where, and please report it.",
    )


def _output_lost(operation: object, error: BaseException) -> OutputLost:
    reason = error.strerror if isinstance(error, OSError) else refusal_of(error).message.rstrip(".")
    return OutputLost(
        _sentence(f"Operation {operation} was made, but its output could not be written: {reason}"),
        f"See it with 'numctl history --operation {operation}'.",
        operation=operation,
    )


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _say(call: Call, refusal: Refusal) -> int:
    """Say it, where it can be said, and return its exit code."""
    with suppress(OSError, ValueError):
        show(call, refusal)
    if not call.monitoring:
        return refusal.code
    from numctl.output.formats import shown

    with suppress(OSError, ValueError):
        sys.stdout.write(f"NUMCTL UNKNOWN - {shown(str(refusal)).replace('|', '/')}\n")
        sys.stdout.flush()
    return UNKNOWN_TO_MONITORING


def show(call: Call, refusal: Refusal) -> None:
    """Hand the refusal to the output: the session's, or before there is one, one of its own."""
    output = getattr(call.session, "output", None) or _own_output(call)
    output.error(refusal)
    sys.stderr.flush()


def _own_output(call: Call) -> Output:
    from numctl import settings
    from numctl.output import FORMATS, Output

    wanted, color = call.wanted_format(), False if "--no-color" in call.args else None
    with suppress(Refusal):
        found = settings.load(call.flags, os.environ)
        wanted, color = wanted or found.output, False if color is False else found.color
    return Output(wanted if wanted in FORMATS else None, stdout=sys.stdout, stderr=sys.stderr, color=color)
