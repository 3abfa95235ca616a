"""Sentences on a terminal: lines that fit, made of the same words, commands whole where they fit."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numctl.output.layout import cells
from numctl.output.terminal import broken

TEXTS = st.lists(st.text("aé漢`(.", min_size=1, max_size=30), max_size=12).map(" ".join)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")


@given(text=TEXTS)
def test_lines_fit_and_have_every_character(text: str) -> None:
    lines = broken(text, Terminal())
    assert max(map(cells, lines)) <= 40
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("short", ["short"]),
        ("", [""]),
        ("one\ntwo", ["one", "two"]),
        (
            "Reserved 4 numbers (operation 111; take it back with `numctl undo 111`).",
            ["Reserved 4 numbers (operation 111; take", "it back with `numctl undo 111`)."],
        ),
        (
            "It can be taken back, if need be, with `numctl undo 111`.",
            ["It can be taken back, if need be, with", "`numctl undo 111`."],
        ),
        (
            "\x1b[31mnumctl:\x1b[0m 14188980100 is in use, so nothing is done.",
            ["\x1b[31mnumctl:\x1b[0m 14188980100 is in use, so", "nothing is done."],
        ),
        (
            "  number   Extension / DDI, which is the first",
            ["  number   Extension / DDI, which is the", "    first"],
        ),
    ],
)
def test_lines_end_between_words(text: str, lines: list[str]) -> None:
    assert broken(text, Terminal()) == lines


def test_what_no_terminal_shows_is_one_line() -> None:
    assert broken("a " * 100, io.StringIO()) == ["a " * 100]
