"""What numctl says, on a terminal and elsewhere: as typed, without harm, in colour only where wanted."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from html import unescape
from pathlib import Path

import pytest

from numctl.core.errors import BadValue, NotFound, NumbersRefuse, Refusal
from numctl.core.numbers.packed import Packed
from numctl.core.numbers.ranges import Range
from numctl.output import FORMATS, Output, formats, progress, tables, writing
from numctl.output.terminal import width_of
from numctl.output.writing import in_slices

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


SHARED = {7: ("1418", None, "Acme", None, None), 8: ("1418", None, "Acme/Sales", None, None)}
RUNS = [(14180000000, 14180000002, 7, None, None), (14180000003, 14180000003, 8, "Ann", None)]
RUN_FIELDS = ("series", "number", "organization", "user", "forwarded_to")


@pytest.mark.parametrize("name", [one for one in FORMATS if one != "ranges"])
def test_runs_are_their_rows_in_every_format(name: str) -> None:
    fast, slow = Said(name), Said(name)
    fast.output.runs(RUN_FIELDS, SHARED, in_slices(RUNS))
    acme = [("1418", f"1418000000{n}", "Acme", None, None) for n in range(3)]
    slow.output.rows(RUN_FIELDS, [*acme, ("1418", "14180000003", "Acme/Sales", "Ann", None)])
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
    said.output.runs(RUN_FIELDS, SHARED, in_slices(RUNS))
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


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_ranges_of_an_answer_are_written_as_if_they_were_a_list(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "ROWS_AT_ONCE", 2)
    for ends in ([], [(100, 100)], [(1418, 1419), (1500, 1500), (1600, 1609)]):
        packed, plain = Said(name), Said(name)
        listed = [{"first": str(a), "last": str(b), "count": b - a + 1} for a, b in ends]
        packed.output.answer({"count": 3, "ranges": Packed(ends), "tag": "né"}, "")
        plain.output.answer({"count": 3, "ranges": listed, "tag": "né"}, "")
        assert packed.out == plain.out


@pytest.mark.parametrize("terminal", [False, True])
def test_messages_are_harmless_lines_of_their_own(terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "500")
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


def test_without_a_file_or_with_a_dash_a_report_is_printed() -> None:
    for path in (None, "-"):
        said = Said()
        with said.output.preferring("csv").saved(path) as report:
            report.rows(("a",), [("x",)])
        assert said.out == "a\r\nx\r\n"


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
        "runs = [((14180000000,), (14180000009,), (1,), ('',), ('',))]\n"
        "output.runs(('number', 'a', 'b'), {1: (None,) * 3}, runs)\n"
        "output.answer({}, 'Done.')\n"
        "with output.progress(3, 'x') as advance:\n"
        "    advance(1)\n"
        "output.error(Refusal('No.'))"
    )
    assert {"rich", "tabulate", "csv"}.isdisjoint(loaded(script, name))
