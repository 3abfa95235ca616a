"""Bytes that are no text, settings that no one would write, and an interruption before anything is loaded."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import numctl as package
from tests.conftest import Numctl

ROOT = Path(package.__file__).parents[1]
ODD = os.fsdecode(b"a\xff")


@pytest.fixture
def made(store: Path, numctl: Numctl) -> Path:
    assert numctl("init", "--name", "Acme").code == 0
    assert numctl("add", "3000+10", "--series", "s").code == 0
    return store


@pytest.mark.parametrize(
    "line",
    [
        *(
            ["search", ODD],
            ["search", "--user", ODD],
            ["search", "--tag", ODD],
            ["search", "--matching", ODD],
        ),
        *(["search", "--series", ODD], ["search", "--org", ODD], ["search", "--sort", ODD], ["show", ODD]),
        *(["search", "--status", ODD], ["search", "-o", ODD], ["search", "--as", ODD], ["org", "show", ODD]),
        ["reserve", "3000", "--tag", "t", "--op-key", ODD],
        ["reserve", "3000", "--tag", "t", "--message", ODD],
        *(
            ["reserve", "3000", "--tag", ODD],
            ["reserve", ODD, "--tag", "t"],
            ["assign", "3000", "--user", ODD],
        ),
        *(["org", "add", ODD], ["org", "list", ODD], ["org", "set", "Acme", "--email", ODD]),
        *(["series", "list", ODD], ["series", "add", ODD], ["series", "add", "x", "--description", ODD]),
        *(
            ["user", "list", ODD],
            ["user", "rename", ODD, "x"],
            ["user", "forget", ODD, "--yes"],
            ["mail", "test", ODD],
        ),
        *(
            ["import", "-", "--map", ODD],
            ["import", "-", "--encoding", ODD],
            ["import", "-", "--delimiter", ODD],
        ),
        *(["history", "--verify", "--head", ODD], ["remove", "3000", "--reason", ODD], [ODD], [f"--{ODD}"]),
        *(["request", "--quantity", "1", "--note", ODD], ["search", "--region", ODD]),
    ],
    ids=ascii,
)
def test_bytes_that_are_no_text_are_refused_in_one_line(made: Path, numctl: Numctl, line: list[str]) -> None:
    before = made.read_bytes()
    ended = numctl(*line)
    assert (ended.code in (2, 5), ended.out, ended.err.count("\n")) == (True, "", 1)
    assert made.read_bytes() == before


def test_a_file_may_have_any_name(made: Path, numctl: Numctl, shell, tmp_path: Path) -> None:
    odd = tmp_path / f"{ODD}.db"
    missing = numctl("--db", odd, "search")
    assert (missing.code, missing.err.count("\n")) == (10, 1)
    assert numctl("backup", odd).code == 0
    assert numctl("--db", odd, "search", "--count").out == "10\n"
    assert numctl("--db", odd, "reserve", "3000", "--tag", "t").code == 0
    assert numctl("check", "--db", odd).code == 0
    listed = tmp_path / f"{ODD}.csv"
    listed.write_text("3001\n")
    assert numctl("reserve", "--from-file", listed, "--tag", "t").code == 0
    assert numctl("diff", listed).code == 0
    assert shell("--db", odd, "reserve", "3000", "--tag", "t").returncode == 6


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"db = {'[' * 20_000}{']' * 20_000}", "nested too deeply"),
        (f"x = {'{a=' * 20_000}1{'}' * 20_000}", "nested too deeply"),
        ('db = "\\u0000"', "NUL"),
        ('[smtp]\nhost = "a\\u0000b"', "NUL"),
        ('[smtp]\nhost = "a"\npassword_file = "\\u0000"', "NUL"),
        ('[supplier]\nemail = "a\\u0000@b.example"', "NUL"),
        ('as = "\\u0000"', "NUL"),
    ],
    ids=["arrays", "tables", "db", "host", "password file", "supplier", "as"],
)
def test_settings_that_no_one_would_write(
    made: Path, numctl: Numctl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(text)
    monkeypatch.setenv("NUMCTL_CONFIG", str(config))
    monkeypatch.delenv("NUMCTL_DB")
    ended = numctl("search")
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert said in ended.err


INTERRUPTING = """
import os, signal, sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
        return None

sys.meta_path.insert(0, Interrupting())
"""


@pytest.mark.parametrize(
    "module",
    [
        *("numctl.cli", "numctl.cli.streams", "numctl.cli.program", "numctl.cli.exits", "numctl.cli.parser"),
        *("typer", "numctl.core.errors", "numctl.commands.search", "numctl.session", "numctl.settings"),
        *("numctl.core.store.sqlite", "numctl.core.queries.search", "numctl.output.terminal", "keyword"),
    ],
)
@pytest.mark.promise(35)
def test_an_interruption_while_modules_load_ends_at_once(made: Path, tmp_path: Path, module: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(INTERRUPTING.format(module=module))
    run = "import sys; sys.modules.pop('keyword', None); from numctl.__main__ import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", run, "search"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler) and None,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
