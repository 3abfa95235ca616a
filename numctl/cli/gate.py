"""What may pass the gate: nothing but what ``open_commands`` names."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

from numctl.cli import open_commands
from numctl.cli.call import COMPLETION_REQUEST, FILES, Call
from numctl.core.errors import OutOfScope
from numctl.core.store.places import whole
from numctl.core.text import quoted

if TYPE_CHECKING:
    from typer._click import Context, Parameter

    from numctl.cli.table import Entry
    from numctl.cli.unasked import Parameter as Known
    from numctl.core.store.places import Place
    from numctl.gate.requests import Passage

STREAM = "-"
ADVICE = "Ask whoever keeps the store."


def passing(passage: Passage, store: Place) -> Call:
    """The call that a request stands for, on the host's store.

    The process is made its own: no word of its environment counts any more.
    """
    request = passage.request
    for name in [name for name in os.environ if name.lstrip("_").startswith("NUMCTL_")]:
        del os.environ[name]
    for name in ("COLUMNS", "LINES", "NO_COLOR", "PAGER"):
        os.environ.pop(name, None)
    os.environ["TERM"] = "xterm-256color" if request.color else "dumb"
    if request.columns:
        os.environ["COLUMNS"] = request.columns
    if request.complete:
        os.environ[COMPLETION_REQUEST] = request.complete
    if request.framed:
        from numctl.gate.framing import Unframed

        inside = io.BufferedReader(Unframed(sys.stdin.buffer))
        sys.stdin = io.TextIOWrapper(inside, encoding="utf-8")
    flags: dict[str, object] = {"db": whole(store), "acting_as": f"/{passage.organization}"}
    flags |= {name: True for name in ("color", "table") if getattr(request, name)}
    if request.zone and _is_known(request.zone):
        flags["zone"] = request.zone
    return Call(list(request.words), flags, passage=passage)


def _is_known(zone: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return False
    return True


def expect_command(passage: Passage, entry: Entry) -> None:
    """Raises OutOfScope for a command that the gate, or a key that may only read, doesn't let through."""
    if entry.name not in open_commands.OWN:
        raise OutOfScope(f"The gate doesn't let `{entry.name}` through.", ADVICE, command=entry.name)
    if passage.read_only and entry.changes and entry.name not in open_commands.READING_BY:
        raise _read_only(entry)


def expect_shared(call: Call, param: Parameter | Known, value: object) -> None:
    """Raises OutOfScope for an option that commands share and that is closed."""
    name = param.name or ""
    lists = call.entry is not None and call.entry.lists and name in open_commands.LIST
    if name not in open_commands.PLAIN and not lists:
        raise _closed(param)
    if name in open_commands.STREAMS and value != STREAM:
        raise _file(value)


def expect_own(passage: Passage, entry: Entry, context: Context) -> None:
    """Raises OutOfScope where a command's own options or arguments are closed."""
    params = context.command.params
    given = {param.name: param for param in params if is_given(context.params.get(param.name or ""))}
    for name, param in given.items():
        if name not in open_commands.OWN[entry.name].split():
            raise _closed(param)
        value = context.params.get(name)
        if (param.metavar or "").startswith(FILES) and value != STREAM:
            raise _file(value)
    reading, changing = open_commands.READING_BY.get(entry.name), open_commands.CHANGING_BY.get(entry.name)
    if passage.read_only and ((reading and reading not in given) or changing in given):
        raise _read_only(entry)


def is_given(value: object) -> bool:
    """Whether a parameter has a value; 0 is one."""
    return value is not None and value is not False and value not in ([], ())


def _closed(param: Parameter | Known) -> OutOfScope:
    named = param.opts[0] if param.param_type_name == "option" else param.metavar
    return OutOfScope(f"The gate doesn't let {named} through.", ADVICE, option=named)


def _file(value: object) -> OutOfScope:
    return OutOfScope(
        f"The gate opens no files, and {quoted(str(value))} would be one.",
        "Send it as a stream: give - for the file.",
    )


def _read_only(entry: Entry) -> OutOfScope:
    return OutOfScope(f"This key may only read, and `{entry.name}` changes something.", ADVICE)
