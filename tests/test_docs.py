"""The manual: its examples run as printed, commands and exit codes are all there, links lead somewhere.

In a `console` block a line that begins with `$ ` is a command (with `> ` continued); what follows is
what it prints on a terminal of 80 columns without colour, where `...` stands for any text. All blocks
of a page are one shell session, in a folder with the files that are printed in blocks with a name, and
with a mail server in the settings. A page that does not make a store of its own begins with the demo's.
Lines for cron and commands for monitoring systems are run as those run them. Other blocks are not run.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

import numctl as package
from numctl.cli.table import COMMANDS
from numctl.settings import SMTP_KEYS, SUPPLIER_KEYS
from numctl.settings import file as settings_file
from tests.postoffice import open_office
from tools import figures, manpages

ROOT = Path(package.__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w*)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OF_THE_USER = ("numctl/inventory.db", "numctl/config.toml")
END = "\x1e"
FAILURES = ("numctl: ", "NUMCTL ", '{"error":')
"""How what is printed begins where a command may end with another code than 0."""


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, kind: str) -> list[str]:
    return [body for name, file, body in BLOCK.findall(text_of(page)) if name == kind and not file]


def examples(page: Path) -> list[tuple[str, str]]:
    """Commands of the page's console blocks, each with what it is to print."""
    found: list[tuple[str, str]] = []
    for body in blocks(page, "console"):
        for line in body.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], ""))
            elif line.startswith("> ") and not found[-1][1]:
                found[-1] = (f"{found[-1][0]}\n{line[2:]}", "")
            else:
                found[-1] = (found[-1][0], f"{found[-1][1]}{line}\n")
    return found


WITH_EXAMPLES = [page for page in PAGES if examples(page)]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "place"
    folder.mkdir()
    return folder


@pytest.fixture
def session(place: Path, tmp_path: Path) -> Iterator[Callable[[list[str]], list[tuple[str, int]]]]:
    """Run commands one after another in one bash; give what each printed, and its exit code."""
    launcher = tmp_path / "bin" / "numctl"
    launcher.parent.mkdir()
    launcher.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m numctl "$@"\n')
    launcher.chmod(0o755)
    tools = Path(sys.executable).parent
    with open_office() as office:
        config = Path.home() / ".config" / "numctl" / "config.toml"
        config.parent.mkdir(parents=True)
        config.write_text(office.settings("none"))

        def run(commands: list[str]) -> list[tuple[str, int]]:
            script = tmp_path / "session.sh"
            script.write_text("".join(f"{one}\nprintf '{END}%s{END}' $?\n" for one in commands))
            terminal = pexpect.spawn(
                "bash",
                ["--norc", str(script)],
                cwd=str(place),
                env={
                    **os.environ,
                    "NUMCTL_PAGER": "cat",
                    "PATH": f"{launcher.parent}:{tools}:{os.environ['PATH']}",
                    "PORT": str(office.port),
                    "LC_ALL": "C.UTF-8",
                    "NO_COLOR": "1",
                    "TERM": "xterm",
                },
                dimensions=(50, 80),
                encoding="utf-8",
                timeout=300,
                echo=False,
            )
            terminal.expect(pexpect.EOF)
            pieces = str(terminal.before).replace("\r\n", "\n").split(END)
            assert len(pieces) == 2 * len(commands) + 1, pieces[-1]
            return [(pieces[at], int(pieces[at + 1])) for at in range(0, len(pieces) - 1, 2)]

        yield run


