"""The manual's examples, in a terminal of 80 columns and 24 lines: they run as printed, and no word breaks.

What a page's examples print there is held against what they print where there is room for all: each word
of the narrow screen stands in the wide one. Formats for other programs, which no screen lays out, and
what other programs print are left out, each by name.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pyte
import pytest

from numctl.output.layout import cells
from tests.conftest import FULL
from tests.manual import COLUMNS, ROWS, WITH_EXAMPLES, Ended, examples, fits, run_page

WIDE = 2000
EVERYDAY = ("audit.md", "lists.md")  # pages run at both widths each time; all of them in full
FAILURES = re.compile('^(numctl: |NUMCTL |{"error":)', re.MULTILINE)
"""How a line begins where a command may end with another code than 0."""
FOR_PROGRAMS = re.compile(
    r"-o (json|jsonl|csv|tsv|plain|simple|github|grid|html)|report (disconnects|blocks)(?!.*-o table)"
    r"|threshold check|SSH_ORIGINAL_COMMAND"
)
OF_OTHERS = re.compile(r"^(?!numctl)\w+|\| (?!numctl)\w+")
HEADING = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")
CHANGING = re.compile(r"[0-9a-f]{64}|\d")


class Ran(NamedTuple):
    """A page whose examples ran, and how each ended."""

    page: Path
    ended: list[Ended]


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: page.name)
def test_examples_run_as_printed_and_fit_the_screen(page: Path, tmp_path: Path) -> None:
    """All of a page in one test: its examples follow one another, and are run once for a width."""
    ran = Ran(page, run_page(page, tmp_path / "narrow"))
    _expect_as_printed(ran)
    _expect_lines_as_shown(ran)
    if FULL or page.name in EVERYDAY:
        _expect_no_broken_words(ran, Ran(page, run_page(page, tmp_path / "wide", WIDE)))


def screens(ran: Ran) -> list[tuple[str, str]]:
    """The commands whose output is laid out for people, with what they printed."""
    pairs = zip(examples(ran.page), ran.ended, strict=True)
    kept = [(command, one.printed) for (command, _), one in pairs if one.printed]
    return [one for one in kept if not FOR_PROGRAMS.search(one[0]) and not OF_OTHERS.search(one[0])]


def words(printed: str) -> set[str]:
    """The words of a screen, a heading's one by one, paths without their middle and what changes left out."""
    found = {word for word in printed.split() if "…" not in word and re.search(r"\w", word)}
    parts = {part for word in found for part in (word.split("_") if HEADING.fullmatch(word) else [word])}
    return {CHANGING.sub("0", part) for part in parts}


def _expect_as_printed(ran: Ran) -> None:
    wrong = [
        f"$ {command}\nprinted (exit {code}):\n{printed}\nbut the page has:\n{expected}"
        for (command, expected), (printed, code) in zip(examples(ran.page), ran.ended, strict=True)
        if not fits(printed, expected) or (code != 0 and not FAILURES.search(expected))
    ]
    assert not wrong, "\n".join(wrong)


def _expect_no_broken_words(ran: Ran, wide: Ran) -> None:
    for (command, printed), (_, roomy) in zip(screens(ran), screens(wide), strict=True):
        assert max(map(cells, printed.splitlines())) <= COLUMNS, f"$ {command}\n{printed}"
        assert not words(printed) - words(roomy), f"$ {command}\n{printed}"


def _expect_lines_as_shown(ran: Ran) -> None:
    for command, printed in screens(ran):
        screen = pyte.Screen(COLUMNS, ROWS)
        pyte.Stream(screen).feed(printed.replace("\n", "\r\n"))
        shown = [line.rstrip() for line in screen.display]
        last = [line.rstrip() for line in printed.splitlines()][1 - ROWS :]
        assert shown[: len(last)] == last, f"$ {command}\n{printed}"


def test_most_of_the_manual_is_screens() -> None:
    shown = [command for page in WITH_EXAMPLES for command, _ in screens(Ran(page, _printed(page)))]
    assert len(shown) >= 100
    for command in ("search", "show", "history", "utilization", "reserve", "allocate", "org tree"):
        assert any(one.startswith(f"numctl {command}") for one in shown)


def _printed(page: Path) -> list[Ended]:
    return [Ended(expected, 0) for _, expected in examples(page)]


def test_a_broken_word_is_found() -> None:
    assert words("Ada Morea\nu  reserved_tag") - words("Ada Moreau  reserved_tag") == {"Morea", "u"}
    assert not words("reserved\ntag  Acme/…/EMEA ────") - words("reserved_tag")
