"""What a person sees: in a terminal emulator, at several widths, with colour and without."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pexpect
import pyte
import pytest

from tests.conftest import FULL, Numctl

WIDTHS = (60, 80, 200) if FULL else (80,)
HEIGHT = 1000
SCREENS = {
    "search": ["search", "1418", "--limit", "20"],
    "ranges": ["search", "--ranges"],
    "utilization": ["utilization", "--tree"],
    "by series": ["utilization", "--tree", "--by", "series"],
    "org tree": ["org", "tree"],
    "org list": ["org", "list"],
    "history": ["history", "--limit", "12"],
    "history of a number": ["history", "14188980111"],
    "threshold show": ["threshold", "show", "--tree"],
    "series list": ["series", "list"],
    "user list": ["user", "list"],
    "help": ["--help"],
}
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
NOISE = ("Traceback", "Exception ignored", "BrokenPipe", "bug in numctl")

Start = Callable[..., "pexpect.spawn[str]"]


@pytest.fixture
def typed(workplace: Path, terminal: Start) -> Callable[..., str]:
    """What the terminal is sent by a command that runs in it, against the demo's store."""

    def run(*args: str, columns: int = 80, **env: str) -> str:
        child = terminal("numctl", *args, columns=columns, **env)
        child.expect(pexpect.EOF)
        return str(child.before)

    return run


def seen(text: str, columns: int) -> list[str]:
    """The lines of a terminal's screen after it was sent this text."""
    screen = pyte.Screen(columns, HEIGHT)
    pyte.Stream(screen).feed(text)
    return [line.rstrip() for line in screen.display]


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("name", SCREENS)
def test_screen_is_whole_and_fits(typed: Callable[..., str], name: str, columns: int) -> None:
    text = typed(*SCREENS[name], columns=columns)
    lines = text.replace("\r\n", "\n").split("\n")
    bare = [COLOUR.sub("", line) for line in lines]
    assert max(map(len, bare)) <= columns
    shown = [line for line in seen(text, columns) if line]
    assert [line.rstrip() for line in bare if line.strip()] == shown
    assert not any(noise in text for noise in NOISE)


@pytest.mark.parametrize("columns", WIDTHS)
def test_numbers_are_never_broken_in_a_search(typed: Callable[..., str], columns: int) -> None:
    text = "\n".join(seen(typed("search", "1418898010", "--limit", "10", columns=columns), columns))
    assert re.findall(r"\b1418898010\d\b", text) == [str(14188980100 + n) for n in range(10)]


@pytest.mark.parametrize("columns", WIDTHS)
def test_bars_have_a_legend_the_threshold_and_a_figure_for_each_organization(
    typed: Callable[..., str], columns: int
) -> None:
    screen = seen(typed("utilization", "--tree", columns=columns), columns)
    text = "\n".join(screen)
    for word in ("registered", "assigned", "reserved", "allocated", "available", "threshold"):
        assert word in text
    bars = [line for line in screen if re.search(r"\d% of \d+", line)]
    assert [line.split()[0] for line in bars] == [
        *("Acme", "Finance", "Sales", "Americas", "EMEA", "Support", "Helpdesk")
    ]
    assert all("┃" in line for line in bars)
    assert [line.rstrip().endswith("!") or "! " in line for line in bars].index(True) == 1
    assert "Lab" in text


def test_bar_reads_without_colour_and_without_unicode(typed: Callable[..., str]) -> None:
    text = typed("utilization", "Finance", NO_COLOR="1", PYTHONIOENCODING="ascii")
    assert text.isascii()
    assert re.search(r"#{4,}\+{20,}\|\++\.{9,}", text)
    assert "76% of 50 !" in text


def test_tree_is_drawn_with_lines(typed: Callable[..., str]) -> None:
    assert [line for line in seen(typed("org", "tree"), 80) if line] == [
        "Acme  (3490)",
        "├─ Finance  (50)",
        "├─ Lab",
        "├─ Sales  (1099)",
        "│  ├─ Americas  (200)",
        "│  └─ EMEA  (200)",
        "└─ Support  (451)",
        "   └─ Helpdesk  (50)",
    ]


# Colour.


@pytest.mark.parametrize(
    ("args", "env", "coloured"),
    [
        ([], {}, True),
        (["--no-color"], {}, False),
        ([], {"NO_COLOR": "1"}, False),
        ([], {"TERM": "dumb"}, False),
        (["-o", "csv"], {}, False),
        (["-o", "json"], {}, False),
    ],
    ids=str,
)
def test_colour_is_decided(
    typed: Callable[..., str], args: list[str], env: dict[str, str], coloured: bool
) -> None:
    assert bool(COLOUR.search(typed("search", "1418", "--limit", "3", *args, **env))) is coloured
    assert bool(COLOUR.search(typed("nubmer", *args, **env))) is (coloured or args == ["-o", "csv"])


