"""``python -m numctl`` is ``numctl``."""

from __future__ import annotations

from numctl.cli.program import run

if __name__ == "__main__":
    run()
