"""Delivery against a real mail server: taken, refused, hanging, not to be trusted, and interrupted."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from email import message_from_bytes, policy
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import pytest
import trustme

import numctl.mail
from numctl import session as session_module
from numctl.core import founding, organizations, outbox
from numctl.core.operations import Act, perform
from numctl.core.store import Store
from numctl.mail import composing, delivery
from numctl.mail.server import within
from numctl.settings import Supplier
from tests.conftest import FULL
from tests.postoffice import (
    PostOffice,
    certificate_of,
    open_office,
    silent_server,
    trusted_file,
)

CANARY = "canary-Pa55word"
SECRETS = (
    CANARY,
    base64.b64encode(CANARY.encode()).decode(),
    base64.b64encode(f"\0jo\0{CANARY}".encode()).decode(),
)
ACT = Act("ann", "2026-11-24T09:00:00Z", "2026-11-24")


class Outbox:
    """A store with an outbox that tests put messages into."""

    def __init__(self, path: Path) -> None:
        founding.found(path, ACT, "Acme", ["boss@acme.example"])
        self.path = path
        with Store.open(path) as store:
            perform(store, ACT, "test", lambda op: organizations.add(op, "Sales", None))
            perform(store, ACT, "test", lambda op: organizations.add(op, "Lab", None))

    def queue(self, *to: str, organization: int = 1, **draft: Any) -> int:
        facts = {"organization": "Acme"}
        kept = outbox.Draft(
            ACT.at, organization, None, "test", list(to or ["jo@acme.example"]), "Hello", facts
        )
        with Store.open(self.path) as store, store.writing() as connection:
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


@pytest.fixture
def box(store: Path) -> Outbox:
    return Outbox(store)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with open_office() as office:
        yield office


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Write the settings file."""
    path = tmp_path / "config.toml"
    monkeypatch.setenv("NUMCTL_CONFIG", str(path))
    return lambda text: path.write_text(text) and None


@pytest.fixture
def plain(office: PostOffice, configure: Callable[[str], None]) -> PostOffice:
    """A post office without TLS, set as the mail server."""
    configure(office.settings("none"))
    return office


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> float:
    """Make all patience short; give how many seconds a step may take."""
    monkeypatch.setattr(numctl.mail, "EACH_STEP", 0.3)
    monkeypatch.setattr(numctl.mail, "AFTER_CHANGE", 0.3)
    monkeypatch.setattr(numctl.mail, "NOTING", 0.1)
    return 0.3


