"""What tests are handed: numctl in this process or as a process of its own, and a place for a store."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from _pytest.terminal import TerminalReporter
from hypothesis import HealthCheck, settings

from tests import made_once, memory, on_server

if os.environ.get(on_server.WANTED):
    on_server.take_over()  # before others import what it replaces

from numctl.cli import program

KEPT = ("NUMCTL_TEST_FULL", on_server.WANTED)
FULL = bool(os.environ.get("NUMCTL_TEST_FULL"))
if not FULL:
    made_once.take_over()

settings.register_profile(
    "numctl",
    deadline=None,
    max_examples=1000 if FULL else 40,
    derandomize=bool(os.environ.get("CI")) and not FULL,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("numctl")


@dataclass(frozen=True)
class Ending:
    """How a run ended."""

    code: int
    out: str
    err: str


class Numctl(Protocol):
    """Runs one command line; ``env`` is put over the test's own environment."""

    def __call__(
        self, *args: str | Path, input: str | bytes = "", env: Mapping[str, str] | None = None
    ) -> Ending: ...


@pytest.fixture(autouse=True)
def _isolated(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings or the store of whoever runs it: all of that is an empty folder."""
    if request.node.get_closest_marker("pure"):
        return
    tmp_path = request.getfixturevalue("tmp_path")
    for name in [*os.environ]:
        if name.startswith(("NUMCTL_", "XDG_", "_NUMCTL_")) and name not in (
            "NUMCTL_TEST_FULL",
            on_server.WANTED,
        ):
            monkeypatch.delenv(name)
    for name in ("NO_COLOR", "COLUMNS", "TZ", "FORCE_COLOR", "PYTHONIOENCODING"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NUMCTL_PAGER", "cat")  # nobody turns pages
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))


@pytest.fixture(autouse=True)
def _dropped(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test had on a server goes with it."""
    if not os.environ.get(on_server.SOCKET) or request.node.get_closest_marker("pure"):
        yield
        return
    before, folder = len(on_server.OPENED), request.getfixturevalue("tmp_path")
    yield
    on_server.close_since(before)
    on_server.drop(folder)


@pytest.fixture(autouse=True)
def _no_home_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening the store in the real home is a mistake of the test, and told as one."""
    import sqlite3

    real_connect = sqlite3.connect
    real_home = Path(os.path.expanduser(f"~{_account()}")).resolve()  # noqa: PTH111

    def connect(database: str | bytes | os.PathLike[str], *args: object, **options: object) -> object:
        named = os.fsdecode(database).removeprefix("file:").partition("?")[0]
        forbidden = [real_home / ".local/share/numctl", real_home / ".config/numctl"]
        if any(Path(named).is_relative_to(folder) for folder in forbidden):
            raise AssertionError(f"a test opened the store of the real home: {named}")
        if (copy := on_server.look(Path(named), real_connect)) is not None:
            return copy
        return real_connect(database, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(sqlite3, "connect", connect)


def _account() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the test's store is, for ``numctl`` and ``shell`` without ``--db``; nothing is there yet."""
    path = tmp_path / "inventory.db"
    monkeypatch.setenv("NUMCTL_DB", str(path))
    return path


@pytest.fixture
def numctl(monkeypatch: pytest.MonkeyPatch) -> Numctl:
    """Run a command line in this process, through the real entry; no stream is a terminal."""

    def run(*args: str | Path, input: str | bytes = "", env: Mapping[str, str] | None = None) -> Ending:
        given = input.encode() if isinstance(input, str) else input
        out, err = (
            io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace", newline="") for _ in range(2)
        )
        with monkeypatch.context() as patched:
            for name, value in (env or {}).items():
                patched.setenv(name, value)
            patched.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), "utf-8"))
            patched.setattr(sys, "stdout", out)
            patched.setattr(sys, "stderr", err)
            code = program.main([str(arg) for arg in args])
        return Ending(code, _written(out), _written(err))

    return run


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()


