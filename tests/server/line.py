"""A line to the server on which round trips are counted; it can be made to take its time, and to break."""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_ASKS = (b"Q", b"S", b"H")  # queries, syncs, flushes: the messages after which a client may wait
_READY = b"Z\0\0\0\5I"  # what a server ends with that waits for a command
_DONE = b"COMMIT\0"  # what a server ends its answer to a commit with
_SOCKET = ".s.PGSQL.5432"


class Line:
    """Listens on a socket in ``folder``, and passes everything on to the server's in another.

    ``trips`` counts how often clients asked for answers after they were given those asked for before, once
    they were connected. What one end says is heard at the other half of ``delay`` seconds later, however
    much is on its way. It breaks at the next commit if ``breaks`` says when: before it was ``asked`` for, or
    after it was ``answered``. Neither end is told more than that the other has gone.
    """

    def __init__(self, folder: Path, server: Path, delay: float = 0) -> None:
        self.folder, self.delay = folder, delay
        self.breaks = ""
        self.asked: list[list[str]] = []  # the statements of each trip, but for those that were prepared
        self._server = server / _SOCKET
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / _SOCKET))
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def trips(self) -> int:
        return len(self.asked)

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        """Carry both directions of one connection until both ends have gone."""
        with client, socket.socket(socket.AF_UNIX) as server:
            try:
                server.connect(str(self._server))
            except OSError:  # nobody is there: so it is for the client
                return
            call = _Call(self)
            there = threading.Thread(target=self._carry, args=(client, server, call.said), daemon=True)
            there.start()
            self._carry(server, client, call.answered)
            there.join()

    def _carry(self, one: socket.socket, other: socket.socket, passes: Callable[[bytes], bool]) -> None:
        """Pass on what one end says, each part when its time has come, and that it has gone.

        The line breaks at what doesn't pass.
        """
        parts: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()

        def deliver() -> None:
            said = b"."
            while said:
                due, said = parts.get()
                if self.delay:
                    time.sleep(max(0, due - time.monotonic()))
                with suppress(OSError):  # it went away
                    other.sendall(said) if said else other.shutdown(socket.SHUT_RDWR)

        delivery = threading.Thread(target=deliver, daemon=True)
        delivery.start()
        said = b"."
        while said:
            try:
                said = one.recv(1 << 16)
            except OSError:
                said = b""
            if not passes(said):
                said = b""
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            parts.put((time.monotonic() + self.delay / 2, said))
        delivery.join()


class _Call:
    """What is said on one connection: when its client waits, and for what, and whether the line bears it."""

    def __init__(self, line: Line) -> None:
        self._line, self._asked = line, line.asked
        self._rest = b""  # of the client's messages, not whole yet
        self._greeted = self._ready = self._waits = self._commits = False
        self._statements: list[str] = []

    def answered(self, said: bytes) -> bool:
        self._ready = self._ready or said.endswith(_READY)
        self._waits = False
        return self._passes("answered", _DONE in said)

    def said(self, said: bytes) -> bool:
        self._commits = False
        self._rest += said
        start = 0
        while len(self._rest) >= start + 5:
            typed = 1 if self._greeted else 0  # the first message has no type
            end = start + typed + int.from_bytes(self._rest[start + typed : start + typed + 4])
            if len(self._rest) < end:
                break
            if self._greeted:
                self._notice(self._rest[start : start + 1], self._rest[start + 5 : end])
            self._greeted, start = True, end
        self._rest = self._rest[start:]
        return self._passes("asked", self._commits)

    def _passes(self, when: str, commits: bool) -> bool:
        if not commits or self._line.breaks != when:
            return True
        self._line.breaks = ""
        return False

    def _notice(self, kind: bytes, body: bytes) -> None:
        if kind == b"P":
            self._statements.append(body.split(b"\0")[1].decode())
            self._commits = self._commits or self._statements[-1] == "COMMIT"
        elif kind == b"Q":
            self._statements.append(body[:-1].decode())
        if kind not in _ASKS:
            return
        if not self._waits and self._ready:
            self._asked.append(self._statements)
        elif self._asked:
            self._asked[-1].extend(self._statements)
        self._statements = []
        self._waits = True
