"""Many changes as one operation: each line is done in its turn and sees what earlier lines did.

Lines are read some hundred ahead, so that what they concern is asked for together. What is wrong with one
is said in its turn.
A line that is refused changes nothing. By default the whole batch is refused then, with every error
and its line; told to keep going, it leaves those lines out.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from numctl.core.batch import foresight
from numctl.core.batch.steps import Step, step_of
from numctl.core.errors import BadValue, Refusal
from numctl.core.files.rejects import Rejects
from numctl.core.numbers.ranges import total

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numctl.core.batch.lines import BatchText, Line
    from numctl.core.batch.values import ValueReader
    from numctl.core.changes.operation import Operation

_OF_LINES = (2, 4, 5, 6)  # exit codes of refusals that concern one line; any other ends the batch
_OF_THE_CATALOG = ("organization", "name", "description", "labels", "removed")
_STEP = 1_000  # lines between two looks at the progress
AHEAD = 1_000  # lines, and
MOST_AHEAD = 20_000  # numbers that are asked for together

Ready = tuple["Line", Step | Refusal]


def _done(operation: Operation) -> int:
    """How much an operation has done so far, of any kind."""
    return operation.writer.effects.count + operation.catalog.positions + operation.labels.positions


class Batch:
    """One run over a batch's text.

    ``rejects`` are the refusals of lines. ``rejected()`` gives the refused lines as they were.
    """

    def __init__(self, text: BatchText, reader: ValueReader, *, keep_going: bool = False) -> None:
        self.text = text
        self.reader = reader
        self.keep_going = keep_going
        self.rejects = Rejects("Nothing was changed.", first_decides=True)
        self.lines = 0
        self.changed = 0
        self._places = array("q")  # of refused lines: start, end
        self._reasons: list[tuple[int, int, str]] = []

    def run(self, operation: Operation, advance: Callable[[int], None] = lambda lines: None) -> None:
        """Do what the lines say. Without ``keep_going``, raises one refusal for all that went wrong."""
        for line, step in self._foreseen(operation):
            self.lines += 1
            before = _done(operation)
            try:
                self._do(operation, line, step)
            except Refusal as refusal:
                if refusal.code not in _OF_LINES:
                    raise
                self._refuse(line, refusal)
            if _done(operation) > before:
                self.changed += 1
            if not self.lines % _STEP:
                advance(_STEP)
        if self.rejects and not self.keep_going:
            raise self.rejects.refusal()
        operation.facts.update(
            lines=self.lines, changed=self.changed, rejected=self.rejects.count, **self._told_reasons()
        )

    def _foreseen(self, operation: Operation) -> Iterator[Ready]:
        """The lines, each with what it concerns at hand. Where one had all written, what is at hand is gone:
        the next ones are asked about anew, fewer if that comes often."""
        many, writer = AHEAD, operation.writer
        for some in self._read():
            at = 0
            while at < len(some):
                end = at + foresight.ahead(operation, [step for _, step in some[at : at + many]])
                flushes, begun = writer.flushes, at
                while at < end and writer.flushes == flushes:
                    yield some[at]
                    at += 1
                many = min(2 * many, AHEAD) if at == end else at - begun

    def _read(self) -> Iterator[list[Ready]]:
        """The lines with what they do, or why not; as many at a time as may be asked about together."""
        some: list[Ready] = []
        numbers = 0
        for line in self.text:
            step = self._step_of(line)
            some.append((line, step))
            named = total(step.numbers) if isinstance(step, Step) else 0
            numbers += named or 1
            many = step.taking.wanted.quantity if isinstance(step, Step) and step.taking else named
            if len(some) >= AHEAD or numbers > MOST_AHEAD or many > foresight.ASKED_AHEAD:
                yield some
                some, numbers = [], 0
        yield some

    def _step_of(self, line: Line) -> Step | Refusal:
        if isinstance(line.said, BadValue):
            return line.said
        try:
            return step_of(line.said, self.reader)
        except Refusal as refusal:
            return refusal

    def _do(self, operation: Operation, line: Line, step: Step | Refusal) -> None:
        if isinstance(step, Refusal):
            raise step
        with operation.at_line(line.number):
            step.do(operation)
        reason = operation.facts.pop("reason", None)
        for word in _OF_THE_CATALOG:
            operation.facts.pop(word, None)  # the journal has the rows
        if reason is not None:
            self._note_reason(line.number, str(reason))

    def _refuse(self, line: Line, refusal: Refusal) -> None:
        self.rejects.add(line.number, refusal)
        if self.keep_going:
            self._places.extend((line.start, line.end))

    def rejected(self) -> Iterator[str]:
        """The lines that were refused, as they were, after the header if the file has one."""
        yield self.text.opening()
        for at in range(0, len(self._places), 2):
            yield self.text.raw(self._places[at], self._places[at + 1])

    # Why numbers were removed is kept once for each stretch of lines that give the same reason.

    def _note_reason(self, line: int, reason: str) -> None:
        if self._reasons and self._reasons[-1][2] == reason:
            self._reasons[-1] = (self._reasons[-1][0], line, reason)
        else:
            self._reasons.append((line, line, reason))

    def _told_reasons(self) -> dict[str, object]:
        return {"reasons": [list(reason) for reason in self._reasons]} if self._reasons else {}
