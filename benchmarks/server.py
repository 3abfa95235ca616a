"""A PostgreSQL server of the benchmark's own, on a socket in a temporary folder, durable as it comes."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

_USER = "benchmark"
_ACCOUNTS = ("postgres", "nobody")  # that PostgreSQL may run as, where root starts it


def missing() -> str | None:
    """What a server or its peers would need and isn't installed, None where all is there."""
    if programs() is None:
        return "PostgreSQL isn't installed"
    return None if find_spec("psycopg") else "psycopg isn't installed"


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, None where it isn't installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    there = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return there[-1].parent if there else None


@contextmanager
def started() -> Iterator[str]:
    """Run a server, and stop it however its use ends.

    Give the address of its database without the last part, the schema's name. Two settings are not as they
    come: 256 MB of shared memory, as little as anyone gives it, and checkpoints by size rather than by the
    minute.
    """
    where = programs()
    assert where is not None, "PostgreSQL isn't installed"
    folder = Path(tempfile.mkdtemp(prefix="numctl-bench-"))
    by = _ordinary(folder) if os.getuid() == 0 else []
    data = str(folder / "data")

    def run(program: str, *arguments: str) -> None:
        command = [*by, str(where / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")

    try:
        run("initdb", "-A", "trust", "-U", _USER, "-E", "UTF8", "--locale=C.UTF-8", "-D", data)
        options = f"-k {folder} -c listen_addresses='' -c shared_buffers=256MB -c max_wal_size=4GB"
        run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql://{_USER}@/postgres?host={folder}&options=-csearch_path%3D"
        finally:
            run("pg_ctl", "-D", data, "-m", "fast", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ordinary(folder: Path) -> list[str]:
    account = next(one for one in pwd.getpwall() if one.pw_name in _ACCOUNTS)
    os.chown(folder, account.pw_uid, account.pw_gid)
    return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
