"""What is offered for completion: from the store, within scope, and never a complaint."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numctl.cli import completion, shells
from numctl.cli.call import COMPLETION_REQUEST, Call
from numctl.cli.program import main
from numctl.cli.shells import Asked, Candidate, Offer, read_words
from numctl.cli.table import COMMANDS, GROUPS
from numctl.output.formats import FORMATS

Complete = Callable[..., list[str]]


@pytest.fixture
def complete(numctl, monkeypatch: pytest.MonkeyPatch) -> Complete:
    """The words offered after some words for a last one, as fish is told them."""

    def run(*args: str, env: dict[str, str] | None = None) -> list[str]:
        ending = numctl(*args, env={COMPLETION_REQUEST: "fish", **(env or {})})
        assert (ending.code, ending.err) == (0, "")
        return [line.partition("\t")[0] for line in ending.out.splitlines()[1:]]

    return run


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("search --series |", ["1418", "France: mobiles", "the 'old' ones"]),
        ("search --series FR", ["France: mobiles"]),
        ("search --org |", ["Acme", "Acme/Ops", "Acme/Ops/Night"]),
        ("search --org ops", ["Ops", "Ops/Night"]),
        ("search --org night", ["Acme/Ops/Night", "Acme/Sales & Co/Night"]),  # neither end is clear
        ("org add X --parent night", ["Acme/Ops/Night", "Acme/Sales & Co/Night"]),
        ("search --label |", ["carrier=", "note=", "site="]),
        ("search --label s", ["site="]),
        ("search --label site=", ["site=Oslo", "site=Paris, 8e", "site=été"]),
        ("search --label site=p", ["site=Paris, 8e"]),
        ("search --no-label |", ["carrier", "note", "site"]),
        ("label 14188980000 ca", ["carrier="]),
        ("label 14188980000 --remove n", ["note"]),
        ("reserve --label site=É", ["site=été"]),
        ("search --columns |", ["series", "number", "organization"]),
        ("search --columns number,s", ["number,series", "number,status"]),
        ("search --columns number,label.s", ["number,label.site"]),
        ("history --columns operation,a", ["operation,at", "operation,actor", "operation,acting_as"]),
        ("report utilization --columns s", ["series", "subscriber_percent"]),
        ("import x.csv --profile arcep", ["arcep-majnum", "arcep-gelnum"]),
        ("search --at |", ["today", "yesterday", "operation:"]),
        ("utilization --by label.", ["label.carrier", "label.note", "label.site"]),
        ("series remove |", ["1418", "France: mobiles"]),
        ("search --org OPS/N", ["Ops/Night"]),
        ("search --tag ÉT", ["été 2027", "Été Two"]),
        ("search --tag Ét", ["Été Two"]),
        ("search --user ad", ["Ada Moreau", "Ada O'Neil", "Adèle Sellers"]),
        ("search --status |", ["available", "reserved", "aging", "assigned", "in-use", "registered"]),
        ("search --sort |", ["series", "number", "organization", "status", "reserved_tag"]),
        ("search -o |", [*FORMATS]),
        ("search --region F", ["FI", "FJ", "FK", "FM", "FO", "FR"]),
        ("--as |", ["Acme", "Acme/Ops", "Acme/Ops/Night"]),
        ("series rename |", ["1418", "France: mobiles"]),
        ("user rename ada", ["Ada Moreau", "Ada O'Neil"]),
        ("user forget adè", ["Adèle Sellers"]),
        ("release ada", ["Ada Moreau", "Ada O'Neil"]),
        ("reserve 14188980099 --tag it", ["it's"]),
        ("allocate --to Acme/Ops/", ["Acme/Ops/Night"]),
        ("withdraw --from op", ["Ops", "Ops/Night"]),
        ("org move Night --to acme/s", ["Acme/Sales & Co", "Acme/Sales & Co/EMEA: west"]),
        ("org show |", ["Acme", "Acme/Ops"]),
        ("report consumption --period last", ["last-7-days", "last-cycle"]),
        ("report consumption --by |", ["org", "number", "day", "label.carrier"]),
        ("utilization --by |", ["series", "label.carrier"]),
        ("threshold set o", ["off"]),
        ("search --limit |", []),
        ("search --matching |", []),
        ("search |", []),
        ("nubmer |", []),
        ("search --bogus |", []),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_names_and_words_are_offered(complete: Complete, named: Path, line: str, offered: list[str]) -> None:
    found = complete(*line.replace("|", "").split(" "))
    assert found[: len(offered)] == offered
    assert bool(found) == bool(offered)


SCOPES = [
    (["--as", "Ops"], {}),
    (["search", "--as", "Acme/Ops"], {}),
    (["search"], {"NUMCTL_AS": "Ops"}),
    (["search", "--as=Ops"], {}),
]


@pytest.mark.parametrize(("before", "env"), SCOPES, ids=str)
@pytest.mark.parametrize(
    ("option", "offered"),
    [
        ("--org", ["Acme/Ops", "Acme/Ops/Night"]),
        ("--series", ["France: mobiles"]),
        ("--tag", ["a=b", "it's", "new office: 2nd floor"]),
        ("--user", ["Ada Moreau", "Ada O'Neil"]),
        ("--no-label", ["note"]),
        ("--label", ["note="]),
    ],
)
def test_only_what_is_in_scope_is_offered(
    complete: Complete, named: Path, before: list[str], env: dict[str, str], option: str, offered: list[str]
) -> None:
    words = before if "search" in before else [*before, "search"]
    assert complete(*words, option, "", env=env) == offered


def test_scope_comes_from_the_settings_file_too(complete: Complete, named: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f"as = 'Ops'\ndb = {json.dumps(str(named))}")
    env = {"NUMCTL_CONFIG": str(config), "NUMCTL_DB": ""}
    assert complete("search", "--series", "", env=env) == ["France: mobiles"]
    assert complete("--as", "Acme", "search", "--series", "", env=env) != ["France: mobiles"]


def test_store_is_the_line_s(complete: Complete, named: Path, tmp_path: Path) -> None:
    env = {"NUMCTL_DB": str(tmp_path / "none.db")}
    assert complete("search", "--series", "", env=env) == []
    assert complete("--db", str(named), "search", "--series", "1", env=env) == ["1418"]
    assert complete("search", "--db", str(named), "--series", "1", env=env) == ["1418"]


def test_tag_that_no_number_has_any_more_is_not_offered(complete: Complete, named: Path) -> None:
    from numctl.core.actions import reservations
    from numctl.core.actions.opening import open_store
    from numctl.core.actions.perform import perform
    from numctl.core.numbers.ranges import Range
    from tests.prompt.conftest import ACT

    with open_store(named) as store:
        perform(store, ACT, "test", lambda op: reservations.unreserve(op, [Range(14188980100, 14188980101)]))
    assert complete("--as", "Ops", "search", "--tag", "") == ["a=b"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_words_are_offered_with_what_they_mean(numctl, named: Path, shell: str) -> None:
    out = numctl("search", "--status", "ag", env={COMPLETION_REQUEST: shell}).out
    assert out == "words\naging\tresting until a day\n"


def test_the_columns_offered_are_those_of_the_list(numctl, complete: Complete, workplace: Path) -> None:
    for name in completion.LISTED:
        further = {"label": ["--list"], "request": ["--list"], "utilization": ["--by", "series"]}
        line = [*name.split(), *further.get(name, [])]
        offered = complete(*line, "--columns", "")
        assert numctl(*line, "--columns", ",".join(offered), "-o", "json").code == 0, name


# Options and commands.


def test_options_are_offered_once_and_with_what_they_do(numctl) -> None:
    env = {COMPLETION_REQUEST: "zsh"}
    out = numctl("search", "--desc", "--des", env=env).out
    assert out == "words\n"
    out = numctl("search", "--bel", env=env).out
    assert out == "words\n--below\tWith --org: also what is below it.\n"


def test_commands_are_offered_with_their_line(numctl) -> None:
    out = numctl("sea", env={COMPLETION_REQUEST: "fish"}).out
    assert out == f"words\nsearch\t{COMMANDS[0].help}\n"


@pytest.mark.parametrize("group", GROUPS)
def test_commands_of_a_group_are_offered(complete: Complete, group: str) -> None:
    below = [entry.name.split()[1] for entry in COMMANDS if entry.name.startswith(f"{group} ")]
    assert complete(group, "") == below


# It never complains, waits, or writes.


def _text_file(path: Path) -> None:
    path.write_text("no store")


def _other_database(path: Path) -> None:
    sqlite3.connect(path).execute("CREATE TABLE t (x)")


@pytest.mark.parametrize("make", [_text_file, _other_database, Path.mkdir, Path.touch, lambda path: None])
def test_without_a_store_nothing_is_offered(
    complete: Complete, store: Path, make: Callable[[Path], object]
) -> None:
    make(store)
    for option in ("--org", "--series", "--tag", "--user"):
        assert complete("search", option, "") == []


@pytest.mark.parametrize(
    "env",
    [
        {"NUMCTL_AS": "Nobody"},
        {"NUMCTL_OUTPUT": "bogus", "NUMCTL_AS": "Nobody"},
        {"NUMCTL_CONFIG": "/nowhere/config.toml"},
        {"NUMCTL_LOCK_TIMEOUT": "x", "NUMCTL_AS": "x/y"},
    ],
    ids=str,
)
def test_settings_that_are_wrong_offer_nothing(complete: Complete, named: Path, env: dict[str, str]) -> None:
    assert complete("search", "--series", "", env=env) == []


def test_locked_store_is_not_waited_for(complete: Complete, named: Path) -> None:
    connection = sqlite3.connect(named, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    assert complete("search", "--series", "") == []
    connection.close()


@pytest.mark.parametrize("shell", ["bash", "powershell", "", "\x00", "complete_bash"])
@pytest.mark.parametrize("args", [[], ["x"], ["numctl 'x", "longer than the line"]], ids=str)
def test_question_that_makes_no_sense_is_answered_with_nothing_or_little(
    numctl, monkeypatch: pytest.MonkeyPatch, shell: str, args: list[str]
) -> None:
    if shell in ("", "\x00"):
        return_code = completion.respond(Call(args), shell)
        assert return_code == 0
        return
    ending = numctl(*args, env={COMPLETION_REQUEST: shell})
    assert (ending.code, ending.err) == (0, "")


def test_nothing_is_written_even_if_a_hold_has_ended(complete: Complete, named: Path) -> None:
    from numctl.core.actions import reservations
    from numctl.core.actions.opening import open_store
    from numctl.core.actions.perform import perform
    from numctl.core.numbers.ranges import Range
    from tests.prompt.conftest import ACT

    past = ACT._replace(today="2020-01-01")
    with open_store(named) as store:
        block = [Range(14188980080, 14188980081)]
        perform(
            store, past, "test", lambda op: reservations.reserve(op, block, "long ago", until="2020-01-02")
        )
    before = hashlib.sha256(named.read_bytes()).hexdigest()
    for option in ("--org", "--series", "--tag", "--user"):
        complete("search", option, "")
    assert hashlib.sha256(named.read_bytes()).hexdigest() == before
    assert [path.name for path in named.parent.iterdir() if path.name.startswith(named.name)] == [named.name]


# Words as bash reads and writes them.

WORDS = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=20)


@given(word=WORDS, quote=st.sampled_from(["", "'", '"', "$'"]))
def test_inserted_text_reads_as_the_word(word: str, quote: str) -> None:
    inserted = _inserted(word, quote)
    assert read_words(f"numctl {inserted} ")[1].text == word or not inserted


def _inserted(word: str, quote: str) -> str:
    """The word as bash has it once the insertion is made and an open quote closed."""
    asked = Asked([], "", "", quote)
    text = shells.answer("bash", asked, Offer([Candidate(word)])).splitlines()[1]
    close = quote[-1:] if not text.endswith(quote[-1:] or "\n") else ""
    return quote + text + close


def test_inserted_text_reads_as_the_word_in_bash_itself() -> None:
    words = [
        "a b",
        "it's",
        'say "hi"',
        "$HOME `id` \\",
        "!!",
        "~x",
        "#1",
        "[*]?{a,b}",
        "é: x",
        "a=b;c&d|e<f>(g)",
    ]
    for quote in ("", "'", '"', "$'"):
        line = " ".join(_inserted(word, quote) for word in words)
        shown = subprocess.run(
            ["bash", "-c", rf"printf '%s\n' {line}"], capture_output=True, text=True, check=True
        )
        assert shown.stdout.splitlines() == words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("numctl", ["numctl"]),
        ("numctl ", ["numctl", ""]),
        ("numctl a\\ b", ["numctl", "a b"]),
        ("numctl 'a b", ["numctl", "a b"]),
        ("numctl 'a'\\''b' c", ["numctl", "a'b", "c"]),
        ('numctl "a \\$b\\x', ["numctl", "a $b\\x"]),
        ("numctl $'a\\'b' x", ["numctl", "a'b", "x"]),
        ("numctl '' x", ["numctl", "", "x"]),
        ("numctl a\\", ["numctl", "a"]),
        ("numctl $HOME/x", ["numctl", "$HOME/x"]),
    ],
)
def test_words_are_read_as_bash_reads_them(line: str, words: list[str]) -> None:
    assert [word.text for word in read_words(line)] == words


# Installing.


@pytest.mark.parametrize(
    ("shell", "script", "startup"),
    [
        ("bash", ".local/share/numctl/completion.bash", ".bashrc"),
        ("zsh", ".zfunc/_numctl", ".zshrc"),
        ("fish", ".config/fish/completions/numctl.fish", None),
    ],
)
def test_completion_is_installed_once_and_keeps_what_was_there(
    numctl, shell: str, script: str, startup: str | None
) -> None:
    home = Path.home()
    if startup:
        (home / startup).write_text("alias l=ls")
    for _ in range(2):
        ending = numctl("--install-completion", shell)
        assert (ending.code, ending.err) == (0, "")
        assert str(home / script) in ending.out
    assert (home / script).read_text() == shells.SCRIPTS[shell]
    if startup:
        lines = (home / startup).read_text().splitlines()
        assert lines[0] == "alias l=ls"
        assert len(lines) == 2


@pytest.mark.parametrize("shell", shells.SCRIPTS)
def test_completion_script_is_shown(numctl, shell: str) -> None:
    assert numctl("--show-completion", shell).out == shells.SCRIPTS[shell]


def test_shell_without_completion_is_refused(numctl) -> None:
    for option in ("--show-completion", "--install-completion"):
        ending = numctl(option, "csh")
        assert (ending.code, ending.out) == (2, "")
        assert "bash, zsh, fish" in ending.err


def test_bash_script_is_valid_for_bash() -> None:
    subprocess.run(["bash", "-n", "-c", shells.BASH], check=True)


def test_completion_leaves_by_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(COMPLETION_REQUEST, "fish")
    assert main(["--no-co"]) == 0
    assert capsys.readouterr().out.startswith("words\n--no-color\t")
