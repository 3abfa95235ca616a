"""Numctl standing by for the shells that tests drive, so that no call of it starts an interpreter.

A server that has loaded all of numctl forks a process for each call: its arguments, environment, folder,
streams and exit code are the call's, its work is the real entry's. What it lacks is the interpreter's start,
and a terminal that controls it; one to read and write it has. In full form shells start numctl itself.
"""

from __future__ import annotations

import atexit
import math
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from numctl.output import progress
from tests.faults.launcher import load_all

ROOT = Path(__file__).parents[2]


def launcher() -> str:
    """Give ``numctl`` as a program for PATH: asking this process's server, or in full form the real one."""
    if os.environ.get("NUMCTL_TEST_FULL"):
        return f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m numctl "$@"\n'
    client = Path(__file__).with_name("client.py")
    return f'#!/bin/sh\nexec {sys.executable} -IS {client} {_started()} "$@"\n'


@cache
def _started() -> Path:
    """Start the server, to be stopped when this process ends; give the path of its socket."""
    folder = Path(tempfile.mkdtemp(prefix="numctl-standby-"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMCTL_")}
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.standby.server", str(folder / "socket")],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"

    def stop() -> None:
        server.communicate()
        shutil.rmtree(folder)

    atexit.register(stop)
    return folder / "socket"


# What follows runs in the server and its children.


def serve(path: str) -> None:
    """Answer calls until standard input ends, which it does with the process that wanted this one."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen(64)
        print("ready", flush=True)
        while sys.stdin not in select.select([sys.stdin, listening], [], [])[0]:
            _reap()
            connection, _ = listening.accept()
            with connection:
                size, streams, _, _ = socket.recv_fds(connection, 4, 3)
                message = _whole(connection, int.from_bytes(size, "big"))
                if os.fork() == 0:
                    listening.close()
                    _be_numctl(connection, message, streams)
                for stream in streams:
                    os.close(stream)


def _reap() -> None:
    """Let go of children that have ended."""
    with suppress(ChildProcessError):  # there are none
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _whole(connection: socket.socket, size: int) -> bytes:
    with connection.makefile("rb") as stream:
        return stream.read(size)


def _be_numctl(connection: socket.socket, message: bytes, streams: list[int]) -> None:
    """Be the process of a call: tell its pid, run, and tell the exit code at the very end."""
    folder, umask, count, *words = message.split(b"\0")
    args, environment = words[: int(count)], words[int(count) :]
    connection.sendall(os.getpid().to_bytes(4, "big"))
    os.chdir(folder)
    os.umask(int(umask))
    os.environb.clear()
    os.environb.update(pair.split(b"=", 1) for pair in environment)
    time.tzset()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.argv = ["numctl", *map(os.fsdecode, args)]
    leave = os._exit

    def tell(code: int) -> None:
        connection.sendall(bytes([code]))
        leave(code)

    os._exit = tell  # type: ignore[assignment]
    from numctl.__main__ import run

    run()


if __name__ == "__main__":
    load_all()
    progress.PATIENCE = math.inf  # however slow the machine, no bar comes between what a page has
    serve(sys.argv[1])
