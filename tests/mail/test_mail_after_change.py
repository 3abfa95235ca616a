"""Servers that hang, and mail after a change, which never fails or waits for it."""

from __future__ import annotations

import json
import socket
import sqlite3
from threading import Event
from typing import Any

import pytest

from numctl.mail import delivery
from tests.mail.outbox import (
    CANARY,
    SUPPLIER,
    ask,
    dripping,
    never,
)
from tests.postoffice import (
    PostOffice,
    silent_server,
)

# Hanging.


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
@pytest.mark.of_a_file("its lock")
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


def test_a_batch_that_rejects_some_lines_delivers_what_the_others_ask_for(
    numctl, box, plain: PostOffice
) -> None:
    for line in (["add", "3000+2", "--series", "s"], ["threshold", "set", "1"]):
        assert numctl(*line).code == 0
    text = "action,number,user\nassign,3000,Ann\nassign,9999,Bo\n"
    assert numctl("batch", "-", "--keep-going", input=text).code == 3
    assert [message["Subject"] for message in plain.messages] == ["Acme: 50% of 2 numbers in use"]
    assert box.column("state") == ["sent"]