def fits(printed: str, expected: str) -> bool:
    """Whether it was printed, spaces at the ends of lines aside."""
    bare = re.sub(r" +$", "", printed, flags=re.MULTILINE)
    pattern = ".*?".join(map(re.escape, expected.split("...")))
    return re.fullmatch(pattern, bare, re.DOTALL) is not None


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: page.name)
def test_examples_run_as_printed(
    page: Path, place: Path, session: Callable[[list[str]], list[tuple[str, int]]]
) -> None:
    found = examples(page)
    for _, file, body in BLOCK.findall(text_of(page)):
        if file:
            (place / file).write_text(body, encoding="utf-8")
    makes_its_own = re.search(
        r"numctl (--db \S+ )?(init|demo)\b", "\n".join(command for command, _ in found[:2])
    )
    before = [] if makes_its_own else ["numctl demo >/dev/null"]
    results = session([*before, *(command for command, _ in found)])[len(before) :]
    wrong = [
        f"$ {command}\nprinted (exit {code}):\n{printed}\nbut the page has:\n{expected}"
        for (command, expected), (printed, code) in zip(found, results, strict=True)
        if not fits(printed, expected) or (code != 0 and not expected.startswith(FAILURES))
    ]
    assert not wrong, "\n".join(wrong)


def test_commands_of_the_readme_s_table_run(session: Callable[[list[str]], list[tuple[str, int]]]) -> None:
    commands = re.findall(r"`(numctl (?!COMMAND|demo|--)[^`]+)`", text_of(ROOT / "README.md"))
    assert len(commands) >= 10
    results = session(["numctl demo", *commands])[1:]
    allowed = {"numctl threshold check": 1}
    wrong = [
        (command, printed)
        for command, (printed, code) in zip(commands, results, strict=True)
        if code != allowed.get(command, 0)
    ]
    assert not wrong


def test_whole_day_is_lived(session: Callable[[list[str]], list[tuple[str, int]]], place: Path) -> None:
    script = ROOT / "docs/whole-day.sh"
    assert f"```sh\n{text_of(script)}```\n" in text_of(ROOT / "docs/whole-day.md")
    [(printed, code)] = session([f"PORT={free_port()} bash {script}"])
    assert code == 0, printed
    mail = [message.read_text() for message in (place / "mail/new").iterdir()]
    assert sorted(re.search(r"^To: (.*)$", text, re.MULTILINE)[1] for text in mail) == [  # type: ignore[index]
        "orders@carrier.example",
        "sales@acme.example",
    ]
    assert (place / "utilization.csv").read_text().count("\n") == 5
    assert "Acme/Sales,90.00,30.00,12,30,250" in (place / "consumption.csv").read_text()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


RECIPES = ROOT / "docs/recipes.md"


def _here(command: str, place: Path) -> str:
    """A command of the recipes, its paths those of the test."""
    return command.replace("/srv/numbers", str(place)).replace("/usr/local/bin/numctl", "numctl")


def test_lines_for_cron_run_as_cron_runs_them(
    session: Callable[[list[str]], list[tuple[str, int]]], place: Path
) -> None:
    lines = [line for body in blocks(RECIPES, "cron") for line in body.splitlines() if line[:1] not in "#"]
    variables = [line for line in lines if re.match(r"[A-Z_]+=", line)]
    commands = [line.split(maxsplit=5)[5] for line in lines if line not in variables]
    assert len(commands) >= 3
    unescaped = [_here(command, place).replace("\\%", "%") for command in commands]
    assert not any(re.search(r"(?<!\\)%", command) for command in commands), "cron reads % as a new line"
    exported = [f"export {_here(line, place)}" for line in variables]
    results = session(
        [*exported, "numctl demo >/dev/null", *(f"sh -c {shlex.quote(one)}" for one in unescaped)]
    )
    printed = results[-len(commands) :]
    wrong = [(command, *end) for command, end in zip(commands, printed, strict=True) if end[1]]
    assert not wrong
    assert list(place.glob("backups/*.db"))


