"""What numctl says, on a terminal and elsewhere: as typed, without harm, in colour only where wanted."""

from __future__ import annotations

import io
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Sequence
from html import unescape
from pathlib import Path

import pytest

from numctl import formats
from numctl.core.errors import BadValue, NotFound, NumbersRefuse, Refusal
from numctl.core.ranges import Range
from numctl.output import FORMATS, Output, drawings, files, progress, tables
from numctl.output.terminal import width_of

FIELDS = ("series", "number", "organization", "status", "reserved_tag")
AS_TYPED = (
    *("007", "1e5", "nan", "inf", "0x1F", "1_000", "True", "[/]", "[red]x", "[link=http://x]y[/link]"),
    *(":smile:", "a\\", "\\[x]", "<b>&amp;", "%s", "{0}", "é", "http://x.example/1", "'quoted'"),
)
HARM = "\x1b]0;owned\x07\x1b[31m \x7f \x9b31m \u202e \u2066 \u200b \u200f \u061c \ufeff \u2028 \udcff \r\x00"
TABULAR = (*formats.TABULATED, "table")


class Stream(io.StringIO):
    """A stream that is a terminal or isn't, of an encoding."""

    def __init__(self, text: str = "", *, terminal: bool = False, encoding: str = "utf-8") -> None:
        super().__init__(text, newline="")
        self.terminal, self.named = terminal, encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self.named

    def isatty(self) -> bool:
        return self.terminal


class Said:
    """An output and what came out of it."""

    def __init__(
        self,
        format: str | None = None,
        *,
        terminal: bool = False,
        encoding: str = "utf-8",
        answer: str = "",
        **how: bool | None,
    ) -> None:
        self.stdout = Stream(terminal=terminal, encoding=encoding)
        self.stderr = Stream(terminal=terminal, encoding=encoding)
        stdin = Stream(answer, terminal=terminal)
        self.output = Output(format, stdout=self.stdout, stderr=self.stderr, stdin=stdin, **how)  # type: ignore[arg-type]

    @property
    def out(self) -> str:
        return self.stdout.getvalue()

    @property
    def err(self) -> str:
        return self.stderr.getvalue()


@pytest.fixture(autouse=True)
def a_plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "COLUMNS", "FORCE_COLOR", "COLORTERM", "TTY_COMPATIBLE", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


def row(tag: str) -> tuple[object, ...]:
    return ("1418", "14180000000", "Acme", "reserved", tag)


def assert_harmless(text: str) -> None:
    assert all(formats.is_showable(char) or char == "\n" for char in text)


# The format


def test_the_format_is_a_table_on_a_terminal_and_tsv_elsewhere() -> None:
    assert Said(terminal=True).output.format == "table"
    assert Said().output.format == "tsv"
    assert Said("csv", terminal=True).output.format == "csv"
    assert Said().output.preferring("csv").format == "csv"
    assert Said("json").output.preferring("csv").format == "json"


def test_an_unknown_format_names_those_there_are() -> None:
    with pytest.raises(BadValue) as caught:
        Said("xml")
    assert all(name in caught.value.advice for name in FORMATS)


# Rows


@pytest.mark.parametrize("name", TABULAR)
@pytest.mark.parametrize("tag", AS_TYPED)
def test_a_tag_is_shown_as_typed(name: str, tag: str) -> None:
    said = Said(name, terminal=True, color=False)
    said.output.rows(FIELDS, [row(tag)])
    text = unescape(said.out) if name == "html" else said.out
    assert tag in text
    assert "14180000000" in text


@pytest.mark.parametrize("name", TABULAR)
def test_nothing_harmful_reaches_the_screen(name: str) -> None:
    said = Said(name)
    said.output.rows(FIELDS, [row(HARM), row(HARM)])
    assert_harmless(said.out)
    assert "\\x1b" in said.out


def test_html_is_escaped_and_not_padded() -> None:
    said = Said("html")
    said.output.rows(("a", "b"), [("<script>&\"'", " x "), ("longer than that", "")])
    assert "<td>&lt;script&gt;&amp;&quot;&#x27;</td><td> x </td>" in said.out
    assert "<td></td>" in said.out