def test_colour_is_decided_for_each_stream(terminal: Start, workplace: Path, tmp_path: Path) -> None:
    child = terminal(
        "bash", "--norc", "-c", "numctl search 1418 --limit 3 >out; numctl nubmer 2>err; numctl nubmer >out2"
    )
    child.expect(pexpect.EOF)
    assert "\x1b[" not in (tmp_path / "out").read_text()
    assert "\x1b[" not in (tmp_path / "err").read_text()
    assert COLOUR.search(str(child.before))


# Endings.


@pytest.mark.parametrize(
    "line",
    ["numctl search --all | head -1", "numctl history | head -1", "numctl report utilization | head -1"],
)
def test_reader_that_has_enough_ends_it_quietly(
    shell: Callable[..., subprocess.CompletedProcess[str]], workplace: Path, line: str
) -> None:
    done = shell(f"{line}; exit ${{PIPESTATUS[0]}}", line=True)
    assert done.returncode in (0, 141)
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1


def test_ctrl_c_ends_a_wait_at_once_with_130_and_nothing_done(
    terminal: Start, workplace: Path, store: Path
) -> None:
    import sqlite3

    before = store.read_bytes()
    connection = sqlite3.connect(store, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    child = terminal("numctl", "reserve", "14188980112", "--tag", "x", "--lock-timeout", "60")
    with pytest.raises(pexpect.TIMEOUT):
        child.expect(pexpect.EOF, timeout=1)
    child.sendintr()
    child.expect(pexpect.EOF, timeout=10)
    child.close()
    connection.close()
    assert child.exitstatus == 130 or child.signalstatus == signal.SIGINT
    assert "Traceback" not in str(child.before)
    assert store.read_bytes() == before


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("env -i PATH=$PATH PYTHONPATH=$PYTHONPATH NUMCTL_DB=$NUMCTL_DB numctl search --limit 1", {0}),
        ("env -u HOME numctl search --limit 1", {0}),
        ("env -u HOME -u NUMCTL_DB HOME= numctl search --limit 1", {10}),
        ("HOME=/nowhere numctl utilization", {0}),
        ("numctl search --limit 1 >&-", {1}),
        ("numctl search --limit 1 2>&-", {0}),
        ("numctl search --limit 1 <&-", {0}),
        ("numctl reserve 14188980112 --tag x >&-", {14}),
        ("numctl reserve 14188980112 --tag x >/dev/full", {14}),
        ("numctl reserve - --tag x <&-", {1, 2}),
        ("COLUMNS=0 numctl search --limit 1 -o table", {0}),
        ("COLUMNS=-3 numctl utilization -o table", {0}),
        ("COLUMNS=x numctl history -o table", {0}),
        ("PYTHONIOENCODING=ascii numctl user list -o table", {0}),
        ("PYTHONIOENCODING=ascii numctl org tree", {0}),
        ("PYTHONIOENCODING=latin-1 numctl search --user Zoé >/dev/null", {0}),
        ("LC_ALL=C numctl search --user Zoé --count", {0}),
        ("mkdir gone; cd gone; rmdir ../gone; numctl search --limit 1", {0}),
        ("mkdir gone; cd gone; rmdir ../gone; numctl --db x.db search", {1, 10}),
        ("mkdir gone; cd gone; rmdir ../gone; numctl report utilization --out x.csv", {1}),
        ("TZ=bogus numctl history --limit 1", {0}),
        ("TERM= numctl utilization -o table", {0}),
    ],
)
def test_odd_surroundings_give_plain_output_or_a_clear_error(
    shell: Callable[..., subprocess.CompletedProcess[str]], workplace: Path, line: str, codes: set[int]
) -> None:
    done = shell(line, line=True, cwd=workplace)
    assert done.returncode in codes, done.stderr
    assert not any(noise in done.stdout + done.stderr for noise in NOISE)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if not line.startswith("sh: ")]
        assert len(said) == 1


# Questions and hints.


def test_nothing_found_is_said_on_a_terminal_alone(typed: Callable[..., str], numctl) -> None:
    assert "No numbers found." in typed("search", "999999")
    ending = numctl("search", "999999")
    assert (ending.code, ending.out, ending.err) == (0, "", "")
    assert numctl("search", "999999", "-o", "json").out == "[]\n"


