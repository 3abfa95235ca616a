"""The manual: commands and exit codes are all there, links lead somewhere, its figures are the measured ones.

Its examples are run by ``tests/prompt/test_examples.py``. Lines for cron and commands for monitoring
systems are run as those run them.
"""

from __future__ import annotations

import re
import shlex
import shutil
import socket
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from numctl.cli.table import COMMANDS
from numctl.settings import SMTP_KEYS, SUPPLIER_KEYS
from numctl.settings import file as settings_file
from tests.manual import PAGES, ROOT, Shell, blocks, shell, text_of
from tools import figures, manpages

OF_THE_USER = ("numctl/inventory.db", "numctl/config.toml")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Shell]:
    with shell(tmp_path / "there") as made:
        yield made


def test_commands_of_the_readme_s_table_run(session: Shell) -> None:
    commands = re.findall(r"`(numctl (?!COMMAND|demo|--)[^`]+)`", text_of(ROOT / "README.md"))
    assert len(commands) >= 10
    results = session.run(["numctl demo", *commands])[1:]
    allowed = {"numctl threshold check": 1}
    wrong = [
        (command, printed)
        for command, (printed, code) in zip(commands, results, strict=True)
        if code != allowed.get(command, 0)
    ]
    assert not wrong


def test_whole_day_is_lived(session: Shell) -> None:
    script = ROOT / "docs/whole-day.sh"
    assert f"```sh\n{text_of(script)}```\n" in text_of(ROOT / "docs/whole-day.md")
    [(printed, code)] = session.run([f"PORT={free_port()} bash {script}"])
    assert code == 0, printed
    mail = [message.read_text() for message in (session.folder / "mail/new").iterdir()]
    assert sorted(re.search(r"^To: (.*)$", text, re.MULTILINE)[1] for text in mail) == [  # type: ignore[index]
        "orders@carrier.example",
        "sales@acme.example",
    ]
    assert (session.folder / "utilization.csv").read_text().count("\n") == 5
    assert "Acme/Sales,90.00,30.00,12,30,250" in (session.folder / "consumption.csv").read_text()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


WATCH = ROOT / "docs/watch.md"
WITH_CRON = [page for page in PAGES if blocks(page, "cron")]


def _here(command: str, place: Path) -> str:
    """A command of the manual, its paths those of the test."""
    return command.replace("/srv/numbers", str(place)).replace("/usr/local/bin/numctl", "numctl")


@pytest.mark.parametrize("page", WITH_CRON, ids=lambda page: page.name)
def test_lines_for_cron_run_as_cron_runs_them(session: Shell, page: Path) -> None:
    lines = [line for body in blocks(page, "cron") for line in body.splitlines() if line[:1] not in "#"]
    variables = [line for line in lines if re.match(r"[A-Z_]+=", line)]
    commands = [line.split(maxsplit=5)[5] for line in lines if line not in variables]
    assert len(commands) >= 2
    unescaped = [_here(command, session.folder).replace("\\%", "%") for command in commands]
    assert not any(re.search(r"(?<!\\)%", command) for command in commands), "cron reads % as a new line"
    exported = [f"export {_here(line, session.folder)}" for line in variables]
    results = session.run(
        [*exported, "numctl demo >/dev/null", *(f"sh -c {shlex.quote(one)}" for one in unescaped)]
    )
    printed = results[-len(commands) :]
    wrong = [(command, *end) for command, end in zip(commands, printed, strict=True) if end[1]]
    assert not wrong
    made = [path for path in session.folder.glob("*/*") if path.suffix in (".db", ".csv")]
    assert len(made) == len([one for one in commands if '.db"' in one or '.csv"' in one])


def test_commands_for_monitoring_systems_run_as_those_run_them(session: Shell) -> None:
    [nagios] = blocks(WATCH, "nagios")
    line = re.search(r"command_line\s+(.*)", nagios)
    [icinga] = blocks(WATCH, "icinga")
    words = re.search(r"command = \[(.*?)\]", icinga, re.DOTALL)
    given = dict(re.findall(r'"(--[a-z]+)" = "\$(\w+)\$"', icinga))
    values = dict(re.findall(r'vars\.(\w+) = "(.*?)"', icinga))
    assert line
    assert words
    argv = [*re.findall(r'"(.*?)"', words[1]), *(f"{k} {values[v]}" for k, v in given.items())]
    commands = [line[1].replace("$ARG1$", "Finance"), " ".join(argv)]
    db = f"export NUMCTL_DB={session.folder}/inventory.db"
    results = session.run(
        [db, "numctl demo >/dev/null", "unset NUMCTL_DB", *(_here(one, session.folder) for one in commands)]
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
