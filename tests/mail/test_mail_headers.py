"""Nothing gets into a header that should not be there."""

from __future__ import annotations

import pytest

from numctl.mail import composing
from tests.postoffice import (
    PostOffice,
    open_office,
)

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
