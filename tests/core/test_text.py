"""Texts as they are kept, compared and shown: what is trimmed, what is refused, what is the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numctl.core.errors import BadValue
from numctl.core.text import (
    clean_email,
    clean_name,
    clean_note,
    clean_organization_name,
    clean_tag,
    first_unprintable,
    fold,
    nearest,
    quoted,
)

pytestmark = pytest.mark.pure


UNPRINTABLE = [
    "\x00",
    "\x1b[31m",
    "\x7f",
    "\x9b",
    "\u202e",
    "\u2066",
    "\u200b",
    "\u2028",
    "\x85",
    "\udcff",
    "\r",
    "\n",
]


@pytest.mark.parametrize(
    "tag",
    [
        "[/]",
        "a\\",
        "1e5",
        "007",
        "nan",
        "=cmd|'/c calc'!A1",
        "%_",
        "*",
        "';DROP TABLE",
        "-rf",
        ":smile:",
        "x" * 64,
    ],
)
def test_a_tag_is_kept_as_typed(tag: str) -> None:
    assert clean_tag(tag) == tag
    assert clean_tag(f" \u00a0{tag}\t") == tag


@pytest.mark.parametrize(
    "tag", ["", " ", "\t\n", "\u00a0\u00a0", "\u200b", " \u200b\u200d ", "\u2060", "\u2028"]
)
def test_a_tag_of_nothing_visible_is_empty(tag: str) -> None:
    with pytest.raises(BadValue, match="A tag can't be empty"):
        clean_tag(tag)


@pytest.mark.parametrize("char", UNPRINTABLE)
def test_unprintable_characters_are_refused_and_never_shown(char: str) -> None:
    for clean in (clean_tag, clean_email, clean_organization_name):
        with pytest.raises(BadValue) as refusal:
            clean(f"Bcc{char}x@example.com")
        assert str(refusal.value).isprintable()
    with pytest.raises(BadValue, match="A user's name can't hold"):
        clean_name(f"Jo{char}e", "A user")


def test_composed_and_decomposed_are_the_same_tag() -> None:
    assert clean_tag("e\u0301t\u00e9") == clean_tag("\u00e9te\u0301") == "\u00e9t\u00e9"
    assert clean_tag("e\u0301" * 64) == "\u00e9" * 64


@pytest.mark.parametrize("length", [65, 20_000, 1_000_000])
def test_a_tag_too_long_says_how_long_it_may_be(length: int) -> None:
    with pytest.raises(BadValue, match=f"64 characters at most, and this has {length}"):
        clean_tag("x" * length)


def test_names_may_hold_a_slash_but_those_of_organizations() -> None:
    assert clean_name(" Paris/Lyon ", "A series") == "Paris/Lyon"
    assert clean_organization_name("..") == ".."
    assert clean_organization_name("-rf") == "-rf"
    for name in ("a/b", "/"):
        with pytest.raises(BadValue, match="can't hold a slash"):
            clean_organization_name(name)
    with pytest.raises(BadValue, match="200 characters at most"):
        clean_name("x" * 201, "A user")


@pytest.mark.parametrize(
    "address", ["jo@example.com", "j.o+numbers@mail.example", "jos\u00e9@exempl\u00e9.fr", "a@localhost"]
)
def test_an_address_is_kept_as_typed(address: str) -> None:
    assert clean_email(f" {address} ") == address


@pytest.mark.parametrize(
    "address",
    [
        "jo",
        "@example.com",
        "jo@",
        "jo@@example.com",
        "a@b@example.com",
        "Jo <jo@example.com>",
        "jo@example.com, al@example.com",
        "jo@example.com;al@example.com",
        "jo smith@example.com",
        "jo\u00a0smith@example.com",
        "jo@example..com",
        "jo@.example.com",
        '"jo"@example.com',
        "jo@[127.0.0.1]",
        "jo@example.com\r\nBcc: al@example.com",
        "jo@example.com\u2028Bcc: al@example.com",
        "jo@example.com\x85Bcc:al@example.com",
        "j" * 250 + "@example.com",
    ],
)
def test_what_is_not_one_bare_address_is_refused(address: str) -> None:
    with pytest.raises(BadValue) as refusal:
        clean_email(address)
    assert refusal.value.advice


def test_a_note_is_one_line() -> None:
    assert clean_note(" given back\r\nto the carrier\n", "A reason") == "given back to the carrier"
    with pytest.raises(BadValue, match="A reason can't be empty"):
        clean_note("\n\n", "A reason")
    with pytest.raises(BadValue, match="A message can't hold the unprintable character"):
        clean_note("a\x1b]0;b", "A message")
    with pytest.raises(BadValue, match="10 characters at most"):
        clean_note("a longer note", "A note", 10)


@given(st.text())
def test_fold_is_one_form_whatever_the_case_and_composition(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded
    assert fold(unicodedata.normalize("NFC", text)) == folded
    assert fold(text.casefold()) == folded


def test_fold_tells_what_differs_in_more_than_case() -> None:
    assert fold("\u00c9") == fold("e\u0301")
    assert fold("STRASSE") == fold("stra\u00dfe")
    assert fold("e") != fold("\u00e9")
    assert fold("Sales") == "sales"


def test_the_nearest_words_come_first_as_they_are_written() -> None:
    assert nearest("slaes", ["Sales", "EMEA", "Scales"])[0] == "Sales"
    assert nearest("SALES", ["sale", "Sales"]) == ["Sales", "sale"]
    assert nearest("zzz", ["Sales"]) == []


@given(st.text())
def test_what_is_quoted_is_printable_and_short(text: str) -> None:
    assert quoted(text).isprintable()
    assert len(quoted(text * 50)) < 700


def test_a_space_of_any_width_can_be_shown() -> None:
    assert first_unprintable("a\u2003b") is None
    assert first_unprintable("a\u2003b\x1bc\x07") == "\x1b"
