"""The command line before any command: the table, the shared options, and how a run ends."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import typer

from numctl.cli import exits, parser, program
from numctl.cli.table import COMMANDS, GROUPS, Entry
from numctl.core import values
from numctl.core.errors import BadValue, NotFound, NumbersRefuse
from numctl.input import options
from numctl.input.changing import ChangeOptions


class StandInSession:
    """Keeps what a session is handed."""

    owes_mail = False
    handed_on = None
    settings = SimpleNamespace(remote=None)

    def __init__(
        self,
        flags: Mapping[str, object],
        change: ChangeOptions,
        invocation: tuple[str, Mapping[str, object]],
    ) -> None:
        self.flags, self.change, self.invocation = flags, change, invocation
        self.committed: int | None = None
        self.closed = False

    def close(self) -> None:
        self.closed = True


class Probe:
    """A table of three made-up commands whose work the test gives, and the session they saw."""

    def __init__(self) -> None:
        self.work: Callable[[StandInSession], object] = lambda session: None
        self.session: StandInSession | None = None

    def look(self, ctx: typer.Context, tag: str = "", quantity: options.Quantity = 1) -> object:
        """Look at things.

        Examples:
            numctl look --tag 'a b' --quantity 3
        """
        self.session = ctx.obj
        return self.work(ctx.obj)

    def alter(self, ctx: typer.Context, numbers: options.Numbers, to: options.To) -> object:
        """Alter numbers."""
        self.session = ctx.obj
        return self.work(ctx.obj)

    def watch(self, ctx: typer.Context) -> object:
        """Watch things."""
        self.session = ctx.obj
        return self.work(ctx.obj)


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> Probe:
    """Put the made-up commands in the place of numctl's own."""
    made = Probe()
    entries = (
        Entry("look", "Every day", "Look at things."),
        Entry("set alter", "Every day", "Alter numbers.", changes=True),
        Entry("set watch", "Every day", "Watch things.", monitoring=True),
    )
    for entry in entries:
        module = ModuleType(entry.module)
        setattr(module, entry.function, getattr(made, entry.function))
        monkeypatch.setitem(sys.modules, entry.module, module)
    monkeypatch.setattr(program, "COMMANDS", entries)
    monkeypatch.setattr(program, "GROUPS", {"set": "Sets."})
    monkeypatch.setattr(
        parser,
        "open_session",
        lambda call, change, name, params: StandInSession(call.flags, change, (name, params)),
    )
    return made


# The table.


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_command_of_the_table_has_its_file_and_function(entry: Entry) -> None:
    assert find_spec(entry.module) is not None
    function = getattr(__import__(entry.module, fromlist=["_"]), entry.function)
    assert function.__doc__, "its help is its docstring"


def test_table_names_no_command_twice_and_every_group_has_a_line() -> None:
    names = [entry.name for entry in COMMANDS]
    assert len(names) == len(set(names))
    assert {name.split()[0] for name in names if " " in name} == set(GROUPS)


def test_lines_of_the_table_are_sentences() -> None:
    for line in [*(entry.help for entry in COMMANDS), *GROUPS.values()]:
        assert line[0].isupper()
        assert line.endswith(".")


# Help.


@pytest.mark.parametrize("args", [[], ["--help"], ["-h"]], ids=str)
def test_program_alone_says_what_there_is(numctl, args: list[str]) -> None:
    ending = numctl(*args)
    assert (ending.code, ending.err) == (0, "")
    for entry in COMMANDS:
        assert f"\n  {entry.name.split()[0]} " in ending.out


@pytest.mark.parametrize("group", GROUPS)
def test_group_alone_lists_its_commands(numctl, group: str) -> None:
    ending = numctl(group)
    assert ending.code == 0
    for entry in COMMANDS:
        if entry.name.startswith(f"{group} "):
            assert f"\n  {entry.name.split()[1]} " in ending.out


@pytest.mark.parametrize("columns", ["0", "32", "40", "79", "200", "x"])
@pytest.mark.parametrize("args", [[], ["set", "alter"]], ids=str)
def test_help_fits_the_terminal(numctl, probe: Probe, columns: str, args: list[str]) -> None:
    out = numctl(*args, "--help", env={"COLUMNS": columns}).out
    width = int(columns) if columns.isdigit() and int(columns) else 80
    assert max(map(len, out.splitlines())) <= width


def test_help_of_a_command_has_its_sentence_options_and_examples(numctl, probe: Probe) -> None:
    out = numctl("set", "alter", "-h").out
    assert out.startswith("Usage: numctl set alter NUMBERS... [OPTIONS]\n\nAlter numbers.\n")
    for title in ("Arguments:", "Options:", "Options of every change:", "Global options:"):
        assert f"\n{title}\n" in out
    assert "Examples:\n  numctl look --tag 'a b' --quantity 3\n" in numctl("look", "-h").out


