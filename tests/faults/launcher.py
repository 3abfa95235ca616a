"""Starts numctl as processes of its own, cheaply, and lets faults be injected into them.

A server that has loaded all of numctl forks a child for each run, so that hundreds of runs cost
what their work costs. What runs, its files, its system calls and the signals that end it are real;
only the interpreter's start is left out. Under a fault the child waits, stopped, until ``strace``
has hold of it.
"""

from __future__ import annotations

import json
import os
import re
import resource
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LONGEST = 120  # seconds of work for one run
MESSAGE = 200_000  # bytes of the longest request
KINDS = ("openat", "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "unlink", "link", "rename")


@dataclass(frozen=True)
class Ended:
    """How a run ended: ``code`` as a shell tells it, negative for a signal; what it wrote."""

    code: int
    out: str
    err: str


class Launcher:
    """The server, its socket, and a folder for what the children write."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._runs = 0
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**environment, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
            )
        self._socket.recv(MESSAGE)  # it has loaded everything

    def close(self) -> None:
        self._socket.send(b"{}")
        self._socket.close()
        self._server.wait()

    def start(
        self,
        *lines: Sequence[object],
        stopped: bool = False,
        env: Mapping[str, str] | None = None,
        setup: str = "",
        out: str | Path | None = None,
    ) -> Run:
        """Start a child that runs command lines one after the other, until one ends badly.

        ``stopped``: it waits for SIGCONT before the first. ``setup`` is Python to run in it before;
        ``out`` is where its standard output goes, if that isn't for ``wait`` to tell.
        """
        self._runs += 1
        run = Run(self, self._folder / f"run{self._runs}")
        request = {
            "lines": [[str(arg) for arg in line] for line in lines],
            "stopped": stopped,
            "env": dict(env or {}),
            "setup": setup,
            "out": str(out or run.files.with_suffix(".out")),
            "err": str(run.files.with_suffix(".err")),
        }
        run.pid = self.asked(request)
        return run

    def run(self, *line: str | Path, **options: object) -> Ended:
        """Run one command line and wait for its end."""
        return self.start(line, **options).wait()  # type: ignore[arg-type]

    def under(self, fault: str, *line: str | Path, **options: object) -> Ended:
        """Run one command line with ``fault``, an expression for strace's ``-e inject=``."""
        return self._traced(
            ["-e", f"inject={fault}", "-e", f"trace={fault.partition(':')[0]}"], line, options
        )[0]

    def calls(self, *line: str | Path, **options: object) -> Counter[str]:
        """How many system calls of each of ``KINDS`` a command line makes."""
        ended, trace = self._traced(["-e", f"trace={','.join(KINDS)}"], line, options)
        assert ended.code == 0, ended
        return Counter(re.findall(r"^(\w+)\(", trace, flags=re.MULTILINE))

    def _traced(
        self, options: list[str], line: Sequence[object], rest: dict[str, object]
    ) -> tuple[Ended, str]:
        run = self.start(line, stopped=True, **rest)  # type: ignore[arg-type]
        trace = run.files.with_suffix(".trace")
        strace = attached(run.pid, [*options, "-o", str(trace)])
        os.kill(run.pid, signal.SIGCONT)
        ended = run.wait()
        strace.wait()
        strace.stderr.close()  # type: ignore[union-attr]
        return ended, trace.read_text(errors="replace")

    def asked(self, request: Mapping[str, object]) -> int:
        self._socket.send(json.dumps(request).encode("utf-8", "surrogateescape"))
        return int(self._socket.recv(MESSAGE))


class Run:
    """A child that has been started."""

    pid: int

    def __init__(self, launcher: Launcher, files: Path) -> None:
        self._launcher = launcher
        self.files = files

    def kill_after(self, seconds: float) -> None:
        """Kill it -9 at that moment, or find that it has ended."""
        select.select([], [], [], seconds)
        self.signal(signal.SIGKILL)

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal. Its number is its own until ``wait``, even when it has ended."""
        os.kill(self.pid, number)

    def wait(self) -> Ended:
        code = os.waitstatus_to_exitcode(self._launcher.asked({"wait": self.pid}))
        out, err = (
            written.read_text(errors="replace") if written.exists() else ""
            for written in map(self.files.with_suffix, (".out", ".err"))
        )
        return Ended(code, out, err)


def attached(pid: int, options: Sequence[str]) -> subprocess.Popen[str]:
    """An strace that has hold of a process. Raises PermissionError where that is not allowed."""
    strace = subprocess.Popen(
        ["strace", *options, "-p", str(pid)], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    )
    said = strace.stderr.readline()  # type: ignore[union-attr]
    if "attached" not in said:
        os.kill(pid, signal.SIGKILL)
        strace.wait()
        raise PermissionError(said)
    return strace


def why_no_strace() -> str | None:
    """Why faults can't be injected here, or None where they can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    done = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, text=True)
    return None if done.returncode == 0 else f"strace may not trace here: {done.stderr.strip()}"


# What follows runs in the server and its children.


def serve(connection: socket.socket) -> None:
    connection.send(b"0")
    connection.settimeout(5)
    parent = os.getppid()
    while request := awaited(connection, parent):
        if "wait" in request:
            answer = os.waitpid(int(str(request["wait"])), 0)[1]
        else:
            answer = os.fork()
            if answer == 0:
                connection.close()
                os._exit(child(request))
            if request["stopped"]:
                os.waitpid(answer, os.WUNTRACED)
        connection.send(str(answer).encode())


def awaited(connection: socket.socket, parent: int) -> dict[str, object]:
    """The next request; an empty one, which ends the server, when who would ask has died."""
    while True:
        try:
            asked = json.loads(connection.recv(MESSAGE))
            assert isinstance(asked, dict)
            return asked
        except TimeoutError:
            if os.getppid() != parent:
                return {}


def child(request: dict[str, Any]) -> int:
    """Be numctl: run the lines, up to the first that fails; give its exit code."""
    from numctl.__main__ import run
    from numctl.cli import program

    os.environ.update(request["env"])
    for number, name in ((1, "out"), (2, "err")):
        opened = os.open(str(request[name]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (
        open(0, closefd=False),  # noqa: SIM115
        open(1, "w", encoding="utf-8", closefd=False),  # noqa: SIM115
        open(2, "w", encoding="utf-8", closefd=False),  # noqa: SIM115
    )
    signal.signal(signal.SIGINT, signal.default_int_handler)
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))  # whoever spins is ended, and seen
    exec(str(request["setup"]), {})  # noqa: S102
    if request["stopped"]:
        permit_any_tracer()
        os.kill(os.getpid(), signal.SIGSTOP)
    *others, last = request["lines"]
    for line in others:
        if code := program.main(line):
            return code
    sys.argv = ["numctl", *last]
    run()


def permit_any_tracer() -> None:
    """Where Yama lets a process be traced by its ancestors alone, let strace, a cousin, do it."""
    import ctypes

    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)


def load_all() -> None:
    from importlib import import_module
    from pkgutil import walk_packages

    import numctl

    for module in walk_packages(numctl.__path__, "numctl."):
        if not module.name.endswith("__main__"):
            with suppress(ImportError):  # the run that needs it will say so
                import_module(module.name)
    for name in (
        "sqlite_utils",
        "typer.core",
        "typer._click",
        "ctypes",
        "csv",
        "hashlib",
        "zoneinfo",
        "tomllib",
    ):
        import_module(name)
    from numctl.cli import parser
    from numctl.cli.table import COMMANDS

    for entry in COMMANDS:
        parser.load(entry)


if __name__ == "__main__":
    load_all()
    serve(socket.socket(fileno=int(sys.argv[1])))
