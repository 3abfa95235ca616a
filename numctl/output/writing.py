"""Rows written as they come, many at once: single rows, runs of numbers, bare ranges; and objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol

from numctl.core.errors import BadValue
from numctl.core.numbers.packed import Packed
from numctl.output.formats import KEPT, OWN, Layout, Row, Run, Runs

Write = Callable[[str], object]


class Shared(Protocol):
    """The rows that runs share, by their key."""

    def __getitem__(self, key: Any, /) -> Row: ...


ROWS_AT_ONCE = 8_192  # rows held as text before they are written: about 1 MB
RUNS_AT_ONCE = 2_048  # runs laid out together
Around = tuple[str, str, str]  # what stands before a number, behind it, and behind its own values
Texts = tuple[str, "Sequence[str] | None"]  # what stands before each of some, and each
_LAST_DIGITS = [f"{n:03}" for n in range(1_000)]  # what the numbers of one thousand differ in


def write_rows(form: Layout, rows: Iterable[Row], write: Write) -> int:
    """Write rows as they come and return how many there were."""
    lines = _Lines(form, write)
    for row in rows:
        lines.put(form.row(row), 1)
    return lines.close()


def in_slices(runs: Iterable[Run]) -> Iterator[Runs]:
    """Runs that come one by one, some together."""
    source = iter(runs)
    while some := list(islice(source, RUNS_AT_ONCE)):
        firsts, lasts, keys, *own = zip(*some, strict=True)
        its, also_its = (["" if value is None else value for value in values] for values in own)
        yield firsts, lasts, keys, its, also_its


def write_runs(
    form: Layout, rows: Shared, slices: Iterable[Runs], places: tuple[int, int], write: Write
) -> int:
    """Write a row for each number of the runs; return how many.

    ``places`` are the indices of the number and of the first of its own values, which may be beyond the
    last where the rows have none of these. A number has three digits or more.
    """
    around = form.around(*places)
    columns = form.columns[places[1] : places[1] + OWN]
    known: dict[object, Around] = {}
    lines = _Lines(form, write)
    for firsts, lasts, keys, *values in _in_parts(slices):
        if len(known) >= KEPT:
            known.clear()
        here = dict.fromkeys(keys)  # in order: those of neighbours are found side by side
        known.update((key, around(rows[key])) for key in here if key not in known)
        own = [column.all_of(some) for column, some in zip(columns, values, strict=False)]
        if firsts == lasts:
            shared = {key: known[key] for key in here}
            lines.put(_rows_of_one(map(str, firsts), keys, shared, own), len(firsts))
            continue
        behind = ["".join(texts) for texts in zip(*(_whole(*one, len(firsts)) for one in own), strict=True)]
        ends = zip(firsts, lasts, map(known.__getitem__, keys), behind or [""] * len(firsts), strict=True)
        for first, last, (head, tail, end), its in ends:
            if first == last:
                lines.put(f"{head}{first}{tail}{its}{end}", 1)
            else:
                lines.put_run(int(first), int(last), head, f"{tail}{its}{end}")
    return lines.close()


def _in_parts(slices: Iterable[Runs]) -> Iterator[Runs]:
    """Slices of no more runs than are laid out together."""
    for some in slices:
        for start in range(0, len(some[0]), RUNS_AT_ONCE):
            part = slice(start, start + RUNS_AT_ONCE)
            firsts, lasts, keys, its, also_its = some
            yield firsts[part], lasts[part], keys[part], its[part], also_its[part]


def _whole(before: str, texts: Sequence[str] | None, many: int) -> Sequence[str]:
    return [before] * many if texts is None else [before + text for text in texts]


def _rows_of_one(
    digits: Iterable[str], keys: Sequence[object], shared: Mapping[object, Around], own: Sequence[Texts]
) -> str:
    """Rows of a single number each."""
    columns: list[Iterable[str]] = [
        _by_key({key: head for key, (head, _, _) in shared.items()}, keys),
        digits,
    ]
    behind = {key: tail for key, (_, tail, _) in shared.items()}
    for before, texts in own:
        behind = {key: text + before for key, text in behind.items()}
        if texts is not None:
            columns += [_by_key(behind, keys), texts]
            behind = dict.fromkeys(behind, "")
    columns.append(_by_key({key: behind[key] + end for key, (_, _, end) in shared.items()}, keys))
    parts = [""] * (len(columns) * len(keys))
    for place, column in enumerate(columns):
        parts[place :: len(columns)] = column
    return "".join(parts)


def _by_key(texts: Mapping[object, str], keys: Sequence[object]) -> Iterable[str]:
    return map(texts.__getitem__, keys)


class _Lines:
    """Texts that each stand for some rows, written many at once; `waiting` counts the rows held."""

    def __init__(self, form: Layout, write: Write) -> None:
        self._write, self._closing = write, form.closing
        self._skip = len(form.between)  # nothing stands between the first row and what is before it
        self._written = 0
        self.held: list[str] = []
        self.waiting = 0
        write(form.opening)

    def put(self, text: str, rows: int) -> None:
        """Add the text of some rows."""
        self.held.append(text)
        self.waiting += rows
        if self.waiting >= ROWS_AT_ONCE:
            self.write_out()

    def put_run(self, first: int, last: int, head: str, tail: str) -> None:
        """Add a row for each number of a run, between what stands before and behind each."""
        while first <= last:
            thousand, at = divmod(first, 1_000)
            count = min(last - first + 1, 1_000 - at)
            before = f"{head}{thousand or ''}"
            self.held.append(f"{before}{(tail + before).join(_LAST_DIGITS[at : at + count])}{tail}")
            self.waiting += count
            if self.waiting >= ROWS_AT_ONCE:
                self.write_out()
            first += count

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


def spread(rows: Shared, slices: Iterable[Runs], places: tuple[int, int]) -> Iterator[Row]:
    """The rows that runs stand for, one for each number, the number a string of digits."""
    at, own = places
    for some in slices:
        for first, last, key, *its in zip(*some, strict=True):
            row = [*rows[key]]
            row[own : own + OWN] = [None if value == "" else value for value in its]
            for number in range(int(first), int(last) + 1):
                row[at] = str(number)
                yield tuple(row)


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


def ends_of(slices: Iterable[Runs]) -> Iterator[tuple[int, int]]:
    """The ranges of runs."""
    for firsts, lasts, *_ in slices:
        yield from zip(map(int, firsts), map(int, lasts), strict=True)


def write_object(facts: Mapping[str, object], value: Callable[[object], str], write: Write) -> None:
    """Write a JSON object, each value as `value` has it; packed ranges are written as they come."""
    comma = "{"
    for name, fact in facts.items():
        write(f"{comma}{value(name)}: ")
        if isinstance(fact, Packed):
            _write_packed(fact, write)
        else:
            write(value(fact))
        comma = ", "
    write("}" if facts else "{}")


def _write_packed(ranges: Packed, write: Write) -> None:
    comma, source = "[", iter(ranges)
    while some := list(islice(source, ROWS_AT_ONCE)):
        texts = [
            f'{{"first": "{first}", "last": "{last}", "count": {last - first + 1}}}' for first, last in some
        ]
        write(comma + ", ".join(texts))
        comma = ", "
    write("]" if ranges else "[]")


def ranges_of(fields: Sequence[str], rows: Iterable[Row]) -> Iterator[tuple[int, int]]:
    """The ranges that rows stand for. Raises BadValue, before the first, if their fields have none."""
    if "first" in fields and "last" in fields:
        ends = fields.index("first"), fields.index("last")
    elif "number" in fields:
        ends = (fields.index("number"),) * 2
    else:
        raise BadValue(
            "The format ranges is for lists of numbers, and this is none.",
            f"Its fields are {', '.join(fields)}; ask for csv, tsv or json.",
        )
    return ((int(str(row[ends[0]])), int(str(row[ends[1]]))) for row in rows)