def test_version(numctl) -> None:
    assert numctl("--version").out == "numctl 0.3.0\n"


# Options that every command takes.


@pytest.mark.parametrize(
    ("args", "flags"),
    [
        (["--db", "a", "look"], {"db": "a"}),
        (["look", "--db", "a"], {"db": "a"}),
        (["--db", "a", "look", "--db", "b"], {"db": "b"}),
        (["--db", "a", "--db", "b", "look"], {"db": "b"}),
        (["-q", "look", "-o", "json", "--as", "Acme/Sales"], {"quiet": True, "output": "json"}),
        (["look", "-ojson", "--lock-timeout", "0.5"], {"output": "json", "lock_timeout": 0.5}),
        (["look"], {}),
        (["look", "--as", ""], {"acting_as": ""}),
    ],
    ids=str,
)
def test_global_options_work_before_and_after(
    numctl, probe: Probe, args: list[str], flags: dict[str, object]
) -> None:
    assert numctl(*args).code == 0
    assert probe.session is not None
    assert flags.items() <= probe.session.flags.items()
    assert bool(flags) or not probe.session.flags


def test_global_options_work_between_group_and_command(numctl, probe: Probe) -> None:
    assert numctl("set", "--db", "x", "watch", "-q").code == 0
    assert probe.session is not None
    assert probe.session.flags == {"db": "x", "quiet": True}


def test_value_that_looks_like_a_global_option_is_the_value(numctl, probe: Probe) -> None:
    assert numctl("look", "--tag", "-q").code == 0
    assert probe.session is not None
    assert probe.session.invocation == ("look", {"tag": "-q", "quantity": 1})
    assert probe.session.flags == {}


def test_change_options_reach_the_session(numctl, probe: Probe) -> None:
    line = "set alter 3990 3991 --to Sales --dry-run --message why --op-key k --expect 2 --from-file f"
    assert numctl(*line.split()).code == 0
    assert probe.session is not None
    assert probe.session.change == ChangeOptions(True, "why", "k", 2, "f")
    assert probe.session.invocation == ("set alter", {"numbers": ("3990", "3991"), "to": "Sales"})


def test_numbers_may_come_from_a_file_alone(numctl, probe: Probe) -> None:
    assert numctl("set", "alter", "--to", "Sales", "--from-file", "-").code == 0
    assert probe.session is not None
    assert not probe.session.invocation[1]["numbers"]
    missing = numctl("set", "alter", "--to", "Sales")
    assert (missing.code, missing.out) == (2, "")
    assert missing.err == "numctl: NUMBERS are missing. See 'numctl set alter --help'.\n"


def test_reading_command_takes_no_change_options(numctl, probe: Probe) -> None:
    assert numctl("look", "--dry-run").code == 2


def test_session_is_closed_whatever_happens(numctl, probe: Probe) -> None:
    probe.work = _raise(RuntimeError("x"))
    assert numctl("look").code == 20
    assert probe.session is not None
    assert probe.session.closed


# How a run ends.


def _raise(error: BaseException) -> Callable[[object], object]:
    def work(session: object) -> object:
        raise error

    return work


def _of_sqlite(code: int, message: str) -> sqlite3.Error:
    error = sqlite3.OperationalError(message)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotFound("No such thing."), 5),
        (NumbersRefuse("No.", count=3), 6),
        (typer.Exit(3), 3),
        (typer.Abort(), 130),
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(32, "Broken pipe"), 141),
        (OSError(28, "No space left on device"), 1),
        (PermissionError(13, "Permission denied", "/x"), 1),
        (MemoryError(), 1),
        (ImportError("x.so: Input/output error"), 1),
        (_of_sqlite(5, "database is locked"), 11),
        (_of_sqlite(261, "database is locked"), 11),
        (_of_sqlite(11, "database disk image is malformed"), 12),
        (_of_sqlite(26, "file is not a database"), 12),
        (_of_sqlite(13, "database or disk is full"), 1),
        (_of_sqlite(1546, "disk I/O error"), 1),
        (_of_sqlite(1, "no such table: span"), 20),
        (sqlite3.IntegrityError("CHECK constraint failed"), 20),
        (ZeroDivisionError("division by zero"), 20),
        (RecursionError("deep"), 20),
    ],
    ids=repr,
)
def test_every_error_has_its_code_and_one_sentence(
    numctl, probe: Probe, error: BaseException, code: int
) -> None:
    probe.work = _raise(error)
    ending = numctl("look")
    assert (ending.code, ending.out) == (code, "")
    assert "Traceback" not in ending.err
    if code in (3, 130, 141):
        assert ending.err == ""
    else:
        assert ending.err.startswith("numctl: ")
        assert ending.err.count("\n") == 1


