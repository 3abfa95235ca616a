"""Whatever was done in whatever order, its undo gives back what a dictionary of numbers remembers."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from numctl.core.errors import NumbersRefuse
from numctl.core.undoing import undo
from tests.conftest import FULL
from tests.property.test_model import Inventory, Line


class Undoing(Inventory):
    """The model of the rule book, with its own memory of how it was after each operation."""

    def __init__(self) -> None:
        super().__init__()
        self.after: dict[int, dict[int, Line]] = {0: {}}

    @invariant()
    def remember(self) -> None:
        if hasattr(self, "store"):
            self.after[self.head()] = dict(self.model)

    def head(self) -> int:
        (id,) = self.store.connection.execute("SELECT max(id) FROM operation").fetchone()
        return int(id)

    @rule(back=st.integers(0, 4))
    def undo_one_of_the_last(self, back: int) -> None:
        id = self.head() - back
        if id not in self.after:
            return
        was = self.after[max(known for known in self.after if known < id)]
        left = self.after[id]
        differing = [n for n in {*was, *left} if was.get(n) != left.get(n)]
        fits = bool(differing) and all(self.model.get(n) == left.get(n) for n in differing)
        expected = {n: self.unless_ended(was.get(n)) for n in differing}
        try:
            self.do(lambda op: undo(op, id), action="undo")
        except NumbersRefuse:
            (undone_by,) = self.store.connection.execute(
                "SELECT undone_by FROM operation WHERE id = ?", (id,)
            ).fetchone()
            assert not fits or undone_by is not None or self.circles(expected)
            return
        assert fits
        for n, line in expected.items():
            if line is None:
                del self.model[n]
            else:
                self.model[n] = line

    def unless_ended(self, line: Line | None) -> Line | None:
        if line is None or not line.until or line.until >= self.today.isoformat():
            return line
        return line._replace(status="available", tag="", until="", forward=0)

    def circles(self, expected: dict[int, Line | None]) -> bool:
        forward = {n: line.forward for n, line in {**self.model, **expected}.items() if line}
        for start in expected:
            current, passed = start, set()
            while current and current not in passed:
                passed.add(current)
                current = forward.get(current, 0)
            if current:
                return True
        return False


TestUndoing = Undoing.TestCase
TestUndoing.settings = settings(max_examples=200 if FULL else 25, stateful_step_count=50 if FULL else 30)
