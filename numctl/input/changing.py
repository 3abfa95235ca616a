"""What every changing command was told beside its own options."""

from __future__ import annotations

from typing import NamedTuple


class ChangeOptions(NamedTuple):
    """What every changing command was told beside its own options.

    ``expect`` is how many numbers must change, or None for any; ``from_file`` names a file of
    NUMBERS to be taken as well (``-`` is standard input), or None.
    """

    dry_run: bool = False
    message: str | None = None
    op_key: str | None = None
    expect: int | None = None
    from_file: str | None = None