def test_returned_number_is_the_exit_code(numctl, probe: Probe) -> None:
    probe.work = lambda session: 13
    assert numctl("look").code == 13


def test_bug_shows_its_trace_only_when_asked(numctl, probe: Probe) -> None:
    probe.work = _raise(ZeroDivisionError("division by zero"))
    ending = numctl("look", env={"NUMCTL_DEBUG": "1"})
    assert ending.code == 20
    assert "Traceback" in ending.err


USAGE_ERRORS = [
    ("look --bogus", "There is no option --bogus."),
    ("look --quantiy 3", "Did you mean --quantity or"),
    ("look --quantity", "requires an argument"),
    ("look extra", "unexpected extra argument"),
    ("lok", "Did you mean 'numctl look'?"),
    ("set altre", "Did you mean 'numctl set alter' or"),
    ("alter", "Did you mean 'numctl set alter'?"),
    ("--bogus look", "There is no option --bogus."),
    ("set alter 1234", "--to is missing."),
    ("look --lock-timeout -1", "A time is a number of seconds"),
]


@pytest.mark.parametrize(("line", "part"), USAGE_ERRORS, ids=lambda value: value)
def test_wrong_command_line_is_one_sentence_and_2(numctl, probe: Probe, line: str, part: str) -> None:
    ending = numctl(*line.split())
    assert (ending.code, ending.out) == (2, "")
    assert part in ending.err
    assert ending.err.startswith("numctl: ")
    assert ending.err.count("\n") == 1
    assert "\u256d" not in ending.err


@pytest.mark.parametrize("spelling", ["-o json", "-ojson", "--output json", "--output=json"])
@pytest.mark.parametrize(("line", "part"), USAGE_ERRORS, ids=lambda value: value)
def test_wrong_command_line_is_json_where_json_was_asked_for(
    numctl, probe: Probe, line: str, part: str, spelling: str
) -> None:
    ending = numctl(*spelling.split(), *line.split())
    error = json.loads(ending.err)["error"]
    assert (ending.code, error["code"], error["kind"]) == (2, 2, "usage")


def test_format_from_the_environment_holds_for_usage_errors(numctl, probe: Probe) -> None:
    assert json.loads(numctl("lok", env={"NUMCTL_OUTPUT": "json"}).err)["error"]["code"] == 2


@pytest.mark.parametrize(
    "line", ["set watch --bogus", "--bogus set watch", "set watch x", "set watch -o zip"]
)
def test_monitoring_is_told_unknown_when_the_line_is_wrong(numctl, probe: Probe, line: str) -> None:
    probe.work = _raise(NotFound("No such thing."))
    ending = numctl(*line.split())
    assert ending.code == 3
    assert ending.out.startswith("NUMCTL UNKNOWN - ")
    assert ending.out.count("\n") == 1


def test_format_from_the_settings_file_holds_for_usage_errors(numctl, probe: Probe, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("output = 'json'")
    env = {"NUMCTL_CONFIG": str(config)}
    assert json.loads(numctl("lok", env=env).err)["error"]["code"] == 2
    assert numctl("lok", "-o", "tsv", env=env).err.startswith("numctl: ")


def test_monitoring_is_told_unknown_for_any_error(numctl, probe: Probe) -> None:
    probe.work = _raise(NotFound("No | such thing."))
    ending = numctl("set", "watch")
    assert (ending.code, ending.out) == (3, "NUMCTL UNKNOWN - No / such thing.\n")
    probe.work = lambda session: 2
    assert numctl("set", "watch").code == 2


# Output that can't be written.


class FullDevice(io.StringIO):
    """A stream that fails as /dev/full does."""

    def flush(self) -> None:
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("committed", "code", "said"),
    [(None, 1, "No space left on device."), (42, 14, "Operation 42 was made, but its output could not")],
)
def test_full_device_at_the_end_is_noticed(
    probe: Probe,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    committed: int | None,
    code: int,
    said: str,
) -> None:
    def work(session: StandInSession) -> None:
        session.committed = committed

    probe.work = work
    monkeypatch.setattr(sys, "stdout", FullDevice())
    assert program.main(["look"]) == code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "error",
    [BrokenPipeError(32, "Broken pipe"), KeyboardInterrupt(), RuntimeError("drawing failed")],
    ids=repr,
)
def test_after_a_commit_every_loss_of_output_is_14(numctl, probe: Probe, error: BaseException) -> None:
    def work(session: StandInSession) -> None:
        session.committed = 7
        raise error

    probe.work = work
    ending = numctl("look", "-o", "json")
    assert ending.code == 14
    assert json.loads(ending.err)["error"]["operation"] == 7


