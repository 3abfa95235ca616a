"""Every refusal of the core: its facts as attributes, its sentence, and what to do next.

A refusal is raised before anything has changed. ``message`` says what and why, ``advice`` what to
do next, ``facts`` are for programs; ``code`` is the exit code that the command line gives it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence


class Refusal(Exception):
    """Something was asked that can't be done; nothing has changed."""

    code: ClassVar[int] = 1
    kind: ClassVar[str] = "refused"

    def __init__(self, message: str, advice: str = "", /, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


class Failed(Refusal):
    """Reading or writing failed; nothing has changed."""

    kind = "io"


class BadValue(Refusal):
    """A value that can't be read as what it should be, whatever the store holds."""

    code = 2
    kind = "usage"


class OutOfScope(Refusal):
    """Something above the acting organization, or the whole store, was asked for from below."""

    code = 4
    kind = "scope"


class NotFound(Refusal):
    """No such organization, series, number, user or operation within scope."""

    code = 5
    kind = "not-found"


class Ambiguous(NotFound):
    """A name that fits several things within scope; ``candidates`` are all of them."""

    kind = "ambiguous"


class NumbersRefuse(Refusal):
    """The numbers don't allow it: wrong status, not enough of them, already present."""

    code = 6
    kind = "numbers"


class NoStore(Refusal):
    """There is no store at this place, or the file is something else."""

    code = 10
    kind = "no-store"


class Locked(Refusal):
    """The store stayed locked by another process for the whole timeout."""

    code = 11
    kind = "locked"


class Damaged(Refusal):
    """The store is damaged, or was written by a newer numctl."""

    code = 12
    kind = "damaged"


SHOWN = 20  # how many numbers or names one refusal lists


class NumbersUnknown(NotFound):
    """Numbers that are not in the inventory, or are held outside the scope: answered alike.

    ``numbers`` are ranges or their texts, ascending; at most ``SHOWN`` are listed.
    """

    def __init__(self, numbers: Sequence[object]) -> None:
        super().__init__(
            f"{enumerated(numbers)} {'is' if is_single(numbers) else 'are'} not in the inventory.",
            "See what is there with `numctl search`.",
            numbers=list(map(str, numbers[:SHOWN])),
        )


class WrongStatus(NumbersRefuse):
    """Numbers whose status doesn't admit the action; ``refused`` pairs each with what it allows.

    ``refused`` holds the first of them, at most ``SHOWN``, as (FIRST..LAST, status, allowed actions),
    ascending; ``count`` is how many there are.
    """

    kind = "wrong-status"

    def __init__(self, action: str, refused: list[tuple[str, str, list[str]]], count: int) -> None:
        numbers, status, allowed = refused[0]
        verb = "is" if is_single([numbers]) else "are"
        offered = f"what it allows: {', '.join(allowed)}" if allowed else "it allows nothing by hand"
        rest = f" {count - 1} more refuse as well." if count > 1 else ""
        super().__init__(
            f"{numbers} {verb} {status}, so `{action}` can't be done ({offered}).{rest}",
            "Nothing was changed.",
            action=action,
            refused=[
                {"numbers": numbers, "status": status, "allowed": allowed}
                for numbers, status, allowed in refused
            ],
        )


class AlreadyPresent(NumbersRefuse):
    """Numbers that were to be added and are in the inventory already."""

    kind = "already-present"

    def __init__(self, numbers: Sequence[object]) -> None:
        super().__init__(
            f"{enumerated(numbers)} {'is' if is_single(numbers) else 'are'} in the inventory already.",
            "Nothing was changed.",
            numbers=list(map(str, numbers[:SHOWN])),
        )


class NotEnough(NumbersRefuse):
    """A quantity was asked for that there isn't; ``available`` says how many there are."""

    kind = "not-enough"

    def __init__(self, wanted: int, available: int, where: str, what: str = "available") -> None:
        super().__init__(
            f"{'1 number is' if wanted == 1 else f'{wanted} numbers are'} wanted, but {where} there "
            f"{'is' if available == 1 else 'are'} {available} {what}.",
            "Nothing was changed. Ask for no more than that, or see `numctl utilization --by series`.",
            wanted=wanted,
            available=available,
        )


def is_single(numbers: Sequence[object]) -> bool:
    """Whether ranges, or their FIRST..LAST texts, are one number."""
    return len(numbers) == 1 and ".." not in str(numbers[0])


def enumerated(things: Sequence[object]) -> str:
    """The first few of a list in a sentence, and how many more there are."""
    shown = ", ".join(map(str, things[:3]))
    return f"{shown} and {len(things) - 3} more" if len(things) > 3 else shown
