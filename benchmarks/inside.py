"""numctl's work inside one process, without start-up and parsing; a program of its own.

``python -m benchmarks.inside JOB PATH [ARGUMENTS]`` does a job and prints its seconds as JSON. A change
is made on nothing first, as a dry run, so that all modules are loaded.
"""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.inventories import ACT
from numctl.core.actions import allocation, organizations
from numctl.core.actions.opening import open_store
from numctl.core.actions.perform import perform
from numctl.core.catalog.tree import Tree
from numctl.core.catalog.view import View
from numctl.core.numbers.ranges import Range
from numctl.core.queries import utilization
from numctl.core.queries.search import Search
from numctl.core.queries.selection import Filter
from numctl.core.rules.model import Change, Status
from numctl.core.store.connection import Store


def warm_up(store: Store) -> None:
    """Load what a change loads, by one that is rolled back."""
    perform(store, ACT._replace(dry_run=True), "org add", lambda op: organizations.add(op, "Warm", None))


def allocate(store: Store, series: str, quantity: str) -> None:
    """Give the lowest numbers of a series to Sales."""
    wanted = allocation.Quantity(series, int(quantity))
    perform(store, ACT, "allocate", lambda operation: allocation.allocate(operation, wanted, "Sales"))


def withdraw(store: Store, series: str, quantity: str) -> None:
    """Take the highest numbers back from Sales."""
    perform(store, ACT, "withdraw", lambda op: allocation.withdraw(op, series, int(quantity), "Sales"))


def batch(store: Store, numbers: str) -> None:
    """Reserve single numbers, listed in a file one a line, one change each, as one operation."""
    wanted = [int(line) for line in Path(numbers).read_text().split()]
    change = Change("reserve", Status.RESERVED, tag="batch")

    def each(operation: object) -> None:
        writer = operation.writer  # type: ignore[attr-defined]
        for writer.line, number in enumerate(wanted, start=1):
            writer.change([Range(number, number)], change)

    perform(store, ACT, "batch", each)


def count(store: Store, digits: str) -> None:
    """How many numbers contain these digits."""
    with store.reading() as connection:
        tree = Tree.load(connection)
        Search(View(connection, tree, tree.root), Filter(text=digits)).count()


def tree(store: Store) -> None:
    """The utilization of every organization."""
    with store.reading() as connection:
        loaded = Tree.load(connection)
        utilization.table(connection, loaded, loaded.below(loaded.root))


JOBS = {job.__name__: job for job in (allocate, withdraw, batch, count, tree)}

if __name__ == "__main__":
    gc.set_threshold(70_000)  # as numctl's own entry does
    with open_store(Path(sys.argv[2])) as opened:
        warm_up(opened)
        started, worked = perf_counter(), process_time()
        JOBS[sys.argv[1]](opened, *sys.argv[3:])
    print(json.dumps({"seconds": perf_counter() - started, "cpu": process_time() - worked}))
