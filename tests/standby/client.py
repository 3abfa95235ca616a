"""The numctl on the PATH of a shell that a test drives: hands its call to the server, ends as that ends.

It runs with ``python -IS`` and imports next to nothing, being what such a call costs.
"""

from __future__ import annotations

import os
import signal
import sys
from _socket import AF_UNIX, SCM_RIGHTS, SOCK_STREAM, SOL_SOCKET, socket

STREAMS = (0, 1, 2)


def main(server: str, args: list[str]) -> int:
    """Hand over arguments, folder, umask, environment and streams; return the exit code."""
    umask = os.umask(0)
    os.umask(umask)
    environment = [b"%s=%s" % pair for pair in os.environb.items()]
    folder = os.getcwdb()  # noqa: PTH109 - pathlib would be loaded for it
    words = [folder, b"%d" % umask, b"%d" % len(args), *map(os.fsencode, args), *environment]
    message = b"\0".join(words)
    connection = socket(AF_UNIX, SOCK_STREAM)
    connection.connect(server)
    rights = b"".join(stream.to_bytes(4, sys.byteorder) for stream in STREAMS)
    connection.sendmsg([len(message).to_bytes(4, "big")], [(SOL_SOCKET, SCM_RIGHTS, rights)])
    connection.sendall(message)
    pid = int.from_bytes(connection.recv(4), "big")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: os.kill(pid, number))
    ended = connection.recv(1)
    return ended[0] if ended else 128 + signal.SIGKILL  # ended by a signal that nobody can meet


if __name__ == "__main__":
    os._exit(main(sys.argv[1], sys.argv[2:]))
