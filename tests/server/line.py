"""A line to the server on which round trips are counted, and can be made to take their time."""

from __future__ import annotations

import selectors
import socket
import threading
import time
from pathlib import Path


class Line:
    """Listens on a socket in ``folder``, and passes everything on to the server's.

    ``trips`` counts how often the client spoke after the server had; each takes ``delay`` seconds more.
    """

    def __init__(self, folder: Path, server: Path, delay: float = 0) -> None:
        self.folder, self.delay, self.trips = folder, delay, 0
        self._server = server / ".s.PGSQL.5432"
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / ".s.PGSQL.5432"))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self._server))
            threading.Thread(target=self._pass_on, args=(client, server), daemon=True).start()

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        heard = True  # from the server, since the client spoke last
        with client, server, selectors.DefaultSelector() as either:
            either.register(client, selectors.EVENT_READ, server)
            either.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _ in either.select():
                    said = key.fileobj.recv(1 << 16)  # type: ignore[union-attr]
                    if not said:
                        return
                    if key.fileobj is client and heard:
                        self.trips += 1
                        time.sleep(self.delay)
                    heard = key.fileobj is server
                    key.data.sendall(said)
