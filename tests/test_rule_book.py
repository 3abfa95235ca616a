"""The rule book is whole: what an action lacks is named, and CONTRIBUTING's example of a new one works."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from numctl.cli.table import COMMANDS
from numctl.core.batch.steps import STEPS
from numctl.core.batch.values import ValueReader
from numctl.core.rules.book import ACTIONS
from numctl.core.rules.model import CARRIES, MEANINGS, Status
from numctl.core.rules.record import Action, Kind, Named
from tests.commands.test_every_change import LINES
from tools import rulebook

ROOT = Path(__file__).parents[1]
BY_ITSELF = {"settle", "upgrade"}  # nobody asks for it
ELSEWHERE = {
    "import",
    "batch",
    "undo",
    "init",
    "demo",
    "usage import",
    "request",
    "org remove",
    "free",
    "series remove",
}


def lacking(actions: dict[str, Action]) -> Iterator[str]:
    """What the package lacks of some actions, each in a sentence that says where it belongs."""
    commands = {entry.name for entry in COMMANDS if entry.changes}
    for name, action in actions.items():
        if name != action.name:
            yield f"{action.name} stands in the book as {name}"
        if name not in commands | BY_ITSELF:
            yield f"{name} has no command that changes something: numctl/cli/table.py"
        if bool(action.keys) != (name in STEPS):
            yield f"{name} has keys without a step, or a step without keys: numctl/core/batch/steps.py"
        if action.is_rule and bool(action.keys) != (action.named is not Named.NOTHING):
            yield f"{name} has keys, and doesn't say what it names: numctl/core/rules/number_actions.py"
        if not set(action.required) <= set(action.keys):
            yield f"{name} requires a key that it hasn't: numctl/core/rules/number_actions.py"
        if name not in {*LINES} | BY_ITSELF | ELSEWHERE:
            yield f"{name} has no line in tests/commands/test_every_change.py"
        if action.is_rule and not action.notes:
            yield f"{name} says nothing in the manual: numctl/core/rules/number_actions.py"
        if action.is_rule and not action.of_numbers:
            yield f"{name} doesn't say how many numbers: numctl/core/rules/number_actions.py"
    for name in sorted(commands - actions.keys()):
        yield f"the command {name} has no record: numctl/core/rules"


def test_every_action_is_whole() -> None:
    assert list(lacking(ACTIONS)) == []


def test_what_a_new_action_lacks_is_named() -> None:
    new = Action("swap", "Swapped them", "swap them", to=frozenset(Status), keys={"numbers": Kind.NUMBERS})
    assert [line.rpartition(": ")[2].split()[-1] for line in lacking({**ACTIONS, "swap": new})] == [
        "numctl/cli/table.py",
        "numctl/core/batch/steps.py",
        "numctl/core/rules/number_actions.py",
        "tests/commands/test_every_change.py",
        "numctl/core/rules/number_actions.py",
        "numctl/core/rules/number_actions.py",
    ]
    fewer = {name: action for name, action in ACTIONS.items() if name != "move"}
    assert list(lacking(fewer)) == ["the command move has no record: numctl/core/rules"]


def test_every_kind_of_value_is_read() -> None:
    reader = ValueReader(None, "2026-01-01")
    read = {
        Kind.NUMBERS: "3990",
        Kind.NUMBER: "3990",
        Kind.QUANTITY: "2",
        Kind.DAYS: "2",
        Kind.DAY_TO_COME: "2026-01-01",
        Kind.DAY_OR_NEVER: "+3d",
        Kind.FLAG: "yes",
        Kind.PATTERN: "00$",
        Kind.SIZE: "100",
        Kind.LABELS: "site=Paris",
        Kind.KEYS: "site",
        Kind.EMAILS: "a@b.example",
        Kind.PERCENT: "80",
    }
    assert all(reader.read(kind, read.get(kind, "text")) for kind in Kind)


def test_every_status_says_what_it_carries() -> None:
    assert list(CARRIES) == list(MEANINGS) == list(Status)


@pytest.mark.parametrize("page", ["rules.md", "scripting.md"])
def test_the_manual_s_tables_are_the_rule_book_s(page: str) -> None:
    """`make docs` writes them anew."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert rulebook.with_tables(text) == text
    assert [name for name in rulebook.tables() if f"<!-- {name} -->" in text]


# The example in CONTRIBUTING


@pytest.fixture
def with_swap(tmp_path: Path) -> dict[str, str]:
    """The environment of a copy of the package in which CONTRIBUTING's steps were followed."""
    shutil.copytree(ROOT / "numctl", tmp_path / "numctl", ignore=shutil.ignore_patterns("__pycache__"))
    blocks = re.findall(
        r"^```python (\S+)\n(.*?)^```$",
        (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    for name, code in blocks:
        place = tmp_path / name
        before = place.read_text(encoding="utf-8").removesuffix(")\n") if place.exists() else ""
        place.write_text(before + code, encoding="utf-8")
    table = tmp_path / "numctl/cli/table.py"
    entry = '    Entry("swap", EVERY_DAY, "Let two numbers change hands.", changes=True),\n'
    put_before(table, '    Entry("utilization"', entry)
    steps = tmp_path / "numctl/core/batch/steps.py"
    put_before(steps, '    "series move": _allot(', '    "swap": _allot(swapping.swap, "numbers"),\n')
    put_before(steps, "from numctl.core.errors", "from numctl.core.actions import swapping\n")
    return {**os.environ, "PYTHONPATH": str(tmp_path), "NUMCTL_DB": str(tmp_path / "it.db")}


def put_before(path: Path, mark: str, text: str) -> None:
    before, found, after = path.read_text(encoding="utf-8").partition(mark)
    assert found
    path.write_text(before + text + found + after, encoding="utf-8")


def test_an_action_made_as_contributing_says_works(with_swap: dict[str, str], tmp_path: Path) -> None:
    def run(*args: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "numctl", *args],
            env=with_swap,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def holders() -> list[str]:
        shown = json.loads(run("search", "--series", "1", "-o", "json"))
        return [row["organization"] for row in shown]

    run("init", "--name", "Acme")
    run("org", "add", "Lab")
    run("add", "1000", "2000", "--series", "1")
    run("move", "2000", "--to", "Lab")
    assert "Swapped 2 numbers" in run("swap", "1000", "2000")
    assert holders() == ["Acme/Lab", "Acme"]
    assert "swapped 2 numbers" in run("history")
    assert "Let two numbers change hands" in run("--help")
    run("undo")
    assert holders() == ["Acme", "Acme/Lab"]
    lines = tmp_path / "lines.jsonl"
    lines.write_text('{"action": "swap", "numbers": ["1000", "2000"]}')
    assert "Changed 2 numbers" in run("batch", str(lines))
    assert "Would swap 2 numbers" in run("swap", "1000", "2000", "--dry-run")
