"""Completion in real shells: what a person types, TAB, and what the program is then given."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from numctl.cli.shells import SCRIPTS
from tests.standby import server as standby

PROMPT = "READY>"
BEGIN = {
    "bash": (["--norc", "--noprofile", "-i"], "PS1='READY''>'; bind 'set bell-style none'; set +H"),
    "zsh": (
        ["-f", "-i"],
        "PS1='READY''>'; unsetopt beep prompt_sp; bindkey -e; autoload -Uz compinit; compinit -u -D",
    ),
    "fish": (["--no-config", "-i"], "function fish_prompt; echo -n 'READY''>'; end"),
}

# The line as typed, TAB being pressed at its end, and the last word that numctl then gets.
UNQUOTED = [
    ("numctl sea", "search"),
    ("numctl org tr", "tree"),
    ("numctl search --desc", "--desc"),
    ("numctl search --org Acme/Ops/N", "Acme/Ops/Night"),
    ("numctl search --org Op", "Ops"),
    ("numctl search --org Acme/Z", 'Acme/Zoé\'s "café"'),
    ("numctl search --org Acme/R", "Acme/R+D $HOME `x` \\ !!"),
    (r"numctl search --org Sales\ \&\ Co/EM", "Sales & Co/EMEA: west"),
    (r"numctl search --org Acme/Sales\ \&\ Co/EMEA:", "Acme/Sales & Co/EMEA: west"),
    ("numctl search --org=Acme/Ops/", "--org=Acme/Ops/Night"),
    ("numctl utilization Acme/Ops/", "Acme/Ops/Night"),
    ("numctl search --tag n", "new office: 2nd floor"),
    (r"numctl search --tag new\ office:", "new office: 2nd floor"),
    (r"numctl search --tag new\ office:\ 2", "new office: 2nd floor"),
    ("numctl search --tag it", "it's"),
    ("numctl search --tag a=", "a=b"),
    ("numctl search --tag sal", "sales only"),
    ("numctl search --tag ét", "été 2027"),
    ("numctl search --tag sa", "sa"),  # two begin so
    (r"numctl search --tag \[", "[/] *"),
    (r"numctl search --user Ada\ O", "Ada O'Neil"),
    ("numctl search --user Adè", "Adèle Sellers"),
    ("numctl search --series F", "France: mobiles"),
    ("numctl search --series=t", "--series=the 'old' ones"),
    ("numctl --as Ops search --tag n", "new office: 2nd floor"),
    ("numctl search --as Ops --tag sal", "sal"),  # out of scope
    ("numctl search --status rese", "reserved"),
    ("numctl search --label si", "site="),
    ("numctl search --label site=P", "site=Paris, 8e"),
    ("numctl search --label carrier=", "carrier=O'Range"),
    ("numctl search --columns number,us", "number,user"),
    ("numctl search --as Acme/Ops --org night", "Night"),
    ("numctl search -o ran", "ranges"),
    ("numctl search --output=ht", "--output=html"),
    ("numctl search --sort or", "organization"),
    ("numctl reserve --from-file some", "some numbers.txt"),
]
QUOTED = [
    ("numctl search --org 'Acme/Sales & Co/EM", "Acme/Sales & Co/EMEA: west"),
    ("numctl search --org 'Acme/Sales & Co/EMEA:", "Acme/Sales & Co/EMEA: west"),
    ('numctl search --org "Acme/Sales & Co/EM', "Acme/Sales & Co/EMEA: west"),
    ("numctl search --tag 'it", "it's"),
    ('numctl search --tag "it', "it's"),
    ("numctl search --tag 'say", 'say "hi"'),
    ('numctl search --org "Acme/R', "Acme/R+D $HOME `x` \\ !!"),
    ("numctl search --org 'Acme/R", "Acme/R+D $HOME `x` \\ !!"),
]


@pytest.fixture
def echoing(launcher: Path) -> None:
    """Let `numctl` complete as ever, but print its arguments instead of working."""
    print_them = "import json, sys; print('GOT', json.dumps(sys.argv[1:]), 'END')"
    shebang, complete = standby.launcher().splitlines()
    otherwise = f'[ "$_NUMCTL_COMPLETE" ] || exec {sys.executable} -IS -c "{print_them}" "$@"'
    (launcher / "numctl").write_text(f"{shebang}\n{otherwise}\n{complete}\n")


class Shell:
    """A shell in a terminal, ready for a line."""

    def __init__(self, child: pexpect.spawn[str], name: str, script: Path) -> None:
        self.child, self.name = child, name
        script.write_text(SCRIPTS[name], encoding="utf-8")
        child.sendline(f"{BEGIN[name][1]}; source {script}")
        child.expect(PROMPT)

    def completed(self, line: str) -> str:
        """The last argument that numctl got once TAB was pressed at the line's end."""
        self.child.send(line + "\t")
        self.child.send("\r")
        self.child.expect(r"GOT (\[.*?\]) END")
        match = self.child.match
        assert isinstance(match, __import__("re").Match)
        words: list[str] = json.loads(match[1])
        self.child.expect(PROMPT)
        return words[-1]


@pytest.fixture
def shell_of(
    echoing: None, named: Path, tmp_path: Path, terminal: Callable[..., pexpect.spawn[str]]
) -> Callable[[str], Shell]:
    (tmp_path / "some numbers.txt").touch()

    def start(name: str) -> Shell:
        child = terminal(name, *BEGIN[name][0], columns=200)
        return Shell(child, name, tmp_path / f"completion.{name}")

    return start


def _wrong(shell: Shell, cases: list[tuple[str, str]]) -> dict[str, str]:
    return {line: got for line, wanted in cases if (got := shell.completed(line)) != wanted}


def test_bash_completes_what_is_typed(shell_of: Callable[[str], Shell]) -> None:
    assert _wrong(shell_of("bash"), UNQUOTED) == {}


def test_bash_completes_within_open_quotes(shell_of: Callable[[str], Shell]) -> None:
    assert _wrong(shell_of("bash"), QUOTED) == {}


def test_zsh_completes_what_is_typed(shell_of: Callable[[str], Shell]) -> None:
    assert _wrong(shell_of("zsh"), UNQUOTED) == {}


def test_zsh_completes_within_open_quotes(shell_of: Callable[[str], Shell]) -> None:
    assert _wrong(shell_of("zsh"), QUOTED) == {}


def test_fish_completes_what_is_typed(shell_of: Callable[[str], Shell]) -> None:
    assert _wrong(shell_of("fish"), UNQUOTED) == {}