def test_commands_for_monitoring_systems_run_as_those_run_them(
    session: Callable[[list[str]], list[tuple[str, int]]], place: Path
) -> None:
    [nagios] = blocks(RECIPES, "nagios")
    line = re.search(r"command_line\s+(.*)", nagios)
    [icinga] = blocks(RECIPES, "icinga")
    words = re.search(r"command = \[(.*?)\]", icinga, re.DOTALL)
    given = dict(re.findall(r'"(--[a-z]+)" = "\$(\w+)\$"', icinga))
    values = dict(re.findall(r'vars\.(\w+) = "(.*?)"', icinga))
    assert line
    assert words
    argv = [*re.findall(r'"(.*?)"', words[1]), *(f"{k} {values[v]}" for k, v in given.items())]
    commands = [line[1].replace("$ARG1$", "Finance"), " ".join(argv)]
    db = f"export NUMCTL_DB={place}/inventory.db"
    results = session(
        [db, "numctl demo >/dev/null", "unset NUMCTL_DB", *(_here(one, place) for one in commands)]
    )
    for printed, code in results[3:]:
        assert code == 1, printed
        assert printed.startswith("NUMCTL WARNING - Acme/Finance 76% of 50 in use (threshold 70%) | ")


# Manual pages.


def test_manual_pages_are_those_of_the_help() -> None:
    made = manpages.pages()
    there = {path.name: text_of(path) for path in manpages.FOLDER.glob("*.1")}
    assert there == made, "make them anew with: python -m tools.manpages"
    assert text_of(manpages.LIST) == manpages.list_of_commands()


@pytest.mark.parametrize("name", ["numctl", "numctl-search", "numctl-org", "numctl-org-add"])
def test_manual_page_is_drawn_without_complaint(name: str) -> None:
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed")
    page = manpages.FOLDER / f"{name}.1"
    drawn = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", str(page)], capture_output=True, text=True, check=True
    )
    assert drawn.stderr == ""
    assert name in drawn.stdout


def test_figures_of_the_readme_are_those_that_were_measured() -> None:
    readme = text_of(ROOT / "README.md")
    assert readme == figures.with_table(readme), "make them anew with: python -m tools.figures"
    assert figures.table().count("\n") >= 10


# What the manual speaks of is what there is.


def test_every_command_is_in_the_manual() -> None:
    manual = "\n".join(map(text_of, PAGES))
    assert not [entry.name for entry in COMMANDS if f"numctl {entry.name}" not in manual]


def test_manual_names_no_command_that_is_none() -> None:
    names = {entry.name for entry in COMMANDS}
    words = {name.split()[0] for name in names}
    for page in PAGES:
        for line in re.findall(r"`numctl ([a-z]+(?: [a-z]+)?)", text_of(page)):
            first = line.split()[0]
            assert first in words, f"{page.name}: numctl {line}"
            if first not in names and " " in line:
                assert line in names, f"{page.name}: numctl {line}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text_of(page)):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_settings_are_the_program_s() -> None:
    page = text_of(ROOT / "docs/install.md")
    [example] = blocks(ROOT / "docs/install.md", "toml")
    keys = tomllib.loads(example)
    assert set(keys) | {"output"} == set(settings_file.KEYS)
    assert set(keys["smtp"]) == set(SMTP_KEYS)
    assert set(keys["supplier"]) == set(SUPPLIER_KEYS)
    for variable in ("NUMCTL_DB", "NUMCTL_AS", "NUMCTL_OUTPUT", "NUMCTL_REGION", "NUMCTL_SMTP_PASSWORD"):
        assert f"`{variable}`" in page


def test_files_that_the_manual_names_are_there() -> None:
    for page in PAGES:
        for name in re.findall(r"`((?:numctl|tests|docs|tools)/[\w./-]*)`", text_of(page)):
            assert (ROOT / name).exists() or name in OF_THE_USER, f"{page.name}: {name}"


def test_exit_codes_are_the_program_s() -> None:
    from numctl.cli import exits
    from numctl.core import errors

    said = {
        int(code) for code in re.findall(r"^\| (\d+) \|", text_of(ROOT / "docs/scripting.md"), re.MULTILINE)
    }
    classes = [
        value for module in (errors, exits) for value in vars(module).values() if isinstance(value, type)
    ]
    codes = {one.code for one in classes if issubclass(one, errors.Refusal)}
    assert codes | {0, 3, 13, exits.INTERRUPTED, exits.READER_GONE} == said
