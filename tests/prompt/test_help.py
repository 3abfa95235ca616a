"""Help: a sentence, examples that run as they stand, and a page that fits any terminal."""

from __future__ import annotations

import inspect
import os
import pwd
import shlex
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from numctl import grammar, helptext
from numctl.cli import COMMANDS, GROUPS, Entry
from numctl.core import founding
from numctl.core.operations import Act
from tests.postoffice import open_office

WIDTHS = (40, 60, 80, 200)
PAGES = ["", *GROUPS, *(entry.name for entry in COMMANDS)]

YESTERDAY = (date.today() - timedelta(days=1)).isoformat()
FILES = {
    "numbers.csv": "number,organization\n14185550001,Sales\n14185550002,Support\n",
    "carrier.csv": "Telephone;Ville\n14185550101;Québec\n14185550102;Québec\n",
    "usage.csv": "date,number,voice_incoming_seconds,voice_outgoing_seconds,"
    "messages_sent,messages_received,data_bytes\n"
    f"{YESTERDAY},14188980100,60,120,1,2,1000000\n",
    "changes.jsonl": '{"action": "reserve", "numbers": ["14188980112"], "tag": "sales"}\n',
    "changes.csv": "action,numbers,tag\nreserve,14188980113 14188980114,sales\n",
}
ENCODED = {"carrier.csv": "latin-1"}
SUPPLIER = '[supplier]\nemail = "orders@carrier.example"\nphone = "+1 418 555 0100"\n'
# Where an example ends with another code than 0, and why.
ENDINGS = {
    "numctl threshold check": 1,  # Finance is over its threshold
}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's store, made once by this user; tests work on copies."""
    from numctl.core import demo

    path = tmp_path_factory.mktemp("demo") / "inventory.db"
    today = date.today().isoformat()
    demo.make(path, Act(pwd.getpwuid(os.getuid()).pw_name, f"{today}T00:00:00Z", today))
    return path


@pytest.fixture
def workplace(demo: Path, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the demo's store, the files that examples name, and a mail server in the settings."""
    shutil.copy(demo, store)
    founding.found(tmp_path / "copy.db", Act("tester", f"{YESTERDAY}T00:00:00Z", YESTERDAY), "Acme")
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding=ENCODED.get(name, "utf-8"))
    with open_office() as office:
        config = tmp_path / "config.toml"
        config.write_text(f"{office.settings('none')}\n{SUPPLIER}")
        monkeypatch.setenv("NUMCTL_CONFIG", str(config))
        yield tmp_path


def examples_of(entry: Entry) -> list[str]:
    function = grammar.load(entry).callback
    assert function is not None
    _, _, text = inspect.cleandoc(function.__doc__ or "").partition(f"{helptext.EXAMPLES}\n")
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_examples_run_in_their_order(
    shell: Callable[..., object], workplace: Path, entry: Entry, numctl
) -> None:
    lines = examples_of(entry)
    assert lines
    for line in lines:
        assert line.startswith("numctl ")
        if "|" in line:
            done = shell(line, line=True, cwd=workplace)
            assert (done.returncode, done.stderr) == (0, ""), line  # type: ignore[attr-defined]
            continue
        with pytest.MonkeyPatch.context() as patched:
            patched.chdir(workplace)
            ending = numctl(*shlex.split(line)[1:])
        assert ending.code == ENDINGS.get(line, 0), f"{line}: {ending.err}"


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
    command = grammar.load(entry)
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
    assert numctl().out == numctl("--help").out
