"""What runs most often unasked: read without Typer, and as the parser reads it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from numctl.cli import unasked
from tests.conftest import Numctl
from tools import parameters

RUN = (
    "import sys; from numctl.cli.program import main; code = main(sys.argv[1:]); sys.stdout.flush();"
    " sys.stderr.write(f'{code} {\"typer\" in sys.modules}')"
)


def loaded(store: Path, *args: str, **env: str) -> tuple[str, str]:
    """What a line prints, and its exit code with whether Typer was loaded."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *args],
        env={**os.environ, "NUMCTL_DB": str(store), **env},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, done.stderr


@pytest.mark.parametrize(
    "line",
    [
        "threshold check",
        "threshold check Sales",
        "--as Sales threshold check --org EMEA -q",
        "threshold check --notify",
    ],
)
def test_a_plain_check_loads_no_typer(store: Path, workplace: Path, line: str) -> None:
    out, ended = loaded(store, *line.split())
    assert out.startswith("NUMCTL ")
    assert ended.splitlines()[-1].endswith(" False")


@pytest.mark.parametrize(
    "line",
    [
        *(
            "threshold check",
            "threshold check EMEA",
            "--as Support threshold check",
            "threshold check --org lab",
        ),
        *("threshold check nowhere", "--as Sales threshold check Acme", "threshold check Sales --org Lab"),
        *("threshold check --region XX", "threshold check --db gone.db", "threshold check ''"),
    ],
)
def test_a_plain_check_answers_as_the_parser_does(
    numctl: Numctl, workplace: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    plain = numctl(*line.split())
    monkeypatch.setattr(unasked, "check_of", lambda args: None)
    assert plain == numctl(*line.split())
    assert plain.out.startswith("NUMCTL ")


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("sea",), ["search"]),
        (("org", "re"), ["rename", "remove"]),
        (("threshold", ""), ["show", "set", "check"]),
        (("search", "--org", "Help"), ["Helpdesk"]),
        (("search", "--series", "Par"), ["Paris"]),
        (("search", "--series=Par"), ["--series=Paris"]),
        (("search", "--stat"), ["--status"]),
        (("org", "--he"), ["--help"]),
        (("search", "-oj"), []),
        (("search", "-o", "json", "--tag", "spring"), ["spring fair"]),
        (("search", "-q", "--below", "--o"), ["--org", "--out", "--output"]),
        (("release", "--", "Lou"), ["Lou Brandt"]),
        (("release", "Lou"), ["Lou Brandt"]),
        (("series", "rename", "1418", "P"), []),
        (("nonsense", "--org", "Help"), []),
        (
            ("--as", "Sales", "move", "14188980100", "--to", ""),
            ["Acme/Sales", "Acme/Sales/Americas", "Acme/Sales/EMEA"],
        ),
    ],
)
def test_completion_loads_no_typer(
    store: Path, workplace: Path, words: tuple[str, ...], offered: list[str]
) -> None:
    out, ended = loaded(store, *words, _NUMCTL_COMPLETE="fish")
    assert [line.split("\t")[0] for line in out.splitlines()[1:]] == offered
    assert ended == "0 False"


def test_the_table_of_parameters_is_the_parser_s() -> None:
    made = unasked.TABLE.read_text(encoding="utf-8")
    assert made == parameters.table(), "make it anew with: python -m tools.parameters"
