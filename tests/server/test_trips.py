"""How often a command goes to the server and back: what decides over a slow line."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import on_server
from tests.conftest import Numctl
from tests.server.line import Line

# At most so many round trips, connecting included.
TRIPS = {
    "search --limit 5": 14,
    "search 8980 --limit 5": 14,
    "utilization --tree": 9,
    "org list": 10,
    "org tree": 9,
    "user list": 10,
    "reserve 14188981190 --tag x": 18,
    "unreserve 14188981190": 16,
    "assign 14188981190 --user Zoe": 22,
    "release 14188981190": 18,
    "move 14188981191 --to Sales": 17,
    "label 14188981190 site=Paris": 20,
    "allocate --series 1418 --quantity 5 --to Sales": 22,
    "withdraw --from Sales --series 1418 --quantity 5": 24,
    "undo": 34,
}


@pytest.fixture
def line(server: on_server.Server) -> Iterator[Line]:
    with tempfile.TemporaryDirectory(prefix="numctl-line-") as folder:  # a socket's path must be short
        line = Line(Path(folder), server.folder)
        yield line
        line.close()


def test_everyday_commands_go_there_and_back_a_few_times(
    numctl: Numctl, address: str, line: Line, server: on_server.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMCTL_DB", address.replace(str(server.folder), str(line.folder)))
    assert numctl("demo").code == 0
    taken = {}
    for command in TRIPS:
        before = line.trips
        ending = numctl(*command.split())
        assert ending.code == 0, ending.err
        taken[command] = line.trips - before
    assert {command: trips for command, trips in taken.items() if trips > TRIPS[command]} == {}
    assert min(taken.values()) > 2  # it counts
