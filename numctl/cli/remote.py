"""A store behind a gate elsewhere, ``ssh://host``: the command line goes there, files stay here.

Through OpenSSH's own client; ``NUMCTL_SSH`` names another one, or gives it options.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast

import typer

from numctl.cli.call import FILES
from numctl.cli.gate import is_given
from numctl.cli.open_commands import OWN
from numctl.core.errors import BadValue, Failed
from numctl.core.text import quoted
from numctl.gate.framing import frames
from numctl.gate.requests import Request
from numctl.output.terminal import is_terminal, wants_colour, width_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from typer._click.core import Parameter

    from numctl.cli.call import Call
    from numctl.session import Session

ADDRESS = re.compile(r"ssh://(?:([^@/:\s]+)@)?(\[[0-9A-Fa-f:.]+\]|[^@/:\s]+)(?::(\d{1,5}))?(?:/([^/\s]+))?/?")
LOST = 255  # ssh's own exit code where it could not do it
STREAM = "-"
HERE = ("db", "lock_timeout", "out", "output", "no_pager")  # options that are for this end
QUICKLY = ("-o", "BatchMode=yes", "-o", "ConnectTimeout=2")


class Address(NamedTuple):
    """Where a gate is: ``user`` and ``name`` (of the store there) may be empty, ``port`` too."""

    user: str
    host: str
    port: str
    name: str

    def command(self, *options: str) -> list[str]:
        """The program that goes there, but for the line that it is to take along."""
        client = shlex.split(os.environ.get("NUMCTL_SSH") or "ssh")
        port = ["-p", self.port] if self.port else []
        user = ["-l", self.user] if self.user else []
        return [*client, "-T", *options, *port, *user, "--", self.host.strip("[]")]


def read_address(text: str) -> Address:
    """``ssh://[user@]host[:port][/name]``. Raises BadValue."""
    found = ADDRESS.fullmatch(text)
    if found is None or found[2].startswith("-") or (found[1] or "").startswith("-"):
        raise BadValue(
            f"{quoted(text)} is no address of a gate.", "Write ssh://host, or ssh://user@host:port/name."
        )
    return Address(*(part or "" for part in found.groups()))


def run(call: Call, params: Sequence[Parameter], own: Mapping[str, Any]) -> int:
    """Run a command there; return its exit code.

    ``params`` are all that it takes, ``own`` the values of those that no other commands share, by name.

    Raises BadValue for what can't be done from here, Failed where ssh could not do it.
    """
    session = cast("Session", call.session)
    given = _given(params, own, {**call.flags, **call.change, **call.lists})
    address = read_address(session.settings.remote or "")
    options = [f"--output={format}" for format in _format(session, given)]
    if session.settings.region and "region" not in given:
        options.append(f"--region={session.settings.region}")
    if session.settings.acting_as and "acting_as" not in given:
        options.append(f"--as={session.settings.acting_as}")  # the gate says what it says to that
    words, source = _words(params, session.command, options, given)
    out = given.get("out")
    seen = out in (None, STREAM) and is_terminal(sys.stdout)
    request = Request(
        words,
        columns=str(width_of(sys.stdout)) if seen else "",
        color=seen and is_terminal(sys.stderr) and wants_colour(sys.stdout, session.settings.color),
        table=seen,
        zone=session.settings.timezone if seen else "",
        framed=source is not None,
        store=address.name,
    )
    with ExitStack() as open_files:
        stdin = None if source is None else open_files.enter_context(_opened(source))
        stdout: Any = None
        if out not in (None, STREAM):
            from numctl.output.files import open_out

            stdout = open_files.enter_context(open_out(str(out), binary=True))
        code = _run([*address.command(), request.line()], stdin, stdout)
        if code == LOST:
            raise Failed(f"ssh could not reach the gate at {address.host}, or lost it.", "See what ssh said.")
        if code and stdout is not None and not os.fstat(stdout.fileno()).st_size:
            raise typer.Exit(code)  # and no file is made
    return code


def _words(
    params: Sequence[Parameter], name: str, options: Sequence[str], given: Mapping[str, Any]
) -> tuple[list[str], str | None]:
    """The command line as the gate is to read it, and the file that goes along as a stream, if any.

    ``options`` are put beside those that are given.
    """
    words = [*name.split(), *options]
    arguments: list[str] = []
    sources: list[str] = []
    for param in params:
        values = given.get(param.name or "")
        if values is None or values is False or param.name in HERE:  # 0 is a value
            continue
        for value in values if isinstance(values, list | tuple) else [values]:
            text = str(value)
            if (param.metavar or "").startswith(FILES) and name in OWN:
                if param.name == "rejects":
                    raise BadValue("Rejects can't be written from elsewhere.", "Leave --rejects out.")
                sources.append(text)
                text = STREAM
            elif text == STREAM and param.name in ("numbers", "given"):
                sources.append(text)
            if param.param_type_name == "argument":
                arguments.append(text)
            else:
                words.append(param.opts[0] if value is True else f"{param.opts[0]}={text}")
    if len(sources) > 1:
        raise BadValue("Only one file can go along.", "Put the numbers into one.")
    return [*words, *(["--", *arguments] if arguments else [])], sources[0] if sources else None


def _format(session: Session, given: Mapping[str, Any]) -> Iterator[str]:
    from numctl.output.formats import format_of_file

    out = given.get("out")
    by_name = format_of_file(str(out)) if out not in (None, STREAM) else None
    if "output" in given:
        yield str(given["output"])
    elif by_name or session.output.asked:
        yield str(by_name or session.output.asked)


def _opened(source: str) -> Any:
    if source == STREAM:
        from contextlib import nullcontext

        return nullcontext(sys.stdin.buffer)
    try:
        return Path(source).open("rb")
    except OSError as error:
        raise Failed(f"{quoted(source)} can't be read: {error.strerror}.", "Name another file.") from error


def _run(line: Sequence[str], stdin: BinaryIO | None, stdout: BinaryIO | None) -> int:
    sys.stdout.flush()
    try:
        child = subprocess.Popen(  # noqa: S603 - the user's own ssh
            line, stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE, stdout=stdout
        )
    except OSError as error:
        raise Failed(f"{line[0]} can't be started: {error.strerror}.", "Install OpenSSH's client.") from error
    try:
        if stdin is not None and child.stdin is not None:
            with suppress(BrokenPipeError):  # it has said why
                for frame in frames(stdin):
                    child.stdin.write(frame)
                child.stdin.close()
        code = child.wait()
    except BaseException:
        child.terminate()
        with suppress(BrokenPipeError):
            child.wait()
        raise
    return 128 - code if code < 0 else code


def completed(text: str, words: Sequence[str], start: str) -> list[str]:
    """What the gate offers for a line that ends so; nothing where it can't be asked at once."""
    address = read_address(text)
    request = Request([*words, start], store=address.name, complete="zsh")
    done = subprocess.run(  # noqa: S603
        [*address.command(*QUICKLY), request.line()],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=5,
        check=False,
    )
    lines = done.stdout.decode(errors="replace").splitlines()
    return [line.partition("\t")[0] for line in lines[1:]]


def _given(params: Sequence[Parameter], own: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """All parameters that have a value, those that commands share too; what a default gives is none."""
    defaults = {param.name: param.default for param in params}
    given = {name: value for name, value in own.items() if is_given(value)}
    return {name: value for name, value in given.items() if value != defaults.get(name)} | dict(shared)