def test_a_pipe_does_not_break_a_table_of_github() -> None:
    said = Said("github")
    said.output.rows(("a", "b"), [("x|y", "z")])
    assert "x\\|y" in said.out
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in said.out.splitlines()} == {3}


@pytest.mark.parametrize("name", formats.TABULATED)
def test_tabulate_takes_a_hundred_thousand_rows_at_most(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tables.TABULATE_LIMIT == 100_000
    monkeypatch.setattr(tables, "TABULATE_LIMIT", 3)
    Said(name).output.rows(("a",), [("x",)] * 3)
    said = Said(name)
    with pytest.raises(BadValue, match="csv"):
        said.output.rows(("a",), [("x",)] * 4)
    assert said.out == ""


def test_a_table_aligns_figures_right_and_nothing_is_cut() -> None:
    said = Said("table", encoding="utf-8")
    said.output.rows(("name", "n"), [("x" * 300, 1), ("y", 20000), ("z", None)])
    assert said.out.count("x") == 300
    assert re.search(r"y +20000\n", said.out)
    assert max(map(len, said.out.splitlines())) <= 80


def test_a_long_table_is_drawn_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "ROWS_A_TABLE", 2)
    said = Said("table")
    said.output.rows(("name",), [(f"n{i}",) for i in range(5)])
    assert re.findall(r"n\d", said.out) == ["n0", "n1", "n2", "n3", "n4"]
    assert said.out.count("name") == 3


