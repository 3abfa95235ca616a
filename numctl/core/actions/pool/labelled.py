"""The runs of numbers that have labels by which lines of a batch choose, in memory, as lines change them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.actions.pool.choices import joined
from numctl.core.numbers.blocks import Blocks
from numctl.core.queries.labels import ask_runs
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numctl.core.changes.operation import Operation
    from numctl.core.numbers.ranges import Pair
    from numctl.core.queries.labels import Wanted

MOST = 200_000  # runs that are kept
_WHAT = "labelled"

Kind = tuple[str, frozenset[str] | None]  # a key with values as they are compared, None for any


class Labelled:
    """By what was asked for."""

    def __init__(self) -> None:
        self._runs: dict[Kind, Blocks] = {}

    def ask(self, operation: Operation, wanted: Iterable[Wanted]) -> None:
        """Have at hand what has some labels, all of it asked for together."""
        if sum(map(len, self._runs.values())) > MOST:
            self._runs.clear()
        kinds = dict.fromkeys(kind for one in wanted for kind in _kinds(one))
        new = [kind for kind in kinds if kind not in self._runs]
        if new:
            operation.labels.flush()
        asked = [ask_runs(operation.connection, key, values or [None]) for key, values in new]
        for kind, runs in zip(new, asked, strict=True):
            self._runs[kind] = Blocks(list(joined(runs)))

    def of(self, operation: Operation, wanted: Wanted) -> list[Blocks]:
        """The runs of what has a label that is wanted, for each key."""
        self.ask(operation, [wanted])
        return [self._runs[kind] for kind in _kinds(wanted)]

    def change(self, numbers: Iterable[Pair], given: Callable[[Kind], bool | None]) -> None:
        """Note that numbers were given other labels: whether they have one now; None for as before."""
        ranges = list(numbers) if self._runs else ()
        for kind, blocks in self._runs.items():
            has = given(kind)
            for first, last in ranges if has is not None else ():
                (blocks.put_in if has else blocks.take_out)(first, last)


def kept(operation: Operation) -> Labelled:
    """What is kept of an operation."""
    return operation.remembered(_WHAT, Labelled, 0)


def note(operation: Operation, numbers: Iterable[Pair], put: Mapping[str, str], drop: Iterable[str]) -> None:
    """Note that numbers were given some labels, and others (by their keys) taken."""
    gone = set(drop)

    def given(kind: Kind) -> bool | None:
        key, values = kind
        if key in put:
            return values is None or fold(put[key]) in values
        return False if key in gone else None

    kept(operation).change(numbers, given)


def note_none(operation: Operation, numbers: Iterable[Pair]) -> None:
    """Note that numbers have no labels any more."""
    kept(operation).change(numbers, lambda kind: False)


def _kinds(wanted: Wanted) -> list[Kind]:
    kinds: list[Kind] = []
    for key in dict.fromkeys(key for key, _ in wanted.having):
        values = wanted.values(key)
        told = [fold(value.strip()) for value in values if value is not None]
        kinds.append((key, None if None in values else frozenset(told)))
    return kinds
