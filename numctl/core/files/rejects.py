"""What is wrong with a file, line by line: all of it is found before any of it is told."""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING

from numctl.core.errors import SHOWN, BadValue, NotFound, NumbersRefuse, OutOfScope

if TYPE_CHECKING:
    from numctl.core.errors import Refusal

_KINDS: dict[int, type[Refusal]] = {
    kind.code: kind for kind in (BadValue, OutOfScope, NotFound, NumbersRefuse)
}


class Rejects:
    """Refusals by the line they are about. Only the first ``SHOWN`` lines are kept, all are counted.

    ``undone`` is what didn't happen because of them: "Nothing was imported." With ``first_decides``
    the exit code is that of the first that was added, else 2 comes before 4, 4 before 5, 5 before 6.
    """

    def __init__(self, undone: str = "Nothing was imported.", *, first_decides: bool = False) -> None:
        self.count = 0
        self._undone = undone
        self._first_decides = first_decides
        self._first: list[tuple[int, int, Refusal]] = []
        self._code = max(_KINDS)

    def __bool__(self) -> bool:
        return self.count > 0

    @property
    def full(self) -> bool:
        """Whether as many are kept as will be shown, so that another needs no advice."""
        return len(self._first) >= SHOWN

    def add(self, line: int, refusal: Refusal) -> None:
        """Note what is wrong with a line, counted from 1."""
        self.count += 1
        if not self._first_decides or self.count == 1:
            self._code = min(self._code, refusal.code)
        if not self.full or line < self._first[-1][0]:
            insort(self._first, (line, self.count, refusal))
            del self._first[SHOWN:]

    def refusal(self) -> Refusal:
        """All of it as one refusal; its exit code is the first of those that apply: 2, 4, 5, 6."""
        kind = _KINDS.get(self._code, BadValue)
        errors = [
            {"line": line, "message": error.message, "advice": error.advice} for line, _, error in self._first
        ]
        if self.count == 1:
            line, _, error = self._first[0]
            facts = {"line": line, **error.facts, "errors": errors}
            return kind(f"Line {line}: {error.message}", f"{error.advice} {self._undone}".strip(), **facts)
        details = [f"Line {line}: {error}" for line, _, error in self._first]
        if self.count > len(details):
            details.append(f"and {self.count - len(details)} more")
        return kind(
            f"The file has {self.count} errors:",
            self._undone,
            details=details,
            errors=errors,
            count=self.count,
        )