# Delivered.


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_mail_arrives(
    numctl, box, authority, configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", trusted_file(authority, tmp_path))
    box.queue("jo@acme.example", "kim@acme.example", subject="Hello")
    (kept,) = box.column("message_id")
    with open_office(security, certificate_of(authority, "localhost")) as office:
        configure(office.settings(security, sender="The numbers <numctl@acme.example>"))
        ending = numctl("mail", "send")
    assert (ending.code, ending.out, ending.err) == (0, "Sent 1 message.\n", "")
    ((recipients, message),) = office.taken
    assert recipients == ["jo@acme.example", "kim@acme.example"]
    assert office.senders == ["numctl@acme.example"]
    assert message["From"] == "The numbers <numctl@acme.example>"
    assert message["To"] == "jo@acme.example, kim@acme.example"
    assert message["Subject"] == "Hello"
    assert message["Message-ID"] == f"<{kept.partition('@')[0]}@acme.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert (box.column("state"), box.column("attempts"), box.column("last_error")) == (["sent"], [1], [""])
    assert box.column("claimed_at") == [""]
    assert box.column("sent_at")[0].endswith("Z")


def test_nothing_to_send_leaves_the_server_alone(numctl, box, plain: PostOffice) -> None:
    ending = numctl("mail", "send", "-o", "json")
    assert (ending.code, json.loads(ending.out)) == (0, [{"sent": 0, "failed": 0, "waiting": 0}])
    assert plain.connections == 0


@pytest.mark.parametrize("given", ["environment", "file"])
def test_login_over_tls(
    numctl, box, authority, configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", trusted_file(authority, tmp_path))
    more = {}
    if given == "file":
        (tmp_path / "secret").write_text(f"{CANARY}\nnot this\n")
        more = {"password_file": "secret"}
    else:
        monkeypatch.setenv("NUMCTL_SMTP_PASSWORD", CANARY)
    box.queue()
    certificate = certificate_of(authority, "localhost")
    with _guarded(certificate) as office:
        office.password = CANARY
        configure(office.settings("starttls", username="jo", **more))
        ending = numctl("mail", "send")
    assert (ending.code, len(office.taken)) == (0, 1)
    assert office.logins[-1] == ("jo", CANARY)


def _guarded(certificate: Any) -> Any:
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


# Refused.


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA"])
@pytest.mark.promise(17)
def test_a_refusal_for_now_waits(numctl, box, plain: PostOffice, at: str) -> None:
    box.queue()
    plain.answers[at] = "451 4.3.0 come back later"
    ending = numctl("mail", "send")
    assert ending.code == 13
    assert "numctl: 1 message is still waiting." in ending.err
    assert "message 1: 451 4.3.0 come back later" in ending.err
    assert (box.column("state"), box.column("attempts")) == (["waiting"], [1])
    assert box.column("last_error") == ["451 4.3.0 come back later"]
    plain.answers.clear()
    assert numctl("mail", "send").code == 0
    assert (box.column("state"), box.column("attempts"), box.column("last_error")) == (["sent"], [2], [""])


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA"])
@pytest.mark.promise(17)
def test_a_refusal_for_good_fails_until_asked_again(numctl, box, plain: PostOffice, at: str) -> None:
    box.queue()
    box.queue("kim@acme.example")
    plain.answers[at if at != "RCPT" else "jo@acme.example"] = "550 5.1.1 nobody here"
    ending = numctl("mail", "send")
    assert ending.code == 0
    assert "message 1: 550 5.1.1 nobody here" in ending.err
    assert box.column("state")[0] == "failed"
    assert box.column("last_error")[0] == "550 5.1.1 nobody here"
    plain.answers.clear()
    assert numctl("mail", "send").out == "Sent nothing.\n"
    assert numctl("mail", "send", "--failed").code == 0
    assert box.column("state") == ["sent", "sent"]


def test_one_recipient_refused_for_good_is_noted(numctl, box, plain: PostOffice) -> None:
    box.queue("jo@acme.example", "gone@acme.example")
    plain.answers["gone@acme.example"] = "550 nobody here"
    ending = numctl("mail", "send")
    assert ending.code == 0
    assert "gone@acme.example: 550 nobody here" in ending.err
    assert (box.column("state"), box.column("last_error")) == (
        ["sent"],
        ["gone@acme.example: 550 nobody here"],
    )


def test_one_recipient_refused_for_now_gets_it_later_and_the_other_not_twice(
    numctl, box, plain: PostOffice
) -> None:
    box.queue("jo@acme.example", "busy@acme.example")
    plain.answers["busy@acme.example"] = "450 greylisted"
    assert numctl("mail", "send").code == 13
    assert box.column("state") == ["waiting"]
    plain.answers.clear()
    assert numctl("mail", "send").code == 0
    assert [recipients for recipients, _ in plain.taken] == [["jo@acme.example"], ["busy@acme.example"]]
    assert len({message["Message-ID"] for message in plain.messages}) == 1


def test_a_server_that_takes_only_so_many_at_a_time_gets_them_all(numctl, box, plain: PostOffice) -> None:
    for _ in range(3):
        box.queue()
    taken = 0

    def one_each(message: Any) -> str | None:
        nonlocal taken
        taken += 1
        return "421 enough for now" if taken == 2 else None

    plain.on_data = one_each
    assert numctl("mail", "send").code == 13  # the second was refused for now
    assert box.column("state") == ["sent", "waiting", "sent"]
    assert numctl("mail", "send").code == 0


# Not to be reached, or not to be trusted.


@pytest.mark.promise(17)
def test_connection_refused_waits(numctl, box, configure, office: PostOffice) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        office.port = free.getsockname()[1]
    configure(office.settings("none"))
    box.queue()
    box.queue(organization=2)
    ending = numctl("mail", "send")
    assert ending.code == 13
    assert "Connection refused" in ending.err
    assert (box.column("state"), box.column("attempts")) == (["waiting"] * 2, [1, 1])
    assert all("Connection refused" in error for error in box.column("last_error"))


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("wrong", ["authority", "host", "no authority"])
@pytest.mark.promise(23)
def test_untrusted_servers_get_no_password_and_no_mail(
    numctl,
    box,
    authority,
    configure,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    wrong: str,
    security: str,
) -> None:
    monkeypatch.setenv("NUMCTL_SMTP_PASSWORD", CANARY)
    if wrong != "no authority":
        trusted = trustme.CA() if wrong == "authority" else authority
        monkeypatch.setenv("SSL_CERT_FILE", trusted_file(trusted, tmp_path))
    certificate = certificate_of(authority, "other.example" if wrong == "host" else "localhost")
    box.queue()
    with open_office(security, certificate) as office:
        configure(office.settings(security, username="jo"))
        ending = numctl("mail", "send")
    assert ending.code == 13
    assert "certificate is not to be trusted" in ending.err
    assert (office.taken, office.senders, office.logins) == ([], [], [])
    assert "not to be trusted" in box.column("last_error")[0]
    assert not any(secret in ending.out + ending.err for secret in SECRETS)


@pytest.mark.promise(23)
def test_without_starttls_nothing_is_sent(numctl, box, configure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMCTL_SMTP_PASSWORD", CANARY)
    heard = bytearray()

    def talk(connection: socket.socket, over: Event) -> None:
        connection.sendall(b"220 hello\r\n")
        while data := connection.recv(1000):
            heard.extend(data)
            line = (
                b"250-hello\r\n250 AUTH PLAIN LOGIN\r\n"
                if data.lower().startswith(b"ehlo")
                else b"250 OK\r\n"
            )
            connection.sendall(line)

    box.queue()
    with silent_server(talk) as port:
        office = PostOffice()
        office.port = port
        configure(office.settings("starttls", username="jo"))
        ending = numctl("mail", "send")
    assert ending.code == 13
    assert "STARTTLS" in ending.err
    assert {line.split()[0].lower() for line in bytes(heard).splitlines()} == {b"ehlo"}


@pytest.mark.promise(28)
def test_a_wrong_password_waits_and_is_never_shown(
    numctl, box, authority, configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", trusted_file(authority, tmp_path))
    monkeypatch.setenv("NUMCTL_SMTP_PASSWORD", CANARY)
    monkeypatch.setenv("NUMCTL_DEBUG", "1")
    box.queue()
    with _guarded(certificate_of(authority, "localhost")) as office:
        office.password = "another"
        configure(office.settings("starttls", username="jo"))
        endings = [numctl("mail", "send"), numctl("mail", "test", "jo@acme.example")]
    assert [ending.code for ending in endings] == [13, 1]
    assert all("user name or password was refused (535)" in ending.err for ending in endings)
    said = "".join(ending.out + ending.err for ending in endings) + "".join(box.column("last_error"))
    assert not any(secret in said for secret in SECRETS)
    assert box.column("state") == ["waiting"]


@pytest.mark.promise(28)
def test_a_server_that_echoes_the_password_later_is_not_repeated(
    numctl, box, authority, configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", trusted_file(authority, tmp_path))
    monkeypatch.setenv("NUMCTL_SMTP_PASSWORD", CANARY)
    box.queue()
    with _guarded(certificate_of(authority, "localhost")) as office:
        office.password = CANARY
        office.answers["DATA"] = f"550 I know {' and '.join(SECRETS)} \x1b[31m of yours"
        configure(office.settings("starttls", username="jo"))
        ending = numctl("mail", "send")
    assert box.column("last_error") == ["550 I know *** and *** and *** \\x1b[31m of yours"]
    assert not any(secret in ending.out + ending.err for secret in SECRETS)


@pytest.mark.parametrize(
    ("keys", "environment", "named"),
    [
        ({"username": "jo"}, CANARY, "smtp.security"),
        ({"username": "jo"}, "", "smtp.password_file"),
        ({"sender": "nobody"}, "", "smtp.sender"),
        ({"username": "jo"}, f"é{CANARY}", "ASCII"),
    ],
    ids=["without TLS", "no password", "no sender", "beyond ASCII"],
)
@pytest.mark.promise(28)
def test_settings_that_cannot_be_are_told_before_anything_is_sent(
    numctl, box, plain: PostOffice, configure, keys: dict[str, str], environment: str, named: str
) -> None:
    configure(plain.settings("none", **keys))
    box.queue()
    for words in (["send"], ["test", "jo@acme.example"]):
        ending = numctl("mail", *words, env={"NUMCTL_SMTP_PASSWORD": environment})
        assert ending.code == 2
        assert named in ending.err
        assert CANARY not in ending.err
    assert plain.connections == 0


def test_a_password_file_that_is_not_there_is_told(numctl, box, plain: PostOffice, configure) -> None:
    configure(plain.settings("starttls", username="jo", password_file="nowhere"))
    ending = numctl("mail", "send")
    assert ending.code == 1
    assert "nowhere can't be read: No such file or directory" in ending.err


@pytest.mark.parametrize("words", [["send"], ["test", "jo@acme.example"]], ids=" ".join)
def test_without_a_server_mail_says_what_is_missing(numctl, box, words: list[str]) -> None:
    ending = numctl("mail", *words)
    assert ending.code == 2
    assert "has no [smtp]" in ending.err


# Hanging.


def never(connection: socket.socket, over: Event) -> None:
    over.wait(60)


def dripping(connection: socket.socket, over: Event) -> None:
    """A byte now and then, so that no single wait is long."""
    while not over.wait(0.05):
        connection.sendall(b"2")


@pytest.mark.parametrize("talk", [never, dripping])
@pytest.mark.promise(17)
def test_a_hanging_server_does_not_hold_up_mail_send(numctl, box, configure, short: float, talk: Any) -> None:
    box.queue()
    with silent_server(talk) as port:
        office = PostOffice()
        office.port = port
        configure(office.settings("none"))
        ending = numctl("mail", "send")
    assert ending.code == 13
    assert "no answer" in ending.err
    assert (box.column("state"), box.column("attempts"), box.column("claimed_at")) == (["waiting"], [1], [""])


@pytest.mark.promise(17)
def test_a_server_that_hangs_over_a_message_leaves_it_waiting(
    numctl, box, plain: PostOffice, short: float
) -> None:
    over = Event()
    plain.on_data = lambda message: over.wait(60) and None
    box.queue()
    ending = numctl("mail", "send")
    over.set()
    assert ending.code == 13
    assert "no answer" in box.column("last_error")[0]
    assert (box.column("state"), box.column("claimed_at")) == (["waiting"], [""])


# After a change.

SUPPLIER = '[supplier]\nemail = "orders@carrier.example"\n'


def ask(numctl: Any, *more: str) -> Any:
    """A change that queues mail."""
    return numctl("request", "--quantity", "5", "--send", *more)


def test_a_change_delivers_its_mail(numctl, box, plain: PostOffice, configure) -> None:
    configure(plain.settings("none") + SUPPLIER)
    ending = ask(numctl)
    assert (ending.code, ending.err) == (0, "")
    ((recipients, message),) = plain.taken
    assert recipients == ["orders@carrier.example"]
    assert message["Reply-To"] == "boss@acme.example"
    assert box.rests_until == ""


def test_a_change_without_a_server_says_that_mail_waits(numctl, box, configure) -> None:
    configure(SUPPLIER)
    ending = ask(numctl)
    assert ending.code == 0
    assert "no [smtp]" in ending.err
    assert box.column("state") == ["waiting"]


@pytest.mark.parametrize("talk", [never, dripping])
@pytest.mark.promise(17)
def test_a_hanging_server_holds_no_change_up_and_then_rests(
    numctl, box, configure, short: float, monkeypatch: pytest.MonkeyPatch, talk: Any
) -> None:
    visits = 0

    def counted(connection: socket.socket, over: Event) -> None:
        nonlocal visits
        visits += 1
        talk(connection, over)

    with silent_server(counted) as port:
        office = PostOffice()
        office.port = port
        configure(office.settings("none") + SUPPLIER)
        first = ask(numctl)
        second = ask(numctl)
    assert (first.code, second.code) == (0, 0)
    assert "Mail could not be delivered" in first.err
    assert "Mail waits until" in second.err
    assert "warning" not in second.err
    assert visits == 1
    assert box.column("state") == ["waiting"] * 2


def test_rest_ends_after_five_minutes_and_when_a_clock_went_back(
    numctl, box, plain: PostOffice, configure
) -> None:
    configure(plain.settings("none") + SUPPLIER)
    plain.answers["MAIL"] = "451 later"
    assert "451 later" in ask(numctl).err
    assert box.rests_until > "2026"
    plain.answers.clear()
    for moment in ("2001-01-01T00:00:00Z", "2999-01-01T00:00:00Z"):
        box.execute("UPDATE inventory SET mail_rests_until = ?", moment)
        assert ask(numctl).err == ""
    assert box.column("state") == ["sent"] * 3
    assert box.rests_until == ""


def test_mail_send_does_not_rest_and_ends_it(numctl, box, plain: PostOffice) -> None:
    box.queue()
    plain.answers["MAIL"] = "451 later"
    assert numctl("mail", "send").code == 13
    plain.answers.clear()
    assert numctl("mail", "send").code == 0
    assert box.rests_until == ""


@pytest.mark.parametrize("answer", ["550 never", "451 later"])
@pytest.mark.promise(17)
def test_a_refused_message_fails_no_change(numctl, box, plain: PostOffice, configure, answer: str) -> None:
    configure(plain.settings("none") + SUPPLIER)
    plain.answers["DATA"] = answer
    ending = ask(numctl, "-o", "json")
    assert ending.code == 0
    assert json.loads(ending.out)[0]["queued_mail"] == 1
    assert answer in ending.err


def test_bad_settings_fail_no_change(numctl, box, plain: PostOffice, configure) -> None:
    configure(plain.settings("none", username="jo") + SUPPLIER)
    ending = numctl("request", "--quantity", "5", "--send", env={"NUMCTL_SMTP_PASSWORD": CANARY})
    assert ending.code == 0
    assert "never sent without TLS" in ending.err
    assert CANARY not in ending.err


@pytest.mark.promise(17)
def test_a_locked_store_fails_no_change(numctl, box, plain: PostOffice, configure, short: float) -> None:
    configure(plain.settings("none") + SUPPLIER)
    holder = sqlite3.connect(box.path, isolation_level=None, check_same_thread=False)

    def lock(message: Any) -> None:
        holder.execute("BEGIN IMMEDIATE")

    plain.on_data = lock
    ending = ask(numctl)
    holder.execute("ROLLBACK")
    holder.close()
    assert ending.code == 0
    assert "stayed locked" in ending.err
    assert len(plain.taken) == 1


def test_a_bug_in_delivery_fails_no_change(
    numctl, box, plain: PostOffice, configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(plain.settings("none") + SUPPLIER)

    def broken(self: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(delivery.Delivery, "run", broken)
    ending = ask(numctl)
    assert ending.code == 0
    assert "ZeroDivisionError" in ending.err


def test_an_interruption_of_delivery_is_one(
    numctl, box, plain: PostOffice, configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(plain.settings("none") + SUPPLIER)

    def interrupted(self: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(delivery.Delivery, "run", interrupted)
    ending = ask(numctl)
    assert ending.code == 130
    assert ending.err == ""


# Several senders, and dead ones.


def start(box: Outbox, *words: str) -> subprocess.Popen[str]:
    root = Path(numctl.mail.__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, "-m", "numctl", *words],
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.promise(16)
def test_several_senders_double_nothing(box, plain: PostOffice) -> None:
    for _ in range(12):
        box.queue()
    senders = [start(box, "mail", "send") for _ in range(3)]
    for sender in senders:
        sender.communicate(timeout=60)
    ids = [message["Message-ID"] for message in plain.messages]
    assert len(ids) == len(set(ids)) == 12
    assert box.column("state") == ["sent"] * 12
    assert box.column("attempts") == [1] * 12


@pytest.mark.parametrize("taken", [True, False], ids=["after the server took it", "before"])
@pytest.mark.promise(16)
def test_a_killed_sender_loses_nothing(numctl, box, plain: PostOffice, taken: bool) -> None:
    box.queue()
    reached, over = Event(), Event()
    seen = []

    def hang(message: Any) -> str | None:
        seen.append(message["Message-ID"])
        reached.set()
        over.wait(60)
        return None if taken else "451 too late"

    plain.on_data = hang
    sender = start(box, "mail", "send")
    assert reached.wait(30)
    assert box.column("claimed_at") != [""]
    assert numctl("mail", "send").code == 13  # another one leaves it alone
    sender.send_signal(signal.SIGKILL)
    sender.communicate(timeout=30)
    plain.on_data = None
    over.set()
    assert numctl("mail", "send").code == 0
    assert box.column("state") == ["sent"]
    assert {message["Message-ID"] for message in plain.messages} == set(seen)
    assert 1 <= len(plain.taken) <= 2


KILLS = 200 if FULL else 5


@pytest.mark.promise(16, tries=KILLS)
def test_kills_at_any_moment_lose_nothing(numctl, box, plain: PostOffice, configure) -> None:
    configure(plain.settings("none") + SUPPLIER)
    for kill in range(KILLS):
        changing = start(box, "request", "--quantity", "5", "--send")
        with suppress(subprocess.TimeoutExpired):  # from before the store is opened until all is done
            changing.wait(0.1 + 0.4 * kill / KILLS)
        changing.kill()
        changing.communicate(timeout=30)
    box.execute("UPDATE inventory SET mail_rests_until = ''")
    assert numctl("mail", "send").code == 0
    kept = [f"<{message_id}>" for message_id in box.column("message_id")]
    taken = [str(message["Message-ID"]) for message in plain.messages]
    assert set(taken) == set(kept)
    assert len(taken) <= len(kept) + KILLS
    assert set(box.column("state")) <= {"sent"}


@pytest.mark.promise(17)
def test_a_hanging_server_ends_a_whole_command_in_time(box, configure) -> None:
    with silent_server(dripping) as port:
        office = PostOffice()
        office.port = port
        configure(office.settings("none") + SUPPLIER)
        changing = start(box, "request", "--quantity", "5", "--send")
        out, err = changing.communicate(timeout=10)
    assert changing.returncode == 0
    assert "Made request 1" in out
    assert f"localhost:{port}: no answer" in err


def test_a_claim_from_elsewhere_holds_for_ten_minutes(
    numctl, box, plain: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.queue()
    now = session_module.now()
    monkeypatch.setattr(session_module, "now", lambda: now)

    def claimed(before: float) -> None:
        at = delivery.stamp(now, before)
        box.execute("UPDATE message SET claimed_at = ?, claimed_by = 'elsewhere 1 x'", at)

    claimed(-delivery.CLAIM_HOLDS)
    assert numctl("mail", "send").code == 13
    claimed(-delivery.CLAIM_HOLDS - 1)
    assert numctl("mail", "send").code == 0


def test_a_claim_from_the_future_is_void(numctl, box, plain: PostOffice) -> None:
    box.queue()
    box.execute("UPDATE message SET claimed_at = '2999-01-01T00:00:00Z', claimed_by = 'elsewhere 1 x'")
    assert numctl("mail", "send").code == 0


def test_only_a_process_that_is_known_to_have_ended_is_gone() -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    machine = delivery._machine()
    assert delivery.is_gone(f"{machine} {ended.pid} x")
    assert delivery.is_gone(f"{machine} {os.getpid()} another")
    assert not delivery.is_gone(f"{machine} {os.getppid()} x")
    assert not delivery.is_gone(f"elsewhere {ended.pid} x")
    assert not delivery.is_gone(f"{machine} nonsense")
    assert not delivery.is_gone(f"{machine} {10**30} x")


def test_mark_of_a_sender_that_lost_its_claim_changes_nothing(box) -> None:
    id = box.queue()
    with Store.open(box.path) as store, store.writing() as connection:
        from numctl.core.tree import Tree
        from numctl.core.view import View

        tree = Tree.load(connection)
        view = View(connection, tree, tree.root)
        slow = outbox.Sender("slow", "2026-01-01T00:00:00Z", "", "9", "", lambda name: False)
        fast = slow._replace(name="fast", is_gone=lambda name: True)
        first, second = outbox.claim(view, slow), outbox.claim(view, fast)
        assert first is not None
        assert second is not None
        assert first.message_id == second.message_id
        outbox.note_sent(view, second, "2026-01-01T00:00:01Z")
        outbox.note_postponed(view, first, slow, "too slow")
        outbox.note_failed(view, first, slow, "too slow")
    assert id == 1
    assert (box.column("state"), box.column("last_error")) == (["sent"], [""])


# Scope.


def test_only_mail_in_scope_is_listed_and_sent(numctl, box, plain: PostOffice) -> None:
    box.queue("root@acme.example", organization=1, facts={"organization": "Acme"})
    box.queue("sales@acme.example", organization=2, facts={"organization": "Acme/Sales"})
    box.queue("lab@acme.example", organization=3, facts={"organization": "Acme/Lab"})
    rows = json.loads(numctl("mail", "list", "--as", "Sales", "-o", "json").out)
    assert [(row["organization"], row["to"]) for row in rows] == [("Acme/Sales", ["sales@acme.example"])]
    assert numctl("mail", "send", "--as", "Sales").code == 0
    assert box.column("state") == ["waiting", "sent", "waiting"]
    box.execute("UPDATE message SET state = 'failed' WHERE state = 'waiting'")
    assert numctl("mail", "send", "--as", "Sales", "--failed").out == "Sent nothing.\n"
    assert box.column("state") == ["failed", "sent", "failed"]


def test_mail_of_a_removed_organization_is_the_root_s(numctl, box, plain: PostOffice) -> None:
    box.queue("lab@acme.example", organization=3, facts={"organization": "Acme/Lab"})
    with Store.open(box.path) as store:
        perform(store, ACT, "test", lambda op: organizations.remove(op, "Lab"))
    (row,) = json.loads(numctl("mail", "list", "-o", "json").out)
    assert row["organization"] == "Acme/Lab"
    assert numctl("mail", "send").code == 0
    assert len(plain.taken) == 1


def test_list_has_its_fields(numctl, box) -> None:
    box.queue("jo@acme.example", "kim@acme.example")
    (row,) = json.loads(numctl("mail", "list", "-o", "json").out)
    assert row == {
        "id": 1,
        "at": ACT.at,
        "organization": "Acme",
        "to": ["jo@acme.example", "kim@acme.example"],
        "subject": "Hello",
        "state": "waiting",
        "attempts": 0,
        "last_error": None,
        "sent_at": None,
    }
    header, line = numctl("mail", "list", "-o", "csv").out.splitlines()
    assert header == "id,at,organization,to,subject,state,attempts,last_error,sent_at"
    assert '"jo@acme.example, kim@acme.example"' in line


def test_no_mail_is_an_empty_list(numctl, box) -> None:
    ending = numctl("mail", "list", "-o", "json")
    assert (ending.code, json.loads(ending.out), ending.err) == (0, [], "")


# mail test.


def test_a_test_message_goes_at_once_and_needs_no_store(numctl, plain: PostOffice) -> None:
    ending = numctl("mail", "test", " jo@acme.example ", "-o", "json")
    assert ending.code == 0
    assert json.loads(ending.out)[0]["to"] == "jo@acme.example"
    ((recipients, message),) = plain.taken
    assert recipients == ["jo@acme.example"]
    assert "all is well" in _plain(message)


def test_a_refused_test_message_says_why(numctl, plain: PostOffice) -> None:
    plain.answers["RCPT"] = "550 nobody here"
    ending = numctl("mail", "test", "jo@acme.example")
    assert (ending.code, ending.out) == (1, "")
    assert "550 nobody here" in ending.err


@pytest.mark.parametrize("address", ["jo", "a@b, c@d", "=?utf-8?q?a=2Cb?=@c.example", "a@b\r\nBcc: c@d"])
def test_a_bad_address_gets_no_test_message(numctl, plain: PostOffice, address: str) -> None:
    assert numctl("mail", "test", address).code == 2
    assert plain.connections == 0


# Nothing gets into a header that should not be there.

BREAKS = ["\r", "\n", "\r\n", "\x85", "\u2028", "\u2029", "\x0b", "\x00", "\x1b"]


@pytest.mark.parametrize("line_break", BREAKS, ids=ascii)
@pytest.mark.promise(24)
def test_no_text_adds_a_header_or_a_recipient(numctl, box, plain: PostOffice, line_break: str) -> None:
    evil = f"Acme{line_break}Bcc: eve@evil.example{line_break}{line_break}<b>body</b>"
    facts = {
        "organization": evil,
        "in_use": 9,
        "total": 10,
        "percent": 90,
        "threshold": 80,
        "categories": dict.fromkeys(composing.COLOURS, 2),
    }
    box.queue(kind="threshold", subject=f"{evil}: 90%", facts=facts)
    assert numctl("mail", "send").code == 0
    ((recipients, message),) = plain.taken
    assert recipients == ["jo@acme.example"]
    assert message["Bcc"] is None
    assert message["To"] == "jo@acme.example"
    assert message["Subject"].startswith("Acme\\")
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert "<b>" not in list(message.iter_parts())[1].get_content()


@pytest.mark.parametrize(
    "address",
    [
        *(f"jo@acme.example{b}Bcc: eve@evil.example" for b in BREAKS),
        "jo@a.example,eve@evil.example",
        "@@",
        "x@",
    ],
    ids=ascii,
)
@pytest.mark.promise(24)
def test_an_address_written_by_hand_reaches_nobody_else(numctl, box, plain: PostOffice, address: str) -> None:
    box.queue(address)
    box.queue("kim@acme.example")
    assert numctl("mail", "send").code == 0
    assert box.column("state") == ["failed", "sent"]
    assert "e-mail address" in box.column("last_error")[0]
    assert [recipients for recipients, _ in plain.taken] == [["kim@acme.example"]]


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("jo@bücher.example", "jo@xn--bcher-kva.example"),
        ("o'neil+x=y@acme.example", "o'neil+x=y@acme.example"),
    ],
)
@pytest.mark.promise(24)
def test_unusual_addresses_are_written_to(numctl, box, plain: PostOffice, address: str, written: str) -> None:
    box.queue(address)
    assert numctl("mail", "send").code == 0
    assert [recipients for recipients, _ in plain.taken] == [[written]]


def test_an_address_that_the_server_cannot_take_fails(numctl, box, configure) -> None:
    box.queue("jö@acme.example")
    with open_office(enable_SMTPUTF8=False) as office:
        configure(office.settings("none"))
        assert numctl("mail", "send").code == 0
    assert box.column("state") == ["failed"]
    assert "beyond ASCII" in box.column("last_error")[0]


@pytest.mark.parametrize("facts", [{}, {"organization": 1, "in_use": "x"}, {"categories": None}], ids=str)
def test_odd_facts_fail_that_message_alone(numctl, box, plain: PostOffice, facts: dict[str, object]) -> None:
    box.queue(kind="threshold", facts=facts)
    box.queue()
    assert numctl("mail", "send").code == 0
    assert box.column("state") == ["failed", "sent"]


# The words.

FACTS = {
    "organization": "Acme/R&D <north>",
    "in_use": 984,
    "total": 1200,
    "percent": 82,
    "threshold": 80,
    "categories": {"available": 216, "reserved": 40, "assigned": 4, "registered": 740, "allocated": 200},
}


def test_a_threshold_s_message_reads_well() -> None:
    text = composing.text_of("threshold", FACTS, Supplier("orders@carrier.example", "+1 418 555 0100"))
    assert text.plain() == (
        "Acme/R&D <north> uses 984 of its 1200 telephone numbers (82%); its\n"
        "threshold is 80%.\n"
        "\n"
        "  available   216\n"
        "  reserved     40\n"
        "  assigned      4\n"
        "  registered  740\n"
        "  allocated   200\n"
        "\n"
        "216 numbers are still available.\n"
        "\n"
        "What to do next:\n"
        "- Ask for more: numctl request --quantity 31 --send --as 'Acme/R&D <north>'\n"
        "  (31 more would bring it below its threshold.)\n"
        "- The supplier: orders@carrier.example, +1 418 555 0100\n"
        "- See which series run out: numctl utilization --by series --as 'Acme/R&D <north>'\n"
        "- See what is held in reserve: numctl search --status reserved --as 'Acme/R&D <north>'\n"
        "\n"
        "Sent by numctl, which administers these numbers.\n"
    )


def test_the_last_message_says_that_none_is_left() -> None:
    counts = {"available": 0, "reserved": 0, "assigned": 0, "registered": 10, "allocated": 0}
    facts = {**FACTS, "organization": "Acme", "in_use": 10, "total": 10, "percent": 100, "categories": counts}
    plain = composing.text_of("threshold", facts, None).plain()
    assert "None is left available" in plain
    assert "numctl request --quantity 3 --send\n" in plain
    assert "supplier" not in plain


@pytest.mark.parametrize(
    ("in_use", "total", "threshold"), [(984, 1200, 80), (10, 10, 80), (10, 10, 100), (1, 100, 1), (1, 3, 33)]
)
def test_the_quantity_named_is_the_least_that_helps(in_use: int, total: int, threshold: int) -> None:
    facts = {**FACTS, "in_use": in_use, "total": total, "threshold": threshold}
    plain = composing.text_of("threshold", facts, None).plain()
    more = int(plain.partition("--quantity ")[2].split()[0])
    assert 100 * in_use < threshold * (total + more)
    assert more == 1 or 100 * in_use >= threshold * (total + more - 1)


def test_the_page_has_a_bar_and_nothing_from_elsewhere() -> None:
    html = composing.text_of("threshold", FACTS, Supplier("<a@b>", None)).html()
    assert "Acme/R&amp;D &lt;north&gt; uses 984" in html
    assert "<north>" not in html
    assert "<a@b>" not in html
    for colour in composing.COLOURS.values():
        assert html.count(colour) == 2  # in the bar and beside its name
    assert not {"http", "src=", "<script", "<link", "<img"} & set(html.lower().split('"'))
    assert "http" not in html


def test_a_message_survives_the_wire() -> None:
    text = composing.text_of("threshold", {**FACTS, "organization": "Acmé/" + "ü" * 300}, None)
    envelope = composing.Envelope("numctl@acme.example", ["jo@acme.example"])
    sent = composing.message(envelope, "Acmé: " + "ü" * 300, text, "id@acme.example").as_bytes()
    assert max(map(len, sent.splitlines())) < 1000
    assert sent.isascii()
    read = message_from_bytes(sent, policy=policy.SMTP)
    assert read["Subject"] == "Acmé: " + "ü" * 300
    assert _plain(read) == text.plain()


def _plain(message: Any) -> str:
    content = next(message.iter_parts()).get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def test_within_gives_up_and_passes_on_what_is_raised() -> None:
    over = Event()
    began = monotonic()
    with pytest.raises(delivery.Unreachable, match=r"^it: no answer within 0\.05 seconds"):
        within(0.05, "it", lambda: over.wait(60))
    over.set()
    assert monotonic() - began < 30
    with pytest.raises(ZeroDivisionError):
        within(5, "it", lambda: 1 // 0)
    assert within(5, "it", lambda: 7) == 7