Shell = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Run ``numctl`` as a process: its arguments, or with ``line=True`` one line for bash.

    In such a line ``numctl`` is the program under test. Options are those of ``subprocess.run``.
    """
    launcher = tmp_path / "bin" / "numctl"
    launcher.parent.mkdir()
    launcher.write_text(f'#!/bin/sh\nexec {sys.executable} -m numctl "$@"\n')
    launcher.chmod(0o755)
    root = Path(program.__file__).parents[2]

    def run(*args: str | Path, line: bool = False, **options: object) -> subprocess.CompletedProcess[str]:
        command = ["bash", "-c", str(args[0])] if line else [str(launcher), *map(str, args)]
        env = {**os.environ, **(options.pop("env", None) or {})}  # type: ignore[dict-item]
        env["PATH"] = f"{launcher.parent}{os.pathsep}{env['PATH']}"
        env["PYTHONPATH"] = f"{on_server.SITE}{os.pathsep}{root}" if on_server.WANTED in env else str(root)
        defaults = {"capture_output": True, "text": True, "timeout": 60, "stdin": subprocess.DEVNULL}
        if "input" in options:
            defaults.pop("stdin")
        return subprocess.run(command, env=env, **{**defaults, **options})  # type: ignore[call-overload,no-any-return]

    return run


class Promise:
    """Counts what was tried of one of the promises, and keeps what went wrong."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.tries = 0
        self.failures: list[str] = []

    def tried(self, *wrong: str) -> None:
        """One try; ``wrong`` is what was wrong about it."""
        self.tries += 1
        if wrong:
            self.failures.append("; ".join(wrong))


Promised = Callable[[int], AbstractContextManager[Promise]]


@pytest.fixture
def promised(request: pytest.FixtureRequest) -> Promised:
    """A promise that is put to the test within the context; at its end all tries must have gone well.

    The session's end tells how many there were of each.
    """

    @contextmanager
    def counting(number: int) -> Iterator[Promise]:
        promise = Promise(number)
        try:
            yield promise
        except BaseException as error:
            if not isinstance(error, pytest.skip.Exception):
                promise.tried(repr(error))
            raise
        finally:
            counted = [promise.number, promise.tries, len(promise.failures)]
            request.node.user_properties.append(("promise", counted))
        assert promise.tries
        assert not promise.failures

    return counting


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Count a test that is marked ``promise(number, tries=1)`` as so many tries of it."""
    report = yield
    for mark in item.iter_markers("promise") if report.when == "call" and not report.skipped else ():
        counted = [mark.args[0], mark.kwargs.get("tries", 1), int(report.failed)]
        report.user_properties.append(("promise", counted))
    return report


_counted: dict[int, list[int]] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is about a file itself is skipped by name where stores are on a server."""
    for item in items if os.environ.get(on_server.WANTED) else ():
        if (mark := item.get_closest_marker("of_a_file")) is not None:
            item.add_marker(pytest.mark.skip(reason=f"is about a file: {mark.args[0]}"))


def pytest_configure(config: pytest.Config) -> None:
    if not FULL:
        memory.move_in()
    if os.environ.get(on_server.WANTED) and on_server.SOCKET not in os.environ:
        if on_server.programs() is None:
            pytest.exit("PostgreSQL isn't installed: nothing was run on a server", returncode=0)
        server = on_server.Server()
        os.environ[on_server.SOCKET] = str(server.folder)  # for xdist's processes, too
        config.add_cleanup(server.stop)
    config.addinivalue_line(
        "markers", "pure: looks at no settings, store or home, so that it needs no folder"
    )
    config.addinivalue_line("markers", "of_a_file(what): not for a store on a server, being about that")
    config.addinivalue_line("markers", "promise(number, tries=1): puts this promise to the test so often")
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # deaf to it where the suite runs in the background


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    for name, value in report.user_properties if report.when == "call" else ():
        if name == "promise":
            assert isinstance(value, list)
            number, tries, failures = value
            sums = _counted.setdefault(number, [0, 0])
            sums[0] += tries
            sums[1] += failures


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    if _counted:
        terminalreporter.section(f"promises, in {'full' if FULL else 'short'} form")
        terminalreporter.write_line("promise   tries  failures")
        for number, (tries, failures) in sorted(_counted.items()):
            terminalreporter.write_line(f"{number:7}{tries:8}{failures:10}")
