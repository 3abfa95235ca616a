"""A store whose names are hard to type, and real shells and terminals to type them in."""

from __future__ import annotations

import os
import pwd
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pexpect
import pytest

import numctl
from numctl.core.actions import founding, inventory, labels, organizations, reservations, subscribers
from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from numctl.core.changes.operation import Act, Operation
from numctl.core.demo import making as demo_company
from numctl.core.numbers.ranges import Range
from tests.postoffice import open_office

YESTERDAY = (date.today() - timedelta(days=1)).isoformat()
FILES = {
    "id_ed25519.pub": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8kQ1nQ7cUuXgEYwJz4d9mX0b1V2s3T4u5W6x7Y8z9A jo\n",
    "numbers.csv": "number,organization\n14185550001,Sales\n14185550002,Support\n",
    "carrier.csv": "Telephone;Ville\n14185550101;Québec\n14185550102;Québec\n",
    "usage.csv": "date,number,voice_incoming_seconds,voice_outgoing_seconds,"
    "messages_sent,messages_received,data_bytes\n"
    f"{YESTERDAY},14188980100,60,120,1,2,1000000\n",
    "changes.jsonl": '{"action": "reserve", "numbers": ["14188980112"], "tag": "sales"}\n',
    "changes.csv": "action,numbers,tag\nreserve,14188980113 14188980114,sales\n",
}
ENCODED = {"carrier.csv": "latin-1"}
SUPPLIER = '[supplier]\nemail = "orders@carrier.example"\nphone = "+1 418 555 0100"\n'
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
LABELS: list[tuple[Range, dict[str, str]]] = [
    (Range(14188980060, 14188980060), {"site": "Paris, 8e", "carrier": "O'Range"}),
    (Range(14188980061, 14188980069), {"site": "été"}),
    (Range(14188980070, 14188980070), {"site": "Oslo"}),
    (Range(14188980170, 14188980170), {"note": "x: y"}),
]
SERIES = {"Acme": "1418", "Acme/Ops": "France: mobiles", "Acme/Sales & Co": "the 'old' ones"}


@pytest.fixture
def named(store: Path) -> Path:
    """A store of organizations, series, tags and users with spaces, quotes, colons and accents."""
    founding.found(store, ACT, "Acme")
    first = 14188980000
    with open_store(store) as opened:

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
        for numbers, put in LABELS:
            change(lambda op, numbers=numbers, put=put: labels.label(op, [numbers], put, []))
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
                "NUMCTL_PAGER": "cat",
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


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's store, made once by this user; tests work on copies."""
    path = tmp_path_factory.mktemp("demo") / "inventory.db"
    today = date.today().isoformat()
    demo_company.make(path, Act(pwd.getpwuid(os.getuid()).pw_name, f"{today}T00:00:00Z", today))
    return path


@pytest.fixture
def workplace(demo: Path, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the demo's store, the files that examples name, and a mail server in the settings."""
    shutil.copy(demo, store)
    founding.found(tmp_path / "copy.db", Act("tester", f"{YESTERDAY}T00:00:00Z", YESTERDAY), "Acme")
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding=ENCODED.get(name, "utf-8"))
    with open_office() as office:
        config = tmp_path / "config.toml"
        config.write_text(f"{office.settings('none')}\n{SUPPLIER}")
        monkeypatch.setenv("NUMCTL_CONFIG", str(config))
        yield tmp_path
