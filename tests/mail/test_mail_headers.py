"""Nothing gets into a header that should not be there."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.header import decode_header
from email.utils import parseaddr
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from numctl.mail import composing
from numctl.output import formats
from tests.postoffice import (
    PostOffice,
    open_office,
)

# Nothing gets into a header that should not be there.

BREAKS = ["\r", "\n", "\r\n", "\x85", "\u2028", "\u2029", "\x0b", "\x1b"]
NUL = pytest.param("\x00", marks=pytest.mark.of_a_file("text that a server can't hold"))


@pytest.mark.parametrize("line_break", [*BREAKS, NUL], ids=ascii)
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


# What looks like an encoded word (RFC 2047) is text like any other.

INJECTION = "=?utf-8?q?Hi=0d=0aReply-To:_e@evil.com=0d=0a=0d=0aPassword_expired:_evil.com?="
LIKE_WORDS = [
    INJECTION,
    f"{INJECTION} {INJECTION}",
    "=?utf-8?b?SGkNCkJjYzogZUBldmlsLmNvbQ==?=",
    "a=?utf-8?q?b?=c",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3FHi=3F=3D?=",
    "=?utf-8?q?unfinished",
    "Zürich =?utf-8?q?Hi?= \u00a0東京",
    "x" * 120,
    "word " * 30 + "end",
]


@pytest.mark.parametrize("name", LIKE_WORDS, ids=ascii)
@pytest.mark.promise(24)
def test_a_subject_stands_in_the_header_as_it_was_typed(numctl, box, plain: PostOffice, name: str) -> None:
    subject = f"Acme/{name}: 90% of 10 numbers in use"
    box.queue(subject=subject)
    assert numctl("mail", "send").code == 0
    ((recipients, message),) = plain.taken
    assert recipients == ["jo@acme.example"]
    assert message["Subject"] == formats.shown(subject)
    own = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"]
    assert sorted(message.keys()) == sorted([*own, "MIME-Version", "Content-Type"])
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    (raw,) = plain.raw
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert b"Reply-To" not in raw.partition(b"\r\n\r\n")[0]


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=150))
@example(INJECTION)
@pytest.mark.promise(24)
def test_every_text_is_read_as_it_was_typed(text: str) -> None:
    text = " ".join(text.split()) or "x"
    envelope = composing.Envelope("numctl@acme.example", ["jo@acme.example"])
    made = composing.message(envelope, text, composing.text_of("test", {}, None), "1@acme.example")
    read = message_from_bytes(made.as_bytes(), policy=policy.SMTP)
    assert read["Subject"] == formats.shown(text)
    assert _decoded("".join(message_from_bytes(made.as_bytes())["Subject"].splitlines())) == read["Subject"]


def _decoded(header: str) -> str:
    """A header's text as readers of mail decode it: once."""
    return "".join(
        part if isinstance(part, str) else part.decode(charset or "ascii")
        for part, charset in decode_header(header)
    )


@pytest.mark.promise(24)
def test_the_names_of_an_organization_and_of_a_series_add_no_header(
    numctl, store: Path, plain: PostOffice, configure
) -> None:
    configure(plain.settings("none") + '[supplier]\nemail = "orders@carrier.example"\n')
    assert numctl("init", "--name", "Acme", "--email", "boss@acme.example").code == 0
    assert numctl("org", "add", INJECTION, "--threshold", "1").code == 0
    assert numctl("add", "14185550000+9", "--series", INJECTION).code == 0
    assert numctl("allocate", "--series", INJECTION, "--quantity", "2", "--to", f"Acme/{INJECTION}").code == 0
    assert numctl("assign", "14185550000", "--user", "Ann").code == 0
    assert numctl("request", "--series", INJECTION, "--quantity", "5", "--send").code == 0
    warned, asked = plain.messages
    assert warned["Subject"] == f"Acme/{INJECTION}: 50% of 2 numbers in use"
    assert INJECTION in asked["Subject"]
    assert warned["Reply-To"] is None
    assert asked["Reply-To"] == "boss@acme.example"


@pytest.mark.parametrize(
    "address",
    [
        "a@=?utf-8?q?x.com=2C_e=40evil.com?=",
        "=?utf-8?q?x=40evil.com?=@acme.example",
        "a@example，com",
        "a@evil.com，b@example.com",
        "a＠evil.com",
        "a@evil.com＠example.com",
        "a@exa;mple",
        "a@example﹐com",
        "a@exam\u00a0ple.com",
        "a(＂)@example.com",
        "a@example..com",
        "a@exa%mple.com",
        "a@exa/mple.com",
    ],
    ids=ascii,
)
@pytest.mark.promise(24)
def test_an_address_is_checked_whole(numctl, box, plain: PostOffice, address: str) -> None:
    for words in (
        ("org", "set", "Acme", "--email", address),
        ("org", "add", "Nice", "--email", address),
        ("mail", "test", address),
    ):
        refused = numctl(*words)
        assert (refused.code, len(refused.err.splitlines())) == (2, 1), words
    assert "e-mail address" in numctl("mail", "test", address).err
    box.queue(address)  # kept by an older numctl
    assert numctl("mail", "send").code == 0
    assert box.column("state") == ["failed"]
    assert plain.taken == []


@pytest.mark.promise(24)
def test_a_sender_with_a_name_is_shown_as_it_was_typed(numctl, box, office: PostOffice, configure) -> None:
    for name in (INJECTION, "Jo, of Acme", "Zürich", "numctl"):
        office.taken.clear()
        office.raw.clear()
        configure(office.settings("none", sender=f'"{name}" <numctl@acme.example>'))
        box.queue()
        assert numctl("mail", "send").code == 0
        (raw,) = office.raw
        read = message_from_bytes(raw)
        shown, address = parseaddr("".join(read["From"].splitlines()))
        assert (_decoded(shown), address) == (name, "numctl@acme.example")
        assert read["Reply-To"] is None
