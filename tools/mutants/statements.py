"""Statements of SQL with something wrong in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

STATEMENT = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE)\b.*\b(FROM|INTO|SET|VALUES)\b", re.S)
WRONG = (
    (r" < ", " <= "),
    (r" <= ", " < "),
    (r" > ", " >= "),
    (r" >= ", " > "),
    (r" = ", " <> "),
    (r" <> ", " = "),
    (r" AND ", " OR "),
    (r" OR ", " AND "),
    (r" IS NOT NULL", " IS NULL"),
    (r" NOT IN ", " IN "),
    (r"NOT EXISTS", "EXISTS"),
    (r" DESC\b", ""),
    (r"\bDISTINCT ", ""),
    (r"\bUNION ALL\b", "UNION"),
    (r"\bLEFT JOIN\b", "JOIN"),
    (r"\bmin\(", "max("),
    (r"\bmax\(", "min("),
    (r" \+ 1\b", ""),
    (r" LIMIT 1\b", " LIMIT 2"),
    (r"\bORDER BY [a-z_., ]+$", ""),
)


def wrong(text: str) -> Iterator[str]:
    """The text with one thing wrong, each in turn; nothing for what is no statement."""
    if not STATEMENT.search(text):
        return
    for pattern, other in WRONG:
        for found in re.finditer(pattern, text):
            yield text[: found.start()] + other + text[found.end() :]
