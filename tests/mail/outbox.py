"""A store with an outbox, and how servers and senders behave in these tests."""

from __future__ import annotations

import base64
import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any

import numctl.mail
from numctl.core.actions import founding, organizations
from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from numctl.core.changes.operation import Act
from numctl.core.notifications import outbox
from tests import on_server
from tests.postoffice import (
    PostOffice,
)

CANARY = "canary-Pa55word"
SECRETS = (
    CANARY,
    base64.b64encode(CANARY.encode()).decode(),
    base64.b64encode(f"\0jo\0{CANARY}".encode()).decode(),
)
SUPPLIER = '[supplier]\nemail = "orders@carrier.example"\n'
ACT = Act("ann", "2026-11-24T09:00:00Z", "2026-11-24")


class Outbox:
    """A store with an outbox that tests put messages into."""

    def __init__(self, path: Path) -> None:
        founding.found(path, ACT, "Acme", ["boss@acme.example"])
        self.path = path
        with open_store(path) as store:
            perform(store, ACT, "test", lambda op: organizations.add(op, "Sales", None))
            perform(store, ACT, "test", lambda op: organizations.add(op, "Lab", None))

    def queue(self, *to: str, organization: int = 1, **draft: Any) -> int:
        facts: dict[str, object] = {"organization": "Acme"}
        kept = outbox.Draft(
            ACT.at, organization, None, "test", list(to or ["jo@acme.example"]), "Hello", facts
        )
        with open_store(self.path) as store, store.writing() as connection:
            return outbox.queue(connection, kept._replace(**draft))

    def column(self, name: str) -> list[Any]:
        """A column of all messages."""
        with closing(sqlite3.connect(self.path)) as connection:
            connection.row_factory = sqlite3.Row
            return [row[name] for row in connection.execute("SELECT * FROM message ORDER BY id")]

    def execute(self, statement: str, *values: str) -> None:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute(statement, values)

    @property
    def rests_until(self) -> str:
        with closing(sqlite3.connect(self.path)) as connection:
            (moment,) = connection.execute("SELECT mail_rests_until FROM inventory").fetchone()
            assert isinstance(moment, str)
            return moment


def guarded(certificate: Any) -> Any:
    """A post office with STARTTLS that wants a login; its authenticator is its own."""
    from tests import postoffice

    made: list[PostOffice] = []

    def authenticate(*given: Any) -> Any:
        return made[0].authenticate(*given)

    manager = postoffice.open_office("starttls", certificate, authenticator=authenticate, auth_required=True)

    class Opened:
        def __enter__(self) -> PostOffice:
            made.append(manager.__enter__())
            return made[0]

        def __exit__(self, *error: Any) -> None:
            manager.__exit__(*error)

    return Opened()


def never(connection: socket.socket, over: Event) -> None:
    over.wait(60)


def dripping(connection: socket.socket, over: Event) -> None:
    """A byte now and then, so that no single wait is long."""
    while not over.wait(0.05):
        connection.sendall(b"2")


def ask(numctl: Any, *more: str) -> Any:
    """A change that queues mail."""
    return numctl("request", "--quantity", "5", "--send", *more)


def start_sender(box: Outbox, *words: str) -> subprocess.Popen[str]:
    root = Path(numctl.mail.__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, "-m", "numctl", *words],
        env={**os.environ, "PYTHONPATH": f"{on_server.SITE}{os.pathsep}{root}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def plain_text(message: Any) -> str:
    content = next(message.iter_parts()).get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")
