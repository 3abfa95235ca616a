"""Several senders at once, and senders that are killed."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from threading import Event
from typing import Any

import pytest

from numctl import clock
from numctl.core.actions.opening import open_store
from numctl.core.notifications import outbox
from numctl.mail import delivery
from tests.conftest import FULL
from tests.mail.outbox import (
    SUPPLIER,
    dripping,
    start_sender,
)
from tests.postoffice import (
    PostOffice,
    silent_server,
)

# Several senders, and dead ones.


@pytest.mark.promise(16)
def test_several_senders_double_nothing(box, plain: PostOffice) -> None:
    for _ in range(12):
        box.queue()
    senders = [start_sender(box, "mail", "send") for _ in range(3)]
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
    sender = start_sender(box, "mail", "send")
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
        changing = start_sender(box, "request", "--quantity", "5", "--send")
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
        changing = start_sender(box, "request", "--quantity", "5", "--send")
        out, err = changing.communicate(timeout=10)
    assert changing.returncode == 0
    assert "Made request 1" in out
    assert f"localhost:{port}: no answer" in err


def test_a_claim_from_elsewhere_holds_for_ten_minutes(
    numctl, box, plain: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.queue()
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)

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
    with open_store(box.path) as store, store.writing() as connection:
        from numctl.core.catalog.tree import Tree
        from numctl.core.catalog.view import View

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