def test_table_says_of_how_many_it_shows_some(typed: Callable[..., str]) -> None:
    text = typed("search", "1418")
    assert "50 of 2000 rows. See all with --all, or narrow the search." in text


def test_a_search_says_what_else_would_find_something(typed: Callable[..., str]) -> None:
    assert "1 more by user: --user novak" in typed("search", "novak")
    assert " more below: --below" in typed("search", "--org", "Acme", "--status", "in-use")
    assert "more" not in typed("search", "nobody at all")


def test_times_in_a_table_are_those_of_the_settings_time_zone(
    terminal: Start, workplace: Path, tmp_path: Path
) -> None:
    config = tmp_path / "settings.toml"
    config.write_text("timezone = 'Asia/Tokyo'\n")
    child = terminal("numctl", "history", "--limit", "1", NUMCTL_CONFIG=str(config))
    child.expect(pexpect.EOF)
    assert " 09:00 " in child.before  # midnight in UTC
    assert "Times are in Asia/Tokyo." in child.before
    child = terminal("numctl", "history", "--limit", "1", "-o", "json", NUMCTL_CONFIG=str(config))
    child.expect(pexpect.EOF)
    assert "T00:00:00Z" in child.before


def test_the_demo_ends_with_bars_and_what_to_try(terminal: Start, tmp_path: Path) -> None:
    child = terminal("numctl", "--db", str(tmp_path / "new.db"), "demo", columns=80)
    child.expect(pexpect.EOF)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", child.before)
    assert "Helpdesk" in plain
    assert "Try `numctl search sales`" in plain.splitlines()[-2]
    assert max(map(len, plain.splitlines())) <= 80


LONG = ["numctl", "search", "--all", "--org", "Finance"]  # fifty rows, on fifty lines


@pytest.mark.skipif(shutil.which("less") is None, reason="needs less")
def test_what_is_longer_than_the_screen_goes_through_the_pager(
    terminal: Start, workplace: Path, store: Path
) -> None:
    child = terminal(*LONG, NUMCTL_PAGER="less")
    child.expect("141889811")
    with pytest.raises(pexpect.TIMEOUT):
        child.expect(pexpect.EOF, timeout=1)
    changed = subprocess.run(  # the store is not held while someone reads
        [sys.executable, "-m", "numctl", "reserve", "14188980112", "--tag", "x", "--lock-timeout", "1"],
        env={**os.environ, "NUMCTL_DB": str(store), "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        check=False,
    )
    assert changed.returncode == 0
    child.send("q")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


@pytest.mark.parametrize(
    ("args", "env"),
    [
        (["--no-pager"], {"NUMCTL_PAGER": "less"}),
        ([], {"NUMCTL_PAGER": "cat"}),
        ([], {"NUMCTL_PAGER": ""}),
        ([], {"NUMCTL_PAGER": "no-such-pager"}),
        ([], {"NUMCTL_PAGER": "less", "TERM": "dumb"}),
        (["--limit", "3"], {"NUMCTL_PAGER": "less"}),
    ],
    ids=str,
)
def test_without_a_pager_or_a_need_of_one_all_comes_at_once(
    terminal: Start, workplace: Path, args: list[str], env: dict[str, str]
) -> None:
    child = terminal(*LONG, *args, **env)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_the_pager_is_the_user_s(terminal: Start, workplace: Path) -> None:
    child = terminal(*LONG, NUMCTL_PAGER="sed -e s/^/PAGED:/")
    child.expect(pexpect.EOF)
    assert child.before.count("PAGED:") > 50


@pytest.mark.parametrize(
    ("name", "told"),
    [
        *((name, ()) for name in ("search", "ranges", "org list", "history of a number", "threshold show")),
        ("history", ("--columns", "operation,actor,summary,message")),
        *((name, ()) for name in ("series list", "user list")),
    ],
)
def test_no_word_is_broken_at_80_cells(
    typed: Callable[..., str], numctl: Numctl, name: str, told: tuple[str, ...]
) -> None:
    there = {*" ".join(seen(typed(*SCREENS[name]), 80)).split()}
    values = "\t".join(numctl(*SCREENS[name], *told, "-o", "tsv").out.splitlines()).split("\t")
    words = {word for value in values for word in value.split() if "/" not in word and "T" not in word}
    assert words
    assert not words - there


def test_everything_of_a_number_fits_a_screen_with_the_latest_on_top(typed: Callable[..., str]) -> None:
    lines = [line for line in seen(typed("show", "14188980111"), 80) if line]
    assert len(lines) <= 24
    actions = [word for line in lines for word in line.split() if word in ("add", "assign", "release")]
    assert actions == ["release", "assign", "add"]
