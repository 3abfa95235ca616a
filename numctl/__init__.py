"""numctl: administer telephone numbers from the shell, over one SQLite file."""

from __future__ import annotations

__version__ = "0.3.0"
