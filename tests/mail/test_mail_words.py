"""What messages say."""

from __future__ import annotations

from email import message_from_bytes, policy
from threading import Event
from time import monotonic

import pytest

from numctl.mail import composing
from numctl.mail.server import Unreachable, within
from numctl.settings import Supplier
from tests.mail.outbox import (
    plain_text,
)

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
    assert plain_text(read) == text.plain()


def test_within_gives_up_and_passes_on_what_is_raised() -> None:
    over = Event()
    began = monotonic()
    with pytest.raises(Unreachable, match=r"^it: no answer within 0\.05 seconds"):
        within(0.05, "it", lambda: over.wait(60))
    over.set()
    assert monotonic() - began < 30
    with pytest.raises(ZeroDivisionError):
        within(5, "it", lambda: 1 // 0)
    assert within(5, "it", lambda: 7) == 7
