"""Servers that are not to be reached, or not to be trusted: no mail and no password goes there."""

from __future__ import annotations

import socket
from pathlib import Path
from threading import Event

import pytest
import trustme

from tests.mail.outbox import (
    CANARY,
    SECRETS,
    guarded,
)
from tests.postoffice import (
    PostOffice,
    certificate_of,
    open_office,
    silent_server,
    trusted_file,
)

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
    with guarded(certificate_of(authority, "localhost")) as office:
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
    with guarded(certificate_of(authority, "localhost")) as office:
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
