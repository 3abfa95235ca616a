"""Delivery against a real mail server: taken, and refused for now or for good."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.mail.outbox import (
    CANARY,
    guarded,
)
from tests.postoffice import (
    PostOffice,
    certificate_of,
    open_office,
    trusted_file,
)

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
    with guarded(certificate) as office:
        office.password = CANARY
        configure(office.settings("starttls", username="jo", **more))
        ending = numctl("mail", "send")
    assert (ending.code, len(office.taken)) == (0, 1)
    assert office.logins[-1] == ("jo", CANARY)


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
