"""A real sshd on loopback, keys that go through the gate, and the gate itself without either."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.commands.conftest import _acme, acme, answer, refusal, rows, state  # noqa: F401 - fixtures
from tests.conftest import Ending, Numctl

SSHD = shutil.which("sshd") or ("/usr/sbin/sshd" if Path("/usr/sbin/sshd").exists() else None)
Through = Callable[..., Ending]


@pytest.fixture
def through(acme: Path, numctl: Numctl) -> Through:  # noqa: F811
    """Send a line through the gate, as Sales and Jo."""

    def send(
        line: str,
        *options: str,
        input: str | bytes = "",
        org: str = "Sales",
        env: dict[str, str] | None = None,
    ) -> Ending:
        given = {"SSH_ORIGINAL_COMMAND": line, **(env or {})}
        before = dict(os.environ)  # the gate makes its process's environment its own
        try:
            return numctl("gate", "--as", org, "--actor", "Jo", *options, input=input, env=given)
        finally:
            os.environ.clear()
            os.environ.update(before)

    return send


class Door:
    """An sshd, and the address and the client's command line that reach it."""

    def __init__(self, address: str, client: list[str], authorized: Path) -> None:
        self.address, self.client, self.authorized = address, client, authorized

    @property
    def env(self) -> dict[str, str]:
        return {"NUMCTL_DB": self.address, "NUMCTL_SSH": shlex.join(self.client)}


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Door]:
    """An sshd of one's own, with a key that may not do anything yet."""
    if SSHD is None:
        pytest.skip("needs sshd")
    folder = tmp_path / "sshd"
    folder.mkdir(mode=0o700)
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    for name in ("host", "key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    authorized = folder / "authorized_keys"
    authorized.write_text("")
    (folder / "config").write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {folder}/host\nAuthorizedKeysFile {authorized}\n"
        f"PidFile {folder}/pid\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n"
    )
    server = subprocess.Popen([SSHD, "-D", "-e", "-f", str(folder / "config")], stderr=subprocess.PIPE)
    assert server.stderr is not None
    assert b"listening" in server.stderr.readline()
    client = ["ssh", "-F", "none", "-i", str(folder / "key"), "-o", "IdentitiesOnly=yes"]
    client += ["-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={folder}/known", "-q"]
    yield Door(f"ssh://127.0.0.1:{port}", client, authorized)
    server.terminate()
    server.wait()
    server.stderr.close()
