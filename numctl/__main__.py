"""``python -m numctl`` is ``numctl``."""

from __future__ import annotations

from numctl.cli import run

if __name__ == "__main__":
    run()