def test_exit_code_of_its_own_holds_after_a_commit(numctl, probe: Probe) -> None:
    def work(session: StandInSession) -> None:
        session.committed = 7
        raise typer.Exit(3)

    probe.work = work
    assert numctl("look").code == 3


# The process: streams and surroundings as they may be.


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("numctl --help >/dev/full", 1),
        ("numctl --help >&-", 1),
        ("numctl nubmer 2>&-", 2),
        ("numctl nubmer 2>/dev/full", 2),
        ("numctl --version <&- >&- 2>&-", 1),
        ("numctl --version <&-", 0),
        ("env -i PATH=$PATH PYTHONPATH=$PYTHONPATH numctl --help", 0),
        ("COLUMNS=0 numctl --help", 0),
        ("PYTHONIOENCODING=ascii numctl nubm\u00e9r", 2),
        ("numctl $'nub\\xff'", 2),
        ("mkdir gone; cd gone; rmdir ../gone; numctl --help", 0),
        ("mkdir gone; cd gone; rmdir ../gone; numctl nubmer", 2),
        ("TZ=bogus numctl --version", 0),
        ("LC_ALL=C numctl nubm\u00e9r", 2),
    ],
)
def test_odd_surroundings_give_no_traceback(shell, tmp_path: Path, line: str, code: int) -> None:
    done = shell(line, line=True, cwd=tmp_path)
    assert done.returncode == code
    for noise in ("Traceback", "Exception ignored", "BrokenPipe"):
        assert noise not in done.stderr


def test_reader_that_went_away_ends_it_quietly(shell) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = shell("--help", capture_output=False, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


def test_usage_errors_of_the_vendored_parser_are_known() -> None:
    """A ``ClickException`` that isn't about usage is a failure, not a bug."""
    from typer._click.exceptions import FileError

    refusal = exits.refusal_of(FileError("x", "no"))
    assert (refusal.code, refusal.kind) == (1, "io")


def test_completion_of_commands_loads_no_command() -> None:
    code = (
        "import os, sys; from numctl.cli.program import main; "
        "os.environ['_NUMCTL_COMPLETE'] = 'fish'; main(['re']); "
        "print([name for name in sys.modules if name.startswith('numctl.commands.')])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    *offered, loaded = out.splitlines()
    words = {line.partition("\t")[0] for line in offered[1:]}
    assert words == {"reserve", "retag", "release", "register", "remove", "report", "request"}
    assert loaded == "[]"


@pytest.mark.parametrize(
    ("read", "good", "bad"),
    [
        (
            values.quantity,
            {"1": 1, "007": 7, "9" * 15: 10**15 - 1},
            ["0", "-1", "5.0", "1_000", " 7", "+5", "9" * 30, "", "\u0663", "\u00b2", "1e3"],
        ),
        (values.percent, {"1": 1, "100": 100}, ["0", "101", "80%", "79.5", "", "-1"]),
        (values.percent_or_off, {"80": 80, "off": "off"}, ["0", "101", "OFF", "none"]),
        (values.count, {"0": 0, "12": 12}, ["-1", "", "x"]),
        (values.seconds, {"0": 0.0, "30": 30.0, "0.5": 0.5}, ["-1", "inf", "nan", "1e3", ".5", "5.", ""]),
        (
            options.status,
            {"in-use": "in-use", "registered": "in-use", "Reserved": "reserved"},
            ["used", ""],
        ),
    ],
    ids=["quantity", "percent", "percent_or_off", "count", "seconds", "status"],
)
def test_values_are_read_strictly(read: Any, good: dict[str, object], bad: list[str]) -> None:
    assert {text: read(text) for text in good} == good
    for text in bad:
        with pytest.raises(BadValue) as refused:
            read(text)
        assert refused.value.message.endswith(".")


@pytest.mark.parametrize("text", ["2028-02-29", "0001-01-01", "9999-12-31"])
def test_real_days_are_read(text: str) -> None:
    assert values.day(text) == text


@pytest.mark.parametrize(
    "text",
    [
        *("2027-02-29", "10000-01-01", "2026-1-1", "20260101", "2026-W01-1", "today", "", "2026-13-01"),
        *("2026-01-01T00:00", " 2026-01-01", "0000-01-01", "\u0662026-01-01", "-026-01-01"),
    ],
)
def test_other_days_are_refused(text: str) -> None:
    with pytest.raises(BadValue):
        values.day(text)


def test_statuses_are_the_core_s() -> None:
    from numctl.core.rules.model import Status

    assert set(options.STATUSES) == {str(status) for status in Status}


def test_call_keeps_nothing_from_the_call_before(numctl, probe: Probe) -> None:
    numctl("--db", "a", "-q", "look")
    numctl("look")
    assert probe.session is not None
    assert probe.session.flags == {}
    assert probe.session.change == ChangeOptions()
