"""The person: whoever the operating system says runs this. Nothing else asks it."""

from __future__ import annotations

import os


def name() -> str:
    """The operating system's user, its number where it has no name."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        import getpass

        try:
            return getpass.getuser()
        except (ImportError, KeyError, OSError):
            return str(os.getuid())
