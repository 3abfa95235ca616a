"""A place in memory for the folders of tests, so that nobody waits for a disk.

Every change to a store waits several times until the disk has it, longer than it works. In memory the same
calls are made and answered at once: what is killed, refused or cut short in a test is so there, too. In full
form (``NUMCTL_TEST_FULL=1``) tests work on the disk.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

SHARED = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of its own in it, for this user alone
ENOUGH = 1_000_000_000  # bytes that must be free
WHERE = "PYTEST_DEBUG_TEMPROOT"


def place(shared: Path = SHARED) -> Path | None:
    """Give the folder in memory, or None where there is none with room in which programs may stand."""
    try:
        if shutil.disk_usage(shared).free < ENOUGH:
            return None
        with tempfile.TemporaryDirectory(dir=shared) as folder:
            program = Path(folder, "program")
            program.write_text("#!/bin/sh\n")
            program.chmod(0o700)
            subprocess.run([program], check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return shared


def move_in() -> None:
    """Let pytest make its folders there, unless it was told where; xdist's processes are told by this."""
    if WHERE not in os.environ and (there := place()) is not None:
        os.environ[WHERE] = str(there)
