"""Rows written as they come, many at once: single rows, runs of numbers, bare ranges."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from numctl.formats import KEPT, Layout, Row, Run

Write = Callable[[str], object]

ROWS_AT_ONCE = 16_384


def write_rows(form: Layout, rows: Iterable[Row], write: Write) -> int:
    """Write rows as they come and return how many there were."""
    lines = _Lines(form, write)
    for row in rows:
        lines.held.append(form.row(row))
        lines.waiting += 1
        if lines.waiting >= ROWS_AT_ONCE:
            lines.write_out()
    return lines.close()


def write_runs(form: Layout, runs: Iterable[Run], at: int, write: Write) -> int:
    """Write a row for each number of the runs, the number at index `at`; return how many.

    Fast where runs are long, or where their rows are the same tuple again and again. A row that comes
    once is best a list: it isn't remembered.
    """
    around = form.around(at)
    known: dict[int, tuple[Row, str, str]] = {}  # by identity: hashing a row costs more than writing one
    previous: Row | None = None
    head = tail = ""
    lines = _Lines(form, write)
    keep = lines.held.append
    for row, first, last in runs:
        if row is not previous:
            previous = row
            found = known.get(id(row))
            if found is not None:
                _, head, tail = found
            else:
                head, tail = around(row)
                if type(row) is tuple:  # kept, it stays alive, and its identity its own
                    if len(known) >= KEPT:
                        known.clear()
                    known[id(row)] = (row, head, tail)
        count = last - first + 1
        if count == 1:
            keep(f"{head}{first}{tail}")
        elif count <= ROWS_AT_ONCE:
            keep(f"{head}{(tail + head).join(map(str, range(first, last + 1)))}{tail}")
        else:
            _write_long_run(lines, head, tail, first, last)
            continue
        lines.waiting += count
        if lines.waiting >= ROWS_AT_ONCE:
            lines.write_out()
    return lines.close()


def _write_long_run(lines: _Lines, head: str, tail: str, first: int, last: int) -> None:
    joint = tail + head
    for start in range(first, last + 1, ROWS_AT_ONCE):
        stop = min(start + ROWS_AT_ONCE, last + 1)
        lines.held.append(head + joint.join(map(str, range(start, stop))) + tail)
        lines.waiting += stop - start
        if lines.waiting >= ROWS_AT_ONCE:
            lines.write_out()


class _Lines:
    """Texts that each stand for some rows, written many at once; `waiting` counts the rows held."""

    def __init__(self, form: Layout, write: Write) -> None:
        self._write, self._closing = write, form.closing
        self._skip = len(form.between)  # nothing stands between the first row and what is before it
        self._written = 0
        self.held: list[str] = []
        self.waiting = 0
        write(form.opening)

    def write_out(self, closing: str = "") -> None:
        self._write("".join(self.held)[self._skip :] + closing)
        self.held.clear()
        if self.waiting:
            self._skip = 0
        self._written += self.waiting
        self.waiting = 0

    def close(self) -> int:
        """Write the rest; return how many rows were written in all."""
        self.write_out(self._closing)
        return self._written


def spread(runs: Iterable[Run], at: int) -> Iterator[Row]:
    """The rows that runs stand for, one for each number, the number a string of digits."""
    for row, first, last in runs:
        values = list(row)
        for number in range(first, last + 1):
            values[at] = str(number)
            yield tuple(values)


def write_ranges(ranges: Iterable[tuple[int, int]], write: Write) -> int:
    """Write `FIRST..LAST` lines, one for what follows on without a gap; return how many numbers."""
    numbers = 0
    held: list[str] = []
    begin = end = -1
    for first, last in ranges:
        numbers += last - first + 1
        if first == end + 1 and len(str(first)) == len(str(end)):
            end = last
            continue
        if end >= 0:
            held.append(f"{begin}..{end}\n")
        begin, end = first, last
        if len(held) >= ROWS_AT_ONCE:
            write("".join(held))
            held.clear()
    if end >= 0:
        held.append(f"{begin}..{end}\n")
    write("".join(held))
    return numbers