@pytest.mark.parametrize("columns", ["0", "-1", "x", "", "1", "20", "60", "999999999999999999999"])
def test_any_columns_will_do(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    said = Said("table", terminal=True, color=False)
    said.output.rows(("number", "tag"), [("14180000000", "a tag")])
    assert "".join(re.findall(r"\d", said.out)) == "14180000000"
    assert width_of(said.stdout) >= 20


def test_a_table_says_of_how_many_rows_it_shows_some() -> None:
    said = Said("table")
    said.output.rows(("a",), [("x",), ("y",)], total=90, more="--all shows all.")
    assert said.err == "2 of 90 rows. --all shows all.\n"
    for whole in (Said("table"), Said("tsv")):
        whole.output.rows(("a",), [("x",)], total=1 if whole.output.format == "table" else 90)
        assert whole.err == ""


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_found_is_said_on_a_terminal_alone(name: str) -> None:
    person, pipe = Said(name, terminal=True, color=False), Said(name)
    for said in (person, pipe):
        said.output.rows(("number",), [], empty="No numbers.")
    assert person.err == "No numbers.\n"
    assert pipe.err == ""
    if name == "json":
        assert pipe.out == "[]\n"
    if name == "table":
        assert pipe.out == ""


RUNS = [
    (("1418", None, "Acme"), 14180000000, 14180000002),
    (("1418", None, "Acme/Sales"), 14180000003, 14180000003),
]


@pytest.mark.parametrize("name", [one for one in FORMATS if one != "ranges"])
def test_runs_are_their_rows_in_every_format(name: str) -> None:
    fast, slow = Said(name), Said(name)
    fast.output.runs(FIELDS[:3], RUNS)
    slow.output.rows(FIELDS[:3], list(formats.spread(RUNS, 1)))
    assert fast.out == slow.out


def test_ranges_are_for_pipes() -> None:
    for fields, rows in (
        (("number",), [("14180000000",), ("14180000001",), ("14180000003",)]),
        (
            ("series", "first", "last"),
            [("x", "14180000000", "14180000001"), ("y", "14180000003", 14180000003)],
        ),
    ):
        said = Said("ranges")
        said.output.rows(fields, rows)
        assert said.out == "14180000000..14180000001\n14180000003..14180000003\n"
    said = Said("ranges")
    said.output.runs(FIELDS[:3], RUNS)
    assert said.out == "14180000000..14180000003\n"
    with pytest.raises(BadValue, match="no"):
        Said("ranges").output.rows(("organization",), [("Acme",)])


# Answers and messages


def test_an_answer_is_facts_for_programs_and_a_sentence_for_people() -> None:
    facts = {"operation": 42, "ranges": [{"first": "1418", "last": "1419"}], "tag": None}
    said = {name: Said(name) for name in FORMATS}
    for one in said.values():
        one.output.answer(facts, f"Reserved 2 numbers{HARM}.")
    assert json.loads(said.pop("json").out) == [facts]
    assert json.loads(said.pop("jsonl").out) == facts
    for one in said.values():
        assert one.out.startswith("Reserved 2 numbers")
        assert one.out.count("\n") == 1
        assert_harmless(one.out)


@pytest.mark.parametrize("terminal", [False, True])
def test_messages_are_harmless_lines_of_their_own(terminal: bool) -> None:
    said = Said(terminal=terminal, answer="y\n", color=False)
    said.output.note(HARM)
    said.output.warn(HARM)
    said.output.error(NotFound(HARM, HARM))
    assert said.err.count("\n") == 3
    said.output.text(f"{HARM}\nsecond line")
    assert said.out.count("\n") == 2
    if terminal:
        said.output.ask(HARM)
    assert_harmless(said.err + said.out)


def test_quiet_leaves_warnings_and_errors() -> None:
    said = Said(terminal=True, quiet=True, color=False)
    said.output.note("note")
    said.output.hint("hint")
    said.output.warn("Look.")
    said.output.error(Refusal("No.", "Go."))
    assert said.err == "numctl: warning: Look.\nnumctl: No. Go.\n"


def test_an_error_is_what_and_why_then_what_to_do() -> None:
    said = Said()
    said.output.error(BadValue("Two lines are wrong.", "Mend them.", details=["line 2: x", "line 3: \x1b"]))
    assert said.err == "numctl: Two lines are wrong.\n  line 2: x\n  line 3: \\x1b\nMend them.\n"


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_an_error_for_programs_has_its_facts(name: str) -> None:
    said = Said(name, encoding="ascii")
    refusal = NumbersRefuse(
        "é.",
        "Do.",
        number=14180000000,
        range=Range(14180000000, 14180000009),
        wanted=5,
        numbers=[14180000000],
        path=Path("x"),
    )
    said.output.error(refusal)
    assert said.out == ""
    assert said.err.isascii()
    assert json.loads(said.err) == {
        "error": {
            "code": 6,
            "kind": "numbers",
            "message": "é.",
            "advice": "Do.",
            "number": "14180000000",
            "range": {"first": "14180000000", "last": "14180000009", "count": 10},
            "wanted": 5,
            "numbers": ["14180000000"],
            "path": "x",
        }
    }


def test_a_message_that_cannot_be_said_stops_nothing() -> None:
    said = Said()
    said.stderr.close()
    said.output.note("x")
    said.output.hint("x")
    said.output.error(Refusal("x"))
    assert said.out == ""


@pytest.mark.parametrize(
    ("answer", "agreed"), [("y\n", True), ("YES\n", True), ("n\n", False), ("\n", False), ("", False)]
)
def test_a_question_is_answered_with_yes_or_not_at_all(answer: str, agreed: bool) -> None:
    said = Said(terminal=True, answer=answer)
    if agreed:
        said.output.ask("Remove 5 numbers?")
    else:
        with pytest.raises(Refusal, match="not confirmed"):
            said.output.ask("Remove 5 numbers?")
    assert said.err == "Remove 5 numbers? [y/N] "


def test_nobody_is_asked_without_a_terminal_or_against_their_will() -> None:
    for said in (Said(answer="y\n"), Said(terminal=True, no_input=True, answer="y\n")):
        assert not said.output.interactive
        with pytest.raises(BadValue, match="--yes"):
            said.output.ask("Sure?")
        said.output.ask("Sure?", yes=True)
        assert said.err == ""


# Colour


@pytest.mark.parametrize(
    ("environment", "choice", "coloured"),
    [
        ({}, None, True),
        ({"NO_COLOR": "1"}, None, False),
        ({"NO_COLOR": ""}, None, True),
        ({"TERM": "dumb"}, None, False),
        ({}, False, False),
    ],
)
def test_colour_is_where_it_is_wanted(
    environment: dict[str, str], choice: bool | None, coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    said = Said(terminal=True, color=choice)
    said.output.rows(FIELDS, [row("x")])
    said.output.bars([usage("Acme", available=1)])
    said.output.error(Refusal("No."))
    assert ("\x1b[" in said.out) is coloured
    assert ("\x1b[" in said.err) is coloured


def test_colour_is_decided_for_each_stream() -> None:
    stdout, stderr = Stream(), Stream(terminal=True)
    output = Output("table", stdout=stdout, stderr=stderr)
    output.rows(FIELDS, [row("x")])
    output.error(Refusal("No."))
    assert "\x1b[" not in stdout.getvalue()
    assert "\x1b[" in stderr.getvalue()


# Drawings


def usage(name: str, *, depth: int = 0, threshold: int | None = 80, **parts: int) -> dict[str, object]:
    numbers = {
        name: parts.get(name, 0) for name in ("available", "reserved", "assigned", "registered", "allocated")
    }
    total = sum(numbers.values())
    in_use = total - numbers["available"]
    return {
        "organization": name,
        "depth": depth,
        "total": total,
        "in_use": in_use,
        **numbers,
        "utilization_percent": 100 * in_use // total if total else 0,
        "threshold_percent": threshold,
        "over_threshold": bool(total and threshold and 100 * in_use >= threshold * total),
    }


COMPANY = [
    usage("Acme", available=216, reserved=100, assigned=84, registered=500, allocated=300),
    usage("Acme/東京支社東京支社東京支社東京支社東京支社", depth=1, available=5, registered=95),
    usage("Acme/[/] :smile: \x1b[31m", depth=1, available=1, threshold=None),
    usage("Acme/Sales/Empty", depth=900),
    usage("Acme/France", depth=1, available=1, registered=521_000_000),
]


@pytest.mark.parametrize("width", [20, 60, 80, 200])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_bars_fit_the_width_and_are_told_apart_without_colour(
    width: int, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rich.cells import cell_len

    monkeypatch.setenv("COLUMNS", str(width))
    said = Said("table", encoding=encoding)
    said.output.bars(COMPANY)
    assert_harmless(said.out)
    assert said.out.isascii() or encoding != "ascii"
    if width >= 60:
        assert max(map(cell_len, said.out.splitlines())) <= width
    fills = [one.ascii_fill if encoding == "ascii" else one.fill for one in drawings.CATEGORIES]
    assert len(set(fills)) == 5
    for fill, figure in zip(fills, (500, 84, 100, 300, 216), strict=True):
        assert f"{fill} {figure}" in said.out
    assert "82% of 1200 !" in said.out
    assert "no numbers" in said.out
    assert all(one.name in said.out for one in (*drawings.CATEGORIES, drawings.THRESHOLD))


def bar_of(text: str) -> str:
    found = re.search(r"  ([#=+%.|]+)  ", text)
    assert found
    return found[1]


def test_a_bar_is_split_as_the_numbers_are_and_marked_at_the_threshold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = Said("table", encoding="ascii")
    said.output.bars([usage("Acme", available=30, reserved=20, assigned=10, registered=30, allocated=10)])
    bar = bar_of(said.out)
    width = len(bar)
    assert bar.index("|") == 80 * width // 100
    assert abs(bar.count("#") - 0.3 * width) <= 1
    assert abs(bar.count("+") - 0.2 * width) <= 1
    assert bar.rstrip(".|").endswith("%")
    at_its_end = Said("table", encoding="ascii")
    at_its_end.output.bars([usage("Acme", available=30, registered=30, threshold=100)])
    assert bar_of(at_its_end.out).endswith(".|")


def test_a_tree_is_drawn_however_deep() -> None:
    rows = [(0, "Acme", "5"), (1, "Sales", ""), (2, "EMEA", "3"), (1, "\x1b[31m", "")]
    said, plain = Said("table"), Said("table", encoding="ascii")
    said.output.tree(rows)
    assert said.out == "Acme  5\n├─ Sales\n│  └─ EMEA  3\n└─ \\x1b[31m\n"
    plain.output.tree(rows)
    assert plain.out == "Acme  5\n|- Sales\n|  `- EMEA  3\n`- \\x1b[31m\n"
    deep = Said("table")
    deep.output.tree([(depth, f"o{depth}", "") for depth in range(2000)])
    assert deep.out.endswith("└─ o1999\n")


# Progress


def test_progress_is_drawn_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    person, pipe, quiet = Said(terminal=True), Said(), Said(terminal=True, quiet=True)
    for said in (person, pipe, quiet):
        with said.output.progress(10, "Reading [red]x\x1b") as advance:
            advance(4)
            advance(6)
        assert said.out == ""
    assert "Reading [red]x\\x1b" in person.err
    assert pipe.err == quiet.err == ""


def test_short_work_shows_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", float("inf"))
    said = Said(terminal=True)
    with said.output.progress(None, "Reading") as advance:
        advance(1)
    assert said.err == ""


# Files


def save(path: str, text: str = "x") -> None:
    with Said("csv").output.saved(path) as report:
        report.rows(("a",), [(text,)])


def test_a_report_is_there_when_it_is_whole(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    target = folder / "report.csv"
    target.write_text("old")

    def break_off() -> None:
        with files.open_out(str(target)) as file:
            file.write("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    assert [one.read_text() for one in folder.iterdir()] == ["old"]
    save(str(target), "é\udcff")
    assert target.read_bytes() == "a\r\né\\udcff\r\n".encode()
    assert list(folder.iterdir()) == [target]


def test_without_a_file_or_with_a_dash_a_report_is_printed() -> None:
    for path in (None, "-"):
        said = Said()
        with said.output.preferring("csv").saved(path) as report:
            report.rows(("a",), [("x",)])
        assert said.out == "a\r\nx\r\n"


@pytest.mark.parametrize(("umask", "mode"), [(0o000, 0o666), (0o022, 0o644), (0o077, 0o600)])
def test_a_report_follows_the_umask(umask: int, mode: int, tmp_path: Path) -> None:
    before = os.umask(umask)
    try:
        save(str(tmp_path / "new"))
        (tmp_path / "closed").touch(0o600)
        save(str(tmp_path / "closed"))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == mode
    assert stat.S_IMODE((tmp_path / "closed").stat().st_mode) == 0o600


def test_links_are_replaced_and_what_they_point_to_stays(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "symbolic").symlink_to(victim)
    (tmp_path / "hard").hardlink_to(victim)
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for name in ("symbolic", "hard", "dangling"):
        save(str(tmp_path / name))
        assert (tmp_path / name).read_bytes() == b"a\r\nx\r\n"
        assert not (tmp_path / name).is_symlink()
    assert victim.read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("name", ["", ".", "..", "folder/"])
def test_a_folder_is_no_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadValue, match="folder"):
        save(name)


@pytest.mark.parametrize("name", ["missing/report.csv", "nul\0.csv", "x" * 300])
def test_a_place_that_cannot_be_written_is_named(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    with pytest.raises(Refusal, match="can't be written"):
        save(str(folder / name))
    assert list(folder.iterdir()) == []


def test_a_device_is_written_to_and_stays_one() -> None:
    save("/dev/null")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


# What is loaded


def loaded(script: str, *arguments: str) -> Sequence[str]:
    ending = "import sys; print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", f"{script}\n{ending}", *arguments], capture_output=True, text=True, check=True
    )
    return done.stderr.split("\n")[-2].split()


@pytest.mark.parametrize("name", [*formats.STREAMED, "ranges"])
def test_a_pipe_loads_neither_rich_nor_tabulate_nor_csv(name: str) -> None:
    script = (
        "import sys\n"
        "from numctl.core.errors import Refusal\n"
        "from numctl.output import Output\n"
        "output = Output(sys.argv[1], stdout=sys.stdout, stderr=sys.stderr)\n"
        "output.rows(('number',), [('14180000000',)])\n"
        "output.runs(('number',), [((None,), 14180000000, 14180000009)])\n"
        "output.answer({}, 'Done.')\n"
        "with output.progress(3, 'x') as advance:\n"
        "    advance(1)\n"
        "output.error(Refusal('No.'))"
    )
    assert {"rich", "tabulate", "csv"}.isdisjoint(loaded(script, name))
