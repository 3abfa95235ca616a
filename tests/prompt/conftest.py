"""A store whose names are hard to type, and real shells and terminals to type them in."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

import numctl
from numctl.core import inventory, organizations, reservations, subscribers
from numctl.core.founding import found
from numctl.core.operations import Act, Operation, perform
from numctl.core.ranges import Range
from numctl.core.store import Store

ACT = Act("tester", "2026-11-24T12:00:00Z", "2026-11-24")
BELOW = [
    ("Acme", "Sales & Co"),
    ("Acme/Sales & Co", "EMEA: west"),
    ("Acme", 'Zoé\'s "café"'),
    ("Acme", "R+D $HOME `x` \\ !!"),
    ("Acme", "Ops"),
    ("Acme/Ops", "Night"),
    ("Acme/Sales & Co", "Night"),
]
TAGS = {
    "Acme/Ops": ["new office: 2nd floor", "it's", "a=b"],
    "Acme/Sales & Co": ["sales only"],
    "Acme": ["été 2027", "Été Two", 'say "hi"', "[/] *"],
}
USERS = {"Acme/Ops": ["Ada Moreau", "Ada O'Neil"], "Acme/Sales & Co": ["Adèle Sellers"]}
SERIES = {"Acme": "1418", "Acme/Ops": "France: mobiles", "Acme/Sales & Co": "the 'old' ones"}


@pytest.fixture
def named(store: Path) -> Path:
    """A store of organizations, series, tags and users with spaces, quotes, colons and accents."""
    found(store, ACT, "Acme")
    first = 14188980000
    with Store.open(store) as opened:

        def change(work: Callable[[Operation], None]) -> None:
            perform(opened, ACT, "test", work)

        for parent, name in BELOW:
            change(lambda op, parent=parent, name=name: organizations.add(op, name, parent))
        for index, (organization, series) in enumerate(SERIES.items()):
            block = Range(first + 100 * index, first + 100 * index + 99)
            change(lambda op, b=block, s=series, o=organization: inventory.add(op, [b], s, o))
            for at, tag in enumerate(TAGS[organization]):
                one = [Range(block.first + at, block.first + at)]
                change(lambda op, one=one, tag=tag: reservations.reserve(op, one, tag))
            for at, user in enumerate(USERS.get(organization, []), start=50):
                one = [Range(block.first + at, block.first + at)]
                change(lambda op, one=one, user=user: subscribers.assign(op, one, user))
    return store


@pytest.fixture
def launcher(tmp_path: Path) -> Path:
    """A folder for PATH in which `numctl` is the program under test."""
    path = tmp_path / "path" / "numctl"
    path.parent.mkdir()
    root = Path(numctl.__file__).parents[1]
    path.write_text(f'#!/bin/sh\nPYTHONPATH={root} exec {sys.executable} -m numctl "$@"\n')
    path.chmod(0o755)
    return path.parent


Start = Callable[..., "pexpect.spawn[str]"]


@pytest.fixture
def terminal(launcher: Path, tmp_path: Path) -> Iterator[Start]:
    """Start a program in a pseudo-terminal of a given size; it is ended after the test."""
    started: list[pexpect.spawn[str]] = []

    def start(program: str, *args: str, columns: int = 100, **env: str) -> pexpect.spawn[str]:
        if shutil.which(program) is None and program != "numctl":
            pytest.skip(f"{program} is not installed")
        child = pexpect.spawn(
            str(launcher / "numctl") if program == "numctl" else program,
            list(args),
            env={
                **os.environ,
                "PATH": f"{launcher}{os.pathsep}{os.environ['PATH']}",
                "TERM": "xterm-256color",
                "LC_ALL": "C.UTF-8",
                **env,
            },
            cwd=str(tmp_path),
            dimensions=(50, columns),
            encoding="utf-8",
            timeout=30,
        )
        started.append(child)
        return child

    yield start
    for child in started:
        child.close(force=True)
