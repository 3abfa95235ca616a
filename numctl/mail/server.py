"""The mail server: connecting to it, verifying it, handing messages over, and what it said.

Whatever the server says is put in one line, without anything that could be the password.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from numctl.core.errors import BadValue, Refusal
from numctl.core.text import clean_email, wire_address
from numctl.mail import headers
from numctl.output.formats import shown

if TYPE_CHECKING:
    import smtplib
    from email.message import EmailMessage

    from numctl.settings import Smtp

LONGEST_REASON = 300
FOR_GOOD = range(500, 600)

_T = TypeVar("_T")


class Unreachable(Exception):
    """Nothing can be handed over just now; the text says why, in one safe line."""


class Receipt(NamedTuple):
    """What became of a message: who has it, and why others don't, by address.

    ``broken`` says that the connection can't be used again.
    """

    reached: list[str]
    for_now: dict[str, str]
    for_good: dict[str, str]
    broken: bool

    @property
    def reasons(self) -> str:
        """Why, in one line; an address is named only where there are several reasons."""
        refused = {**self.for_good, **self.for_now}
        if len(set(refused.values())) == 1 and not self.reached:
            return next(iter(refused.values()))
        return "; ".join(f"{address}: {reason}" for address, reason in refused.items())


class Server:
    """The mail server of the settings, and what may be said to it.

    ``author`` is what stands in a message's From, ``sender`` its bare address.
    """

    def __init__(self, smtp: Smtp) -> None:
        """Read the password. Raises BadValue for settings that can't be, Refusal for an unreadable file."""
        self._smtp = smtp
        self.name = f"{smtp.host}:{smtp.port}"
        self.author, self.sender = _sender(smtp.sender)
        self._password = _password(smtp)
        if self._password is not None and smtp.security == "none":
            raise BadValue(
                "A password is never sent without TLS, and smtp.security is 'none'.",
                "Set it to 'starttls' or 'tls' in the settings file, or take the password away.",
                key="smtp.security",
            )
        if smtp.username and self._password is None:
            raise BadValue(
                "smtp.username is set, but there is no password.",
                "Set smtp.password_file in the settings file, or NUMCTL_SMTP_PASSWORD.",
                key="smtp.password_file",
            )

    @property
    def domain(self) -> str:
        """The sender's domain, for Message-IDs; empty where it isn't a plain one."""
        domain = self.sender.rpartition("@")[2]
        return domain if domain.isascii() and domain.replace("-", "").replace(".", "").isalnum() else ""

    def connect(self, seconds: float) -> Connection:
        """Open a connection that takes messages. Each wait for the server ends after ``seconds``.

        Raises Unreachable; no password was sent if the server's certificate isn't right.
        """
        import smtplib

        try:
            opened = self._open(seconds)
            try:
                self._log_in(opened)
            except BaseException:
                opened.close()
                raise
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(self.scrubbed(f"{self.name}: {_why(error)}")) from None
        return Connection(self, opened)

    def _open(self, seconds: float) -> smtplib.SMTP:
        import smtplib
        import ssl

        smtp = self._smtp
        where: dict[str, Any] = {
            "host": smtp.host,
            "port": smtp.port,
            "timeout": seconds,
            "local_hostname": _own_name(),
        }
        if smtp.security == "tls":
            return smtplib.SMTP_SSL(**where, context=ssl.create_default_context())
        opened = smtplib.SMTP(**where)
        if smtp.security == "starttls":
            try:
                opened.starttls(context=ssl.create_default_context())
            except BaseException:
                opened.close()
                raise
        return opened

    def _log_in(self, opened: smtplib.SMTP) -> None:
        if not self._smtp.username or self._password is None:
            return
        import smtplib

        try:
            opened.login(self._smtp.username, self._password)
        except smtplib.SMTPAuthenticationError as error:
            # What the server says of it may hold what it was given.
            raise Unreachable(
                f"{self.name}: the user name or password was refused ({error.smtp_code})"
            ) from None

    def scrubbed(self, text: str) -> str:
        """The text in one line, cut where it is long, without the password in any form that was sent."""
        for secret in self._secrets():
            text = text.replace(secret, "***")
        line = " ".join(shown(" ".join(text.split())).split())
        return line if len(line) <= LONGEST_REASON else line[:LONGEST_REASON] + "..."

    def _secrets(self) -> list[str]:
        if not self._password:
            return []
        from base64 import b64encode

        plain = f"\0{self._smtp.username or ''}\0{self._password}"
        encoded = [b64encode(text.encode()).decode("ascii") for text in (plain, self._password)]
        return [*encoded, self._password]


