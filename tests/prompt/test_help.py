"""Help: a sentence, examples that run as they stand, and a page that fits any terminal."""

from __future__ import annotations

import inspect
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from numctl.cli import help, parser
from numctl.cli.call import COMPLETION_REQUEST
from numctl.cli.table import COMMANDS, GROUPS, Entry
from tests.conftest import FULL

WIDTHS = (40, 60, 80, 200) if FULL else (40, 80)
PAGES = ["", *GROUPS, *(entry.name for entry in COMMANDS)]

# Where an example ends with another code than 0, and why.
ENDINGS = {
    "numctl series remove Unused": 5,  # the demo has none
    "numctl gate --as Sales --actor jo": 2,  # no line was sent
    "numctl threshold check": 1,  # Finance is over its threshold
    "numctl role add sales_reports --org Sales": 2,  # which a store in a file doesn't know
    "numctl role remove sales_reports": 2,
    "numctl role list": 2,
}


def examples_of(entry: Entry) -> list[str]:
    function = parser.load(entry).callback
    assert function is not None
    _, _, text = inspect.cleandoc(function.__doc__ or "").partition(f"{help.EXAMPLES}\n")
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_examples_run_in_their_order(
    shell: Callable[..., object], workplace: Path, entry: Entry, numctl
) -> None:
    lines = examples_of(entry)
    assert lines
    for line in lines:
        assert line.startswith("numctl ")
        if "|" in line or "<" in line:
            done = shell(line, line=True, cwd=workplace)
            assert (done.returncode, done.stderr) == (0, ""), line  # type: ignore[attr-defined]
            continue
        with pytest.MonkeyPatch.context() as patched:
            patched.chdir(workplace)
            ending = numctl(*shlex.split(line)[1:])
        expected = 1 if line.endswith(" --exit-code") else ENDINGS.get(line, 0)
        assert ending.code == expected, f"{line}: {ending.err}"


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_examples_are_of_the_command_itself(entry: Entry) -> None:
    lines = examples_of(entry)
    assert sum(f" {entry.name} " in f"{line} " for line in lines) == len(lines)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page or "numctl")
@pytest.mark.parametrize("width", WIDTHS)
def test_page_fits(numctl, page: str, width: int) -> None:
    ending = numctl(*page.split(), "--help", env={"COLUMNS": str(width)})
    assert (ending.code, ending.err) == (0, "")
    assert max(map(len, ending.out.splitlines())) <= width
    assert "  \n" not in ending.out


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page or "numctl")
def test_page_begins_with_how_to_call_it_and_one_sentence(numctl, page: str) -> None:
    usage, blank, sentence, *rest = numctl(*page.split(), "--help", env={"COLUMNS": "200"}).out.splitlines()
    assert usage.startswith(f"Usage: {f'numctl {page}'.strip()} ")
    assert blank == ""
    assert sentence[0].isupper()
    assert sentence.rstrip().endswith((".", ":"))
    assert rest


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_parameter_is_explained(numctl, entry: Entry) -> None:
    command = parser.load(entry)
    unexplained = [param.name for param in command.params if not getattr(param, "help", None)]
    assert not unexplained
    for param in command.params:
        text = str(getattr(param, "help", ""))
        assert text[0].isupper() or text[0] in "'-", param.name
        assert text.endswith((".", "]")), param.name


def test_line_of_the_table_and_the_command_s_own_sentence_agree() -> None:
    """Not in words, but in what they speak of: the table's line is not longer than a line."""
    for entry in COMMANDS:
        assert len(entry.help) <= 80


def test_panels_group_the_commands(numctl) -> None:
    out = numctl("--help").out
    panels = list(dict.fromkeys(entry.panel for entry in COMMANDS))
    places = [out.index(f"\n{panel}:\n") for panel in panels]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("nubmer", "Did you mean 'numctl"),
        ("serach", "'numctl search'"),
        ("org ad", "'numctl org add'"),
        ("threshold shwo", "'numctl threshold show'"),
        ("list", "'numctl org list'"),
        ("search --staus available", "--status"),
    ],
)
def test_what_could_have_been_meant_is_said(numctl, line: str, meant: str) -> None:
    ending = numctl(*line.split())
    assert ending.code == 2
    assert meant in ending.err


def test_program_alone_is_the_short_help(numctl) -> None:
    told, _, page = numctl().out.partition("\n\n")
    assert page == numctl("--help").out
    assert told.startswith("There is no store yet (")
    assert "`numctl demo`" in told


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page or "numctl")
def test_completion_offers_the_options_that_the_help_has(numctl, page: str) -> None:
    text = numctl(*page.split(), "--help", env={"COLUMNS": "200"}).out
    explained = re.findall(r"^  (?:-\w, )?(--[a-z-]+)", text, re.MULTILINE)
    out = numctl(*page.split(), "--", env={COMPLETION_REQUEST: "fish"}).out
    offered = [line.partition("\t")[0] for line in out.splitlines()[1:]]
    assert sorted(offered) == sorted(explained)
