"""The inventories that are measured, made with a fixed seed; a program of its own.

``python -m benchmarks.inventories NAME PATH [ARGUMENTS]`` makes one. Everything goes through the core's
one writer, like any change.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from numctl.core.actions import organizations
from numctl.core.actions.founding import found
from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from numctl.core.actions.series import find_or_make
from numctl.core.changes.operation import Act, Operation
from numctl.core.numbers.national import reader
from numctl.core.numbers.ranges import Range
from numctl.core.rules.model import Change, State, Status

SEED = 20_260_101
ACT = Act(actor="bench", at="2026-01-01T00:00:00Z", today="2026-01-01")
TAGS, USERS = 100, 200  # of each organization
FIRST = 33_100_000_000


def make(path: Path, work: Callable[[Operation], None]) -> None:
    """A new store at ``path`` with the root organization Acme, filled by ``work`` in one operation."""
    path.unlink(missing_ok=True)
    found(path, ACT, "Acme")
    with open_store(path) as store:
        perform(store, ACT, "import", work)


def small(operation: Operation) -> None:
    """A small company: a thousand numbers, three organizations."""
    sales = organizations.found(operation, operation.tree.root, "Sales")
    organizations.found(operation, operation.tree.root, "Support")
    held = State(find_or_make(operation, "1418"), operation.tree.root, Status.AVAILABLE)
    operation.writer.add([Range(14_188_980_000, 14_188_980_899)], held)
    operation.writer.add([Range(14_188_980_900, 14_188_980_999)], held._replace(organization=sales))
    operation.writer.change(
        [Range(14_188_980_010, 14_188_980_019)], Change("reserve", Status.RESERVED, tag="new office")
    )


def country(operation: Operation) -> None:
    """Ten million numbers in 200 series and 1,000 organizations on five levels, a million of them used.

    A third of the used is reserved, under 100,000 tags, a third assigned, a third in use; all at random
    places.
    """
    choose = random.Random(SEED)  # noqa: S311 - not for secrets
    for at, organization in enumerate(_five_levels(operation)):
        first = FIRST + at // 5 * 100_000 + at % 5 * 10_000
        id = find_or_make(operation, f"33{1000 + at // 5}")
        operation.writer.add([Range(first, first + 9_999)], State(id, organization, Status.AVAILABLE))
        _use(operation, f"{at:03}", sorted(choose.sample(range(first, first + 10_000), 1_000)), choose)


def _five_levels(operation: Operation) -> Iterator[int]:
    """The root, and 999 organizations below: each of the upper levels has about six children."""
    level, made = [operation.tree.root], [operation.tree.root]
    for depth, children in enumerate((6, 6, 6, 5), start=2):
        below: list[int] = []
        for parent in level:
            for _ in range(children):
                if len(made) + len(below) < 1_000:
                    name = f"{'ABCDE'[depth - 1]}{len(made) + len(below)}"
                    below.append(organizations.found(operation, parent, name))
        made += below
        level = below
    yield from made


def _use(operation: Operation, site: str, numbers: list[int], choose: random.Random) -> None:
    change = operation.writer.change
    registered = []
    for number in numbers:
        kind = choose.randrange(3)
        if kind == 0:
            tag = f"site {site} tag {choose.randrange(TAGS)}"
            change([Range(number, number)], Change("reserve", Status.RESERVED, tag=tag))
            continue
        user = f"user {site}-{choose.randrange(USERS)}"
        change([Range(number, number)], Change("assign", Status.ASSIGNED, user=user))
        if kind == 2:
            registered.append(Range(number, number))
    change(registered, Change("register", Status.IN_USE))


def pools(operation: Operation) -> None:
    """What is allocated from: "whole" is one block of 7 million; "cut" has spans of 10 between used ones."""
    organizations.found(operation, operation.tree.root, "Sales")
    root = operation.tree.root
    whole = State(find_or_make(operation, "whole"), root, Status.AVAILABLE)
    operation.writer.add([Range(FIRST, FIRST + 6_999_999)], whole)
    cut = State(find_or_make(operation, "cut"), root, Status.AVAILABLE)
    start = FIRST + 10_000_000
    operation.writer.add([Range(start, start + 3_299_999)], cut)
    _reserve_each(operation, range(start + 10, start + 3_300_000, 11))


def alternating(operation: Operation) -> None:
    """The worst case: two million numbers, every second one used."""
    state = State(find_or_make(operation, "331"), operation.tree.root, Status.AVAILABLE)
    operation.writer.add([Range(FIRST, FIRST + 1_999_999)], state)
    _reserve_each(operation, range(FIRST, FIRST + 2_000_000, 2))


def grown(operation: Operation, numbers: int, used: int) -> None:
    """So many numbers in one block, so many of them used, at random places."""
    organizations.found(operation, operation.tree.root, "Sales")
    state = State(find_or_make(operation, "331"), operation.tree.root, Status.AVAILABLE)
    operation.writer.add([Range(FIRST, FIRST + numbers - 1)], state)
    choose = random.Random(SEED)  # noqa: S311 - not for secrets
    _reserve_each(operation, sorted(choose.sample(range(FIRST, FIRST + numbers), used)))


def _reserve_each(operation: Operation, numbers: range | list[int]) -> None:
    for at in range(0, len(numbers), 10_000):
        ranges = [Range(number, number) for number in numbers[at : at + 10_000]]
        operation.writer.change(ranges, Change("reserve", Status.RESERVED, tag="used"))


def register(operation: Operation, source: Path, tenfold: bool) -> None:
    """France's register as the regulator publishes it; ``tenfold`` gives numbers a digit more."""
    read = reader("FR")
    holders: dict[str, int] = {}
    with source.open(encoding="latin-1", newline="") as lines:
        for row in csv.DictReader(lines, delimiter=";"):
            name = row["Mnémo"]
            if name not in holders:
                holders[name] = organizations.found(operation, operation.tree.root, name)
            id = find_or_make(operation, row["Territoire"])
            first, last = read(row["Tranche_Debut"]), read(row["Tranche_Fin"])
            longer = tenfold and last < 10**12  # of the machine-to-machine numbers some have all 15 digits
            block = Range(first * 10, last * 10 + 9) if longer else Range(first, last)
            operation.writer.add([block], State(id, holders[name], Status.AVAILABLE))


def main(name: str, path: str, *args: str) -> None:
    works: dict[str, Callable[[Operation], None]] = {
        "small": small,
        "country": country,
        "pools": pools,
        "alternating": alternating,
        "grown": lambda operation: grown(operation, int(args[0]), int(args[1])),
        "register": lambda operation: register(operation, Path(args[0]), tenfold=False),
        "tenfold": lambda operation: register(operation, Path(args[0]), tenfold=True),
    }
    make(Path(path), works[name])


if __name__ == "__main__":
    main(*sys.argv[1:])