class Connection:
    """An open connection to a server."""

    def __init__(self, server: Server, opened: smtplib.SMTP) -> None:
        self._server, self._opened = server, opened

    def hand_over(self, message: EmailMessage, recipients: list[str]) -> Receipt:
        """Give the message to the server for these recipients, and say what it answered. Never raises."""
        import smtplib

        try:
            refused = self._opened.send_message(message, self._server.sender, recipients)
        except smtplib.SMTPRecipientsRefused as error:
            refused = error.recipients
        except smtplib.SMTPResponseException as error:
            refused = dict.fromkeys(recipients, (error.smtp_code, _bytes(error.smtp_error)))
        except smtplib.SMTPNotSupportedError:
            reason = "the server can't write to addresses beyond ASCII"
            return Receipt([], {}, dict.fromkeys(recipients, reason), broken=False)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            reason = self._server.scrubbed(f"{self._server.name}: {_why(error)}")
            return Receipt([], dict.fromkeys(recipients, reason), {}, broken=True)
        return self._receipt(recipients, refused)

    def _receipt(self, recipients: list[str], refused: dict[str, tuple[int, bytes]]) -> Receipt:
        reasons = {
            address: (code, self._server.scrubbed(f"{code} {_text(said)}"))
            for address, (code, said) in refused.items()
        }
        return Receipt(
            [address for address in recipients if address not in refused],
            {address: reason for address, (code, reason) in reasons.items() if code not in FOR_GOOD},
            {address: reason for address, (code, reason) in reasons.items() if code in FOR_GOOD},
            broken=getattr(self._opened, "sock", None) is None,
        )

    def leave(self) -> None:
        """Say goodbye and hang up."""
        import smtplib

        try:
            self._opened.quit()
        except (OSError, smtplib.SMTPException):
            self.hang_up()

    def hang_up(self) -> None:
        """Close the connection without a word; waits for nothing."""
        self._opened.close()


def within(seconds: float, whom: str, work: Callable[[], _T]) -> _T:
    """What ``work`` returns or raises; Unreachable once ``whom`` has made it take too long.

    A socket's own timeout doesn't bound the whole: looking up a name has none, and a server may send
    a byte now and then. So the work is done in a thread, which is left behind.
    """
    from threading import Thread

    ended: list[tuple[_T | None, BaseException | None]] = []

    def run() -> None:
        try:
            ended.append((work(), None))
        except BaseException as error:
            ended.append((None, error))

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(max(0.0, seconds))
    if not ended:
        raise Unreachable(f"{whom}: no answer within {seconds:.2g} seconds")
    result, error = ended[0]
    if error is not None:
        raise error
    return result  # type: ignore[return-value]


def _sender(text: str) -> tuple[str, str]:
    """What stands in From, and the bare address in it. Raises BadValue."""
    from email.utils import parseaddr

    name, address = parseaddr(text)
    try:
        bare = wire_address(clean_email(address))
        return headers.author(name, bare), bare
    except BadValue:
        raise BadValue(
            f"In the settings file, smtp.sender isn't an e-mail address: {shown(text)!r}.",
            "Give one such as numctl@example.com.",
            key="smtp.sender",
        ) from None


def _password(smtp: Smtp) -> str | None:
    password = smtp.password
    if password is None and smtp.password_file is not None:
        try:
            with smtp.password_file.open(encoding="utf-8-sig") as file:
                password = file.readline().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it isn't UTF-8 text"
            raise Refusal(
                f"The password file {smtp.password_file} can't be read: {why}.",
                "See smtp.password_file in the settings file.",
            ) from None
    if password is not None and not password.isascii():
        raise BadValue("The mail server's password holds characters beyond ASCII, which can't be sent to it.")
    return password


def _own_name() -> str:
    """What to call this machine in a greeting; smtplib would ask the network for it."""
    from socket import gethostname

    name = gethostname()
    return name if "." in name and name.isascii() and name.isprintable() else "[127.0.0.1]"


def _why(error: BaseException) -> str:
    import smtplib
    import ssl

    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate is not to be trusted: {error.verify_message}"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"{error} (nothing was sent)"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    if TimeoutError in (type(error), type(error.__context__)):  # smtplib tells it as a lost connection
        return "no answer in time"
    return (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


def _bytes(said: bytes | str) -> bytes:
    return said.encode() if isinstance(said, str) else said
