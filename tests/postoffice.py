"""A real mail server in a thread, for tests: it takes messages, refuses them, or never answers."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Event, Thread
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as SmtpSession

TAKEN = "250 OK"


class PostOffice:
    """Keeps what it took. ``answers`` are what it says to MAIL, RCPT and DATA, or to one address.

    ``on_data`` is called with each message before it is taken, in the server's thread; what it
    returns, if anything, is the answer.
    """

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.on_data: Callable[[EmailMessage], object] | None = None
        self.taken: list[tuple[list[str], EmailMessage]] = []
        self.raw: list[bytes] = []  # the same as it came over the wire
        self.senders: list[str] = []
        self.connections = 0
        self.logins: list[tuple[str, str]] = []
        self.password = ""
        self.host, self.port = "localhost", 0

    @property
    def messages(self) -> list[EmailMessage]:
        return [message for _, message in self.taken]

    def settings(self, security: str, **more: object) -> str:
        """The settings file's text for this server."""
        keys = {"host": self.host, "port": self.port, "security": security, "sender": "numctl@acme.example"}
        lines = [f"{key} = {value!r}" for key, value in {**keys, **more}.items()]
        return "\n".join(["[smtp]", *lines]) + "\n"

    # What aiosmtpd calls.

    async def handle_EHLO(
        self, server: Any, session: SmtpSession, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: Any, session: SmtpSession, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answers.get("MAIL", TAKEN)
        if answer == TAKEN:
            envelope.mail_from = address
            self.senders.append(address)
        return answer

    async def handle_RCPT(
        self, server: Any, session: SmtpSession, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answers.get(address, self.answers.get("RCPT", TAKEN))
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: SmtpSession, envelope: Envelope) -> str:
        content = envelope.original_content
        assert content is not None
        message = message_from_bytes(content, policy=policy.SMTP)
        assert isinstance(message, EmailMessage)
        answer = self.answers.get("DATA", TAKEN)
        if self.on_data is not None:
            loop = asyncio.get_running_loop()
            answer = str(await loop.run_in_executor(None, self.on_data, message) or answer)
        if answer == TAKEN:
            self.taken.append((list(envelope.rcpt_tos), message))
            self.raw.append(content)
        return answer

    def authenticate(
        self, server: Any, session: SmtpSession, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        if data.password.decode() == self.password:
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False, message=f"535 5.7.8 no, not {data.password.decode()}")


@contextmanager
def open_office(
    security: str = "none", certificate: ssl.SSLContext | None = None, **options: Any
) -> Iterator[PostOffice]:
    """A post office on a port of its own; ``options`` are those of aiosmtpd's server."""
    office = PostOffice()
    kinds: Mapping[str, Mapping[str, Any]] = {
        "none": {},
        "tls": {"ssl_context": certificate},
        "starttls": {"tls_context": certificate, "require_starttls": True},
    }
    settings = {**kinds[security], **options}
    controller = Controller(office, hostname="127.0.0.1", port=_free_port(), **settings)
    controller.start()
    office.port = controller.port
    try:
        yield office
    finally:
        controller.stop(no_assert=True)


@contextmanager
def silent_server(talk: Callable[[socket.socket, Event], None]) -> Iterator[int]:
    """A server that only does what ``talk`` does with each connection; the port it listens on.

    The event that ``talk`` is handed is set at the end.
    """
    over = Event()
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                try:
                    talk(connection, over)
                except OSError:
                    continue

    thread = Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        over.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(10)


def certificate_of(authority: trustme.CA, *hosts: str) -> ssl.SSLContext:
    """What a server at these hosts shows."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*hosts).configure_cert(context)
    return context


def trusted_file(authority: trustme.CA, folder: Path) -> str:
    """A file that makes OpenSSL trust this authority, and no other, as SSL_CERT_FILE."""
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        assert isinstance(port, int)
        return port
