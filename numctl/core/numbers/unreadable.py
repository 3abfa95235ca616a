"""What keeps a text from being a number, said in one sentence."""

from __future__ import annotations

import re

from numctl.core.errors import BadValue
from numctl.core.numbers.spellings import SPACES
from numctl.core.text import escaped, quoted

SHOWN = 60  # characters from the end that an extension is looked for in

# Expressions for what goes wrong. They are compiled when something does: at import that takes 4 ms.
SPREADSHEET = r"\+?\d+([.,]\d*)?[eE][+-]?\d+"
_EXTENSION = r"(?i)\d\s*([,;]?\s*(ext(n|ension)?|x|poste)|#)[.:=\s]*\d+\s*$"


def unreadable(text: str) -> BadValue:
    """Say what in a text keeps it from being a number."""
    bare = text.strip()
    if not bare.strip(SPACES + ".()-+"):
        return BadValue(f"{quoted(text)} holds no digits.", "Write a number, such as 14188984760.")
    if re.fullmatch(SPREADSHEET, bare):
        return BadValue(
            f"{quoted(text)} isn't a number any more: a spreadsheet has rewritten it and lost digits.",
            "Format the column as text there, and export it again.",
        )
    if re.search(_EXTENSION, bare[-SHOWN:]):
        return BadValue(
            f"{quoted(text)} has an extension, which is no part of a number.", "Write the number without it."
        )
    bad = next(
        c for c in bare.removeprefix("+") if not (c.isascii() and c.isdecimal()) and c not in SPACES + ".()-"
    )
    named = f"'{bad}'" if bad.isprintable() else escaped(bad)
    if bad.isdecimal():
        return BadValue(f"{quoted(text)} holds {named}, a digit of another script.", "Write it with 0 to 9.")
    if not bad.isprintable() and not bad.isspace():
        return BadValue(
            f"{quoted(text)} holds the invisible character {named}.", "Type the number anew, without it."
        )
    return BadValue(
        f"{quoted(text)} holds {named}, which no number is written with.",
        "Write it as digits; a + before it and spaces, dots, parentheses and hyphens in it are fine.",
    )
