"""`search --ranges`: a run is told whole, with its own ends and count, however few runs are asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Numctl

RUNS = [("100040", "100099", 60), ("100150", "100159", 10)]  # Bob's


@pytest.fixture(autouse=True)
def _bob(store: Path, numctl: Numctl) -> None:
    for line in (
        "init --name Acme",
        "add 100000..100199 --series s",
        "assign 100040..100099 100150..100159 --user bob",
        "register 100040..100099",
        "assign 100100 --user ann",
    ):
        assert numctl(*line.split()).code == 0


def told(numctl: Numctl, *options: str) -> list[tuple[str, str, int]]:
    ending = numctl("search", "--ranges", "-o", "json", *options)
    assert ending.code == 0, ending.err
    return [(row["first"], row["last"], row["count"]) for row in json.loads(ending.out)]


@pytest.mark.parametrize("limit", [1, 2, 3])
@pytest.mark.parametrize(
    ("options", "runs"),
    [
        ([], RUNS),
        (["--desc"], RUNS[::-1]),
        (["--sort", "status"], RUNS[::-1]),
        (["--sort", "status", "--desc"], RUNS),
        (["--sort", "organization", "--desc"], RUNS),
        (["1000"], RUNS[:1]),
        (["--matching", "^1001"], RUNS[1:]),
    ],
)
def test_a_limit_is_one_of_runs_and_cuts_none(
    numctl: Numctl, options: list[str], runs: list[tuple[str, str, int]], limit: int
) -> None:
    assert told(numctl, "--user", "bob", "--limit", str(limit), *options) == runs[:limit]


def test_runs_of_numbers_found_by_their_digits_are_whole(numctl: Numctl) -> None:
    assert told(numctl, "1000", "--status", "available", "--limit", "1") == [("100000", "100039", 40)]
    assert told(numctl, "10019", "--limit", "1", "--desc") == [("100190", "100199", 10)]


def test_a_table_has_whole_runs(numctl: Numctl) -> None:
    lines = numctl("search", "--user", "bob", "--ranges", "-o", "table").out.splitlines()
    assert [line.split()[1:4] for line in lines[-2:]] == [
        ["100040", "100099", "60"],
        ["100150", "100159", "10"],
    ]


def test_one_run_is_piped_whole_into_another_command(numctl: Numctl) -> None:
    piped = numctl("search", "--user", "bob", "--ranges", "--limit", "1", "-o", "ranges").out
    assert piped == "100040..100099\n"
    assert numctl("release", "-", "--expect", "60", input=piped).code == 0
    assert told(numctl, "--user", "bob") == RUNS[1:]
