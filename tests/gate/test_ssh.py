"""A store behind a gate: through a real ssh client and server, from here to there and back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from numctl.cli.remote import Address, read_address
from numctl.core.errors import BadValue
from tests.commands.conftest import number
from tests.conftest import Numctl
from tests.gate.conftest import Door
from tests.standby import server as standby


@pytest.fixture
def elsewhere(sshd: Door, acme: Path, numctl: Numctl, shell, tmp_path: Path):
    """Run numctl against Acme's store through sshd, as Sales and Jo."""
    key = Path(str(sshd.authorized)).with_name("key.pub").read_text()
    assert numctl("key", "add", "Jo", "--org", "Sales", "--into", sshd.authorized, input=key).code == 0
    program = tmp_path / "bin" / "numctl-there"
    program.write_text(standby.launcher())
    program.chmod(0o755)
    line = sshd.authorized.read_text()
    sshd.authorized.write_text(line.replace('command="numctl gate', f'command="{program} gate'))

    def run(*args: str | Path, **options) -> subprocess.CompletedProcess[str]:
        done: subprocess.CompletedProcess[str] = shell(*args, env=sshd.env, **options)
        return done

    return run


def test_commands_go_there_and_answers_come_back(elsewhere, numctl, rows, tmp_path) -> None:
    assert elsewhere("search", "--count").stdout == "50\n"
    done = elsewhere("reserve", number(40), "--tag", "it's; `x` $y", "-o", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["tag"] == "it's; `x` $y"
    (last, *_) = rows("history", "--limit", "1")
    assert (last["actor"], last["acting_as"]) == ("Jo", "Acme/Sales")
    refused = elsewhere("reserve", number(0), "--tag", "x")
    assert (refused.returncode, refused.stdout) == (5, "")
    assert refused.stderr.startswith("numctl: ")
    assert elsewhere("--db", tmp_path / "none.db", "search").returncode == 10


def test_what_is_nothing_elsewhere_is_a_value_there(elsewhere, numctl) -> None:
    assert elsewhere("release", number(72), "--cool", "0", "--expect", "0").returncode == 6
    assert elsewhere("release", number(72), "--cool", "0").returncode == 0
    assert numctl("search", number(72), "--status", "available", "--count").out == "1\n"
    assert elsewhere("--region", "CA", "search", "(418) 898-0072", "--count").stdout == "1\n"


def test_files_stay_here(elsewhere, numctl, tmp_path) -> None:
    numbers = tmp_path / "some numbers.txt"
    numbers.write_text("".join(f"{number(n)}\n" for n in range(40, 60)))
    assert elsewhere("reserve", "--from-file", numbers, "--tag", "x").returncode == 0
    batch = tmp_path / "batch.csv"
    batch.write_text("action,number\n" + "".join(f"unreserve,{number(n)}\n" for n in range(40, 50)))
    assert elsewhere("batch", batch).returncode == 0
    assert numctl("search", "--tag", "x", "--count").out == "10\n"
    assert elsewhere("retag", "-", "--tag", "y", input=f"{number(50)}\n").returncode == 0
    out = tmp_path / "out.csv"
    assert elsewhere("search", "--all", "--out", out).returncode == 0
    assert out.read_text().startswith("series,number,")
    book = tmp_path / "out.xlsx"
    assert elsewhere("search", "--out", book).returncode == 0
    assert book.read_bytes().startswith(b"PK")
    assert (
        elsewhere("search", "--tag", "nothing", "--org", "Nowhere", "--out", tmp_path / "no").returncode == 5
    )
    assert not (tmp_path / "no").exists()
    assert elsewhere("batch", batch, "--rejects", tmp_path / "r").returncode == 2
    assert elsewhere("import", tmp_path / "missing.csv").returncode == 1


def test_an_interrupt_in_the_middle_of_a_batch_leaves_nothing_half_done(
    elsewhere, sshd: Door, rows, tmp_path: Path
) -> None:
    before = rows("history", "--limit", "1")
    lines = [json.dumps({"action": "reserve", "numbers": [number(n)], "tag": "x"}) for n in range(40, 60)]
    child = subprocess.Popen(
        [str(tmp_path / "bin" / "numctl"), "batch", "-"],
        env={**os.environ, **sshd.env, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdin is not None
    child.stdin.write(("\n".join(lines * 5000) + "\n").encode()[:200_000])  # more than a frame, and no end
    child.stdin.flush()
    child.send_signal(signal.SIGINT)
    child.communicate()
    assert child.returncode == 130
    assert elsewhere("search", "--count", "--tag", "x").stdout == "0\n"  # waits for a lock that is held
    assert rows("history", "--limit", "1") == before


def test_everything_closed_is_closed_there(elsewhere) -> None:
    for line in (
        ["backup", "x"],
        ["search", "--as", "Acme"],
        ["init", "--name", "x"],
        ["gate", "--actor", "x"],
    ):
        assert elsewhere(*line).returncode == 4, line


def test_completion_asks_there(elsewhere, sshd: Door, numctl) -> None:
    ended = numctl("search", "--org", "Acme/S", env={**sshd.env, "_NUMCTL_COMPLETE": "fish"})
    assert ended.out == "words\nAcme/Sales\nAcme/Sales/EMEA\n"


def test_a_host_that_is_not_there_is_told(numctl) -> None:
    env = {"NUMCTL_DB": "ssh://127.0.0.1:1", "NUMCTL_SSH": "ssh -F none -o BatchMode=yes"}
    ended = numctl("search", env=env)
    assert ended.code == 1
    assert "ssh" in ended.err
    assert numctl("search", env={**env, "NUMCTL_SSH": "/nowhere/ssh"}).code == 1


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ssh://host", Address("", "host", "", "")),
        ("ssh://jo@host:2222/main", Address("jo", "host", "2222", "main")),
        ("ssh://[::1]:22", Address("", "[::1]", "22", "")),
    ],
)
def test_addresses(text: str, address: Address) -> None:
    assert read_address(text) == address
    command = address.command()
    assert command[command.index("--") + 1] == address.host.strip("[]")


@pytest.mark.parametrize(
    "text",
    [
        "ssh://",
        "ssh://-oProxyCommand=x",
        "ssh://-l@h",
        "ssh://a b",
        "ssh://h:x",
        "ssh://h/a/b",
        "ssh://u:p@h",
    ],
)
def test_what_is_no_address(numctl, text: str) -> None:
    with pytest.raises(BadValue):
        read_address(text)
    assert numctl("--db", text, "search").code == 2
