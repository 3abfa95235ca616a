"""What could have been meant by a command that there isn't."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Sequence

PROGRAM = "numctl"


def unknown(name: str, known: Sequence[str], group: str) -> BadValue:
    """The refusal of a command, with the nearest of those known; ``group`` is where it was sought."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=3) or [k for k in known if name in k.split()]
    meant = " or ".join(f"'{PROGRAM} {other}'" for other in near)
    within = PROGRAM if group == PROGRAM else f"{PROGRAM} {group}"
    advice = f"Did you mean {meant}?" if near else f"See '{within} --help'."
    return BadValue(f"There is no command '{PROGRAM} {name}'.", advice, nearest=near)
