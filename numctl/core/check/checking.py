"""The whole store checked: SQLite's own integrity, spans, counts, states, the tree, and the journal.

Whatever a damaged file does, it is told as a finding: a part that can't even be read is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core.catalog.tree import Tree
from numctl.core.catalog.view import View, owner_only
from numctl.core.check import catalog, chain, findings, labels, replay, spans
from numctl.core.errors import SHOWN
from numctl.core.store import failures, integrity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numctl.core.store.connection import Connection, Store

_INDEX_WORDS = ("missing from index", "wrong # of entries in index")


class Health(NamedTuple):
    """``problems`` are sentences, as are ``remarks``: no damage, but to be looked at.

    ``repairs`` are the names of what could be derived anew.
    ``operations``, ``numbers`` and ``head`` (a hash in hex) say what was checked.
    """

    problems: list[str]
    remarks: list[str]
    repairs: list[str]
    operations: int
    numbers: int
    head: str


class _Look(NamedTuple):
    """One thing to look at. ``repairs`` names what could be derived anew if it is wrong, "" for nothing."""

    at: str
    find: Callable[[Connection], Iterator[str]]
    repairs: str = ""


def expect_root(store: Store, acting_as: str | None, action: str) -> None:
    """Raises OutOfScope where someone acts below the root. Without ``acting_as`` the tree is not read."""
    if store.reader is not None:
        raise owner_only(action)
    if acting_as is None:
        return
    with store.reading() as connection:
        tree = Tree.load(connection)
        View(connection, tree, tree.find(acting_as, tree.root), action).root_only()


def examine(store: Store, advance: Callable[[int], None] = lambda steps: None) -> Health:
    """Check everything, in one snapshot; ``advance`` counts what was looked at (of ``STEPS``)."""
    problems: list[str] = []
    repairs: list[str] = []
    ground_holds = True  # while it does, what follows from it can be derived anew
    with store.reading() as connection:
        for look in LOOKS:
            found = _found(look, connection)
            problems += found
            ground_holds = ground_holds and not (found and look.at in GROUND)
            if look.repairs and found and ground_holds:
                repairs.append(look.repairs)
            if look.find is integrity.file and found and all(map(_is_of_an_index, found)):
                repairs, ground_holds = ["indexes"], True
            advance(1)
        remarks = _found(_Look("Forwarding", findings.circles_of_forwarding), connection)
        operations, numbers, head = _size(connection)
    return Health(problems, remarks, repairs, operations, numbers, head)


def _found(look: _Look, connection: Connection) -> list[str]:
    found: list[str] = []
    more = 0
    try:
        with integrity.apart(connection):
            for problem in look.find(connection):
                if len(found) < SHOWN:
                    found.append(problem)
                else:
                    more += 1
    except Exception as error:  # a damaged file may hold anything anywhere
        if failures.is_busy(error):
            raise
        said = str(error) if failures.is_of_store(error) else f"{type(error).__name__}, {error}"
        found.append(f"{look.at} can't be read: {said}.")
    if more:
        found.append(f"And {more} more of this kind.")
    return found


def _size(connection: Connection) -> tuple[int, int, str]:
    try:
        (operations,) = connection.execute("SELECT count(*) FROM operation").fetchone()
        (numbers,) = connection.execute("SELECT coalesce(sum(last - first + 1), 0) FROM span").fetchone()
        (head,) = connection.execute("SELECT hash FROM operation ORDER BY id DESC LIMIT 1").fetchone() or (
            b"",
        )
        return operations, numbers, bytes(head).hex()
    except Exception as error:
        if failures.is_of_store(error) or isinstance(error, TypeError | ValueError):
            return 0, 0, ""
        raise


def _is_of_an_index(problem: str) -> bool:
    return any(words in problem for words in _INDEX_WORDS)


def _chain(connection: Connection) -> Iterator[str]:
    problem = chain.verify(connection).problem
    if problem is not None:
        yield problem


LOOKS = (
    _Look("The file", integrity.file),
    _Look("The schema", integrity.tables),
    _Look("References", integrity.references),
    _Look("The catalog's journal", catalog.rows),
    _Look("Spans", spans.overlaps),
    _Look("The journal's replay", replay.inventory),
    _Look("Neighbours", spans.unjoined, "neighbours"),
    _Look("Counts", findings.counts, "counts"),
    _Look("Blocks", spans.extents, "blocks"),
    _Look("Holds", findings.due, "holds"),
    _Look("Names", findings.folded),
    _Look("Holders", findings.holders),
    _Look("The tree", findings.tree),
    _Look("Siblings", findings.siblings),
    _Look("Users and forwarding", findings.single_numbers),
    _Look("The replay of users and forwarding", replay.details),
    _Look("Operations", findings.operations),
    _Look("Undone operations", findings.undone, "undone operations"),
    _Look("The chain of hashes", _chain),
    _Look("Labels", labels.runs),
    _Look("Labels", labels.sets),
    _Look("Labels", labels.journal),
    _Look("Messages", findings.mail),
    _Look("Messages", findings.messages),
)
STEPS = len(LOOKS)

# Where one of these is wrong, nothing is derived from the spans.
GROUND = ("The file", "The schema", "References", "Spans", "The journal's replay")
