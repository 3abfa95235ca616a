"""What someone who acts as an organization may see and change: that, and what is below it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import number
from tests.on_server import contents

HERE, ABOVE, BESIDE, NEVER = "Acme/Sales/EMEA", "Acme/Sales", "Acme/Finance", "Acme/Finanxe"
NAMING_AN_ORGANIZATION = {
    "move": ["move", number(75), "--to"],
    "allocate": ["allocate", "--series", "1418", "--quantity", "1", "--to"],
    "withdraw": ["withdraw", "--series", "1418", "--quantity", "1", "--from"],
    "reserve": ["reserve", number(75), "--tag", "t", "--org"],
    "utilization": ["utilization"],
    "report utilization": ["report", "utilization", "--org"],
    "threshold show": ["threshold", "show"],
    "threshold set": ["threshold", "set", "5", "--org"],
    "search": ["search", "--org"],
    "org show": ["org", "show"],
    "org add": ["org", "add", "New", "--parent"],
    "org set": ["org", "set", "--threshold", "5"],
    "org rename": ["org", "rename"],
    "org remove": ["org", "remove"],
    "org move": ["org", "move", "--to", HERE],
    "org move to": ["org", "move", "Paris", "--to"],
}
AFTER = {"org rename": ["Other"]}
NAMING_NUMBERS = {
    "reserve": ["reserve", "--tag", "t"],
    "retag": ["retag", "--tag", "t"],
    "unreserve": ["unreserve"],
    "move": ["move", "--to", HERE],
    "assign": ["assign", "--user", "u"],
    "register": ["register"],
    "release": ["release"],
    "release with forwarding": ["release", "--reserve", "t", "--forward-to", "5000"],
    "forward": ["forward", "--remove"],
}
THE_ROOT_S = {
    "add": ["add", "5000", "--series", "S"],
    "add what is there": ["add", number(90), "--series", "S"],
    "remove": ["remove", number(75), "--reason", "r"],
    "remove what is not there": ["remove", "5000", "--reason", "r"],
    "series add": ["series", "add", "Short"],
    "series rename": ["series", "rename", "Nowhere", "X"],
    "series move": ["series", "move", number(75), "--to", "Nowhere"],
}


def line(name: str, org: str) -> list[str]:
    return [*NAMING_AN_ORGANIZATION[name], org, *AFTER.get(name, [])]


@pytest.fixture
def paris(acme: Path, numctl) -> None:
    assert numctl("org", "add", "Paris", "--parent", HERE).code == 0


@pytest.mark.parametrize("name", NAMING_AN_ORGANIZATION)
def test_above_is_out_of_scope(paris: None, refusal, name: str) -> None:
    assert refusal(*line(name, ABOVE), "--as", HERE)["code"] == 4
    assert refusal(*line(name, "sales"), "--as", HERE)["code"] == 4


@pytest.mark.parametrize("name", NAMING_AN_ORGANIZATION)
def test_beside_is_what_never_was(paris: None, numctl, name: str) -> None:
    """The same words: nothing tells that it exists."""
    beside = numctl(*line(name, BESIDE), "--as", HERE)
    never = numctl(*line(name, NEVER), "--as", HERE)
    assert beside.code == never.code == 5
    assert beside.err == never.err.replace(NEVER, BESIDE)
    assert beside.out == never.out == ""


@pytest.mark.parametrize("name", NAMING_NUMBERS)
@pytest.mark.parametrize("n", [0, 40, 90, 91])
def test_numbers_outside_are_what_never_were(acme: Path, numctl, name: str, n: int) -> None:
    outside = numctl(*NAMING_NUMBERS[name], number(n), "--as", HERE)
    never = numctl(*NAMING_NUMBERS[name], "4444", "--as", HERE)
    assert outside.code == never.code == 5
    assert outside.err == never.err.replace("4444", number(n))
    assert outside.out == never.out == ""


@pytest.mark.parametrize("name", THE_ROOT_S)
def test_whole_store_is_the_root_s_alone(acme: Path, refusal, name: str) -> None:
    before = contents(acme)
    for acting in (HERE, ABOVE):
        assert refusal(*THE_ROOT_S[name], "--as", acting)["code"] == 4
    assert contents(acme) == before


@pytest.mark.parametrize(
    "command",
    [
        ["allocate", "--quantity", "1", "--to", "Paris", "--series"],
        ["reserve", "--quantity", "1", "--tag", "t", "--series"],
        ["assign", "--user", "u", "--series"],
    ],
    ids=lambda command: command[0],
)
def test_series_without_numbers_in_scope_is_what_never_was(paris: None, numctl, command: list[str]) -> None:
    outside = numctl(*command, "Short", "--as", HERE)
    never = numctl(*command, "Shirt", "--as", HERE)
    assert outside.code == never.code == 5
    assert outside.err == never.err.replace("Shirt", "Short")


@pytest.mark.parametrize(
    "command", [["user", "forget", "--yes"], ["user", "rename"], ["register"], ["release"]], ids=" ".join
)
def test_users_outside_are_who_never_were(acme: Path, numctl, command: list[str]) -> None:
    new = ["New"] if command[-1] == "rename" else []
    outside = numctl(*command, "Cat", *new, "--as", HERE)
    never = numctl(*command, "Cax", *new, "--as", HERE)
    assert outside.code == never.code == 5
    assert outside.err == never.err.replace("Cax", "Cat")


@pytest.mark.parametrize(
    "command",
    [
        ["search", "--all"],
        ["search", "--ranges"],
        ["org", "list"],
        ["org", "tree"],
        ["series", "list"],
        ["user", "list", "--former"],
        ["utilization", "--tree"],
        ["report", "utilization"],
        ["threshold", "show", "--tree"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("format", ["csv", "json", "table"])
def test_nothing_of_outside_is_in_any_list(acme: Path, numctl, command: list[str], format: str) -> None:
    out = numctl(*command, "--as", HERE, "-o", format, env={"COLUMNS": "300"}).out
    assert out
    for outside in ("Finance", "Cat", "secret", "Short", "3990", number(90), number(40), number(0)):
        assert outside not in out


def test_own_name_and_place_are_set_from_above(acme: Path, refusal) -> None:
    for command in (["rename", HERE, "X"], ["move", HERE, "--to", HERE], ["remove", HERE]):
        assert refusal("org", *command, "--as", HERE)["code"] == 4


def test_own_addresses_and_threshold_are_ones_own(acme: Path, numctl) -> None:
    assert numctl("org", "set", "EMEA", "--email", "a@b.example", "--as", HERE).code == 0
    assert numctl("threshold", "set", "50", "--as", HERE).code == 0


def test_environment_and_settings_say_who_acts(acme: Path, refusal, answer, tmp_path: Path) -> None:
    assert refusal("utilization", BESIDE, env={"NUMCTL_AS": "EMEA"})["code"] == 5
    config = tmp_path / "config.toml"
    config.write_text('as = "Acme/Finance"\n')
    assert answer("utilization", env={"NUMCTL_CONFIG": str(config)})["organization"] == BESIDE
    assert answer("utilization", "--as", "Sales", env={"NUMCTL_AS": "EMEA"})["organization"] == ABOVE


def test_set_of_numbers_partly_outside_changes_nothing(acme: Path, numctl, refusal) -> None:
    before = contents(acme)
    error = refusal("reserve", number(75), number(90), "--tag", "t", "--as", HERE)
    assert (error["code"], error["numbers"]) == (5, [number(90)])
    assert contents(acme) == before


@pytest.mark.parametrize(
    "line",
    [
        *(["--as", "", *words] for words in (["search"], ["org", "list"], ["history"], ["check"])),
        *(["--as", "", *words] for words in (["reserve", "3990", "--tag", "x"], ["init", "--name", "B"])),
        *(["search", "--org", ""], ["utilization", ""], ["org", "show", ""], ["org", "remove", ""]),
        *(["move", "3990", "--to", ""], ["org", "add", "X", "--parent", ""], ["threshold", "show", ""]),
        ["allocate", "--series", "1418", "--quantity", "1", "--to", ""],
        ["withdraw", "--series", "1418", "--quantity", "1", "--from", ""],
        ["report", "utilization", "--org", ""],
    ],
    ids=" ".join,
)
def test_an_empty_name_of_an_organization_is_no_name(acme: Path, refusal, line: list[str]) -> None:
    assert refusal(*line, env={"NUMCTL_AS": "Sales"})["code"] == 2
