"""The numctl that stands by for shells answers as one that they start."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import FULL, Shell
from tests.standby import server as standby


@pytest.mark.skipif(FULL, reason="shells start numctl itself in full form")
@pytest.mark.parametrize(
    "line",
    [
        "numctl init --name Acme; echo $?; numctl init --name Acme; echo $?",
        "numctl init --name A; printf '14188980000+3\\n' | numctl add - --series 's; x'; numctl search | wc",
        "numctl init --name A -q; umask 077; cd ~; numctl org list --out t.csv; pwd; stat -c %a t.csv",
        "NUMCTL_DB=none.db numctl search; echo $?; NUMCTL_OUTPUT=json numctl 'no such'; echo $?",
        "numctl init --name Acme -q; TZ=Asia/Tokyo numctl history -o json >/dev/full; echo $?",
    ],
)
def test_it_answers_as_a_process_of_its_own(line: str, store: Path, shell: Shell, tmp_path: Path) -> None:
    own = shell(line, line=True, cwd=tmp_path)
    launcher = tmp_path / "standby" / "numctl"
    launcher.parent.mkdir()
    launcher.write_text(standby.launcher())
    launcher.chmod(0o755)
    env = {**os.environ, "PATH": f"{launcher.parent}{os.pathsep}{os.environ['PATH']}"}
    store.unlink(missing_ok=True)
    done = subprocess.run(["bash", "-c", line], env=env, cwd=tmp_path, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == (own.stdout, own.stderr)
    assert done.stdout
