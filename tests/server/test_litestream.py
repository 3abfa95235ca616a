"""A file that Litestream copies as it changes, and what is restored from that copy."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import FULL, Numctl
from tests.faults import auditing
from tests.faults.launcher import Launcher
from tests.manual import ROOT, blocks

BATCHES = 40 if FULL else 8
STEPS = 50  # in each
FIRST = 15148000000


def litestream() -> str:
    """The program: beside this Python, or where the shell finds it. Skips where there is none."""
    folders = (str(Path(sys.executable).parent), None)
    found = next((one for one in (shutil.which("litestream", path=path) for path in folders) if one), None)
    return found or pytest.skip("needs Litestream: litestream")


@pytest.fixture
def kept(tmp_path: Path, numctl: Numctl, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store in WAL mode, in use by ``numctl`` and with its settings, in a folder of its own."""
    litestream()  # or nothing of this
    folder = tmp_path / "store"
    folder.mkdir()
    (tmp_path / "settings.toml").write_text('journal = "wal!"\n')  # whatever SQLite is here
    monkeypatch.setenv("NUMCTL_CONFIG", str(tmp_path / "settings.toml"))
    monkeypatch.setenv("NUMCTL_DB", str(folder / "inventory.db"))
    assert numctl("init", "--name", "Acme").code == 0
    assert numctl("add", f"{FIRST}+{BATCHES * STEPS}", "--series", "1514").code == 0
    return folder / "inventory.db"


class Litestream:
    """Litestream at work on a store, by the manual's settings."""

    def __init__(self, store: Path, replica: Path, folder: Path) -> None:
        """``folder`` is for its socket and its settings."""
        self._store, self._socket = store, folder / "socket"
        (settings,) = blocks(ROOT / "docs" / "recipes.md", "yaml")
        for theirs, ours in (
            ("/run/litestream.sock", self._socket),
            ("/srv/numbers/inventory.db", store),
            ("/mnt/elsewhere/inventory", replica),
        ):
            assert theirs in settings
            settings = settings.replace(theirs, str(ours))
        (folder / "litestream.yml").write_text(settings)
        self._log = (folder / "log").open("wb")
        command = [litestream(), "replicate", "-config", str(folder / "litestream.yml")]
        self._running = subprocess.Popen(command, stdout=self._log, stderr=self._log)

    def sync(self) -> None:
        """Return when all that was answered by now is copied."""
        while not self._socket.exists():
            assert self._running.poll() is None, "it has ended"
        command = [litestream(), "sync", "-wait", "-socket", str(self._socket), str(self._store)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        self._running.send_signal(how)
        self._running.wait(60)
        self._log.close()


@contextmanager
def replicating(store: Path, replica: Path) -> Iterator[Litestream]:
    with tempfile.TemporaryDirectory(prefix="numctl-stream-") as folder:  # a socket's path must be short
        running = Litestream(store, replica, Path(folder))
        try:
            yield running
        finally:
            running.end()


def restored(replica: Path, target: Path) -> Path:
    subprocess.run([litestream(), "restore", "-o", str(target), f"file://{replica}"], check=True)
    return target


def batches(folder: Path, store: Path) -> list[list[str]]:
    lines = []
    for n in range(BATCHES):
        path = folder / f"batch{n}.jsonl"
        numbers = range(FIRST + n * STEPS, FIRST + (n + 1) * STEPS)
        steps = [{"action": "reserve", "numbers": [str(number)], "tag": f"t{number}"} for number in numbers]
        path.write_text("".join(f"{json.dumps(step)}\n" for step in steps))
        lines.append(["--db", str(store), "batch", str(path)])
    return lines


def test_what_is_restored_is_the_store(
    kept: Path, numctl: Numctl, launcher: Launcher, tmp_path: Path
) -> None:
    replica = tmp_path / "replica"
    env = {"NUMCTL_CONFIG": str(tmp_path / "settings.toml")}
    with replicating(kept, replica) as running:
        ended = launcher.start(*batches(tmp_path, kept), env=env).wait()
        assert ended.code == 0, ended
        running.sync()
    copy = restored(replica, tmp_path / "copy.db")
    assert not auditing.faults(copy)
    checks = [numctl("--db", path, "check") for path in (kept, copy)]
    assert checks[0] == checks[1]
    assert (checks[0].code, f"{BATCHES + 2} operations" in checks[0].out) == (0, True), checks[0]
    for line in ("search --all -o csv", "history -o jsonl", "changes -o jsonl"):
        assert numctl("--db", copy, *line.split()).out == numctl(*line.split()).out
    assert numctl("--db", copy, "undo").code == 0


def test_what_is_restored_after_a_kill_is_the_store_as_it_was(
    kept: Path, numctl: Numctl, launcher: Launcher, tmp_path: Path
) -> None:
    """Killed while a client writes, and started anew, Litestream goes on with what it had not copied."""
    replica = tmp_path / "replica"
    env = {"NUMCTL_CONFIG": str(tmp_path / "settings.toml")}
    lines = batches(tmp_path, kept)
    with replicating(kept, replica) as running:
        running.sync()
        client = launcher.start(*lines[: BATCHES // 2], env=env)
        running.end(signal.SIGKILL)
        assert client.wait().code == 0
    head = numctl("check").out
    copy = restored(replica, tmp_path / "early.db")
    assert not auditing.faults(copy)
    with replicating(kept, replica) as running:
        assert launcher.start(*lines[BATCHES // 2 :], env=env).wait().code == 0
        running.sync()
    assert numctl("check").out != head
    copy = restored(replica, tmp_path / "late.db")
    assert numctl("--db", copy, "check") == numctl("check")
    assert not auditing.faults(copy)


def test_a_backup_and_a_check_are_right_while_it_copies(kept: Path, numctl: Numctl, tmp_path: Path) -> None:
    with replicating(kept, tmp_path / "replica") as running:
        running.sync()
        assert numctl("reserve", f"{FIRST}..{FIRST + 9}", "--tag", "x").code == 0
        assert numctl("backup", tmp_path / "backup.db").code == 0
        assert numctl("copy", kept, tmp_path / "copy.db").code == 0
        head = numctl("check")
        (tmp_path / "settings.toml").write_text('journal = "delete"\n')
        busy = numctl("search", "--count")
        assert (busy.code, "stays in WAL mode" in busy.err) == (0, True)
    copies = [tmp_path / "backup.db", tmp_path / "copy.db"]
    assert [numctl("--db", copy, "check") for copy in copies] == [head, head]
    assert numctl("check") == head
    assert kept.read_bytes()[18] == 1, "it went back once Litestream had gone"
    assert [path.name for path in kept.parent.glob("inventory.db*")] == ["inventory.db"]
